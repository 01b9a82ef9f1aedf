"""Faults planted in copies of readings, to see whether they would be found; the copies are never stored."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from anomaly.series.detector import Detector
from sensors_data.series.grid import Grid

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
        """Whether it would have been told."""
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


def try_fault(detector: Detector, grid: Grid, asset: str, kind: str, column: int, first: int, size: float) -> Trial:
    """Plant a fault in modelled sensor `column` from row `first` on, and score what its rows depend on."""
    sensor = int(detector.card.modelled_columns[column])
    unit = float(detector.scale_of(asset).spread[sensor])
    last = min(len(grid), first + LENGTHS[kind] + detector.context_rows // 4)
    start = max(0, first - detector.context_rows)
    part = grid.rows(start, last)
    faulty = planted(part, kind, sensor, first - start, size, unit, first)
    scores = detector.score(faulty, asset)
    ratio = (scores.score / (detector.threshold.value * scores.coverage_factor))[first - start :]
    highest = float(np.nanmax(ratio)) if np.isfinite(ratio).any() else float("nan")
    return Trial(kind, grid.sensors[sensor], size, grid.times[first], highest)
