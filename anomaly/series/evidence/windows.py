"""How strongly each value speaks for a fault: against the pattern of its windows, and against the other sensors."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from anomaly.series.evidence.cross import CrossModel, fit_cross
from anomaly.series.evidence.noise_by_hour import HOURS, at_hours
from anomaly.series.evidence.residuals import Residuals, fit_residuals


@dataclass(frozen=True)
class EvidenceModel:
    """The regression of each sensor on the others, and how normal residuals of either kind scatter."""

    regression: CrossModel
    pattern_noise: Residuals
    cross_noise: Residuals
    by_hour: np.ndarray = field(default_factory=lambda: np.ones((HOURS, 1)))
    """How much more what the windows expect is missed at each hour of the day, (24, D) or alike for all sensors."""

    def scatter(self, times: np.ndarray) -> np.ndarray:
        """The usual size of what the windows miss at `times` (T,), (T, D) standardised."""
        return np.asarray(self.pattern_noise.scale * at_hours(self.by_hour, times))

    def wider(self, times: np.ndarray, missed: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """How many times as wide as usual what the windows `missed` (T, D) scatters in some `rows` (T,), (T, D)."""
        return self.pattern_noise.wider(missed / at_hours(self.by_hour, times), rows)

    def pattern(
        self, times: np.ndarray, values: np.ndarray, expected: np.ndarray, wider: np.ndarray | float = 1.0
    ) -> np.ndarray:
        """Nats (..., T, D) of standardised values, NaN where not measured, against what the windows expect.

        Where they expect nothing, all being hidden, the distance from the sensor's usual level is what speaks. Normal
        residuals are taken to scatter `wider` times as much as usual.
        """
        missed, nowhere = (values - expected) / at_hours(self.by_hour, times) / wider, np.isnan(expected)
        nats = self.pattern_noise.evidence(missed)
        if not nowhere.any():
            return nats
        unit = Residuals(np.ones_like(self.pattern_noise.scale), self.pattern_noise.freedom)
        return np.where(nowhere, unit.evidence(values), nats)

    def cross(self, times: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Nats (..., T, D) of standardised values, NaN where not measured, against the other sensors and the hour.

        0 where a value, or one that it follows, was not measured: what was imputed contradicts nothing.
        """
        return self.cross_noise.evidence(self.regression.residual(times, values))

    def cross_by_rough_clock(self, times: np.ndarray, values: np.ndarray, rough: np.ndarray) -> np.ndarray:
        """The same (T, D), where residuals scatter as they do in the rows that the clock explains roughly."""
        residual = self.regression.residual(times, values)
        return self.cross_noise.evidence(residual / self.cross_noise.wider(residual, rough))


def fit_evidence(times: np.ndarray, values: np.ndarray, pattern_residual: np.ndarray) -> EvidenceModel:
    """From normal rows: standardised values (T, D) at `times` (T,), and what windows were off by (any rows, D)."""
    regression = fit_cross(times, values)
    return EvidenceModel(regression, fit_residuals(pattern_residual), fit_residuals(regression.residual(times, values)))
