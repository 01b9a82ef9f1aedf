"""Defects of how a place looks, its structure being whole: out of focus, lit otherwise, of another colour."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from sensors_data.defects.canvas import Canvas, Layer
from sensors_data.defects.shapes import blob


def blur(canvas: Canvas) -> Layer:
    """A place worn smooth or out of focus."""
    sigma = canvas.rng.uniform(1.2, max(1.5, canvas.size / 8))
    soft = ndimage.gaussian_filter(canvas.good, (0, sigma, sigma))
    return Layer(soft, _patch(canvas))


def light(canvas: Canvas) -> Layer:
    """A place brighter or darker than it should be, without a sharp border."""
    outline = blob(canvas.shape, canvas.place(), 0.6 * canvas.size, canvas.rng, edge=0.7 * canvas.size)
    factor = canvas.rng.choice((0.45, 1.7))
    return Layer(np.clip(canvas.good * factor, 0, 1), outline)


def colour(canvas: Canvas) -> Layer:
    """A place of another hue, as bright as before; on a grey image another grey of little structure."""
    good, rng = canvas.good, canvas.rng
    if len(good) == 1:
        level = np.quantile(good, rng.uniform(0, 1))
        return Layer(np.clip(level + 0.5 * (good - good.mean()), 0, 1), _patch(canvas))
    mixed = good * rng.uniform(0.4, 1.6, (len(good), 1, 1))
    even = mixed * (good.mean() / max(float(mixed.mean()), 1e-6))
    return Layer(np.clip(even, 0, 1), _patch(canvas))


def _patch(canvas: Canvas) -> np.ndarray:
    return blob(canvas.shape, canvas.place(), canvas.size / 2, canvas.rng, edge=max(1.5, canvas.size / 6))
