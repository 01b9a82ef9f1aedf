"""Images side by side as one PNG."""

from __future__ import annotations

import numpy as np

from sensors_data.images.files import encode_png


def contact_sheet(images: np.ndarray, columns: int) -> np.ndarray:
    """Images (N, C, H, W) uint8 in rows of `columns`, two white pixels between them: one image (C, height, width)."""
    count, channels, height, width = images.shape
    rows = -(-count // columns)
    out = np.full((channels, rows * (height + 2) - 2, columns * (width + 2) - 2), 255, np.uint8)
    for number, image in enumerate(images):
        y, x = number // columns * (height + 2), number % columns * (width + 2)
        out[:, y : y + height, x : x + width] = image
    return out


def sheet_png(images: np.ndarray, columns: int) -> bytes:
    """A sheet of drawn images as PNG that says so in its text chunks."""
    return encode_png(contact_sheet(images, columns), {"synthetic": "true", "software": "nightscore"})
