"""Whether a batch of drawn images helps: the same training with and without it, over several seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from sensors_data.errors import UnusableError
from synthesis.quality.gate import Measure


@dataclass(frozen=True)
class Labelled:
    """Images and their classes."""

    x: np.ndarray  # (N, C, H, W) uint8
    label: np.ndarray  # (N,) str

    def at(self, index: np.ndarray) -> Labelled:
        """The images at an index."""
        return Labelled(self.x[index], self.label[index])

    def joined(self, other: Labelled) -> Labelled:
        """These images followed by the others."""
        return Labelled(np.concatenate([self.x, other.x]), np.concatenate([self.label, other.label]))


Trial = Callable[[Labelled, Labelled, int], float]
"""The figure (higher is better) of a model trained on real and drawn images (or none) with a seed."""


@dataclass(frozen=True)
class Figures:
    """The figures with drawn images and without, seed by seed."""

    name: str
    with_drawn: np.ndarray  # (S,)
    without: np.ndarray  # (S,)

    @property
    def gain(self) -> tuple[float, float, float]:
        """The mean gain and its 95 % interval, by Student's t over pairs of the same seed."""
        gains = self.with_drawn - self.without
        mean, std = float(gains.mean()), float(gains.std(ddof=1))
        half = float(stats.t.ppf(0.975, len(gains) - 1)) * std / len(gains) ** 0.5
        return mean, mean - half, mean + half

    @property
    def verdict(self) -> str:
        """The conclusion in words."""
        mean, low, high = self.gain
        conclusion = "it helps" if low > 0 else "it harms" if high < 0 else "no difference can be shown"
        return (
            f"{self.with_drawn.mean():.4f} with and {self.without.mean():.4f} without over {len(self.without)} seeds, "
            f"{mean:+.4f} [{low:+.4f}, {high:+.4f}]: {conclusion}"
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


def compare(name: str, trial: Trial, real: Labelled, drawn: Labelled, per_class: int, seeds: int) -> Figures:
    """A trial with drawn images and without, on `per_class` real images of each class, sampled anew for each seed."""
    figures = []
    for seed in range(seeds):
        some = real.at(few(real.label, per_class, seed))
        figures.append((trial(some, drawn, seed), trial(some, drawn.at(np.arange(0)), seed)))
    with_drawn, without = np.array(figures).T
    return Figures(name, with_drawn, without)


def few(labels: np.ndarray, per_class: int, seed: int, rare_share: float = 1.0) -> np.ndarray:
    """Index of `per_class` random images of each class, of every other class only a share. ValueError when a class has
    fewer.
    """
    rng = np.random.default_rng(seed)
    chosen = []
    for place, name in enumerate(np.unique(labels)):
        members = np.flatnonzero(labels == name)
        if len(members) < per_class:
            raise UnusableError(
                f"class '{name}' has {len(members)} real images, asked for {per_class}", "ask for fewer"
            )
        count = per_class if place % 2 == 0 else max(1, round(per_class * rare_share))
        chosen.append(rng.permutation(members)[:count])
    return np.concatenate(chosen)
