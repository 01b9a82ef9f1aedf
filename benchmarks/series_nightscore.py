"""This project's detector in the series benchmark: the product's own functions on a clock of one minute."""

from datetime import date

import numpy as np
import torch._dynamo  # noqa: F401  what torch's first optimizer of a process imports is no part of a fit
from numpy.typing import NDArray

from anomaly.series.calibration import WEEK_S
from anomaly.series.detector import Detector
from anomaly.series.lstm_vae_card import LSTMVAEDetectorConfig
from anomaly.series.span import Span, TrainingPlan
from anomaly.series.train import train_detector
from benchmarks.series_methods import ALARM_BUDGET
from sensors_data.series.grid import Grid

Array = NDArray[np.float64]

ASSET = "series"
STEP_S = 60


def fit(train: Array, seed: int) -> Detector:
    """A detector of a train span (T0, D), its last quarter held out for the threshold as in the product."""
    config = LSTMVAEDetectorConfig(alarms_per_asset_week=ALARM_BUDGET * WEEK_S / STEP_S)
    span = Span(_grid(train), np.zeros(len(train), dtype=bool), round(len(train) * (1 - config.held_out)))
    plan = TrainingPlan("benchmark", STEP_S, date(2020, 1, 1), config, seed)
    return train_detector(plan, {ASSET: span}, None)[0]


def score(model: Detector, series: Array) -> tuple[Array, float]:
    """Scores (T,) of a series (T, D) in nats, where few windows cover a row as much lower as its limit is higher."""
    scores = model.score(_grid(series), ASSET)
    return scores.score / scores.coverage_factor, model.threshold.value


def _grid(values: Array) -> Grid:
    """Values (T, D) as measured rows, one a minute."""
    times = np.datetime64("2020-01-01", "us") + np.arange(len(values)) * np.timedelta64(STEP_S, "s")
    sensors = tuple(f"v{i}" for i in range(values.shape[1]))
    return Grid(times, values.astype(np.float32), np.ones(values.shape, dtype=bool), sensors)
