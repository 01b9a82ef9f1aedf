"""The front door for images: fit, score, draw heat maps, save and load; the same bits as the night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from anomaly.images.acceptance import judge
from anomaly.images.choice import learn_by_choice
from anomaly.images.detector import ImageCard, ImageDetector, parse_config
from anomaly.images.files import from_bytes, to_bytes
from anomaly.images.heat_maps import overlay
from anomaly.images.image_scores import score_frame, score_images
from anomaly.images.learning import ImageTraining, held_out_count
from anomaly.images.scoring import PARTS
from anomaly.thresholds import Threshold
from sensors_data.errors import NotThereError
from sensors_data.files import open_url, replace_file
from sensors_data.images.arrays import channels_first
from sensors_data.nets.training import Hooks, Progress

NO_DAY = date(1970, 1, 1)
"""The day in the name of a detector whose images come from no day in particular."""


def fit_images(
    images: np.ndarray,
    config: dict[str, Any] | None = None,
    synthetic: np.ndarray | None = None,
    seed: int = 0,
    name: str = "images",
    through: date = NO_DAY,
    progress: Progress | None = None,
) -> FittedImageDetector:
    """Learn what normal images look like and calibrate a threshold, as `nightscore train-images` would.

    `images` are normal ones of one size in time order, uint8 (N, H, W) or (N, H, W, 3); the last fifth is held out.
    `synthetic` images are learned from too. `config` holds keys of `[cameras.NAME.detector]`, for instance
    {"features": {"kind": "patches"}} for textures. The card says whether planted defects were found (`accepted`,
    `verdict`). UnusableError for arrays of another type or shape, ValueError when there are too few images.
    """
    x, settings = channels_first(images), parse_config(config or {}, "config")
    generated = None if synthetic is None else channels_first(synthetic)
    training = ImageTraining(name, x, through, settings, seed, generated)
    detector, _ = learn_by_choice(training, Hooks(progress))
    return FittedImageDetector(judge(detector, None, x[-held_out_count(len(x), settings) :], seed))


def load_images(path: str | Path) -> FittedImageDetector:
    """A detector of images from its file, or from a model file of a store.

    NotThereError when there is no file, ValueError when it holds no detector of images.
    """
    fs, full = open_url(str(path))
    if not fs.exists(full):
        raise NotThereError(f"there is no file {path}", "save a detector there with: detector.save(path)")
    return FittedImageDetector(from_bytes(fs.cat_file(full), str(path)))


@dataclass(frozen=True)
class FittedImageDetector:
    """A fitted detector of one camera's images: it scores arrays of the size that it was fitted to."""

    detector: ImageDetector

    @property
    def card(self) -> ImageCard:
        """The detector's description of itself."""
        return self.detector.card

    @property
    def threshold(self) -> Threshold:
        """The limit of normal scores, nats."""
        return self.card.threshold

    def score(self, images: np.ndarray, image_ids: Sequence[str] | None = None) -> pd.DataFrame:
        """The score of each image, a row each: the columns of `image_scores`, then the parts of the score in nats.

        `image_ids` name the rows; without them images are numbered from 0. ValueError when the images are of another
        size than those that the detector was fitted to.
        """
        x = channels_first(images)
        scores = score_images(self.detector, x)
        ids = pd.DataFrame({"image_id": [str(number) for number in range(len(x))] if image_ids is None else image_ids})
        parts = pd.DataFrame(scores.parts, columns=list(PARTS[: scores.parts.shape[1]]))
        return pd.concat([ids, score_frame(self.detector, scores), parts], axis=1)

    def heat_maps(self, images: np.ndarray) -> np.ndarray:
        """Where each image is anomalous: float32 (N, H, W), nats a pixel, on one scale for all images."""
        return score_images(self.detector, channels_first(images)).maps

    def overlays(self, images: np.ndarray) -> np.ndarray:
        """The images under their heat maps, uint8 (N, H, W, 3): red to yellow where a pixel is anomalous."""
        x = channels_first(images)
        maps = score_images(self.detector, x).maps
        pictures = [overlay(self.detector, image, heat).transpose(1, 2, 0) for image, heat in zip(x, maps, strict=True)]
        return np.stack(pictures) if pictures else np.empty((0, *x.shape[2:], 3), np.uint8)

    def save(self, path: str | Path) -> None:
        """Write the detector to a safetensors file, in one rename."""
        fs, full = open_url(str(Path(path).resolve()) if "://" not in str(path) else str(path))
        replace_file(fs, full, to_bytes(self.detector))
