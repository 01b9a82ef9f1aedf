"""What a painter learns from: crops around real defects, and crops of good parts under outlines like theirs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from sensors_data.defects.canvas import Canvas
from sensors_data.defects.likeness import RealDefect, box_around, drawn_turn, laid_on, turned
from sensors_data.defects.shapes import perlin

BENT = 0.04
"""Of an outline's longer side: how far a part of it is displaced, at most."""
HALF, THIN = 0.5, 0.25
"""A bent and scaled outline covers a pixel by so much to mark it: half, or less where a thin line would fall apart."""


@dataclass(frozen=True)
class Outline:
    """The shape of a real defect."""

    label: str
    mask: np.ndarray  # (h, w) bool, the box around what is marked


@dataclass(frozen=True)
class Examples:
    """Good parts, and real defects on parts of the same shape and type."""

    goods: np.ndarray  # (N, C, H, W) uint8 or uint16
    defects: tuple[RealDefect, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the defects, each once, sorted."""
        return tuple(sorted({defect.label for defect in self.defects}))

    @property
    def outlines(self) -> tuple[Outline, ...]:
        """The defects' shapes."""
        return tuple(outline_of(defect) for defect in self.defects)


@dataclass(frozen=True)
class Crops:
    """Square crops of parts beside what is marked on them."""

    x: Tensor
    """(B, C, S, S) in [-1, 1]."""
    outlines: Tensor
    """(B, K, S, S) in {0, 1}: the mask in the plane of its label."""


def outline_of(defect: RealDefect) -> Outline:
    """The shape that a real defect has."""
    return Outline(defect.label, defect.mask[box_around(defect.mask)])


def outlined(canvas: Canvas, outline: np.ndarray) -> np.ndarray:
    """An outline (h, w), gently bent, mirrored, turned, scaled and laid on a part, (H, W) bool."""
    turn = drawn_turn(canvas.rng)
    turn = replace(turn, quarters=2 * turn.quarters)  # half a turn or none: along the grain as it was
    soft = turned(bent(outline, canvas.rng)[None], turn)
    piece = soft > HALF
    if ndimage.label(piece[0])[1] != ndimage.label(outline)[1]:
        piece = soft > THIN
    if not piece.any():  # too small for its scale
        piece = outline[None]
    piece = piece[:, *box_around(piece[0])]
    rows, columns = laid_on(canvas, piece)
    whole = np.zeros(canvas.shape, bool)
    whole[rows, columns] = piece[0, : rows.stop - rows.start, : columns.stop - columns.start]
    return whole


def bent(outline: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An outline (h, w) whose parts are displaced a little, (h', w') in [0, 1] with room around it."""
    reach = max(1, round(BENT * max(outline.shape)))
    side = max(outline.shape) + 2 * reach
    padded = np.pad(outline.astype(float), [((side - n) // 2, side - n - (side - n) // 2) for n in outline.shape])
    away = [reach * perlin(padded.shape, 2, rng) for _ in range(2)]
    at = [axis + shift for axis, shift in zip(np.mgrid[:side, :side], away, strict=True)]
    return np.asarray(ndimage.map_coordinates(padded, at, order=1))


def labels_in_turn(labels: tuple[str, ...], count: int, rng: np.random.Generator) -> list[str]:
    """So many labels in turn, the first one at random."""
    first = int(rng.integers(len(labels)))
    return [labels[(first + number) % len(labels)] for number in range(count)]


def real_crops(examples: Examples, wanted: list[str], side: int, rng: np.random.Generator) -> Crops:
    """A crop around a real defect of each wanted label, mirrored and turned by quarters."""
    triples = []
    for label in wanted:
        defect = _one_of(examples, label, rng)
        window = _window(defect.mask, side, rng)
        triples.append((as_unit(defect.image[:, *window]), defect.mask[window], label))
    return _stacked(triples, examples.labels, rng)


def good_crops(examples: Examples, wanted: list[str], side: int, rng: np.random.Generator) -> Crops:
    """A crop of a good part around an outline of each wanted label laid on it, mirrored and turned by quarters."""
    triples = []
    for label in wanted:
        shape = outline_of(_one_of(examples, label, rng)).mask
        good = _region(examples.goods[rng.integers(len(examples.goods))], max(4 * side, 2 * max(shape.shape)), rng)
        mask = outlined(Canvas(good, good, max(shape.shape), rng), shape)
        window = _window(mask, side, rng)
        triples.append((good[:, *window], mask[window], label))
    return _stacked(triples, examples.labels, rng)


def _one_of(examples: Examples, label: str, rng: np.random.Generator) -> RealDefect:
    """One of the real defects of a label."""
    of_label = [defect for defect in examples.defects if defect.label == label]
    return of_label[rng.integers(len(of_label))]


def _region(good: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """A part (C, H, W) in [0, 1], or a place of it at random of at most so many pixels a side: large ones take time."""
    height, width = good.shape[1:]
    top, left = (int(rng.integers(max(0, side - most) + 1)) for side in (height, width))
    return as_unit(good[:, top : top + most, left : left + most])


def as_unit(image: np.ndarray) -> np.ndarray:
    """An image uint8 or uint16 in [0, 1]."""
    return np.asarray(image / np.iinfo(image.dtype).max)


def _window(mask: np.ndarray, side: int, rng: np.random.Generator) -> tuple[slice, slice]:
    """Rows and columns of a square in whose middle half one of the marked pixels lies, if the image has the room."""
    marked = np.argwhere(mask)
    at = marked[rng.integers(len(marked))]
    first = [
        int(np.clip(place - rng.integers(side // 4, side - side // 4), 0, room - side))
        for place, room in zip(at, mask.shape, strict=True)
    ]
    return slice(first[0], first[0] + side), slice(first[1], first[1] + side)


def _stacked(
    triples: list[tuple[np.ndarray, np.ndarray, str]], labels: tuple[str, ...], rng: np.random.Generator
) -> Crops:
    """Crops and their masks as one batch, each mirrored and turned by quarters as it falls."""
    images, masks = [], []
    for image, mask, label in triples:
        planes = np.zeros((len(labels), *mask.shape))
        planes[labels.index(label)] = mask
        both = np.concatenate([2 * image - 1, planes])
        both = np.rot90(both[:, :, ::-1] if rng.random() < 0.5 else both, int(rng.integers(4)), (1, 2))
        images.append(both[: len(image)])
        masks.append(both[len(image) :])
    x, outlines = (torch.from_numpy(np.stack(of).astype(np.float32)) for of in (images, masks))
    return Crops(x, outlines)
