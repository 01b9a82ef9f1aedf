"""Windows of a grid, as views: no row is copied until a batch is drawn."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sensors_data.series.grids.grid import Grid


@dataclass(frozen=True)
class Windows:
    """N windows of L rows and D sensors; the arrays are read-only views of the grid."""

    values: np.ndarray  # (N, L, D) float32
    observed: np.ndarray  # (N, L, D) bool
    ends: np.ndarray  # (N,) index of the row after each window's last

    def __len__(self) -> int:
        """N, the number of windows."""
        return len(self.ends)

    def where(self, keep: np.ndarray) -> Windows:
        """The windows for which `keep` (N,) is true; these are copies."""
        return Windows(self.values[keep], self.observed[keep], self.ends[keep])


def joined(parts: list[Windows]) -> Windows:
    """The windows of several parts, one part after the other: copies."""
    return Windows(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Windows)))


def sliding_windows(grid: Grid, length: int, stride: int = 1) -> Windows:
    """Every run of `length` consecutive rows, one per `stride`, the last ending at the grid's last row.

    (T, D) -> (N, L, D), N = (T - length) // stride + 1, or 0 where the grid is shorter than a window.
    """
    if length < 1 or stride < 1:
        raise ValueError(f"window length and stride must be at least 1, found {length} and {stride}")
    rows = len(grid)
    first = (rows - length) % stride if rows >= length else 0
    ends = np.arange(first + length, rows + 1, stride)
    return Windows(_views(grid.values, length, first, stride), _views(grid.observed, length, first, stride), ends)


def _views(array: np.ndarray, length: int, first: int, stride: int) -> np.ndarray:
    if len(array) < length:
        return np.empty((0, length, *array.shape[1:]), array.dtype)
    views = np.lib.stride_tricks.sliding_window_view(array, length, axis=0)  # (N, D, L)
    return views[first::stride].swapaxes(1, 2)


MAX_EMPTY = 0.1
"""Share of a window's rows that may have no value at all, not even an imputed one."""


def measured_enough(windows: Windows, min_observed: float) -> np.ndarray:
    """Which windows have something measured in a share `min_observed` of their rows, and hardly an empty row, (N,)."""
    if not len(windows):
        return np.empty(0, dtype=bool)
    if windows.observed.all() and not np.isnan(windows.values).any():
        return np.ones(len(windows), dtype=bool)
    measured = windows.observed.any(axis=2).mean(axis=1)
    empty = np.isnan(windows.values).all(axis=2).mean(axis=1)
    return np.asarray((measured >= min_observed) & (empty <= MAX_EMPTY))


def count_normal(grid: Grid, abnormal: np.ndarray, length: int, min_observed: float) -> int:
    """How many of the windows of `length` rows touch no abnormal row (T,) and are measured enough."""
    if len(grid) < length:
        return 0
    rows = (abnormal, grid.observed.any(axis=1), np.isnan(grid.values).all(axis=1))
    sums = [np.concatenate([[0], np.cumsum(row)]) for row in rows]
    bad, measured, empty = (total[length:] - total[:-length] for total in sums)
    return int(((bad == 0) & (measured >= min_observed * length) & (empty <= MAX_EMPTY * length)).sum())


def normal(windows: Windows, abnormal: np.ndarray, min_observed: float) -> Windows:
    """The windows that touch no abnormal row (T,) and are measured enough: copies."""
    bad = np.concatenate([[0], np.cumsum(abnormal)])
    length = windows.values.shape[1]
    clean = bad[windows.ends] == bad[windows.ends - length]
    return windows.where(clean & measured_enough(windows, min_observed))
