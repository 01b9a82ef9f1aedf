"""Features in which images are compared, always of a named and hashed network."""

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
"""Images of each class that a classifier needs."""


@dataclass(frozen=True)
class Features:
    """A network's features of N images, and its class probabilities where it knows classes."""

    x: np.ndarray  # (N, F) float32
    classes: np.ndarray | None  # (N, K) probabilities, where the network knows classes


@dataclass(frozen=True)
class Extractor:
    """A network in whose features images are compared."""

    name: str
    """Its kind and the hash of its weights; distances are comparable only under the same name."""
    of: Callable[[Tensor], tuple[Tensor, Tensor | None]]
    """Features (B, F), and logits (B, K) where it knows classes, of images (B, C, H, W) in [0, 1]."""
    classifier: Classifier | None = None
    """The network itself where it was trained here and has to be saved."""


@torch.no_grad()
def features_of(extractor: Extractor, images: np.ndarray) -> Features:
    """Features of uint8 images (N, C, H, W), in batches whose borders do not depend on N."""
    features, probabilities = [], []
    for first in range(0, len(images), 250):
        x = torch.from_numpy(images[first : first + 250]).float() / 255
        of, logits = extractor.of(x)
        features.append(of)
        if logits is not None:
            probabilities.append(F.softmax(logits, 1))
    classes = torch.cat(probabilities).numpy() if probabilities else None
    return Features(torch.cat(features).numpy(), classes)


def extractor_for(images: np.ndarray, labels: np.ndarray, seed: int, shown: int = SHOWN) -> Extractor:
    """A classifier trained on these uint8 images (N, C, H, W) where they have classes, a frozen EfficientNet-Lite0
    otherwise. `shown` counts the images of the classifier's training, with repeats. LookupError when the optional
    packages of Lite0 are missing.
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
    """Inception-v3 with the published weights in a file: only in its features is a Frechet distance an FID.
    LookupError when there is no file, ValueError when it holds other weights.
    """
    network = published_inception(path)
    return Extractor(f"Inception-v3 2015-12-05 {SHA256[:12]}", lambda x: (network(x), None))


def has_classes(labels: np.ndarray, least: int = MIN_PER_CLASS) -> bool:
    """Whether labels (N,) name two classes or more, each `least` times or more."""
    names, counts = np.unique(labels, return_counts=True)
    return len(names) > 1 and "" not in names and bool(counts.min() >= least)


def classifier_extractor(images: np.ndarray, labels: np.ndarray, seed: int, shown: int = SHOWN) -> Extractor:
    """The 128 features of a classifier trained on nine tenths of these images; its name states its accuracy on the
    rest.
    """
    order = np.random.default_rng(seed).permutation(len(images))
    count = len(images) - max(1, len(images) // 10)
    _, numbers = np.unique(labels, return_inverse=True)
    network = train_classifier(images[order[:count]], numbers[order[:count]], seed, shown)
    right = accuracy(network, images[order[count:]], numbers[order[count:]])
    return of_classifier(
        f"classifier of {network.classes} classes, {right:.1%} right, {fingerprint(network)[:12]}", network
    )


def of_classifier(name: str, network: Classifier) -> Extractor:
    """An extractor of a classifier's features and logits."""

    def of(x: Tensor) -> tuple[Tensor, Tensor | None]:
        features = network.features(x)
        return features, network.last(features)

    return Extractor(name, of, network)
