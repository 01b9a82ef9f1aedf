"""Learning the detector of a camera of large pictures: from some of their tiles, with a limit for whole pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anomaly.images.acceptance import PROBES, judge
from anomaly.images.choice import learn_by_choice
from anomaly.images.detector import ImageDetector, ImageDetectorConfig
from anomaly.images.image_scores import ImageScores, score_tiles
from anomaly.images.known_defects import pixel_hash
from anomaly.images.learning import ImageTraining, held_out_count
from anomaly.images.looks import reference_of
from anomaly.images.tile_limits import picture_threshold
from anomaly.images.tiles import some_tiles, tiles_of_each
from anomaly.vae.training import Epoch
from sensors_data.errors import UnusableError
from sensors_data.images.table import MIN_IMAGES, more_images_of
from sensors_data.nets.training import Hooks

TILES = 500
"""Tiles that a detector is learned from, about; the last ones, of other pictures, are held out."""
TESTED = 24
"""Held-out pictures that are scored whole for the limit, at most; at most half of the pictures."""

WORST_PLACES = 2
"""Places of 8 pixels that a tile with a fine level scores by: a small defect in a large picture covers no more."""
FINE_WEIGHTS = (1.0, 1.0)
"""Of the fine level's parts in a tile's score, twice as much as where a part is scored whole."""


def learn_camera(training: ImageTraining, hooks: Hooks | None = None) -> tuple[ImageDetector, list[Epoch]]:
    """A camera's detector and the history of its training, of pictures scored whole or in tiles.

    UnusableError when there are too few different pictures.
    """
    distinct = len({pixel_hash(image) for image in training.images})
    if distinct < min(MIN_IMAGES, len(training.images)):
        raise UnusableError(
            f"the {len(training.images):,} normal images of {training.camera} are copies of {distinct:,}",
            f"at least {MIN_IMAGES} different ones are needed",
        )
    return learn_tiled(training, hooks) if training.tile else learn_by_choice(training, hooks)


def learn_tiled(training: ImageTraining, hooks: Hooks | None = None) -> tuple[ImageDetector, list[Epoch]]:
    """The detector of large pictures. A picture scores as its worst tile; all tiles of whole held-out pictures tell
    how high that is where nothing is wrong.

    UnusableError when there are too few pictures.
    """
    if len(training.images) < MIN_IMAGES:
        raise UnusableError(
            f"{training.camera} has {len(training.images)} normal images to learn from",
            more_images_of(training.camera),
        )
    tiles, held_out = learned_tiles(training)
    config = config_of_tiles(training.config, held_out / len(tiles))
    of_tiles, history = learn_by_choice(
        replace(training, images=tiles, config=config, tile=0, synthetic=None, defects=None), hooks
    )
    if of_tiles.card.config.features.of_two_scales:
        of_tiles = replace(of_tiles, card=of_tiles.card.model_copy(update={"worst_places": WORST_PLACES}))
    scores, tile_scores = score_tiles(of_tiles, parted(training.images)[1], training.tile)
    return _of_pictures(of_tiles, training, scores, tile_scores), history


def config_of_tiles(config: ImageDetectorConfig, held_out: float) -> ImageDetectorConfig:
    """The config under which tiles are learned, a share of them held out; stated weights of the fine level stay."""
    weights = config.fine_weights if "fine_weights" in config.model_fields_set else FINE_WEIGHTS
    return config.model_copy(update={"held_out": held_out, "folds": 1, "fine_weights": weights})


def learned_tiles(training: ImageTraining) -> tuple[np.ndarray, int]:
    """The tiles that a detector of large pictures is learned from, and how many of them, the last, are held out."""
    learned, tested = parted(training.images)
    count = held_out_count(TILES, training.config)
    held_out = some_tiles(tested, training.tile, count)
    return np.concatenate([some_tiles(learned, training.tile, TILES - count), held_out]), len(held_out)


def parted(pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pictures that tiles are learned from, and the last ones, that are scored whole for the limit."""
    count = len(pictures) - min(TESTED, len(pictures) // 2)
    return pictures[:count], pictures[count:]


def as_tiles(detector: ImageDetector) -> ImageDetector:
    """The detector of a tiled camera as one of single tiles, with the limit of whole pictures; others as they are."""
    side = detector.card.tile
    if not side:
        return detector
    shape = (detector.card.image[0], side, side)
    return replace(detector, card=detector.card.model_copy(update={"image": shape, "tile": 0}))


def judged(
    learned: ImageDetector, incumbent: ImageDetector | None, training: ImageTraining, count: int = PROBES
) -> ImageDetector:
    """The detector with its verdict, from defects painted on held-out images, or on tiles of held-out pictures."""
    images, seed = training.images, training.seed
    if not learned.card.tile:
        return judge(learned, incumbent, images[-held_out_count(len(images), training.config) :], seed)
    tiles = some_tiles(parted(images)[1], learned.card.tile, count)
    card = judge(as_tiles(learned), as_tiles(incumbent) if incumbent else None, tiles, seed).card
    return replace(learned, card=learned.card.model_copy(update={"accepted": card.accepted, "verdict": card.verdict}))


def paintable(
    detector: ImageDetector, images: np.ndarray, ids: list[str], count: int
) -> tuple[ImageDetector, np.ndarray, list[str]]:
    """What a night's defects are painted on: the images, or about `count` of their tiles; with their names, and the
    detector that scores them.
    """
    side = detector.card.tile
    if not side or not len(images):
        return as_tiles(detector), images, ids
    each = tiles_of_each(images, count)
    return as_tiles(detector), some_tiles(images, side, count), [name for name in ids for _ in range(each)]


def _of_pictures(
    of_tiles: ImageDetector, training: ImageTraining, scores: ImageScores, tile_scores: np.ndarray
) -> ImageDetector:
    threshold, false_alarms = picture_threshold(tile_scores, training.config.false_alarm_rate)
    about = {
        "image": tuple(training.images.shape[1:]),
        "tile": training.tile,
        "images": len(training.images),
        "held_out": len(scores.score),
        "threshold": threshold,
        "false_alarms": false_alarms,
        "pixel_threshold": float(np.quantile(scores.maps, 0.999)),
        "looks": reference_of(training.images),
    }
    return replace(of_tiles, card=of_tiles.card.model_copy(update=about))
