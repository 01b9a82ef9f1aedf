"""Heat maps as pictures, on one scale for all images of a detector, so that a good part stays grey."""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps
from PIL import Image
from scipy import ndimage

from anomaly.images.detector import ImageDetector
from sensors_data.images.files import encode_png

FULL = 3.0
"""The brightest colour stands for this multiple of the pixel threshold."""


def overlay(detector: ImageDetector, image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """An image (C, H, W) uint8 under its heat (H, W), as (3, H, W): grey below the pixel threshold, red to yellow above
    it, with an outline at the threshold.
    """
    grey = np.repeat(image.mean(axis=0, keepdims=True), 3, axis=0)
    limit = detector.card.pixel_threshold
    heat = _of_size(heat, image.shape[1:])
    mask = heat > limit
    warmth = np.clip((heat - limit) / ((FULL - 1) * limit), 0, 1) if limit > 0 else mask.astype(float)
    colours = colormaps["autumn"](warmth)[..., :3].transpose(2, 0, 1) * 255  # (3, H, W)
    out = np.where(mask, 0.55 * grey + 0.45 * colours, grey)
    edge = mask & ~ndimage.binary_erosion(mask, border_value=1)
    out[:, edge] = np.array([[255.0], [60.0], [0.0]])
    return np.rint(out).clip(0, 255).astype(np.uint8)


def hot_places(detector: ImageDetector, heat: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Where the heat of an image of `shape` (rows, columns) is over the pixel threshold, (H, W) bool."""
    return np.asarray(_of_size(heat, shape) > detector.card.pixel_threshold)


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
