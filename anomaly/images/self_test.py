"""Would a defect be found tonight? Defects painted on the night's own good parts, never stored as scores."""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np
import pandas as pd

from anomaly.images.detector import ImageDetector
from anomaly.images.image_scores import score_images
from anomaly.images.planted import plant_defects
from sensors_data.defects.paint import KINDS, VISIBLE
from sensors_data.tables import TABLES

A_NIGHT = 2 * len(KINDS)
"""Defects painted a night, two a kind; a week of nights has enough of each."""


def self_test(detector: ImageDetector, images: np.ndarray, ids: list[str], day: date) -> pd.DataFrame:
    """Rows of `image_self_tests`, one a painted defect, from just seen to striking.

    `images` (N, C, H, W) are the night's parts under the threshold and `ids` name them. Which are painted follows from
    the camera and the day, so a rerun says the same. No row where nothing can be seen on any part.
    """
    table = TABLES["image_self_tests"]
    seed = int.from_bytes(hashlib.sha256(f"{detector.card.camera} {day}".encode()).digest()[:4], "big")
    if not len(images):
        return table.frame()
    chosen = np.random.default_rng(seed).permutation(np.arange(A_NIGHT) % len(images))
    planted = plant_defects(images[chosen], seed, VISIBLE)
    scores, limit = score_images(detector, planted.odd).score, detector.card.threshold.value
    rows = [
        {
            "number": number,
            "kind": str(planted.kinds[number]),
            "good": ids[chosen[planted.places[number]]],
            "size": float(np.sqrt(planted.masks[number].sum())),
            "visibility": float(planted.visibility[number]),
            "score": float(score),
            "threshold": limit,
            "found": bool(score > limit),
            "model": detector.name,
        }
        for number, score in enumerate(scores)
    ]
    return table.frame(rows)
