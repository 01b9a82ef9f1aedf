"""How a camera's images look: light, contrast, focus and place, apart from what is wrong with a part."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import ndimage

from sensors_data.images.arrays import resize, with_channels
from sensors_data.settings import Section
from sensors_data.tables import TABLES

SIDE = 32
"""Pixels of the small images by which a shift is found."""
LOOKS = ("light", "contrast", "focus", "across", "down")
"""Mean grey level and its spread, both of 0 to 1; the share of fine structure, as a logarithm; the shift, as a share of
the side."""
LARGE = 512
"""Pixels a side from which only every second, third, ... pixel is looked at."""
BAND = 0.05
"""Share of training images below and above the band in which half of a day's images should lie."""
FEWEST = 8
"""Images of a day under which nothing is said of the camera."""


class LooksReference(Section):
    """How the images looked that a detector learned from."""

    low: tuple[float, ...]
    """Of each of LOOKS, the quantile BAND of training images."""
    middle: tuple[float, ...]
    """The median."""
    high: tuple[float, ...]
    """The quantile 1 - BAND."""
    mean_image: tuple[int, ...]
    """Grey levels of the mean image at SIDE x SIDE pixels, row by row."""


def reference_of(images: np.ndarray) -> LooksReference:
    """The looks of uint8 images (N, C, H, W), to hold later days against."""
    mean = small(images).mean(0)
    looks = looks_of(images, mean)
    low, middle, high = (tuple(float(v) for v in np.quantile(looks, share, axis=0)) for share in (BAND, 0.5, 1 - BAND))
    return LooksReference(low=low, middle=middle, high=high, mean_image=tuple(int(v) for v in np.rint(mean).ravel()))


def small(images: np.ndarray) -> np.ndarray:
    """Images (N, C, H, W) uint8 as grey ones at SIDE pixels, (N, SIDE, SIDE)."""
    return np.asarray(resize(with_channels(_thinned(images), 1), SIDE)[:, 0].astype(np.float64))


def looks_of(images: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Each of LOOKS of uint8 images (N, C, H, W), (N, 5); `mean` (SIDE, SIDE) is what shifts are found against."""
    grey = with_channels(_thinned(images), 1)[:, 0].astype(np.float64) / 255
    fine = grey - ndimage.gaussian_filter(grey, (0, 1, 1))
    spread = grey.std((1, 2))
    focus = np.log((fine.std((1, 2)) + 1e-4) / (spread + 1e-3))
    return np.column_stack([grey.mean((1, 2)), spread, focus, *shifts(small(images), mean).T])


def _thinned(images: np.ndarray) -> np.ndarray:
    """Every k-th pixel of large images, so that a day of them fits into memory."""
    step = max(1, max(images.shape[2:]) // LARGE)
    return images[:, :, ::step, ::step]


def shifts(images: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """How far each of small images (N, S, S) lies right of and below a mean image, (N, 2), shares of the side.

    Phase correlation with a parabola through the peak (Kuglin and Hines 1975).
    """
    window = np.outer(np.hanning(SIDE), np.hanning(SIDE))
    spectrum = np.fft.fft2((images - images.mean((1, 2), keepdims=True)) * window)
    product = spectrum * np.conj(np.fft.fft2((mean - mean.mean()) * window))
    surface = np.fft.ifft2(product / (np.abs(product) + 1e-9)).real  # (N, S, S)
    out = np.empty((len(images), 2))
    for number, peaks in enumerate(surface):
        row, column = np.unravel_index(int(peaks.argmax()), peaks.shape)
        out[number] = _peak(peaks[row], int(column)), _peak(peaks[:, column], int(row))
    return out / SIDE


def _peak(line: np.ndarray, at: int) -> float:
    """Where a cyclic line has its peak, between samples, -S / 2 to S / 2."""
    before, here, after = line[at - 1], line[at], line[(at + 1) % len(line)]
    bend = before - 2 * here + after
    offset = 0.5 * (before - after) / bend if bend < 0 else 0.0
    place = at + offset
    return float(place - len(line) if place > len(line) / 2 else place)


def camera_drift(reference: LooksReference | None, images: np.ndarray, model: str) -> pd.DataFrame:
    """Rows of `camera_drift`, one a look: the day's median beside the band of the training images.

    A camera has drifted where more than half of a day's images look as only BAND of the training images do. No row
    for a day of few images, or for a detector that was trained before looks were kept.
    """
    table = TABLES["camera_drift"]
    if reference is None or len(images) < FEWEST:
        return table.frame()
    mean = np.array(reference.mean_image, float).reshape(SIDE, SIDE)
    medians = np.median(looks_of(images, mean), axis=0)
    rows = []
    for look, value, low, middle, high in zip(
        LOOKS, medians, reference.low, reference.middle, reference.high, strict=True
    ):
        room = (high - middle) if value > middle else (middle - low)
        ratio = abs(float(value) - middle) / max(room, 1e-9)
        rows.append(
            {
                "look": look,
                "value": float(value),
                "low": low,
                "middle": middle,
                "high": high,
                "ratio": ratio,
                "drifted": ratio > 1,
                "images": len(images),
                "model": model,
            }
        )
    return table.frame(rows)
