"""What a generator's images add to a classifier as its training stands: the gain on real images that neither saw."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synthesis.quality.augmentation import SHOWN, Plan, of_both, of_real, rightly
from synthesis.quality.classifier import Classifier
from synthesis.quality.ordinary import CANDIDATES
from synthesis.quality.usefulness import Labelled

SHARE = 0.5
"""Drawn images in every step of the classifier."""
CLASSIFIERS = 2
"""Seeds over which a gain is the mean."""


@dataclass(frozen=True)
class HeldOutGain:
    """Measures drawn images by a classifier of the real images beside ordinary augmentation, with them and without."""

    learned: Labelled
    """Real images that the generator learns from, and the classifier too."""
    held_out: Labelled
    """Real images on which the classifier is asked."""
    shown: int = SHOWN
    """Images shown to each classifier."""

    def of(self, drawn: Labelled) -> float:
        """The mean gain in accuracy over several seeds, the same for the same images."""
        right = [self._right(of_both(self.learned, drawn, seed, self._plan)) for seed in range(CLASSIFIERS)]
        return float(np.mean(right)) - self._without

    @cached_property
    def _without(self) -> float:
        """The accuracy with ordinary augmentation alone."""
        return float(np.mean([self._right(of_real(self.learned, seed, self._plan)) for seed in range(CLASSIFIERS)]))

    @property
    def _plan(self) -> Plan:
        return Plan(CANDIDATES[0], SHARE, self.shown)

    def _right(self, network: Classifier) -> float:
        return float(rightly(network, np.unique(self.learned.label), self.held_out).mean())
