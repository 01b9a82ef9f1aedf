"""The acceptance test of a new image detector: it must find defects planted into held-out normal images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sklearn.metrics import roc_auc_score

from anomaly.images.detector import ImageDetector, score_images

TOLERANCE = 0.02
"""ROC-AUC of planted defects by which a challenger may stay behind the serving detector."""
PROBES = 300
"""Held-out images with a planted defect, at most."""


def judge(challenger: ImageDetector, incumbent: ImageDetector | None, held_out: np.ndarray, seed: int) -> ImageDetector:
    """The challenger with its verdict, from normal images (N, C, H, W) that it did not learn from.

    It is rejected when planted defects score no higher than the images without them, or when the incumbent ranks them
    better.
    """
    images = held_out[:PROBES]
    if reason := flaw(challenger, images):
        return _with(challenger, False, reason)
    planted = plant_defects(images, np.random.default_rng(seed))
    auc = defect_auc(challenger, images, planted)
    line = f"{auc:.3f} of planted defects ranked over normal images"
    if auc <= 0.5:
        return _with(challenger, False, f"{line}, no better than chance")
    if incumbent is None or incumbent.card.image != challenger.card.image:
        return _with(challenger, True, f"{line}, the first for images of this size")
    incumbent_auc = defect_auc(incumbent, images, planted)
    line = f"{line}, {incumbent.name} has {incumbent_auc:.3f}"
    return _with(challenger, auc >= incumbent_auc - TOLERANCE, line)


def flaw(detector: ImageDetector, images: np.ndarray) -> str:
    """Why a detector cannot serve whatever it is compared with, in words; empty where it can."""
    if not detector.card.threshold.is_reachable:
        return f"its threshold is {detector.card.threshold.value:g}, which no score could be judged by"
    if not np.isfinite(score_images(detector, images).score).all():
        return "held-out normal images have scores that are no numbers"
    return ""


def plant_defects(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Images (N, C, H, W), each with a patch of another one pasted in elsewhere: 2 to 15 % of its area (CutPaste,
    Li et al. 2021, arXiv:2104.04015).
    """
    out = images.copy()
    count, _, height, width = images.shape
    for n in range(count):
        area, stretch = rng.uniform(0.02, 0.15) * height * width, rng.uniform(0.5, 2)
        rows = int(np.clip(np.sqrt(area * stretch), 2, height - 1))
        columns = int(np.clip(np.sqrt(area / stretch), 2, width - 1))
        y, to_y = rng.integers(0, height - rows + 1, 2)
        x, to_x = rng.integers(0, width - columns + 1, 2)
        other = images[(n + rng.integers(1, count)) % count] if count > 1 else images[n]
        out[n, :, to_y : to_y + rows, to_x : to_x + columns] = other[:, y : y + rows, x : x + columns]
    return out


def defect_auc(detector: ImageDetector, images: np.ndarray, planted: np.ndarray) -> float:
    """ROC-AUC: the share of pairs in which an image with a planted defect scores higher than a normal one."""
    scores = np.concatenate([score_images(detector, part).score for part in (images, planted)])
    return float(roc_auc_score(np.repeat([0, 1], [len(images), len(planted)]), scores))


def _with(detector: ImageDetector, accepted: bool, verdict: str) -> ImageDetector:
    return replace(detector, card=detector.card.model_copy(update={"accepted": accepted, "verdict": verdict}))
