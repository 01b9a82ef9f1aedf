"""The range in which a sensor's values are plausible: wide enough for a machine's faults, too narrow for slips."""

from __future__ import annotations

import numpy as np

WIDTHS = 10
"""How many usual ranges, or sizes, a value may lie beyond the usual ones."""
LEAST_DEGREES = 100.0
"""How far a temperature may lie beyond the usual ones at least."""
BURSTS = 5
"""Values so far out that are no slips: they come more often than this and differ from one another."""

_CELSIUS = ("°C", "℃", "degC", "Deg C", "deg C", "C", "celsius")
_DEGREES = (*_CELSIUS, "°F", "degF", "F")
_FLOORS = {**dict.fromkeys(_CELSIUS, -273.15), "K": 0.0, "°F": -459.67, "degF": -459.67}
"""What no sensor of a unit can read less than."""


def plausible_range(values: np.ndarray, unit: str) -> tuple[float | None, float | None]:
    """The smallest and largest plausible value of a sensor, None where its values do not say.

    Zero lies in it, as does the other sign: a machine that stops, a flow that turns. A sensor that hardly ever moves
    has no range: what it reads at rest does not say what it may read. Degrees have no natural size, so for them
    the distance is counted in usual ranges alone.
    """
    if not len(values):
        return None, None
    low, high = (float(edge) for edge in np.quantile(values, [0.005, 0.995]))
    if not np.isfinite(low) or not np.isfinite(high) or low == high:
        return None, None
    size = LEAST_DEGREES / WIDTHS if unit in _DEGREES else max(abs(low), abs(high))
    reach = WIDTHS * max(high - low, size)
    least, most = _with_bursts(values, min(low - reach, 0.0), max(high + reach, 0.0))
    return max(_round(least), _FLOORS.get(unit, -np.inf)), _round(most)


def _with_bursts(values: np.ndarray, low: float, high: float) -> tuple[float, float]:
    """The range with the values beyond it that come too often, and differ too much, to be slips."""
    for far in (values[values < low], values[values > high]):
        if len(far) > BURSTS and len(np.unique(far)) > 0.5 * len(far):
            low, high = min(low, 2 * float(far.min())), max(high, 2 * float(far.max()))
    return low, high


def _round(value: float) -> float:
    return float(f"{value:.3g}")
