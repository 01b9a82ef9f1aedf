"""What each sensor should read by the other sensors at the same moment and by the time of day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST = 6.0
"""Standardised values of the other sensors are clipped here, so that a wild one does not move the rest."""
RIDGE = 1e-3
HARMONICS = 3
FEWEST_DATES = 3
"""Dates of rows without which nothing is learned of the time of day: what one day did is no rhythm."""
OUTLIER = 5.0
"""Residuals over this many standard deviations are left out when the regression is solved again."""
LEAST_STD = 0.02
MAX_ROWS = 50_000
"""Rows that are learned from at most, evenly spaced."""
SMALL = 0.1
"""Weight of missing sensors under which a sensor is expected without them."""
DAY_US = 86_400_000_000


@dataclass(frozen=True)
class CrossModel:
    """A linear regression of each modelled sensor on the others and on harmonics of the day."""

    weights: np.ndarray  # (D + 2 * HARMONICS + 1, D)

    def residual(self, times: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Standardised values (..., T, D) minus what is expected of them; NaN where they or what they follow are
        missing. Sums are made sensor by sensor, so that a row's last digits do not depend on the other rows.
        """
        sensors = values.shape[-1]
        expected = np.zeros(values.shape)
        for wave, weights in zip(_waves(times), self.weights[sensors:], strict=True):
            expected += wave[:, None] * weights
        for sensor, weights in enumerate(self.weights[:sensors]):
            expected += _clipped(values[..., sensor, None]) * weights
        unknown = np.isnan(values)
        if unknown.any():
            missing = sum(unknown[..., k, None] * np.abs(self.weights[k]) for k in range(sensors))
            expected = np.where(missing > SMALL, np.nan, expected)
        return np.asarray(values - expected)


def fit_cross(times: np.ndarray, values: np.ndarray) -> CrossModel:
    """The ridge regression of standardised values (T, D), NaN where a value is not normal, at `times` (T,).

    Without harmonics of the day where the rows are of fewer than FEWEST_DATES.
    """
    every = max(1, -(-len(times) // MAX_ROWS))
    rows, targets = _features(times[::every], values[::every]), values[::every].astype(np.float64)
    weights = np.zeros((rows.shape[1], targets.shape[1]))
    known = np.ones(rows.shape[1], dtype=bool)
    known[targets.shape[1] : -1] = len(np.unique(times.astype("datetime64[D]"))) >= FEWEST_DATES
    for sensor in range(targets.shape[1]):
        others = known & (np.arange(rows.shape[1]) != sensor)
        usable = np.isfinite(targets[:, sensor])
        if usable.sum() >= 2 * rows.shape[1]:
            weights[others, sensor] = _robust_ridge(rows[usable][:, others], targets[usable, sensor])
    return CrossModel(weights)


def _robust_ridge(rows: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Ridge weights, solved three times, each time without the residuals that were far out."""
    clean = np.ones(len(rows), dtype=bool)
    for _ in range(3):
        part = rows[clean]
        gram = part.T @ part + RIDGE * len(part) * np.eye(rows.shape[1])
        weights = np.linalg.solve(gram, part.T @ target[clean])
        residual = target - rows @ weights
        clean = np.abs(residual) <= OUTLIER * max(float(residual[clean].std()), LEAST_STD)
    return np.asarray(weights)


def _features(times: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Clipped values, harmonics of the time of day and a constant, (T, D + 2 * HARMONICS + 1); NaN reads 0."""
    return np.column_stack([_clipped(values), *_waves(times)])


def _clipped(values: np.ndarray) -> np.ndarray:
    """Values within MOST, NaN as 0."""
    return np.asarray(np.nan_to_num(np.clip(values, -MOST, MOST)), dtype=np.float64)


def _waves(times: np.ndarray) -> list[np.ndarray]:
    """Harmonics of the time of day and a constant, (T,) each."""
    angle = 2 * np.pi * (times.astype("datetime64[us]").astype(np.int64) % DAY_US) / DAY_US
    waves = [wave(order * angle) for order in range(1, HARMONICS + 1) for wave in (np.sin, np.cos)]
    return [*waves, np.ones(len(times))]
