"""Faults planted in copies of readings, to see whether they would be found; the copies are never stored."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from anomaly.series.detector import Detector
from anomaly.series.scores import Scores
from sensors_data.series.grids.grid import Grid

KINDS = ("spike", "level", "drift", "stuck", "noise")
LENGTHS = {"spike": 4, "level": 48, "drift": 96, "stuck": 64, "noise": 48}
"""Rows of a planted fault."""


@dataclass(frozen=True)
class Trial:
    """A fault planted in one sensor, and how high it reached."""

    kind: str
    sensor: str
    size: float
    """Standard deviations of the sensor in normal operation; a stuck value has none."""
    start: np.datetime64
    ratio: float
    """Highest score of its rows and those right after, over their limit; NaN where nothing was scored."""

    @property
    def found(self) -> bool:
        """Whether it would have raised an alarm."""
        return self.ratio > 1


def planted(grid: Grid, kind: str, column: int, first: int, size: float, unit: float, seed: int) -> Grid:
    """A copy of a grid with a fault of a kind in a sensor from row `first` on, `size` times `unit` large."""
    values, last = grid.values.copy(), min(first + LENGTHS[kind], len(grid))
    part, rows = values[first:last, column], last - first
    if kind == "stuck":
        part[:] = part[0]
    elif kind == "noise":
        part += np.random.default_rng(seed).normal(0, size * unit, rows).astype(np.float32)
    elif kind == "drift":
        part += np.float32(size * unit) * np.linspace(0, 1, rows, dtype=np.float32)
    else:
        part += np.float32(size * unit)
    return replace(grid, values=values)


@dataclass(frozen=True)
class Fault:
    """What is planted in a grid: `size` standard deviations in modelled sensor `column`, from row `first` on."""

    grid: Grid
    asset: str
    kind: str
    column: int
    first: int
    size: float


def try_faults(detector: Detector, faults: list[Fault]) -> list[Trial]:
    """Plant each fault in a copy of its own, and score what its rows depend on."""
    copies = [_copy_of(detector, fault) for fault in faults]
    each = detector.score_each([(fault.asset, copy) for fault, copy in zip(faults, copies, strict=True)])
    return [_trial(detector, fault, scores) for fault, scores in zip(faults, each, strict=True)]


def _copy_of(detector: Detector, fault: Fault) -> Grid:
    """The rows that a fault's scores depend on and those right after it, the fault in them."""
    sensor = int(detector.card.modelled_columns[fault.column])
    unit = float(detector.scale_of(fault.asset).spread[sensor])
    last = min(len(fault.grid), fault.first + LENGTHS[fault.kind] + detector.context_rows // 4)
    start = max(0, fault.first - detector.context_rows)
    return planted(fault.grid.rows(start, last), fault.kind, sensor, fault.first - start, fault.size, unit, fault.first)


def _trial(detector: Detector, fault: Fault, scores: Scores) -> Trial:
    """How high a fault reached, from the scores of its copy."""
    before = min(fault.first, detector.context_rows)
    ratio = (scores.score / (detector.threshold.value * scores.coverage_factor))[before:]
    highest = float(np.nanmax(ratio)) if np.isfinite(ratio).any() else float("nan")
    sensor = detector.card.modelled[fault.column]
    return Trial(fault.kind, sensor, fault.size, fault.grid.times[fault.first], highest)
