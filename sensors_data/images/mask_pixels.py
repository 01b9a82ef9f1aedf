"""The pixels that a mask marks, and whether a file has the content of a mask."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sensors_data.errors import UnreadableError
from sensors_data.images.arrays import resized
from sensors_data.images.files import decode_levels, read_image_file
from sensors_data.images.orientation import orientation_of, turned

LOSSY = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".jp2", ".j2k", ".jpx"})
"""Formats that do not keep levels as they were."""
_FEW, _CLASSES = 8, 64
"""Levels of a mask of classes, and the level below which all are numbers of classes."""


def marked_pixels(path: Path, background: str) -> np.ndarray:
    """What a file marks at its own size, (1, H, W) bool: every level but the background's.

    Of a lossy or soft mask it is what differs from the background by more than half. UnreadableError when it cannot be
    read.
    """
    levels = decode_levels(read_image_file(path))
    distinct = np.unique(levels)
    of_classes = path.suffix.lower() not in LOSSY and (len(distinct) <= _FEW or distinct[-1] < _CLASSES)
    if background == "white":
        white = max(int(distinct[-1]), 1)
        marked = levels < white if of_classes else levels <= white // 2
    else:
        marked = levels > 0 if of_classes else levels > distinct[-1] // 2
    return np.asarray(marked.any(axis=0, keepdims=True))


def marked_of_picture(path: Path, picture: Path, shape: tuple[int, ...], background: str) -> np.ndarray:
    """What a mask marks of its picture of `shape` (H, W), uint8 (1, H, W), 255 or 0.

    A mask of another size is scaled if it has the picture's proportions, and turned if only the picture was.
    UnreadableError when it has others or cannot be read.
    """
    marked = marked_pixels(path, background)
    if not _has_proportions(marked.shape[1:], shape) and _has_proportions(marked.shape[:0:-1], shape):
        marked = turned(marked, orientation_of(picture))
    height, width = marked.shape[1:]
    if not _has_proportions((height, width), shape):
        sizes = f"{width}x{height} pixels, its picture {shape[1]}x{shape[0]}"
        raise UnreadableError(f"a mask of {sizes}", "save it with its picture's proportions")
    white = marked.astype(np.uint8) * np.uint8(255)
    scaled = resized(white[None], (shape[0], shape[1]))[0]
    least = 127 if (scaled > 127).any() else 0
    return np.where(scaled > least, np.uint8(255), np.uint8(0))


def _has_proportions(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether two sizes (H, W) have one proportion, but for half a pixel."""
    return bool(2 * abs(shape[1] * wanted[0] - shape[0] * wanted[1]) <= max(*shape, *wanted))


def is_like_mask(path: Path) -> bool:
    """Whether a file has a mask's content: areas of one level, and few levels or nearly none between two."""
    try:
        levels = decode_levels(read_image_file(path))
    except UnreadableError:
        return False
    if (levels[..., 1:] == levels[..., :-1]).mean() < 0.8:
        return False
    least, most = int(levels.min()), int(levels.max())
    near = 12 if path.suffix.lower() in LOSSY else 0
    between = ((levels > least + near) & (levels < most - near)).mean()
    return len(np.unique(levels)) <= _FEW or bool(most - least > 100 and between < 0.05)
