"""The input of a training: each asset's rows, and the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

import numpy as np
import pandas as pd

from anomaly.series.card import DetectorConfig
from sensors_data.series.grids.grid import Grid
from sensors_data.series.incidents import incident_rows

ABNORMAL = ("fault", "confirmed", "planned", "found")
"""Kinds of incident that are left out of training; dismissed anomalies are normal."""
WEEK_S = 7 * 86_400
MIN_ROWS = 48
"""Smallest number of observed normal rows for a training."""


@dataclass(frozen=True)
class Span:
    """One asset's part of a training: its grid, its abnormal rows, and where the held-out part begins."""

    grid: Grid
    abnormal: np.ndarray  # (T,) bool
    split: int  # rows [0, split) are learned from, [split, T) are held out

    def __len__(self) -> int:
        """T."""
        return len(self.grid)

    def rows(self, first: int, last: int) -> Span:
        """The rows [first, last), none of them held out."""
        return Span(self.grid.rows(first, last), self.abnormal[first:last], last - first)

    def usable(self) -> np.ndarray:
        """Which values are measured and normal, (T, D)."""
        return np.asarray(self.grid.observed & ~self.abnormal[:, None])

    def normal_grid(self) -> Grid:
        """The grid with abnormal rows marked as not measured, so that they do not affect other rows."""
        values = np.where(self.abnormal[:, None], np.float32(np.nan), self.grid.values)
        return Grid(self.grid.times, values, self.usable(), self.grid.sensors)


C = TypeVar("C", bound=DetectorConfig, covariant=True)


@dataclass(frozen=True)
class TrainingPlan(Generic[C]):
    """What to train, and how."""

    family: str
    step_s: float
    through: date
    config: C
    seed: int
    stage: str = "final"
    """`draft`: trained without the held-out rows, to be judged on them; `final`: trained on all rows."""
    calendar: tuple[date, ...] = ()
    """UTC days that may be of another sort, such as holidays, in the training span and after it."""


def training_spans(grids: dict[str, Grid], incidents: pd.DataFrame, held_out: float) -> dict[str, Span]:
    """What each asset's grid contributes; the last share `held_out` of its normal rows is held out, incidents are not
    normal."""
    spans = {}
    for asset, grid in grids.items():
        abnormal = incident_rows(grid, incidents, asset, ABNORMAL)
        spans[asset] = Span(grid, abnormal, _split(~abnormal, 1 - held_out))
    return spans


def _split(normal: np.ndarray, learned: float) -> int:
    """The row (T,) before which the share `learned` of the normal ones lies; of all rows, where none is normal.

    After weeks with many finds the last rows may hold no normal window, and then say nothing of a detector.
    """
    if not normal.any():
        return round(len(normal) * learned)
    return int(np.searchsorted(np.cumsum(normal), max(1, round(normal.sum() * learned)))) + 1


def first_held_out(span: Span) -> int:
    """The first row that was held out; 0 where none was."""
    return span.split if span.split < len(span) else 0
