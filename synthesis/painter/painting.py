"""Defects painted by a learned painter, each from a random generator alone."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from sensors_data.camera import Camera
from sensors_data.defects.batch import Way
from sensors_data.defects.canvas import Canvas, Layer
from sensors_data.defects.likeness import box_around
from sensors_data.defects.paint import PaintedDefect, paint_learned
from sensors_data.errors import UnusableError
from sensors_data.nets.threads import one_thread
from synthesis.painter.crops import outlined
from synthesis.painter.files import TrainedPainter


def check_camera(painter: TrainedPainter, camera: Camera) -> None:
    """UnusableError when a camera's pictures have another size or colour than the parts a painter learned from."""
    learned, wanted = (f"{w}x{h} pixels, {'colour' if c == 3 else 'grey'}" for c, h, w in _shapes(painter, camera))
    if learned != wanted:
        raise UnusableError(
            f"the painter learned on parts of {learned}; this camera keeps {wanted}",
            "train one for it with: nightscore train-painter",
        )


def _shapes(painter: TrainedPainter, camera: Camera) -> tuple[tuple[int, int, int], ...]:
    return painter.card.network.image, camera.shape


def ways_of(painter: TrainedPainter) -> list[Way]:
    """The ways in which a painter paints: one for each of its labels."""
    return [_way(painter, label) for label in painter.card.network.labels]


def _way(painter: TrainedPainter, label: str) -> Way:
    return lambda good, _, rng: paint_by(painter, label, good, rng)


def paint_by(painter: TrainedPainter, label: str, good: np.ndarray, rng: np.random.Generator) -> PaintedDefect:
    """A defect of one of a painter's labels on a good part (C, H, W), uint8 or uint16.

    The same generator gives the same bytes on one kind of processor. UnusableError for a label that the painter does
    not know, or when no try can be seen.
    """
    if label not in painter.card.network.labels:
        known = ", ".join(painter.card.network.labels)
        raise UnusableError(f"the painter has learned no '{label}'", f"there are {known}")
    return paint_learned(good, label, lambda canvas: _layer(painter, label, canvas), rng)


def _layer(painter: TrainedPainter, label: str, canvas: Canvas) -> Layer:
    """A real defect's outline on the canvas and, by a code of its own, what the painter draws under it."""
    shapes = [outline.mask for outline in painter.outlines if outline.label == label]
    mask = outlined(canvas, shapes[canvas.rng.integers(len(shapes))])
    code = canvas.rng.standard_normal(painter.card.network.codes)
    planes = np.zeros((len(painter.card.network.labels), *canvas.shape))
    planes[painter.card.network.labels.index(label)] = mask
    window = _window(mask, painter.card.network.sight)
    part, under, numbers = (_as_tensor(x) for x in (2 * canvas.good[:, *window] - 1, planes[:, *window], code))
    with one_thread(), torch.no_grad():
        change = painter.network(part, under, numbers)[0] - part[0]
    image = canvas.good.copy()
    image[:, *window] += change.double().numpy() / 2
    return Layer(np.clip(image, 0, 1), np.ones(canvas.shape))


def _as_tensor(x: np.ndarray) -> Tensor:
    """One example as a batch of float32."""
    return torch.from_numpy(x[None].astype(np.float32))


def _window(mask: np.ndarray, sight: int) -> tuple[slice, slice]:
    """Rows and columns around an outline that its painting depends on; they begin at even places, as halving needs."""
    rows, columns = (
        slice(max(0, side.start - sight) // 2 * 2, min(length, side.stop + sight))
        for side, length in zip(box_around(mask), mask.shape, strict=True)
    )
    return rows, columns
