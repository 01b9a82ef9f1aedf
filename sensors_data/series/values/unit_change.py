"""A sensor whose unit changes in mid-file: its values go over at once to another level and another spread."""

from __future__ import annotations

import numpy as np

_LEAST = 60
"""Number of values needed to detect a change."""
_BLOCKS = 100
"""Parts whose medians are looked at."""
_NEAR = 30
"""Parts before and after a change that are compared."""
_OTHERS = (
    ("°C", "°F", 1.8, 32.0),
    ("°C", "K", 1.0, 273.15),
    ("bar", "psi", 14.5038, 0.0),
    ("kPa", "psi", 0.145038, 0.0),
    ("kPa", "inHg", 0.2953, 0.0),
    ("hPa", "mmHg", 0.750062, 0.0),
    ("m/s", "km/h", 3.6, 0.0),
    ("m/s", "mph", 2.23694, 0.0),
    ("km/h", "mph", 0.621371, 0.0),
    ("l/min", "gal/min", 0.264172, 0.0),
    ("m³/h", "gal/min", 4.40287, 0.0),
    ("m", "ft", 3.28084, 0.0),
    ("kW", "hp", 1.34102, 0.0),
)
"""From a unit to another: what a value is multiplied by, and what is added."""


def unit_change(values: np.ndarray) -> str:
    """What changes in a sensor's values (N,), in their order, if its unit does once and for good; empty where none."""
    if len(values) < _LEAST:
        return ""
    blocks = np.array_split(values, min(_BLOCKS, len(values) // 6))
    medians = _medians(values, len(blocks))
    at = _step(medians, 0.05)
    late = at is None
    if (at := _step(medians, 0.0) if late else at) is None:
        return ""
    before, after = np.concatenate(blocks[max(0, at - _NEAR) : at - 1]), np.concatenate(blocks[at + 1 : at + _NEAR])
    ratio = float(np.median(after) / np.median(before)) if np.median(before) else 0.0
    power = float(10.0 ** round(np.log10(ratio))) if ratio > 0 else 1.0
    if not 0.05 < power < 50 and 0.7 < ratio / power < 1.4:
        if late and 0.005 < power < 500:
            return ""  # so near an end a fault looks so as well
        return f"changes its size about {max(power, 1 / power):,.0f}-fold in mid-file: a change of unit?"
    if late:
        return ""
    for one, other, factor, plus in _OTHERS:
        if _alike(before * factor + plus, after):
            return f"changes in mid-file as {one} does to {other}: a change of unit?"
        if _alike((before - plus) / factor, after):
            return f"changes in mid-file as {other} does to {one}: a change of unit?"
    return ""


def _medians(values: np.ndarray, count: int) -> np.ndarray:
    """The medians of `count` parts of values, as np.array_split parts them, (count,)."""
    size, longer = divmod(len(values), count)
    cut = longer * (size + 1)
    parts = (values[:cut].reshape(longer, size + 1), values[cut:].reshape(count - longer, size))
    return np.concatenate([np.median(part, axis=1) for part in parts if len(part)])


def _step(medians: np.ndarray, edge: float) -> int | None:
    """Where medians go over at once to values that none had before, none where they do not.

    Not so near to either end as a share `edge` of them, and one.
    """
    count = np.arange(1, len(medians))
    total = np.cumsum(medians)
    low, high = total[:-1] / count, (total[-1] - total[:-1]) / (len(medians) - count)
    between = count * (len(medians) - count) * (high - low) ** 2
    at = int(between.argmax()) + 1
    if not edge * len(medians) + 1 < at < (1 - edge) * len(medians) - 1:
        return None
    before, after = medians[: at - 1], medians[at + 1 :]
    return at if before.max() < after.min() or after.max() < before.min() else None


def _alike(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether two groups of values have about the same level and the same spread."""
    places = [0.1, 0.25, 0.5, 0.75, 0.9]
    one, other = np.quantile(before, places), np.quantile(after, places)
    spread = max(one[-1] - one[0], other[-1] - other[0])
    if spread <= 0 or min(one[-1] - one[0], other[-1] - other[0]) < 0.8 * spread:
        return False
    return bool(np.abs(one - other).max() <= 0.2 * spread)
