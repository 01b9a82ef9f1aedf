"""Evidence of a fault that no single row shows: many rows are a little further from what is expected than usual.

A rhythm that runs faster or noise that doubles is such a fault. Against residuals that scatter eight times as wide it
counts for nothing; against twice as wide its rows add up.
"""

from __future__ import annotations

import numpy as np

WIDER = 2.0
"""Under such a fault, residuals are taken to scatter this many times as wide as normal ones."""
CAP = 9.0
"""Squared residuals, in normal ones, that count at most: what is further out is told by single rows."""
BAND = 1.645
"""Standard deviations of a normal distribution that the half width of a 90 % band is."""


def spread_evidence(value: np.ndarray, expected: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """log p(r | twice as wide) - log p(r | normal) of residuals in units of their 90 % band, nats in their shape.

    0 where a value is NaN or its band has no width.
    """
    scale = (high - low) / (2 * BAND)
    has_width = scale > 0
    square = np.minimum(np.square((value - expected) / np.where(has_width, scale, 1.0)), CAP)
    return np.where(has_width, np.nan_to_num(square / 2 * (1 - WIDER**-2) - np.log(WIDER)), 0.0)
