"""Images that somebody sends, as a camera would have sent them."""

from __future__ import annotations

import numpy as np

from sensors_data.camera import Camera
from sensors_data.errors import UnreadableError
from sensors_data.images.files import camera_image


def decoded(name: str, data: bytes, spec: Camera) -> np.ndarray:
    """An image of any size as the camera's own (C, H, W). UnreadableError names it and says what is wrong."""
    try:
        return camera_image(data, spec)[0]
    except UnreadableError as error:
        raise UnreadableError(f"{name}: {error}") from error
