"""Does a batch of drawn images help? The same training with and without it, several seeds, and what that shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from sensors_data.errors import UnusableError
from synthesis.quality.classifier import accuracy, train_classifier
from synthesis.quality.gate import Measure

SHOWN = 12_000
"""Images shown to each classifier, with drawn ones or without: the same work for both."""


@dataclass(frozen=True)
class Labelled:
    """Images and what each shows."""

    x: np.ndarray  # (N, C, H, W) uint8
    label: np.ndarray  # (N,) str

    def at(self, index: np.ndarray) -> Labelled:
        """Those at an index."""
        return Labelled(self.x[index], self.label[index])

    def joined(self, other: Labelled) -> Labelled:
        """These and the others."""
        return Labelled(np.concatenate([self.x, other.x]), np.concatenate([self.label, other.label]))


Trial = Callable[[Labelled, Labelled, int], float]
"""What a model reaches, higher is better, that learned from real images and drawn ones (or none) by a seed."""


@dataclass(frozen=True)
class Figures:
    """What was reached with drawn images and without, seed by seed."""

    name: str
    with_drawn: np.ndarray  # (S,)
    without: np.ndarray  # (S,)

    @property
    def gain(self) -> tuple[float, float, float]:
        """The mean gain and its 95 % interval, by Student's t over pairs of the same seed."""
        gains = self.with_drawn - self.without
        mean, spread = float(gains.mean()), float(gains.std(ddof=1))
        half = float(stats.t.ppf(0.975, len(gains) - 1)) * spread / len(gains) ** 0.5
        return mean, mean - half, mean + half

    @property
    def verdict(self) -> str:
        """What the figures show, in words."""
        mean, low, high = self.gain
        said = "it helps" if low > 0 else "it harms" if high < 0 else "no difference can be shown"
        return (
            f"{self.with_drawn.mean():.4f} with and {self.without.mean():.4f} without over {len(self.without)} seeds, "
            f"{mean:+.4f} [{low:+.4f}, {high:+.4f}]: {said}"
        )

    def measure(self, drawn: int) -> Measure:
        """The row of the `quality` table."""
        mean, low, high = self.gain
        return Measure(
            measure=f"augmentation_{self.name}",
            value=mean,
            low=low,
            high=high,
            limit=0.0,
            passed=low > 0,
            images=drawn,
            reason=self.verdict,
        )


def compare(
    name: str, trial: Trial, real: Labelled, drawn: Labelled, per_class: int, seeds: int, rare_share: float = 1.0
) -> Figures:
    """A trial with drawn images and without, on `per_class` real ones of each class, others for each seed; of every
    other class only `rare_share` as many.
    """
    found = []
    for seed in range(seeds):
        some = real.at(few(real.label, per_class, seed, rare_share))
        found.append((trial(some, drawn, seed), trial(some, drawn.at(np.arange(0)), seed)))
    with_drawn, without = np.array(found).T
    return Figures(name, with_drawn, without)


def few(labels: np.ndarray, per_class: int, seed: int, rare_share: float = 1.0) -> np.ndarray:
    """Index of `per_class` images of each class drawn by lot, of every other class only a share. ValueError when a
    class has fewer.
    """
    rng = np.random.default_rng(seed)
    chosen = []
    for place, name in enumerate(np.unique(labels)):
        mine = np.flatnonzero(labels == name)
        if len(mine) < per_class:
            raise UnusableError(f"class '{name}' has {len(mine)} real images, asked for {per_class}", "ask for fewer")
        wanted = per_class if place % 2 == 0 else max(1, round(per_class * rare_share))
        chosen.append(rng.permutation(mine)[:wanted])
    return np.concatenate(chosen)


def classifier_trial(test: Labelled) -> Trial:
    """A trial by the accuracy, on real images, of a small classifier; drawn ones make up half of what it sees."""

    def trial(real: Labelled, drawn: Labelled, seed: int) -> float:
        names = np.unique(np.concatenate([test.label, real.label, drawn.label]))
        again = max(1, round(len(drawn.x) / len(real.x)))  # real images as often as drawn ones
        whole = drawn.joined(real.at(np.tile(np.arange(len(real.x)), again)))
        network = train_classifier(whole.x, np.searchsorted(names, whole.label), seed, SHOWN)
        return accuracy(network, test.x, np.searchsorted(names, test.label))

    return trial
