"""What images are compared in: features of a named and hashed network, never of one that nobody can name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from sensors_data.nets.files import fingerprint
from synthesis.quality.classifier import SHOWN, Classifier, accuracy, train_classifier
from synthesis.quality.inception import SHA256, published_inception
from synthesis.quality.lite0 import lite0_features

MIN_PER_CLASS = 20
"""Labelled images of each of two classes or more without which no classifier is trained."""


@dataclass(frozen=True)
class Features:
    """What a network says of N images."""

    x: np.ndarray  # (N, F) float32
    classes: np.ndarray | None  # (N, K) probabilities, where the network knows classes


@dataclass(frozen=True)
class Extractor:
    """A network that images are compared in."""

    name: str
    """What it is, with the hash of its weights: two distances compare only under one name."""
    of: Callable[[Tensor], tuple[Tensor, Tensor | None]]
    """Features (B, F), and logits (B, K) where it knows classes, of images (B, C, H, W) in [0, 1]."""
    classifier: Classifier | None = None
    """The network itself where it was trained here, to be kept."""


@torch.no_grad()
def features_of(extractor: Extractor, images: np.ndarray) -> Features:
    """Features of uint8 images (N, C, H, W), in passes that do not depend on N."""
    found, logits = [], []
    for first in range(0, len(images), 250):
        x = torch.from_numpy(images[first : first + 250]).float() / 255
        of, scores = extractor.of(x)
        found.append(of)
        if scores is not None:
            logits.append(F.softmax(scores, 1))
    classes = torch.cat(logits).numpy() if logits else None
    return Features(torch.cat(found).numpy(), classes)


def extractor_for(images: np.ndarray, labels: np.ndarray, seed: int, shown: int = SHOWN) -> Extractor:
    """The extractor that fits what is at hand: a classifier trained on these uint8 images (N, C, H, W), `shown` of them
    repeats counted, where they have classes, a frozen EfficientNet-Lite0 otherwise. LookupError when the optional
    packages of the latter are missing.
    """
    return (
        classifier_extractor(images, labels, seed, shown)
        if has_classes(labels, MIN_PER_CLASS // 2)
        else lite0_extractor()
    )


def lite0_extractor() -> Extractor:
    """A frozen network trained on photographs. LookupError when its optional packages are missing."""
    of, digest = lite0_features()
    return Extractor(f"EfficientNet-Lite0 {digest}", lambda x: (of(x), None))


def inception_extractor(path: Path) -> Extractor:
    """The network in whose features alone a Frechet distance is an FID, with the published weights in a file.
    LookupError when there is none, ValueError when it holds others.
    """
    network = published_inception(path)
    return Extractor(f"Inception-v3 2015-12-05 {SHA256[:12]}", lambda x: (network(x), None))


def has_classes(labels: np.ndarray, least: int = MIN_PER_CLASS) -> bool:
    """Whether labels (N,) name two classes or more, each `least` times or more."""
    names, counts = np.unique(labels, return_counts=True)
    return len(names) > 1 and "" not in names and bool(counts.min() >= least)


def classifier_extractor(images: np.ndarray, labels: np.ndarray, seed: int, shown: int = SHOWN) -> Extractor:
    """The 128 features of a classifier trained on nine tenths of these images; its name tells its accuracy on the
    others.
    """
    order = np.random.default_rng(seed).permutation(len(images))
    kept = len(images) - max(1, len(images) // 10)
    _, numbers = np.unique(labels, return_inverse=True)
    network = train_classifier(images[order[:kept]], numbers[order[:kept]], seed, shown)
    right = accuracy(network, images[order[kept:]], numbers[order[kept:]])
    return of_classifier(
        f"classifier of {network.classes} classes, {right:.1%} right, {fingerprint(network)[:12]}", network
    )


def of_classifier(name: str, network: Classifier) -> Extractor:
    """A classifier's features, and what it says of classes."""

    def of(x: Tensor) -> tuple[Tensor, Tensor | None]:
        found = network.features(x)
        return found, network.last(found)

    return Extractor(name, of, network)
