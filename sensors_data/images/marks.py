"""What an annotation says of one picture: its label, and where the defect lies."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from sensors_data.errors import UnreadableError

NORMAL, DEFECT = "good", "defect"
"""Labels of a listed picture without a mark, and of one with marks that have no name."""
UNKNOWN = "unknown"
"""Label of a picture of which a list should say what it shows, and does not: neither learned from nor evaluated."""
Outline = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Annotation:
    """The label and the marks of one picture."""

    label: str
    outlines: tuple[Outline, ...] = ()
    """Corners of polygons as shares of the picture's width and height."""
    runs: tuple[int, ...] = ()
    """First pixel, from 1, and length of each run of marked pixels, counted down the columns."""

    @property
    def marks(self) -> bool:
        """Whether it says where a defect lies."""
        return bool(self.outlines or self.runs)

    def mask(self, shape: tuple[int, ...]) -> np.ndarray:
        """The marked pixels of a picture of `shape` (H, W), uint8 (1, H, W), 255 or 0.

        UnreadableError when a run ends outside the picture.
        """
        height, width = shape
        drawn = Image.new("L", (width, height))
        for outline in self.outlines:
            corners = [(x * width - 0.5, y * height - 0.5) for x, y in outline]
            ImageDraw.Draw(drawn).polygon(corners, fill=255, outline=255)
        flat = np.array(drawn).T.reshape(-1)  # down the columns
        for first, length in zip(self.runs[::2], self.runs[1::2], strict=False):
            if first < 1 or first - 1 + length > len(flat):
                raise UnreadableError(f"a run of {length} pixels from {first} ends outside {width}x{height} pixels")
            flat[first - 1 : first - 1 + length] = 255
        return np.ascontiguousarray(flat.reshape(width, height).T)[None]


def of_marks(labels: list[str], outlines: list[Outline]) -> Annotation:
    """The annotation of a picture from its marks' labels: the most frequent one, of equals the first."""
    named = [label for label in labels if label.strip()]
    if not labels:
        return Annotation(NORMAL)
    return Annotation(Counter(named).most_common(1)[0][0] if named else DEFECT, tuple(outlines))


def named_defect(label: str) -> str:
    """The label of a picture with a mark: its own where that names a defect."""
    return DEFECT if label in ("", UNKNOWN) else label


def box(left: float, top: float, right: float, bottom: float) -> Outline:
    """The outline of a box."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))
