"""What a detector would have expected had it not seen the suspicious values: they are hidden, the worst first.

A fault moves the level and the code of every window that covers it, so that normal rows beside it look wrong. The
values furthest from what is expected are hidden and filled by the model, what is expected is taken again, and so on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from anomaly.series.blocks import block_of
from anomaly.series.detector import Detector
from anomaly.series.evidence.flat import or_flat
from anomaly.series.night.machine_clock import machine_clock
from anomaly.series.scores import Scores
from sensors_data.series.grids.grid import Grid

ROUNDS = 8
WORST = 0.25
"""Squared residuals over this share of the largest are hidden next."""
SUSPICIOUS = 16.0
"""Squared residuals, in normal ones, under which nothing is hidden."""


@dataclass(frozen=True)
class Flagged:
    """An asset with a row over the threshold, and its scores."""

    asset: str
    grid: Grid
    scores: Scores
    """Of the grid's last rows."""
    first: int
    """The grid's row from which on what is expected must not follow the fault."""


def with_faults_hidden(detector: Detector, flagged: list[Flagged]) -> list[Scores]:
    """The scores of each, where rows from its first on are expected by what is not suspicious.

    `expected`, its band and the evidence change, nothing else. The rhythm of the day is taken where the machine is in
    it. The assets' rounds share batches.
    """
    evidence = detector.evidence
    if evidence is None or not flagged:
        return [one.scores for one in flagged]
    ready, each_rough = zip(*(_seen(detector, one) for one in flagged), strict=True)
    flat = [detector.flat_runs(block_of(one.grid, one.asset))[0] for one in flagged]
    still = [_too_long(detector, runs[len(runs) - len(grid) :]) for runs, grid in zip(flat, ready, strict=True)]
    every = _expected_unseen(detector, list(ready), [evidence.scatter(grid.times) for grid in ready], still)
    changed = []
    for one, grid, rough, runs, expected in zip(flagged, ready, each_rough, flat, every, strict=True):
        later = slice(len(grid) - (len(one.grid) - one.first), None)
        times = grid.times[later]  # by the machine's clock
        wider = evidence.wider(grid.times, _measured(grid) - expected, rough)
        band = detector.band * wider[later]
        shown = np.where(np.isnan(expected), 0.0, expected)[later]
        parts = {
            "expected": detector.in_units(shown, times, one.asset)[0],
            "low": detector.in_units(shown - band, times, one.asset)[0],
            "high": detector.in_units(shown + band, times, one.asset)[0],
            "cross": evidence.cross_by_rough_clock(grid.times, _measured(grid), rough)[later],
            "pattern": _pattern(detector, evidence.pattern(grid.times, _measured(grid), expected, wider), runs)[later],
        }
        before = len(one.scores.times) - len(times)
        whole = {name: np.concatenate([getattr(one.scores, name)[:before], rows]) for name, rows in parts.items()}
        changed.append(replace(one.scores, **whole))
    return changed


def _seen(detector: Detector, one: Flagged) -> tuple[Grid, np.ndarray]:
    """The standardised rows that what is expected from its first on depends on, at the times of the machine's clock,
    and which of them (T,) that clock explains only roughly.
    """
    start = max(0, one.first - detector.context_rows)
    clock = machine_clock(detector, one.grid.rows(start, len(one.grid)), one.asset)
    whole = replace(one.grid, times=np.concatenate([one.grid.times[:start], clock.times]))
    return detector.standardised(whole, one.asset, one.grid.observed).rows(start, len(one.grid)), clock.is_rough


def _too_long(detector: Detector, runs: np.ndarray) -> np.ndarray:
    """Which values (T, D) belong to `runs` of a sensor that stood still for too long."""
    limits = detector.flat_limits
    return np.zeros(runs.shape, dtype=bool) if limits is None else limits.too_long(runs)


def _pattern(detector: Detector, pattern: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """Evidence of the pattern (T, D) or of standing still; `runs` are of these rows and some before."""
    limits = detector.flat_limits
    return pattern if limits is None else or_flat(pattern, limits.evidence(runs)[len(runs) - len(pattern) :])


def _measured(grid: Grid) -> np.ndarray:
    """What was measured, NaN elsewhere, (T, D)."""
    return np.where(grid.observed, grid.values, np.nan)


def _expected_unseen(
    detector: Detector, grids: list[Grid], scales: list[np.ndarray], hidden: list[np.ndarray]
) -> list[np.ndarray]:
    """What is expected of standardised grids' rows (T, D) each, the suspicious ones hidden, those of nights before too.

    `scales` (T, D) each are the usual sizes of residuals; `hidden` (T, D) each are suspicious from the start. A grid
    without a suspicious value left takes no more part.
    """
    expected, places = [grid.values for grid in grids], list(range(len(grids)))
    for _ in range(ROUNDS):
        turn = detector.expected_of([_without(grids[place], hidden[place]) for place in places])
        suspicious = []
        for place, rows in zip(places, turn, strict=True):
            expected[place] = rows
            square = np.nan_to_num(np.square((_measured(grids[place]) - rows) / scales[place]))
            square[hidden[place]] = 0.0
            worst = float(square.max(initial=0.0))
            if worst >= SUSPICIOUS:
                hidden[place] |= square > max(WORST * worst, SUSPICIOUS)
                suspicious.append(place)
        places = suspicious
        if not places:
            break
    return expected


def _without(grid: Grid, hidden: np.ndarray) -> Grid:
    """A grid whose `hidden` values (T, D) were not measured."""
    shown = np.where(hidden, np.float32(np.nan), grid.values)
    return Grid(grid.times, shown, grid.observed & ~hidden, grid.sensors)
