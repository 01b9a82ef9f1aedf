"""Which images of a batch a classifier learns from: all, or those that a classifier of the real images picks out."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.special import softmax

from synthesis.quality.classifier import Classifier, logits
from synthesis.quality.usefulness import Labelled

Part = Literal["all", "rare", "agreed", "hard"]
PARTS: dict[Part, str] = {
    "all": "",
    "rare": "",
    "agreed": ", only images that a classifier of the real ones agrees with",
    "hard": ", only images that a classifier of the real ones agrees with and is unsure of",
}
"""The parts of a batch, and what a verdict says of them."""
RARE = 0.5
"""A class is rare that has less than this share of the most frequent one's images."""


def parts_of(labels: np.ndarray) -> tuple[Part, ...]:
    """The parts that can be tried beside real images with these labels (N,), without the whole batch."""
    return ("rare", "agreed", "hard") if len(rare_classes(labels)) else ("agreed", "hard")


def rare_classes(labels: np.ndarray) -> np.ndarray:
    """The classes of which there are few among labels (N,)."""
    names, counts = np.unique(labels, return_counts=True)
    return np.asarray(names[counts < RARE * counts.max()])


def agreed(drawn: Labelled, network: Classifier, classes: np.ndarray) -> Labelled:
    """The drawn images to which a classifier of `classes` gives the class that they were drawn for."""
    return drawn.at(np.flatnonzero(classes[logits(network, drawn.x).argmax(1)] == drawn.label))


def hard(drawn: Labelled, network: Classifier, classes: np.ndarray) -> Labelled:
    """The half of each class's agreed images to which a classifier gives their class with the least probability."""
    some = agreed(drawn, network, classes)
    probability = softmax(logits(network, some.x), axis=1).max(1)
    middle = {name: np.median(probability[some.label == name]) for name in np.unique(some.label)}
    limits = np.array([middle[name] for name in some.label])
    return some.at(np.flatnonzero(probability <= limits))
