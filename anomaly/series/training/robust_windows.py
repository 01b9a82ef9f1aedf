"""What windows expect of one sensor's rows when some of them are not to be believed: principal components, solved
without the windows that show too little.
"""

from __future__ import annotations

import numpy as np

KEEP, MOST_AXES = 0.95, 16
"""Variance that the principal axes hold, and how many there are at most."""
TOKENS = 8
"""A window begins every so many parts of its length."""
MOST_HIDDEN = 0.25
"""Windows of which a larger share is hidden say nothing of what is normal."""
FEWEST = 16
"""Windows from which axes are learned at least."""
ROUNDS = 2
"""How often hidden values are filled with what is expected."""


def expected_rows(values: np.ndarray, believed: np.ndarray, length: int) -> np.ndarray:
    """The mean of what windows of `length` rows expect of each value (T,), T at least `length`.

    Values that are not `believed` (T,) are filled with what the axes expect of them, in turns with solving the axes.
    """
    rows = np.arange(len(values))
    filled = np.interp(rows, rows[believed], values[believed]).astype(np.float32)
    starts = np.unique(np.append(np.arange(0, len(values) - length + 1, length // TOKENS), len(values) - length))
    windows = np.lib.stride_tricks.sliding_window_view(filled, length)[starts]
    hidden = np.lib.stride_tricks.sliding_window_view(~believed, length)[starts]
    lacking = hidden.any(axis=1)
    clear = hidden.mean(axis=1) <= MOST_HIDDEN
    if clear.sum() < FEWEST:
        clear = np.ones(len(starts), dtype=bool)
    expected = windows
    for _ in range(ROUNDS if lacking.any() else 1):
        expected = _projected(windows, clear)
        windows = np.where(hidden, expected, windows)
    total, count = np.zeros(len(values)), np.zeros(len(values))
    for start, window in zip(starts, expected, strict=True):
        total[start : start + length] += window
        count[start : start + length] += 1
    return total / count


def _projected(windows: np.ndarray, clear: np.ndarray) -> np.ndarray:
    """Windows (N, L) on the principal axes of the `clear` (N,) ones, each around its own level."""
    length = windows.shape[1]
    level = np.sort(windows, axis=1)[:, length // 4 : length - length // 4].mean(axis=1, keepdims=True)
    shape = windows - level
    mean = shape[clear].mean(axis=0)
    centred = shape - mean
    power, axes = np.linalg.eigh(centred[clear].T @ centred[clear])
    held = np.cumsum(power[::-1]) / max(float(power.sum()), 1e-12)
    axes_kept = min(int(np.searchsorted(held, KEEP)) + 1, MOST_AXES, length // 4)
    axes = axes[:, ::-1][:, :axes_kept]
    return np.asarray(centred @ axes @ axes.T + (mean + level))
