"""Whether a batch adds to ordinary augmentation: a classifier of the real images in four ways, seed by seed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from synthesis.quality.classifier import Classifier, logits
from synthesis.quality.mixture import Drawn, train_on, train_on_both
from synthesis.quality.ordinary import NOTHING, Ordinary
from synthesis.quality.selection import PARTS, Part, agreed, hard, rare_classes
from synthesis.quality.usefulness import Labelled

SHOWN = 12_000
"""Images shown to each classifier, the same number in every way."""
ARMS = ("real", "ordinary", "batch", "both")
"""Real images alone, with ordinary augmentation, with the batch, with both."""


@dataclass(frozen=True)
class Plan:
    """How the classifiers are trained."""

    ordinary: Ordinary
    share: float
    """Drawn images in every step; with the part `rare`, those among the images of each rare class."""
    shown: int = SHOWN
    part: Part = "all"
    """The drawn images that are used."""

    @property
    def words(self) -> str:
        """The share and the part of the batch that are used."""
        step = "of each rare class" if self.part == "rare" else "of each step"
        return f"{self.share:.0%} {step} drawn{PARTS[self.part]}"


@dataclass(frozen=True)
class Arms:
    """Which test images were classified rightly, in each of ARMS, by each seed."""

    right: np.ndarray  # (S, 4, N) bool
    label: np.ndarray  # (N,) str, the test images' classes

    def accuracy(self, arm: str) -> float:
        """The mean over seeds of the share of test images classified rightly."""
        return float(self.right[:, ARMS.index(arm)].mean())

    @property
    def baseline(self) -> str:
        """The arm without drawn images that is right more often: short trainings are not always helped by variation."""
        return max(("ordinary", "real"), key=self.accuracy)

    def gain(self, arm: str = "both", over: str = "ordinary", label: str | None = None) -> tuple[float, float, float]:
        """The mean gain of one arm over another and its 95 % interval, of one class where `label` names it.

        The interval is Student's, over seeds or over test images, whichever is wider: the one knows how much trainings
        differ, the other how few images were tested.
        """
        tested = np.ones(len(self.label), bool) if label is None else self.label == label
        first, second = (self.right[:, ARMS.index(name)][:, tested].astype(float) for name in (arm, over))
        change = first - second  # (S, N)
        mean, half = float(change.mean()), max(_half_width(change.mean(1)), _half_width(change.mean(0)))
        return mean, mean - half, mean + half


def _half_width(values: np.ndarray) -> float:
    """Half of Student's 95 % interval of a mean; no interval has an end where there is one value."""
    if len(values) < 2:
        return float("inf")
    return float(stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / len(values) ** 0.5)


def one_trial(real: Labelled, drawn: Labelled, test: Labelled, seed: int, plan: Plan) -> np.ndarray:
    """Which test images are classified rightly in each of ARMS, (4, N) bool; classes weigh the same in training."""
    plain = replace(plan, ordinary=NOTHING)
    ordinary = of_real(real, seed, plan)
    part = selected(drawn, real, ordinary, plan.part)
    ways = (of_real(real, seed, plain), ordinary, of_both(real, part, seed, plain), of_both(real, part, seed, plan))
    return np.stack([rightly(network, np.unique(real.label), test) for network in ways])


def selected(drawn: Labelled, real: Labelled, network: Classifier, part: Part) -> Labelled:
    """The part of a batch that is used beside real images, of which `network` is a classifier."""
    classes = np.unique(real.label)
    known = drawn.at(np.flatnonzero(np.isin(drawn.label, classes)))
    if part == "rare":
        return known.at(np.flatnonzero(np.isin(known.label, rare_classes(real.label))))
    if part == "agreed":
        return agreed(known, network, classes)
    return hard(known, network, classes) if part == "hard" else known


def of_real(real: Labelled, seed: int, plan: Plan) -> Classifier:
    """A classifier of real images; their classes by number are those of `np.unique`."""
    classes, some = np.unique(real.label), evened(real, seed)
    return train_on(some.x, np.searchsorted(classes, some.label), len(classes), seed, plan.shown, plan.ordinary)


def of_both(real: Labelled, drawn: Labelled, seed: int, plan: Plan) -> Classifier:
    """A classifier of real images and of drawn ones of the same classes, or of the rare ones among them."""
    classes, weights = np.unique(real.label), None
    share = plan.share if len(drawn.x) else 0.0
    if plan.part == "rare":
        rare = np.isin(classes, rare_classes(real.label))
        share, weights = share * rare.mean(), 1 - share * rare
    some = evened(real, seed, weights)
    others = resized(drawn, len(drawn.x) / max(1, len(np.unique(drawn.label))), seed)  # as many of each class too
    shown = np.eye(len(classes), dtype=np.float32)[np.searchsorted(classes, others.label)]
    batch = Drawn(others.x, shown, share)
    return train_on_both(some.x, np.searchsorted(classes, some.label), batch, seed, plan.shown, plan.ordinary)


def rightly(network: Classifier, classes: np.ndarray, test: Labelled) -> np.ndarray:
    """Which images a classifier of `classes` gives their label, (N,) bool."""
    return np.asarray(classes[logits(network, test.x).argmax(1)] == test.label)


def evened(real: Labelled, seed: int, weights: np.ndarray | None = None) -> Labelled:
    """Real images with those of rarer classes repeated, until each class has as many, or as many by its weight (K,)."""
    _, counts = np.unique(real.label, return_counts=True)
    return resized(real, np.rint(counts.max() * (1.0 if weights is None else weights)), seed)


def resized(images: Labelled, sizes: np.ndarray | float, seed: int) -> Labelled:
    """So many images of each class, in the classes' order: some of them at random, repeated where there are fewer."""
    names = np.unique(images.label)
    rng = np.random.default_rng(seed)
    index = [
        np.resize(rng.permutation(np.flatnonzero(images.label == name)), int(size))
        for name, size in zip(names, np.broadcast_to(sizes, len(names)), strict=True)
    ]
    return images.at(np.concatenate(index)) if index else images
