"""Defects like real ones: a real defect's pixels under its mask, turned, scaled and blended into a good part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from sensors_data.defects.canvas import Canvas, Layer
from sensors_data.defects.pasted import grown, poisson_blend

SCALES = (0.75, 1.3)
"""Of its real size, the smallest and the largest that a likeness is painted at."""
AROUND = 2
"""Pixels of the real surroundings that are taken along, so that borders are the defect's own."""


@dataclass(frozen=True)
class RealDefect:
    """A picture of a defect, and where it lies."""

    name: str
    label: str
    image: np.ndarray  # (C, H, W), of the good parts' shape and type
    mask: np.ndarray  # (H, W) bool, something marked


def likeness(canvas: Canvas, mask: np.ndarray) -> Layer:
    """The donor's defect under its mask (H, W), mirrored, turned by quarters, scaled, at another place."""
    rng = canvas.rng
    piece, outline = _cut_out(canvas.donor, mask)
    turns, mirrored, scale = int(rng.integers(4)), bool(rng.random() < 0.5), float(rng.uniform(*SCALES))
    piece, outline = (_transformed(x, turns, mirrored, scale) for x in (piece, outline[None]))
    height, width = (min(a, b) for a, b in zip(outline.shape[1:], canvas.shape, strict=True))
    middle = canvas.place()
    top, left = (
        int(np.clip(round(at - side / 2), 0, room - side))
        for at, side, room in zip(middle, (height, width), canvas.shape, strict=True)
    )
    source, whole = canvas.good.copy(), np.zeros(canvas.shape)
    source[:, top : top + height, left : left + width] = piece[:, :height, :width]
    whole[top : top + height, left : left + width] = outline[0, :height, :width]
    return Layer(poisson_blend(canvas.good, source, whole), grown(whole))


def _cut_out(image: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The box around a mask with a little of its surroundings, and the soft mask in it."""
    near = ndimage.binary_dilation(mask, iterations=AROUND)
    rows, columns = (np.flatnonzero(near.any(axis)) for axis in (1, 0))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return image[:, box[0], box[1]], near[box].astype(float)


def _transformed(x: np.ndarray, turns: int, mirrored: bool, scale: float) -> np.ndarray:
    turned = np.rot90(x[:, :, ::-1] if mirrored else x, turns, (1, 2))
    return np.asarray(np.clip(ndimage.zoom(turned, (1, scale, scale), order=1), 0, 1))
