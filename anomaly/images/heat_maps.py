"""Heat maps as pictures, on one scale for all images of a detector, so that a good part stays grey."""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps
from PIL import Image
from scipy import ndimage

from anomaly.images.detector import ImageDetector
from sensors_data.images.files import encode_png

ENLARGED = 8
"""A page enlarges this part of the side of a picture in tiles."""
_FRAME = np.array([255, 220, 0], np.uint8)[:, None, None]
FULL = 3.0
"""The brightest colour stands for this multiple of the pixel threshold."""


def overlay(detector: ImageDetector, image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """An image (C, H, W) uint8 under its heat (H, W), as (3, H, W): grey below the pixel threshold, red to yellow above
    it, with an outline at the threshold.
    """
    grey = _as_grey(image)
    limit = detector.card.pixel_threshold
    heat = _of_size(heat, image.shape[1:])
    mask = heat > limit
    warmth = np.clip((heat - limit) / ((FULL - 1) * limit), 0, 1) if limit > 0 else mask.astype(float)
    colours = colormaps["autumn"](warmth)[..., :3].transpose(2, 0, 1) * 255  # (3, H, W)
    out = np.where(mask, 0.55 * grey + 0.45 * colours, grey)
    edge = mask & ~ndimage.binary_erosion(mask, border_value=1)
    out[:, edge] = np.array([[255.0], [60.0], [0.0]])
    return np.rint(out).clip(0, 255).astype(np.uint8)


def drawn_pair(detector: ImageDetector, image: np.ndarray, heat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two views of an image (C, H, W) uint8 that a page shows, C or 3 channels each: the image, and its overlay.

    Of a picture in tiles: its overlay with a frame around the hottest place, and what the frame holds, enlarged. A
    defect of a few pixels could not be seen otherwise.
    """
    if not detector.card.tile:
        return image, overlay(detector, image, heat)
    height, width = image.shape[1:]
    tall, wide = height // ENLARGED, width // ENLARGED
    row, column = np.unravel_index(int(np.argmax(heat)), heat.shape)
    top = int(np.clip((row + 0.5) * height / heat.shape[0] - tall / 2, 0, height - tall))
    left = int(np.clip((column + 0.5) * width / heat.shape[1] - wide / 2, 0, width - wide))
    whole, at = overlay(detector, image, heat), np.s_[:, top : top + tall, left : left + wide]
    inside, border = whole[at].copy(), max(1, width // 256)
    whole[:, max(0, top - border) : top + tall + border, max(0, left - border) : left + wide + border] = _FRAME
    whole[at] = inside
    detail = _as_grey(image[at]).astype(np.uint8)
    return whole, detail.repeat(-(-height // tall), axis=1).repeat(-(-width // wide), axis=2)[:, :height, :width]


def hot_places(detector: ImageDetector, heat: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Where the heat of an image of `shape` (rows, columns) is over the pixel threshold, (H, W) bool."""
    return np.asarray(_of_size(heat, shape) > detector.card.pixel_threshold)


def _as_grey(image: np.ndarray) -> np.ndarray:
    """An image (C, H, W) as grey in three channels."""
    return np.repeat(image.mean(axis=0, keepdims=True), 3, axis=0)


def _of_size(heat: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A heat map at an image's rows and columns; that of a tiled picture is coarser."""
    if heat.shape == shape:
        return heat
    fine = Image.fromarray(heat.astype(np.float32)).resize((shape[1], shape[0]), Image.Resampling.BILINEAR)
    return np.asarray(fine)


def heat_map_png(detector: ImageDetector, image: np.ndarray, heat: np.ndarray) -> bytes:
    """The overlay as PNG, its threshold in the text chunks; the same image gives the same bytes."""
    about = {"model": detector.name, "pixel_threshold_nats": f"{detector.card.pixel_threshold:.6g}"}
    return encode_png(overlay(detector, image, heat), about)
