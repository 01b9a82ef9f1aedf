"""Which way up a picture is, as the header of its file says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from sensors_data.errors import UnreadableError
from sensors_data.images.formats import FORMATS

_TAG = 0x0112
_ON_ITS_SIDE = {5, 6, 7, 8}
"""Orientations in EXIF by which height and width change places."""


def orientation_of(path: Path) -> int:
    """A picture's EXIF orientation, 1 where it has none. UnreadableError when it is no picture."""
    return _header(path)[1]


def upright_shape(path: Path) -> tuple[int, int]:
    """A picture's height and width after it is turned. UnreadableError when it is no picture."""
    (width, height), orientation = _header(path)
    return (width, height) if orientation in _ON_ITS_SIDE else (height, width)


def turned(x: np.ndarray, orientation: int) -> np.ndarray:
    """An array (1, H, W) turned as EXIF says of a picture that lies on its side, (1, W, H); any other as it is."""
    if orientation not in _ON_ITS_SIDE:
        return x
    flat = x[0]
    upright = {5: flat.T, 6: np.rot90(flat, -1), 7: np.rot90(flat, 2).T, 8: np.rot90(flat)}[orientation]
    return np.ascontiguousarray(upright)[None]


def _header(path: Path) -> tuple[tuple[int, int], int]:
    try:
        with Image.open(path, formats=FORMATS) as image:
            return image.size, int(image.getexif().get(_TAG, 1))
    except Exception as error:  # Pillow raises whatever a broken file makes its decoders meet
        raise UnreadableError("not a whole picture: its header cannot be read") from error
