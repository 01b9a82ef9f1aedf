"""Which view of a camera's images is modelled: the kinds are compared on painted defects, at an equal budget."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anomaly.images.detector import Choice, ImageDetector, config_of_kind
from anomaly.images.learning import ImageTraining, held_out_count, learn_image_detector
from anomaly.images.planted import Planted, plant_defects, planted_scores
from anomaly.vae.training import Epoch
from sensors_data.nets.training import Hooks
from sensors_data.pretrained import has_lite0

COMPARABLE = 20
"""Images to learn from under which kinds are not compared."""
LEARNED, TESTED = 200, 120
"""Images that each kind learns from in the comparison, and held-out ones that a defect is painted on, at most."""
STEPS = 300
"""Of training in the comparison, for every kind."""
SMALLEST_PATCHED = 64
"""Pixels a side under which an image has no patches worth the name."""
RESAMPLES = 400


def learn_by_choice(training: ImageTraining, hooks: Hooks | None = None) -> tuple[ImageDetector, list[Epoch]]:
    """A camera's detector of the kind that the settings state or, where they state none, that finds painted defects
    best. The choice stands in its card. UnusableError when there are too few images.
    """
    if not training.config.compare:
        return learn_image_detector(training, hooks)
    choice = choose_kind(training)
    config = config_of_kind(training.config, choice.kind)
    detector, history = learn_image_detector(replace(training, config=config), hooks)
    return replace(detector, card=detector.card.model_copy(update={"choice": choice})), history


def choose_kind(training: ImageTraining) -> Choice:
    """The kind that ranks painted defects best over normal images; neither was learned from.

    The first kind, gradients, serves unless another one's gain is beyond chance.
    """
    images, config = training.images, training.config
    count = len(images) - held_out_count(len(images), config)
    kinds, note = _kinds(images.shape[2])
    if count < COMPARABLE or len(kinds) == 1:
        return Choice(kind=kinds[0], note=note or f"{count} images to learn from are too few to compare kinds")
    planted = plant_defects(images[count:][:TESTED], training.seed)
    if not len(planted):
        return Choice(kind=kinds[0], note="no painted defect can be seen on these images")
    learned = images[_spread(count, LEARNED)]
    wins = {}
    for kind in kinds:
        trial = config_of_kind(config, kind).model_copy(update={"steps": min(STEPS, config.steps), "folds": 1})
        detector, _ = learn_image_detector(
            replace(training, images=learned, config=trial, synthetic=None, defects=None)
        )
        wins[kind] = _wins(detector, planted)
    return _best(wins, note, training.seed)


def _kinds(side: int) -> tuple[tuple[str, ...], str]:
    """The kinds to compare for images of a side, pixels, the usual one first, and why one is left out."""
    if side < SMALLEST_PATCHED:
        return ("gradients", "pixels"), ""
    if not has_lite0():
        return ("gradients", "pixels"), "patches not compared; install nightscore[patches]"
    return ("gradients", "patches", "pixels"), ""


def _spread(count: int, most: int) -> np.ndarray:
    """At most so many places, evenly spread over the first `count`."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(int))


def _wins(detector: ImageDetector, planted: Planted) -> np.ndarray:
    """Whether each painted image scores higher than each normal one, (N, N), half for ties."""
    normal, odd = planted_scores(detector, planted)
    return np.asarray((odd[:, None] > normal) + 0.5 * (odd[:, None] == normal))


def _best(wins: dict[str, np.ndarray], note: str, seed: int) -> Choice:
    """The choice by AUROC; its gain over the next best with a paired bootstrap interval over images."""
    aucs = {kind: float(win.mean()) for kind, win in wins.items()}
    usual, *others = wins
    best = usual
    for kind in sorted(others, key=lambda kind: -aucs[kind]):
        if _gain(wins[kind], wins[usual], seed)[1] > 0:
            best = kind
            break
    second = max((kind for kind in wins if kind != best), key=lambda kind: aucs[kind])
    gain, low, high = _gain(wins[best], wins[second], seed)
    return Choice(
        kind=best,
        kinds=tuple(aucs),
        auroc=tuple(aucs.values()),
        second=second,
        gain=gain,
        low=low,
        high=high,
        defects=len(wins[best]),
        note=note,
    )


def _gain(ours: np.ndarray, theirs: np.ndarray, seed: int) -> tuple[float, float, float]:
    """AUROC by which one kind is ahead, and the ends of its 95 % interval."""
    apart, rng = ours - theirs, np.random.default_rng(seed)
    drawn = [apart[np.ix_(at, at)].mean() for at in rng.integers(0, len(apart), (RESAMPLES, len(apart)))]
    return float(apart.mean()), float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))
