"""Whether a batch adds to ordinary augmentation: a classifier of the real images in four ways, seed by seed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from synthesis.quality.classifier import Classifier, logits
from synthesis.quality.gate import Measure
from synthesis.quality.mixture import Drawn, train_on, train_on_both
from synthesis.quality.ordinary import CANDIDATES, NOTHING, Ordinary
from synthesis.quality.usefulness import Labelled, few

SHOWN = 12_000
"""Images shown to each classifier, the same number in every way."""
SHARES = (0.1, 0.25, 0.5)
"""Shares of drawn images in every step that are tried on held-out real images."""
ASKED = 4
"""One in so many real images of a class is held out to choose how the others are trained on."""
FEWEST = 8
"""Real images of a class under which nothing is chosen on them."""
ARMS = ("real", "ordinary", "batch", "both")
"""Real images alone, with ordinary augmentation, with the batch, with both."""
WORDS = {"real": "real images alone", "ordinary": "ordinary augmentation", "batch": "the batch", "both": "both"}


@dataclass(frozen=True)
class Plan:
    """How the classifiers are trained."""

    ordinary: Ordinary
    share: float
    """Drawn images in every step."""
    shown: int = SHOWN


@dataclass(frozen=True)
class Arms:
    """Which test images were classified rightly, in each of ARMS, by each seed."""

    right: np.ndarray  # (S, 4, N) bool
    label: np.ndarray  # (N,) str, the test images' classes

    def accuracy(self, arm: str) -> float:
        """The mean over seeds of the share of test images classified rightly."""
        return float(self.right[:, ARMS.index(arm)].mean())

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
    plain = Plan(NOTHING, plan.share, plan.shown)
    ways = (
        of_real(real, seed, plain),
        of_real(real, seed, plan),
        of_both(real, drawn, seed, plain),
        of_both(real, drawn, seed, plan),
    )
    return np.stack([rightly(network, np.unique(real.label), test) for network in ways])


def of_real(real: Labelled, seed: int, plan: Plan) -> Classifier:
    """A classifier of real images; their classes by number are those of `np.unique`."""
    classes, some = np.unique(real.label), evened(real, seed)
    return train_on(some.x, np.searchsorted(classes, some.label), len(classes), seed, plan.shown, plan.ordinary)


def of_both(real: Labelled, drawn: Labelled, seed: int, plan: Plan) -> Classifier:
    """A classifier of real images and of drawn ones of the same classes."""
    classes, some = np.unique(real.label), evened(real, seed)
    known = np.isin(drawn.label, classes)
    shown = np.eye(len(classes), dtype=np.float32)[np.searchsorted(classes, drawn.label[known])]
    batch = Drawn(drawn.x[known], shown, plan.share)
    return train_on_both(some.x, np.searchsorted(classes, some.label), batch, seed, plan.shown, plan.ordinary)


def chosen_plan(real: Labelled, drawn: Labelled, shown: int = SHOWN) -> Plan:
    """The ordinary augmentation, and then the share of drawn images, by which the most of some real images are
    classified rightly that these trainings do not see. Of too few real images the first and the last are taken.
    """
    names, counts = np.unique(real.label, return_counts=True)
    if counts.min() < FEWEST:
        return Plan(CANDIDATES[0], SHARES[-1], shown)
    held_out = np.zeros(len(real.label), bool)
    for name in names:
        members = np.random.default_rng(0).permutation(np.flatnonzero(real.label == name))
        held_out[members[: len(members) // ASKED]] = True
    learned, unseen = real.at(np.flatnonzero(~held_out)), real.at(np.flatnonzero(held_out))
    plans = [Plan(ordinary, 0.0, shown) for ordinary in CANDIDATES]
    best = plans[_most([rightly(of_real(learned, 0, plan), names, unseen) for plan in plans])]
    plans = [Plan(best.ordinary, share, shown) for share in SHARES]
    return plans[_most([rightly(of_both(learned, drawn, 0, plan), names, unseen) for plan in plans])]


def _most(right: list[np.ndarray]) -> int:
    """The number of the way by which the most are classified rightly, the first of equals."""
    return int(np.argmax([way.mean() for way in right]))


def rightly(network: Classifier, classes: np.ndarray, test: Labelled) -> np.ndarray:
    """Which images a classifier of `classes` gives their label, (N,) bool."""
    return np.asarray(classes[logits(network, test.x).argmax(1)] == test.label)


def evened(real: Labelled, seed: int) -> Labelled:
    """Real images with those of rarer classes repeated, until each class has as many."""
    names, counts = np.unique(real.label, return_counts=True)
    rng = np.random.default_rng(seed)
    index = [np.resize(rng.permutation(np.flatnonzero(real.label == name)), counts.max()) for name in names]
    return real.at(np.concatenate(index))


@dataclass(frozen=True)
class ClassifierTrial:
    """What a classifier is trained on and asked, and how often."""

    real: Labelled
    drawn: Labelled
    test: Labelled
    seeds: int
    per_class: int | None = None
    """Real images of each class, sampled anew for each seed; None for all."""
    rare_share: float = 1.0
    """Every other class has only this share of them."""
    shown: int = SHOWN

    def on_few(self, per_class: int, rare_share: float = 1.0) -> ClassifierTrial:
        """The same on few real images of each class."""
        return replace(self, per_class=per_class, rare_share=rare_share)

    def sampled(self, seed: int) -> Labelled:
        """The real images of a seed."""
        if self.per_class is None:
            return self.real
        return self.real.at(few(self.real.label, self.per_class, seed, self.rare_share))


@dataclass(frozen=True)
class Result:
    """What the four ways gave, under a name."""

    name: str
    arms: Arms
    plan: Plan
    drawn: int

    @property
    def verdict(self) -> str:
        """The conclusion in words, the classes that gained and lost most named."""
        mean, low, high = self.arms.gain()
        conclusion = "it helps" if low > 0 else "it harms" if high < 0 else "no difference can be shown"
        accuracies = ", ".join(f"{WORDS[arm]} {self.arms.accuracy(arm):.4f}" for arm in ARMS)
        gains = {name: self.arms.gain(label=name)[0] for name in np.unique(self.arms.label)}
        most, least = max(gains, key=gains.__getitem__), min(gains, key=gains.__getitem__)
        return (
            f"{accuracies}; the batch adds {mean:+.4f} [{low:+.4f}, {high:+.4f}] to ordinary augmentation over "
            f"{len(self.arms.right)} seeds: {conclusion}; by class from {gains[least]:+.3f} ({least}) to "
            f"{gains[most]:+.3f} ({most}); {self.plan.share:.0%} of each step drawn"
        )

    @property
    def measures(self) -> list[Measure]:
        """The rows of the `quality` table: all classes, then each."""
        whole = self._measure(f"augmentation_{self.name}", None, self.verdict)
        return [whole, *(self._measure(f"augmentation_{self.name}:{n}", n, "") for n in np.unique(self.arms.label))]

    def _measure(self, name: str, label: str | None, reason: str) -> Measure:
        mean, low, high = self.arms.gain(label=label)
        passed = low > 0
        return Measure(
            measure=name, value=mean, low=low, high=high, limit=0.0, passed=passed, images=self.drawn, reason=reason
        )


def four_ways(name: str, trial: ClassifierTrial) -> Result:
    """The accuracies of a trial. UnusableError when a class has too few real images."""
    plan = chosen_plan(trial.sampled(0), trial.drawn, trial.shown)
    trials = [one_trial(trial.sampled(seed), trial.drawn, trial.test, seed, plan) for seed in range(trial.seeds)]
    return Result(name, Arms(np.stack(trials), trial.test.label), plan, len(trial.drawn.x))
