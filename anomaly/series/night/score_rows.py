"""Scores as rows of the tables `scores` and `sensor_scores`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from anomaly.series.detector import Detector
from anomaly.series.scores import Scores
from sensors_data.series.grids.grid import Grid


@dataclass(frozen=True)
class Night:
    """One asset's scored day; T rows."""

    asset: str
    grid: Grid
    scores: Scores
    suppressed: np.ndarray  # (T,) what is not to be alarmed on
    measured: np.ndarray  # (T,) which rows the tables hold

    def each(self, name: str) -> np.ndarray:
        """A part of the scores in the rows that the tables hold."""
        part: np.ndarray = getattr(self.scores, name)[self.measured]
        return part


def score_rows(detector: Detector, nights: list[Night]) -> pd.DataFrame:
    """Rows of the `scores` table."""

    def column(name: str) -> np.ndarray:
        return np.concatenate([night.each(name) for night in nights])

    threshold, score, factor = detector.threshold, column("score"), column("coverage_factor")
    leading = np.nan_to_num(column("share"), nan=-1.0).argmax(axis=1)
    evidence = np.maximum(np.fmax(column("pattern"), column("cross")), 0.0)
    return pd.DataFrame(
        {
            "time": pd.DatetimeIndex(np.concatenate([night.grid.times[night.measured] for night in nights]), tz="UTC"),
            "asset": _assets(nights, 1),
            "score": score,
            "threshold": threshold.value * factor,
            "p_value": threshold.p_value(score / factor),
            "is_anomaly": score > threshold.value * factor,
            "suppressed": np.concatenate([night.suppressed[night.measured] for night in nights]),
            "top_sensor": _coded(np.where(np.isnan(score), 0, leading + 1), ["", *detector.card.modelled]),
            "observed_share": column("observed_share"),
            "model": _coded(np.zeros(len(score), np.int64), [detector.name]),
            "evidence": evidence.sum(axis=1),
        }
    )


def sensor_rows(detector: Detector, nights: list[Night]) -> pd.DataFrame:
    """Rows of the `sensor_scores` table."""
    columns, names = detector.card.modelled_columns, list(detector.card.modelled)
    rows = sum(int(night.measured.sum()) for night in nights)

    def column(name: str) -> np.ndarray:
        return np.concatenate([night.each(name).ravel() for night in nights])

    def cells(name: str) -> np.ndarray:
        return np.concatenate([getattr(night.grid, name)[:, columns][night.measured].ravel() for night in nights])

    times = np.concatenate([night.grid.times[night.measured] for night in nights])
    return pd.DataFrame(
        {
            "time": pd.DatetimeIndex(np.repeat(times, len(names)), tz="UTC"),
            "asset": _assets(nights, len(names)),
            "sensor": _coded(np.tile(np.arange(len(names)), rows), names),
            "value": cells("values"),
            "expected": column("expected"),
            "low": column("low"),
            "high": column("high"),
            "score": column("sensor_score"),
            "share": column("share"),
            "observed": cells("observed"),
            "pattern": column("pattern"),
            "cross": column("cross"),
        }
    )


def around_alarms(
    scores: pd.DataFrame, sensor_scores: pd.DataFrame, end: np.datetime64, tail: timedelta
) -> pd.DataFrame:
    """The rows of `sensor_scores` by which anomalies are found and shown.

    They are the day of each asset with a row over the threshold, and of the others the last `tail` before `end`, the
    day's end: an anomaly that begins on the next day may reach back so far.
    """
    over = scores.loc[scores["is_anomaly"].astype(bool), "asset"].unique()
    late = sensor_scores["time"] >= pd.Timestamp(end, tz="UTC") - tail
    return sensor_scores[sensor_scores["asset"].isin(over) | late]


def _assets(nights: list[Night], times: int) -> pd.Series[str]:
    """The asset of each row, `times` rows for each that the tables hold."""
    rows = [times * int(night.measured.sum()) for night in nights]
    return _coded(np.repeat(np.arange(len(nights)), rows), [night.asset for night in nights])


def _coded(codes: np.ndarray, names: list[str]) -> pd.Series[str]:
    """A column of text from the place of each value in `names`."""
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index(names)))
