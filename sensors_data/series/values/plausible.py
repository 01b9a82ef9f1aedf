"""The range in which a sensor's values are plausible: wide enough for a machine's faults, too narrow for slips."""

from __future__ import annotations

import numpy as np

SIZES, WIDTHS, DEGREE_WIDTHS = 10, 30, 10
"""How many of the largest usual size, or of the usual range, a value may lie beyond the usual ones."""
LEAST_DEGREES = 100.0
"""How far a temperature may lie beyond the usual ones at least."""
RESTING, MOVED = 0.5, 20
"""A sensor that rests on one value for so large a share is judged by what it reads else, if that is so many values."""
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
    moved = _moved(values)
    if len(moved) < 2:
        return None, None
    low, high = (float(edge) for edge in np.quantile(moved, [0.005, 0.995]))
    if not np.isfinite(low) or not np.isfinite(high) or low == high:
        return None, None
    degrees, widths = max(LEAST_DEGREES, DEGREE_WIDTHS * (high - low)), WIDTHS * (high - low)
    reach = degrees if unit in _DEGREES else max(widths, SIZES * max(abs(low), abs(high)))
    least, most = _with_bursts(values, min(low - reach, 0.0), max(high + reach, 0.0))
    return max(_round(least), _FLOORS.get(unit, -np.inf)), _round(most)


def _moved(values: np.ndarray) -> np.ndarray:
    """The values but for the one on which a sensor rests, like the 0 of a rain gauge; none where few are left."""
    if not len(values):
        return values
    distinct, counts = np.unique(values, return_counts=True)
    if counts.max() <= RESTING * len(values):
        return values
    moved = values[values != distinct[counts.argmax()]]
    return moved if len(moved) >= MOVED else np.empty(0)


def _with_bursts(values: np.ndarray, low: float, high: float) -> tuple[float, float]:
    """The range with the values beyond it that come too often, and differ too much, to be slips."""
    for far in (values[values < low], values[values > high]):
        if len(far) > BURSTS and len(np.unique(far)) > 0.5 * len(far):
            low, high = min(low, 2 * float(far.min())), max(high, 2 * float(far.max()))
    return low, high


def _round(value: float) -> float:
    return float(f"{value:.3g}")
