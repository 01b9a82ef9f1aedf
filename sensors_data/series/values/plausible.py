"""The plausible range of a sensor: wide enough for a machine's faults, too narrow for single wrong readings."""

from __future__ import annotations

import numpy as np

SIZES, WIDTHS, DEGREE_WIDTHS = 10, 30, 10
"""How far a value may lie beyond the usual ones: in multiples of the largest usual size, or of the usual range."""
LEAST_DEGREES = 100.0
"""How far at least a temperature may lie beyond the usual ones, in degrees."""
RESTING, MOVED = 0.5, 20
"""A sensor with one value in more than this share of its rows is judged by its other values, if there are so many."""
BURSTS = 5
"""More than so many values beyond the range, which differ from one another, are not single wrong readings."""

_CELSIUS = ("°C", "℃", "degC", "Deg C", "deg C", "C", "celsius")
_DEGREES = (*_CELSIUS, "°F", "degF", "F")
_FLOORS = {**dict.fromkeys(_CELSIUS, -273.15), "K": 0.0, "°F": -459.67, "degF": -459.67}
"""The physical minimum of a unit."""


def plausible_range(values: np.ndarray, unit: str) -> tuple[float | None, float | None]:
    """The smallest and largest plausible value of a sensor, None where its values do not determine one.

    The range includes zero and values of the other sign: a machine may stop, a flow may reverse. A sensor that hardly
    ever changes has no range, as its value at rest does not limit the others. The zero of a temperature scale is
    arbitrary, so for degrees the distance is measured in usual ranges alone.
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
    """The values without the one at which a sensor rests, like the 0 of a rain gauge; empty where few are left."""
    if not len(values):
        return values
    distinct, counts = np.unique(values, return_counts=True)
    if counts.max() <= RESTING * len(values):
        return values
    moved = values[values != distinct[counts.argmax()]]
    return moved if len(moved) >= MOVED else np.empty(0)


def _with_bursts(values: np.ndarray, low: float, high: float) -> tuple[float, float]:
    """The range, widened for values beyond it that are too many and too different to be single wrong readings."""
    for far in (values[values < low], values[values > high]):
        if len(far) > BURSTS and len(np.unique(far)) > 0.5 * len(far):
            low, high = min(low, 2 * float(far.min())), max(high, 2 * float(far.max()))
    return low, high


def _round(value: float) -> float:
    return float(f"{value:.3g}")
