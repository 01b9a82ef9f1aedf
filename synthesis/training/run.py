"""One training of a generator: what it learns from, how its snapshots are validated, what is called on the way."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from sensors_data.nets.training import Hooks
from sensors_data.settings import Section
from synthesis.quality.extractors import Extractor
from synthesis.training.collapse import WatchConfig
from synthesis.training.recipe import Recipe


@dataclass(frozen=True)
class Examples:
    """The images to learn from, and those held out to choose the best snapshot."""

    images: np.ndarray  # (N, C, H, W) uint8
    numbers: np.ndarray | None  # (N,) class numbers, where the recipe is conditional
    held_out: np.ndarray  # (V, C, H, W) uint8


@dataclass(frozen=True)
class TrainingRun:
    """What every process of a training must know."""

    recipe: Recipe
    examples: Examples
    snapshots: int
    """How often the generator is measured; the best snapshot is kept."""
    seed: int
    start: dict[str, Tensor] | None = None
    """The weights that the generator begins with, where it is another one's."""


@dataclass(frozen=True)
class Gain:
    """What a snapshot's images add to a classifier of the real ones."""

    classes: int
    of: Callable[[np.ndarray, np.ndarray], float]
    """The gain of drawn images uint8 (N, C, H, W) with class numbers (N,)."""


@dataclass(frozen=True)
class Validation:
    """How a snapshot is measured, and when the training is stopped."""

    extractor: Extractor
    watch: WatchConfig
    gain: Gain | None = None
    """Where it is given, the snapshot of the highest gain is the best one, not that of the least distance."""


class Snapshot(Section):
    """One row of the `generator_training` table."""

    epoch: int
    images: int
    discriminator_loss: float
    generator_loss: float
    distance: float
    class_entropy: float
    diversity: float
    state: str
    best: bool
    gain: float = math.nan
    """What its images add to a classifier's accuracy on held-out images; NaN where the distance chooses."""
    alarms: tuple[str, ...] = ()
    """Why it is not healthy."""

    @property
    def rank(self) -> tuple[bool, float, float]:
        """The smaller, the better: the healthy first, then by the gain where it was measured, else by the distance."""
        return bool(self.alarms), 0.0 if math.isnan(self.gain) else -self.gain, self.distance


Show = Callable[[Snapshot, np.ndarray], None]
"""Called with each snapshot's row and its images of the same codes, uint8 (64, C, H, W)."""


@dataclass(frozen=True)
class GanHooks(Hooks):
    """What a training of a generator calls on its way; each may be left out."""

    show: Show | None = None
