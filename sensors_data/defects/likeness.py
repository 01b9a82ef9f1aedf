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


@dataclass(frozen=True)
class Turn:
    """How a real defect's pixels or outline are turned before they are laid on a part."""

    quarters: int
    mirrored: bool
    scale: float


def drawn_turn(rng: np.random.Generator) -> Turn:
    """Any turn, each as likely."""
    return Turn(int(rng.integers(4)), bool(rng.random() < 0.5), float(rng.uniform(*SCALES)))


def turned(x: np.ndarray, turn: Turn) -> np.ndarray:
    """Pixels (C, h, w) in [0, 1], mirrored, turned by quarters and scaled."""
    upright = np.rot90(x[:, :, ::-1] if turn.mirrored else x, turn.quarters, (1, 2))
    return np.asarray(np.clip(ndimage.zoom(upright, (1, turn.scale, turn.scale), order=1), 0, 1))


def laid_on(canvas: Canvas, piece: np.ndarray) -> tuple[slice, slice]:
    """Rows and columns of a part on which a piece (C, h, w) lies, its lower and right end cut where it is larger."""
    middle, sides = canvas.place(), piece.shape[1:]
    corners = (
        (int(np.clip(round(at - min(side, room) / 2), 0, room - min(side, room))), min(side, room))
        for at, side, room in zip(middle, sides, canvas.shape, strict=True)
    )
    rows, columns = (slice(first, first + length) for first, length in corners)
    return rows, columns


def likeness(canvas: Canvas, mask: np.ndarray) -> Layer:
    """The donor's defect under its mask (H, W), mirrored, turned by quarters, scaled, at another place."""
    box, outline = _cut_out(mask)
    turn = drawn_turn(canvas.rng)
    piece, outline = turned(canvas.donor[:, *box], turn), turned(outline[None], turn)
    rows, columns = laid_on(canvas, outline)
    height, width = rows.stop - rows.start, columns.stop - columns.start
    source, whole = canvas.good.copy(), np.zeros(canvas.shape)
    source[:, rows, columns] = piece[:, :height, :width]
    whole[rows, columns] = outline[0, :height, :width]
    return Layer(poisson_blend(canvas.good, source, whole), grown(whole))


def _cut_out(mask: np.ndarray) -> tuple[tuple[slice, slice], np.ndarray]:
    """The box around a mask with a little of its surroundings, and the soft mask in it."""
    near = ndimage.binary_dilation(mask, iterations=AROUND)
    box = box_around(near)
    return box, near[box].astype(float)


def box_around(mask: np.ndarray) -> tuple[slice, slice]:
    """Rows and columns of the upright box around what a mask (H, W) marks."""
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
