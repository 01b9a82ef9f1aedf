"""Images in memory, uint8 (N, C, H, W): resized, with other channels, standardised."""

from __future__ import annotations

import numpy as np
from PIL import Image

from sensors_data.errors import UnreadableError, UnusableError


def resize(x: np.ndarray, size: int) -> np.ndarray:
    """Images (N, C, H, W) uint8 at `size` x `size` pixels, antialiased."""
    return resized(x, (size, size))


def resized(x: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Images (N, C, H, W) uint8 of `shape` (rows, columns), antialiased."""
    if x.shape[2:] == shape:
        return x
    out = np.empty((*x.shape[:2], *shape), np.uint8)
    for n, image in enumerate(x):
        for c, channel in enumerate(image):
            out[n, c] = np.asarray(Image.fromarray(channel).resize(shape[::-1], Image.Resampling.BILINEAR))
    return out


def cut_out(x: np.ndarray, region: tuple[int, int, int, int] | None) -> np.ndarray:
    """The region (left, top, width, height) of an image (C, H, W); all of it without one. UnreadableError when the
    image does not hold it.
    """
    if region is None:
        return x
    left, top, width, height = region
    if left + width > x.shape[2] or top + height > x.shape[1]:
        raise UnreadableError(f"{x.shape[2]}x{x.shape[1]} pixels do not hold the region {list(region)} of the settings")
    return x[:, top : top + height, left : left + width]


def fitted(x: np.ndarray, shape: tuple[int, int], fit: str) -> np.ndarray:
    """An image (C, H, W) uint8 at `shape` (rows, columns): stretched, padded with black, or its middle cropped."""
    channels, height, width = x.shape
    if fit == "crop":
        rows, columns = min(height, width * shape[0] // shape[1]), min(width, height * shape[1] // shape[0])
        top, left = (height - rows) // 2, (width - columns) // 2
        x = x[:, top : top + rows, left : left + columns]
    elif fit == "pad":
        rows, columns = max(height, -(-width * shape[0] // shape[1])), max(width, -(-height * shape[1] // shape[0]))
        top, left = (rows - height) // 2, (columns - width) // 2
        whole = np.zeros((channels, rows, columns), np.uint8)
        whole[:, top : top + height, left : left + width] = x
        x = whole
    image: np.ndarray = resized(x[None], shape)[0]
    return image


def with_channels(x: np.ndarray, channels: int) -> np.ndarray:
    """Images (N, 1 or 3, H, W) uint8 with the wanted number of channels: grey repeated, or colour as its luma."""
    if x.shape[1] == channels:
        return x
    if channels == 3:
        return np.repeat(x, 3, axis=1)
    weights = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R 601-2, as Pillow
    luma: np.ndarray = np.rint(np.einsum("nchw,c->nhw", x, weights, dtype=np.float32))[:, None].astype(np.uint8)
    return luma


def standardise(x: np.ndarray) -> np.ndarray:
    """uint8 grey levels as float32 in [0, 1], same shape."""
    unit: np.ndarray = np.divide(x, 255, dtype=np.float32)
    return unit


def channels_first(images: np.ndarray) -> np.ndarray:
    """Images as people hold them, uint8 (N, H, W), (N, H, W, 1 or 3) or (N, 1 or 3, H, W), as (N, C, H, W).

    UnusableError when they are of another type or shape.
    """
    x = np.asarray(images)
    if x.dtype != np.uint8:
        raise UnusableError(f"images are of type {x.dtype}", "give grey levels from 0 to 255 as uint8")
    if x.ndim == 3:
        return x[:, None]
    if x.ndim == 4 and x.shape[3] in (1, 3):
        return np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    if x.ndim == 4 and x.shape[1] in (1, 3):
        return x
    raise UnusableError(f"images are of shape {x.shape}", "give (N, H, W) or (N, H, W, 3)")
