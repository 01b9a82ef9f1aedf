"""Scores and heat maps of images by a camera's detector."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from torch import Tensor
from torch.nn import functional as F

from anomaly.images.blur import blurred
from anomaly.images.detector import ImageCard, ImageDetector
from anomaly.images.features import Represent, represent
from anomaly.images.scoring import ImageModel, ScoreNormaliser, Surprise, surprises
from anomaly.images.surroundings import spread_to_four
from anomaly.images.tiles import COARSE, cut, joined
from sensors_data.errors import UnusableError


@dataclass(frozen=True)
class ImageScores:
    """Scores of N images."""

    score: np.ndarray  # (N,) nats, higher is worse
    parts: np.ndarray  # (N, 4, 6 or 7) nats, in the order of PARTS, the mean over an image's worst patches
    maps: np.ndarray  # (N, H, W) float32 nats a pixel, on one scale for all images; of tiles, one an 8 x 8 cell


@dataclass(frozen=True)
class Worst:
    """What of an image's patches its score is the mean of."""

    share: float
    """Of the patches."""
    places: int = 0
    """Places of the fine level, which then stand for the share of patches; 0 where the share counts."""


def score_frame(detector: ImageDetector, scores: ImageScores) -> pd.DataFrame:
    """Scores with their threshold, p-value, verdict and model, a row an image: columns of `image_scores`."""
    threshold = detector.card.threshold
    return pd.DataFrame(
        {
            "score": scores.score,
            "threshold": threshold.value,
            "p_value": threshold.p_value(scores.score),
            "is_anomaly": scores.score > threshold.value,
            "model": detector.name,
        }
    )


def score_images(detector: ImageDetector, images: np.ndarray) -> ImageScores:
    """Scores and heat maps of uint8 images (N, C, H, W). ValueError when they are not of the detector's size."""
    card = detector.card
    if images.shape[1:] != card.image:
        raise UnusableError(
            f"model {detector.name} takes images (C, H, W) of {card.image}, found {images.shape[1:]}",
            "repair the camera's "
            f"size and channels in the settings or run: nightscore train-images --camera {card.camera}",
        )
    if card.tile:
        return score_tiled(detector, images, card.tile)
    return score_parts(detector.network, images, card.normaliser, worst_of(card))


def worst_of(card: ImageCard) -> Worst:
    """What of an image a detector's score is the mean of."""
    return Worst(card.config.worst_share, card.worst_places)


def score_tiled(detector: ImageDetector, pictures: np.ndarray, side: int) -> ImageScores:
    """Scores and coarse heat maps of large pictures (N, C, H, W): those of the worst tile, and all tiles' together."""
    return score_tiles(detector, pictures, side)[0]


def score_tiles(detector: ImageDetector, pictures: np.ndarray, side: int) -> tuple[ImageScores, np.ndarray]:
    """What `score_tiled` gives, and beside it the score of each of a picture's T tiles, (N, T)."""
    card, rows = detector.card, []
    for picture in pictures:
        tiles = score_parts(detector.network, cut(picture, side), card.normaliser, worst_of(card))
        worst = int(np.argmax(tiles.score))  # the first that is no number, where there is one
        rows.append((tiles.score[worst], tiles.parts[worst], joined(tiles.maps, picture.shape), tiles.score))
    score, parts, maps, each = zip(*rows, strict=True) if rows else ((), (), (), ())
    cells = (pictures.shape[2] // COARSE, pictures.shape[3] // COARSE)
    worst_of_all = ImageScores(
        np.array(score),
        np.reshape(parts, (-1, len(card.normaliser.std))),
        np.reshape(maps, (-1, *cells)).astype(np.float32),
    )
    return worst_of_all, np.array(each)


def score_parts(
    network: ImageModel,
    images: np.ndarray,
    normaliser: ScoreNormaliser,
    worst: Worst,
    features: Represent = represent,
) -> ImageScores:
    """Scores and heat maps of uint8 images (N, C, H, W) of a model under a normaliser."""
    batches = []
    for surprise in surprises(network, images, features):
        total = normaliser.total(surprise.parts)  # (B, P)
        finest = total  # (B, P), or (B, 4 P) with a fine level
        if surprise.fine is not None:
            finest = spread_to_four(total[..., None])[..., 0] + normaliser.detail(surprise.fine)
        if worst.places:
            score, parts = worst_places(finest, surprise.parts, worst.places)
        else:
            score, parts = worst_patches(total, surprise.parts, worst.share)
        maps = heat_maps(network, surprise, finest, images.shape[1:])
        batches.append((score.numpy(), parts.numpy(), maps.numpy()))
    if not batches:
        return ImageScores(
            np.empty(0), np.empty((0, len(normaliser.std))), np.empty((0, *images.shape[2:]), np.float32)
        )
    return ImageScores(*(np.concatenate(values) for values in zip(*batches, strict=True)))


def worst_patches(total: Tensor, parts: Tensor, share: float) -> tuple[Tensor, Tensor]:
    """The mean over the worst `share` of patches, at least one, of scores (B, P) and parts (B, P, K)."""
    return _mean_of_worst(total, parts, max(1, round(total.shape[1] * share)))


def worst_places(places: Tensor, parts: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The mean over the worst `count` places of the fine level of scores (B, 4 P), and of the parts (B, P, K) of the
    patches that these lie in.
    """
    return _mean_of_worst(places, spread_to_four(parts), count)


def _mean_of_worst(scores: Tensor, parts: Tensor, count: int) -> tuple[Tensor, Tensor]:
    worst = scores.topk(count, dim=1)
    index = worst.indices[..., None].expand(-1, -1, parts.shape[2])
    return worst.values.mean(1), parts.gather(1, index).mean(1)


def heat_maps(network: ImageModel, surprise: Surprise, total: Tensor, image: tuple[int, ...]) -> Tensor:
    """Nats of each pixel, (B, H, W), of images of shape C, H, W; one scale for all images. `total` are the scores of
    patches, or of places of the fine level.
    """
    size = (image[1], image[2])
    if network.features.kind == "patches":
        side = math.isqrt(total.shape[1])
        maps = _stretched(total.float().view(-1, side, side), size)
        return blurred(maps[:, None], min(size) / side / 2)[:, 0]
    nats = surprise.value_nats[:, 0]
    if network.features.kind == "pixels":
        return nats.sum(1)
    half, cells = network.features.grids
    of_pixels = image[0] * half**2
    fine = nats[:, :of_pixels].view(-1, image[0], half, half).sum(1) * half**2
    coarse = nats[:, of_pixels:].view(-1, network.features.directions + 2, cells, cells).sum(1) * cells**2
    return (_stretched(fine, size) + _stretched(coarse, size)) / (size[0] * size[1])


def _stretched(maps: Tensor, size: tuple[int, int]) -> Tensor:
    return F.interpolate(maps[:, None], size, mode="bilinear", align_corners=False)[:, 0]
