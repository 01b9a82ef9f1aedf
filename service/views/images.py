"""Images that somebody sends, as a camera would have sent them."""

from __future__ import annotations

import numpy as np

from sensors_data.errors import UnreadableError
from sensors_data.images.arrays import resize
from sensors_data.images.files import decode_image, is_flat
from sensors_data.settings import Camera


def decoded(name: str, data: bytes, spec: Camera) -> np.ndarray:
    """An image of any size as the camera's own (C, H, W). UnreadableError names it and says what is wrong."""
    try:
        x = decode_image(data, spec.channels)
    except UnreadableError as error:
        raise UnreadableError(f"{name}: {error}") from error
    if is_flat(x):
        raise UnreadableError(f"{name}: every pixel is nearly the same: lens covered, lamp off or sensor dead")
    shown: np.ndarray = resize(x[None], spec.size)[0]
    return shown
