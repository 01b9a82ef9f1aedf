"""The acceptance test of a new image detector: it must find defects painted on held-out normal images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anomaly.images.detector import ImageDetector
from anomaly.images.image_scores import score_images
from anomaly.images.planted import plant_defects, planted_auc

TOLERANCE = 0.02
"""ROC-AUC of painted defects by which a challenger may stay behind the serving detector."""
PROBES = 150
"""Held-out images with a painted defect, at most."""
FEWEST = 20
"""And at least: of fewer images each gets several defects."""


def judge(challenger: ImageDetector, incumbent: ImageDetector | None, held_out: np.ndarray, seed: int) -> ImageDetector:
    """The challenger with its verdict, from normal images (N, C, H, W) that it did not learn from.

    It is rejected when painted defects score no higher than the images without them, or when the incumbent ranks them
    better.
    """
    images = held_out[:PROBES]
    if reason := flaw(challenger, images):
        return _with(challenger, False, reason)
    planted = plant_defects(images[np.arange(max(FEWEST, len(images))) % len(images)], seed)
    if not len(planted):
        return _with(challenger, True, "no painted defect can be seen on these images, so it was not tested")
    auc = planted_auc(challenger, planted)
    line = f"{auc:.3f} of painted defects ranked over normal images"
    if auc <= 0.5:
        return _with(challenger, False, f"{line}, no better than chance")
    if incumbent is None or incumbent.card.image != challenger.card.image:
        return _with(challenger, True, f"{line}, the first for images of this size")
    incumbent_auc = planted_auc(incumbent, planted)
    line = f"{line}, {incumbent.name} has {incumbent_auc:.3f}"
    return _with(challenger, auc >= incumbent_auc - TOLERANCE, line)


def flaw(detector: ImageDetector, images: np.ndarray) -> str:
    """Why a detector cannot serve whatever it is compared with, in words; empty where it can."""
    if not detector.card.threshold.is_reachable:
        return f"its threshold is {detector.card.threshold.value:g}, which no score could be judged by"
    if not np.isfinite(score_images(detector, images).score).all():
        return "held-out normal images have scores that are no numbers"
    return ""


def _with(detector: ImageDetector, accepted: bool, verdict: str) -> ImageDetector:
    return replace(detector, card=detector.card.model_copy(update={"accepted": accepted, "verdict": verdict}))
