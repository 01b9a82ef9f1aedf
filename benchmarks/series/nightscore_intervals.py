"""This project's detector as its anomalies are reported: rows in an interval are over the limit, no others."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.series.front_door import SeriesDetector
from anomaly.sklearn import START, NightscoreDetector
from benchmarks.series import nightscore
from benchmarks.series.nightscore import STEP_S, fit

__all__ = ["fit", "score"]

Array = NDArray[np.float64]
STEP = pd.Timedelta(seconds=STEP_S)


def score(model: NightscoreDetector, series: Array) -> tuple[Array, float]:
    """Scores (T,) of a series (T, D) in nats, moved to the side of the limit that the reported intervals say."""
    scores, limit = nightscore.score(model, series)
    rows = anomalous_rows(model, series)
    return np.where(rows, np.maximum(scores, np.nextafter(limit, np.inf)), np.minimum(scores, limit)), limit


def anomalous_rows(model: NightscoreDetector, series: Array) -> NDArray[np.bool_]:
    """Which rows (T,) of a series (T, D) lie in an anomaly of the product's nights, on a clock of one minute."""
    times = pd.date_range(pd.Timestamp(START, tz="UTC"), periods=len(series), freq=STEP)
    frame = pd.DataFrame(series, columns=list(model.detector_.card.sensors), index=times)
    anomalies = SeriesDetector(model.detector_).score(frame).anomalies()
    rows = np.zeros(len(series), dtype=bool)
    for start, end in zip(anomalies["start"], anomalies["end"], strict=True):
        rows[(times >= start) & (times < end)] = True
    return rows
