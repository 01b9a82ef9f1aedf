"""This project's detector in the series benchmark: as scikit-learn sees it, on a clock of one minute."""

import numpy as np
import torch._dynamo  # noqa: F401  what torch's first optimizer of a process imports is no part of a fit
from numpy.typing import NDArray

from anomaly.series.span import WEEK_S
from anomaly.sklearn import NightscoreDetector
from benchmarks.series.methods import ALARM_BUDGET

Array = NDArray[np.float64]

STEP_S = 60


def fit(train: Array, seed: int) -> NightscoreDetector:
    """A detector of a train span (T0, D), its last quarter held out for the threshold as in the product."""
    alarms = ALARM_BUDGET * WEEK_S / STEP_S
    return NightscoreDetector(step="1min", alarms_per_asset_week=alarms, random_state=seed).fit(train)


def score(model: NightscoreDetector, series: Array) -> tuple[Array, float]:
    """Scores (T,) of a series (T, D) in nats, where few windows cover a row as much lower as its limit is higher."""
    return -model.score_samples(series), -model.offset_
