"""What drawn images are held against, and the figures of a generator."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.images.splits import Images
from benchmarks.synthesis.others import Contestant
from synthesis.quality.distances import (
    MIN_IMAGES,
    NEIGHBOURS,
    class_entropy,
    frechet_distance,
    kernel_distance,
    overlap,
)
from synthesis.quality.extractor_files import from_bytes, to_bytes
from synthesis.quality.extractors import Extractor, Features, extractor_for, features_of, has_classes

PRINTED = ("frechet", "kid", "precision", "recall", "coverage")
"""The figures that are printed of each generator; the file has them all."""
FEWEST = NEIGHBOURS + 1
"""Test images without which an image has not as many neighbours as the measures want."""
DRAWN = 10_000
OVERLAPPED = 5000
"""Real and drawn images whose neighbours are sought, at most."""


@dataclass(frozen=True)
class Judge:
    """What drawn images are held against: an extractor and the features of real images that no generator saw."""

    extractor: Extractor
    real: Features
    images: np.ndarray  # (N, C, H, W) uint8, what `real` are the features of


def judge_for(train: Images, test: Images, stored: Path | None) -> Judge:
    """The extractor for these images, and what drawn ones are held against.

    A classifier is taken from the file `stored` where there is one, and put there where not. ValueError when it is one
    of other images, or when too few are given.
    """
    if len(test) < FEWEST:
        raise ValueError(f"{len(test)} test images were found; at least {FEWEST} are needed to compare with")
    if stored is not None and stored.is_file():
        extractor = from_bytes(stored.read_bytes(), str(stored))
        _check_classifier(extractor, train, stored)
    else:
        extractor = extractor_for(train.x, train.label, 0)
        if stored is not None and extractor.classifier is not None:
            stored.write_bytes(to_bytes(extractor.name, extractor.classifier))
    return Judge(extractor, features_of(extractor, test.x), test.x)


def _check_classifier(extractor: Extractor, train: Images, stored: Path) -> None:
    """ValueError when a stored classifier is of images of another shape, or of another number of classes."""
    if extractor.classifier is None:
        return
    image, classes = tuple(train.x.shape[1:]), len(set(train.label)) if has_classes(train.label) else 0
    if (extractor.classifier.image, extractor.classifier.classes) != (image, classes):
        raise ValueError(
            f"{stored} keeps a classifier of {extractor.classifier.classes} classes of images (C, H, W) "
            f"{extractor.classifier.image}, the data has {classes} of {image}; name another --features"
        )


def quality_of(contestant: Contestant, judge: Judge, seed: int) -> dict[str, object]:
    """What is measured of a generator's images, and how many it draws in a CPU-second."""
    count = max(MIN_IMAGES, min(DRAWN, len(judge.real.x)))
    started = time.process_time()
    images = contestant.draw(count, seed)
    drawing = time.process_time() - started
    drawn = features_of(judge.extractor, images)
    some = min(OVERLAPPED, len(judge.real.x), count)
    shares = overlap(judge.real.x[:some], drawn.x[:some])
    kid = kernel_distance(judge.real.x, drawn.x, seed)
    figures: dict[str, object] = {
        "frechet": frechet_distance(judge.real.x, drawn.x),
        "kid": kid.value,
        "kid_low": kid.low,
    }
    figures |= {"kid_high": kid.high, "precision": shares.precision, "recall": shares.recall, "density": shares.density}
    figures |= {"coverage": shares.coverage, "classes": float("nan"), "class_entropy": float("nan")}
    if drawn.classes is not None and judge.real.classes is not None:
        usual, seen = (
            np.bincount(c.argmax(1), minlength=c.shape[1]) / len(c) for c in (judge.real.classes, drawn.classes)
        )
        figures |= {"classes": int((seen > usual / 10).sum()), "class_entropy": class_entropy(drawn.classes)}
    return {**figures, "draws_per_s": count / drawing}
