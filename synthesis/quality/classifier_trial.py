"""The trial of a batch: the plan is chosen on held-out real images, then the four ways are compared seed by seed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sensors_data.errors import UnusableError
from synthesis.quality.augmentation import ARMS, SHOWN, Arms, Plan, of_both, of_real, one_trial, rightly, selected
from synthesis.quality.gate import Measure
from synthesis.quality.ordinary import CANDIDATES
from synthesis.quality.selection import parts_of
from synthesis.quality.usefulness import Labelled, few

SHARES = (0.1, 0.25, 0.5)
"""Shares of drawn images in every step that are tried on held-out real images."""
HELD_OUT = 4
"""One in so many real images of a class is held out to choose how the others are trained on."""
FEWEST = 8
"""Real images of a class under which nothing is chosen on them."""
PASSES, MOST_SHOWN = 20, 40_000
"""A classifier that saw its real images less often than this has not learned them, unless they are too many to wait."""
WORDS = {"real": "real images alone", "ordinary": "ordinary augmentation", "batch": "the batch", "both": "both"}


def chosen_plan(real: Labelled, drawn: Labelled, shown: int = SHOWN) -> Plan:
    """The ordinary augmentation, then the share of drawn images, then the part of them, by which the most of some real
    images are classified rightly that these trainings do not see. Of too few real images nothing is chosen: it is the
    first augmentation, the last share and the whole batch.
    """
    names, counts = np.unique(real.label, return_counts=True)
    if counts.min() < FEWEST:
        return Plan(CANDIDATES[0], SHARES[-1], shown)
    learned, unseen = _held_out(real)
    plans = [Plan(ordinary, 0.0, shown) for ordinary in CANDIDATES]
    networks = [of_real(learned, 0, plan) for plan in plans]
    best = _most([rightly(network, names, unseen) for network in networks])

    def right(plan: Plan) -> np.ndarray:
        part = selected(drawn, learned, networks[best], plan.part)
        return rightly(of_both(learned, part, 0, plan), names, unseen)

    plans = [replace(plans[best], share=share) for share in SHARES]
    rights = [right(plan) for plan in plans]
    first = _most(rights)
    parts = [replace(plans[first], part=part) for part in parts_of(learned.label)]
    return [plans[first], *parts][_most([rights[first], *(right(plan) for plan in parts)])]


def _held_out(real: Labelled) -> tuple[Labelled, Labelled]:
    """Real images without one in HELD_OUT of each class, and these."""
    held_out = np.zeros(len(real.label), bool)
    for name in np.unique(real.label):
        members = np.random.default_rng(0).permutation(np.flatnonzero(real.label == name))
        held_out[members[: len(members) // HELD_OUT]] = True
    return real.at(np.flatnonzero(~held_out)), real.at(np.flatnonzero(held_out))


def _most(right: list[np.ndarray]) -> int:
    """The number of the way by which the most are classified rightly, the first of equals."""
    return int(np.argmax([way.mean() for way in right]))


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
    """Images shown to each classifier, the same number in every way; more where the real images are many."""

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

    def gain(self, label: str | None = None) -> tuple[float, float, float]:
        """What the batch adds to the better way without it and its 95 % interval, of one class where one is named."""
        return self.arms.gain(over=self.arms.baseline, label=label)

    @property
    def gain_in_words(self) -> str:
        """What this many drawn images add."""
        mean, low, high = self.gain()
        return f"{self.drawn:,} of them add {mean:+.4f} [{low:+.4f}, {high:+.4f}]"

    @property
    def verdict(self) -> str:
        """The conclusion in words, the classes that gained and lost most named."""
        mean, low, high = self.gain()
        conclusion = "it helps" if low > 0 else "it harms" if high < 0 else "no difference can be shown"
        accuracies = ", ".join(f"{WORDS[arm]} {self.arms.accuracy(arm):.4f}" for arm in ARMS)
        gains = {name: self.gain(name)[0] for name in np.unique(self.arms.label)}
        most, least = max(gains, key=gains.__getitem__), min(gains, key=gains.__getitem__)
        return (
            f"{accuracies}; the batch adds {mean:+.4f} [{low:+.4f}, {high:+.4f}] to {WORDS[self.arms.baseline]} over "
            f"{len(self.arms.right)} seeds: {conclusion}; by class from {gains[least]:+.3f} ({least}) to "
            f"{gains[most]:+.3f} ({most}); {self.plan.words}"
        )

    @property
    def whole(self) -> Measure:
        """The row of the `quality` table for all classes."""
        return self._measure(f"augmentation_{self.name}", None, self.verdict)

    @property
    def measures(self) -> list[Measure]:
        """The rows of the `quality` table: all classes, then each."""
        names = np.unique(self.arms.label)
        return [self.whole, *(self._measure(f"augmentation_{self.name}:{name}", name, "") for name in names)]

    def _measure(self, name: str, label: str | None, reason: str) -> Measure:
        mean, low, high = self.gain(label)
        passed = low > 0
        return Measure(
            measure=name, value=mean, low=low, high=high, limit=0.0, passed=passed, images=self.drawn, reason=reason
        )


def four_ways(name: str, trial: ClassifierTrial) -> Result:
    """The accuracies of a trial. UnusableError when a class has too few real images."""
    real = trial.sampled(0)
    plan = chosen_plan(real, trial.drawn, shown_beside(trial.shown, len(real.x)))
    trials = [one_trial(trial.sampled(seed), trial.drawn, trial.test, seed, plan) for seed in range(trial.seeds)]
    return Result(name, Arms(np.stack(trials), trial.test.label), plan, len(trial.drawn.x))


def shown_beside(least: int, real: int) -> int:
    """Images shown to each classifier beside so many real ones: PASSES over these, within `least` and MOST_SHOWN."""
    return max(least, min(PASSES * real, MOST_SHOWN))


def check_counts(counts: tuple[int, ...], drawn: int) -> None:
    """UnusableError where a number of drawn images to try is not below that of the batch."""
    if counts and max(counts) >= drawn:
        problem = f"the batch has {drawn:,} drawn images, found --count {max(counts):,}"
        raise UnusableError(problem, "try fewer, or draw more with: nightscore draw-images")


def with_fewer(result: Result, trial: ClassifierTrial, count: int) -> Result:
    """The same with only the first `count` drawn images, trained by the same plan."""
    first, right = trial.drawn.at(np.arange(count)), result.arms.right.copy()
    for seed in range(trial.seeds):
        real = trial.sampled(seed)
        part = selected(first, real, of_real(real, seed, result.plan), result.plan.part)
        network = of_both(real, part, seed, result.plan)
        right[seed, ARMS.index("both")] = rightly(network, np.unique(real.label), trial.test)
    return Result(f"{result.name}_of_{count}", Arms(right, result.arms.label), result.plan, count)
