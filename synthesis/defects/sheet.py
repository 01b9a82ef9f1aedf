"""A contact sheet of painted defects: a row a kind, each image above itself with its mask outlined."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from sensors_data.defects.paint import PaintedDefect
from sensors_data.images.arrays import with_channels
from sensors_data.images.files import encode_png
from synthesis.sheets import contact_sheet

COLUMNS = 10
OUTLINE = np.array([[255], [40], [20]], np.uint8)


def painted_sheet(defects: list[PaintedDefect]) -> bytes:
    """A PNG with up to ten defects a kind, images in one row and their masks outlined in the row below."""
    rows = []
    for kind in dict.fromkeys(defect.kind for defect in defects):
        shown = [defect for defect in defects if defect.kind == kind][:COLUMNS]
        images = with_channels(np.stack([defect.image for defect in shown]), 3)
        marked = images.copy()
        for image, defect in zip(marked, shown, strict=True):
            image[:, ndimage.binary_dilation(defect.mask) & ~defect.mask] = OUTLINE
        white = np.full((COLUMNS - len(shown), *images.shape[1:]), 255, np.uint8)
        rows += [images, white, marked, white]
    return encode_png(contact_sheet(np.concatenate(rows), COLUMNS), {"synthetic": "true", "software": "nightscore"})
