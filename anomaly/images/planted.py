"""Normal images with painted defects of every kind: what a detector is tested on where no real defect is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anomaly.images.detector import ImageDetector
from anomaly.images.image_scores import score_images
from sensors_data.defects.paint import KINDS, VISIBLE, PaintedDefect, paint_defect
from sensors_data.errors import UnusableError

PLAIN = 5.0
"""The least visibility of a planted defect: five times what is just seen, so that a good detector finds most."""

PAINTERS = "1"
"""Version of the painters that detectors are tested by: its boxes and bars are made to be found, and the power of one
night stays comparable with that of the nights before."""


@dataclass(frozen=True)
class Planted:
    """Normal images, and each of them again with a defect."""

    normal: np.ndarray  # (N, C, H, W) uint8
    odd: np.ndarray  # (N, C, H, W) uint8
    masks: np.ndarray  # (N, H, W) bool
    kinds: np.ndarray  # (N,) str
    visibility: np.ndarray  # (N,), 1: just seen
    places: np.ndarray  # (N,) int, which of the images given each was

    def __len__(self) -> int:
        """N, the number of images with a defect."""
        return len(self.places)


def plant_defects(images: np.ndarray, seed: int, least: float = PLAIN) -> Planted:
    """A defect on each of uint8 images (N, C, H, W), the kinds in turn, at least so visible where the image allows it.

    Images on which none can be seen are left out: of pure noise that may be all of them.
    """
    places, defects = [], []
    for number, good in enumerate(images):
        defect = _planted(good, images, number, seed, least) or _planted(good, images, number, seed, VISIBLE)
        if defect is not None:
            defects.append(defect)
            places.append(number)
    return Planted(
        images[places],
        np.array([defect.image for defect in defects], np.uint8).reshape(-1, *images.shape[1:]),
        np.array([defect.mask for defect in defects], bool).reshape(-1, *images.shape[2:]),
        np.array([defect.kind for defect in defects], str),
        np.array([defect.visibility for defect in defects], float),
        np.array(places, int),
    )


def _planted(good: np.ndarray, images: np.ndarray, number: int, seed: int, least: float) -> PaintedDefect | None:
    """A defect of at least this visibility on an image, the one of this number; None where none can be seen so well."""
    rng = np.random.default_rng((seed, number))
    donor = images[(number + int(rng.integers(1, max(2, len(images))))) % len(images)]
    try:
        return paint_defect(good, donor, KINDS[number % len(KINDS)], rng, least, PAINTERS)
    except UnusableError:
        return None


def planted_scores(detector: ImageDetector, planted: Planted) -> tuple[np.ndarray, np.ndarray]:
    """Scores (N,) of the normal images and of those with a defect, nats."""
    return score_images(detector, planted.normal).score, score_images(detector, planted.odd).score


def planted_auc(detector: ImageDetector, planted: Planted) -> float:
    """ROC-AUC: the share of pairs in which an image with a defect scores higher than a normal one."""
    from sklearn.metrics import roc_auc_score  # only for training: a night's metrics come from here too

    scores = np.concatenate(planted_scores(detector, planted))
    return float(roc_auc_score(np.repeat([0, 1], len(planted.normal)), scores))
