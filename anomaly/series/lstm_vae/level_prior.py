"""A window as its level and its shape: the level has a prior of its own, the VAE models the shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class LevelPrior:
    """A normal distribution of each sensor's window level, in standardised units, (D,) each."""

    center: np.ndarray
    variance: np.ndarray

    def nats(self, level: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """How surprising each sensor's level is, (N, D), nats above the most likely level; 0 where it was not seen."""
        return np.where(seen, 0.5 * (level - self.center) ** 2 / self.variance, 0.0)


def fit_level_prior(level: np.ndarray, floor: float) -> LevelPrior:
    """The prior of levels (N, D): their median and variance, the variance at least `floor`."""
    return LevelPrior(np.median(level, axis=0), np.maximum(level.var(axis=0), floor))


def split_level(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Windows (N, L, D) as shapes (N, L, D) float32 and levels (N, D).

    The level is the interquartile mean of a sensor's values in the window, which a short disturbance does not move.
    A missing value (NaN) becomes 0 in the shape; a sensor with no value at all has level 0.
    """
    level = levels(values)
    shape = np.nan_to_num(values - level[:, None]).astype(np.float32)
    return shape, level


def levels(values: np.ndarray) -> np.ndarray:
    """The levels of windows (N, L, D), (N, D) float64; each has the same bits whatever the others are."""
    lacking = np.isnan(values).any(axis=(1, 2))
    if not lacking.any():
        return _whole_middle_mean(values)
    level = np.empty((len(values), values.shape[2]))
    level[lacking], level[~lacking] = _middle_mean(values[lacking]), _whole_middle_mean(values[~lacking])
    return level


def _whole_middle_mean(values: np.ndarray) -> np.ndarray:
    """The interquartile mean of windows without a gap, (N, L, D) -> (N, D)."""
    ordered = np.sort(np.ascontiguousarray(values.swapaxes(1, 2)), axis=2)  # (N, D, L)
    first = values.shape[1] // 4
    middle = ordered[..., first : values.shape[1] - first]
    return np.asarray(middle.sum(axis=2, dtype=np.float64) / middle.shape[2])


def _middle_mean(values: np.ndarray) -> np.ndarray:
    """The same of windows in which values are missing (NaN); 0 where all are."""
    ordered = np.sort(values, axis=1)  # NaN last
    count = np.isfinite(values).sum(axis=1)  # (N, D)
    sums = np.cumsum(np.nan_to_num(ordered).astype(np.float64), axis=1)
    sums = np.concatenate([np.zeros_like(sums[:, :1]), sums], axis=1)  # (N, L + 1, D)
    first = count // 4
    last = count - first
    inner = np.take_along_axis(sums, last[:, None], 1)[:, 0] - np.take_along_axis(sums, first[:, None], 1)[:, 0]
    return np.asarray(inner / np.maximum(last - first, 1))
