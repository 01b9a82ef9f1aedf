"""How normal residuals of each sensor scatter, and how many nats a residual speaks for a fault."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anomaly.tails import student_log_density, student_quantile

FREEDOM = (3.0, 4.0, 6.0, 10.0, 30.0, 1000.0)
"""Degrees of freedom that are tried: heavy tails to normal ones."""
LEAST_SCALE = 0.02
WIDER = 8.0
"""k: under a fault, residuals are taken to scatter this many times as wide as normal ones."""
FEWEST = 50
"""Residuals under which nothing is learned of them."""


@dataclass(frozen=True)
class Residuals:
    """Student's t of each sensor's normal residuals, standardised units, (D,) each."""

    scale: np.ndarray
    freedom: np.ndarray

    def evidence(self, residual: np.ndarray) -> np.ndarray:
        """log p(r | k times as wide) - log p(r | normal), (..., D) nats: positive speaks for a fault; 0 where NaN.

        With heavy tails it is bounded by `freedom` log k, so that one outlier of the noise does not outweigh a fault.
        """
        square = np.square(residual / self.scale) / self.freedom
        apart = square * (1 - WIDER**-2) / (1 + square / WIDER**2)  # log1p(square) - log1p(square / k^2), in one
        nats = 0.5 * (self.freedom + 1) * np.log1p(apart) - np.log(WIDER)
        return np.asarray(np.nan_to_num(nats))

    def wider(self, residual: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """How many times as wide as normal ones residuals (T, D) scatter in some `rows` (T,), by their median, (T, D).

        At least 1, and 1 in all other rows.
        """
        times_wider = np.ones(residual.shape)
        usual = np.array([student_quantile(0.75, freedom) for freedom in self.freedom]) * self.scale
        for column, part in enumerate(residual[rows].T):
            known = np.abs(part[np.isfinite(part)])
            if len(known):
                times_wider[rows, column] = max(float(np.median(known)) / usual[column], 1.0)
        return times_wider


def fit_residuals(residual: np.ndarray) -> Residuals:
    """The most likely of FREEDOM for each column of normal residuals (T, D), NaN left out, and its robust scale."""
    columns = [_fit_column(column[np.isfinite(column)]) for column in residual.T]
    scale, freedom = (np.array(part) for part in zip(*columns, strict=True))
    return Residuals(scale, freedom)


def _fit_column(residual: np.ndarray) -> tuple[float, float]:
    """Scale and degrees of freedom of residuals (T,); the scale covers 95 % of them where they are not centred."""
    if len(residual) < FEWEST:
        return 1.0, FREEDOM[-1]
    middle = float(np.median(np.abs(residual - np.median(residual))))
    likelihood = {}
    for freedom in FREEDOM:
        scale = max(middle / student_quantile(0.75, freedom), LEAST_SCALE)
        likelihood[freedom, scale] = float(student_log_density(residual, freedom, scale).mean())
    freedom, scale = max(likelihood, key=lambda choice: likelihood[choice])
    reach = float(np.quantile(np.abs(residual), 0.95) / student_quantile(0.975, freedom))
    return max(scale, reach), freedom
