"""Defects of assembly: a piece of the part is missing, lies beside its place, or is there twice."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from sensors_data.defects.canvas import Canvas, Layer
from sensors_data.defects.pasted import poisson_blend
from sensors_data.defects.shapes import blob, box


def missing(canvas: Canvas) -> Layer:
    """A piece that is not there: the ground around it goes on, with the fine grain of the image."""
    outline = _piece(canvas)
    ground = poisson_blend(canvas.good, np.zeros_like(canvas.good), outline)
    grain = canvas.good - ndimage.gaussian_filter(canvas.good, (0, 1, 1))
    noise = canvas.rng.normal(0, float(np.median(np.abs(grain))) * 1.48, canvas.shape)
    return Layer(np.clip(ground + ndimage.gaussian_filter(noise, 0.5) * (outline > 0), 0, 1), outline)


def shifted(canvas: Canvas) -> Layer:
    """A piece moved by a tenth to a half of its size."""
    rng = canvas.rng
    way, far = rng.uniform(0, 2 * np.pi), max(1.0, canvas.size * rng.uniform(0.1, 0.5))
    moved = ndimage.shift(canvas.good, (0, far * np.sin(way), far * np.cos(way)), order=1, mode="reflect")
    return Layer(moved, _piece(canvas))


def doubled(canvas: Canvas) -> Layer:
    """A piece that is there a second time, where another should be: the place shows what lies a size away."""
    rng = canvas.rng
    way, far = rng.uniform(0, 2 * np.pi), canvas.size * rng.uniform(0.9, 1.6)
    copied = ndimage.shift(canvas.good, (0, far * np.sin(way), far * np.cos(way)), order=1, mode="reflect")
    return Layer(copied, _piece(canvas))


def _piece(canvas: Canvas) -> np.ndarray:
    """A box or a blob of the defect's size."""
    at = canvas.place()
    if canvas.rng.random() < 0.5:
        return blob(canvas.shape, at, canvas.size / 2, canvas.rng)
    stretch = float(np.exp(canvas.rng.uniform(-0.5, 0.5)))
    return box(canvas.shape, at, canvas.size * stretch, canvas.size / stretch)
