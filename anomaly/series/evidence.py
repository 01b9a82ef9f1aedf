"""How strongly each value speaks for a fault: against the pattern of its windows, and against the other sensors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anomaly.series.cross import CrossModel, fit_cross
from anomaly.series.residuals import Residuals, fit_residuals


@dataclass(frozen=True)
class EvidenceModel:
    """The regression of each sensor on the others, and how normal residuals of either kind scatter."""

    regression: CrossModel
    pattern_noise: Residuals
    cross_noise: Residuals

    def pattern(self, values: np.ndarray, expected: np.ndarray) -> np.ndarray:
        """Nats (..., T, D) of standardised values, NaN where not measured, against what the windows expect.

        Where they expect nothing, all being hidden, the distance from the sensor's usual level is what speaks.
        """
        nats, nowhere = self.pattern_noise.evidence(values - expected), np.isnan(expected)
        if not nowhere.any():
            return nats
        unit = Residuals(np.ones_like(self.pattern_noise.scale), self.pattern_noise.freedom)
        return np.where(nowhere, unit.evidence(values), nats)

    def cross(self, times: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Nats (..., T, D) of standardised values, NaN where not measured, against the other sensors and the hour.

        0 where a value, or one that it follows, was not measured: what was imputed contradicts nothing.
        """
        return self.cross_noise.evidence(self.regression.residual(times, values))


def fit_evidence(times: np.ndarray, values: np.ndarray, pattern_residual: np.ndarray) -> EvidenceModel:
    """From normal rows: standardised values (T, D) at `times` (T,), and what windows were off by (any rows, D)."""
    regression = fit_cross(times, values)
    return EvidenceModel(regression, fit_residuals(pattern_residual), fit_residuals(regression.residual(times, values)))
