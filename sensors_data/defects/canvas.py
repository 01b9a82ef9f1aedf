"""What a painter is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sensors_data.defects.shapes import centre


@dataclass(frozen=True)
class Canvas:
    """A good part to paint on, and what a painter draws from."""

    good: np.ndarray  # (C, H, W) in [0, 1]
    donor: np.ndarray  # another good part, the same shape
    size: float
    """Pixels: about the diameter of the defect."""
    rng: np.random.Generator

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width, pixels."""
        return self.good.shape[1], self.good.shape[2]

    def place(self) -> tuple[float, float]:
        """A row and a column for the defect's middle, on the part rather than beside it."""
        return centre(self.good, self.size / 2, self.rng)

    def tone(self, quantile: float) -> np.ndarray:
        """A brightness of the part, (C, 1, 1)."""
        return np.asarray(np.quantile(self.good, quantile, axis=(1, 2)))[:, None, None]


@dataclass(frozen=True)
class Layer:
    """A defect at full strength."""

    image: np.ndarray  # (C, H, W) what the defect shows
    outline: np.ndarray  # (H, W) in [0, 1], how much of it covers the good part


Painter = Callable[[Canvas], Layer]
