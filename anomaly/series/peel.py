"""What a detector would have expected had it not seen the suspicious values: they are hidden, the worst first.

A fault moves the level and the code of every window that covers it, so that normal rows beside it look wrong. The
values furthest from what is expected are hidden and filled by the model, what is expected is taken again, and so on.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anomaly.series.detector import Detector, Scores
from sensors_data.series.grid import Grid

ROUNDS = 8
WORST = 0.25
"""Squared residuals over this share of the largest are hidden next."""
SUSPICIOUS = 16.0
"""Squared residuals, in normal ones, under which nothing is hidden."""


def with_faults_hidden(detector: Detector, grid: Grid, asset: str, scores: Scores, first: int) -> Scores:
    """Scores of a grid's last rows, where those from the grid's row `first` on are expected by what is not suspicious.

    `expected`, its band and the evidence of the pattern change, nothing else.
    """
    if detector.evidence is None:
        return scores
    start = max(0, first - detector.context_rows)
    ready = detector.standardised(grid, asset, grid.observed).rows(start, len(grid))
    values = np.where(ready.observed, ready.values, np.nan)
    scale = detector.evidence.scatter(ready.times)
    expected = _expected_unseen(detector, ready, values, scale)
    later = slice(first - start, None)
    shown, times = np.where(np.isnan(expected), 0.0, expected)[later], grid.times[first:]
    changed = {
        "expected": detector.in_units(shown, times, asset)[0],
        "low": detector.in_units(shown - detector.band, times, asset)[0],
        "high": detector.in_units(shown + detector.band, times, asset)[0],
        "pattern": detector.evidence.pattern(ready.times, values, expected)[later],
    }
    kept = len(scores.times) - (len(grid) - first)
    parts = {name: np.concatenate([getattr(scores, name)[:kept], rows]) for name, rows in changed.items()}
    return replace(scores, **parts)


def _expected_unseen(detector: Detector, ready: Grid, values: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """What is expected of a standardised grid's rows (T, D), the suspicious ones hidden, those of nights before too."""
    hidden = np.zeros(values.shape, dtype=bool)
    for _ in range(ROUNDS):
        shown = np.where(hidden, np.float32(np.nan), ready.values)
        expected = detector.expected_of(Grid(ready.times, shown, ready.observed & ~hidden, ready.sensors))
        square = np.nan_to_num(np.square((values - expected) / scale))
        square[hidden] = 0.0
        if square.max(initial=0.0) < SUSPICIOUS:
            break
        hidden |= square > max(WORST * float(square.max()), SUSPICIOUS)
    return np.asarray(expected)
