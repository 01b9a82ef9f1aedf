"""What a picture shows: its label and its mask, of which each may contradict the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sensors_data.camera import Camera
from sensors_data.errors import UnreadableError
from sensors_data.images.inbox import CameraFile
from sensors_data.images.marks import DEFECT, NORMAL, UNKNOWN
from sensors_data.images.masks import Masks, as_kept
from sensors_data.images.paths.roles import is_normal
from sensors_data.images.picture_places import MOST_COVERED


@dataclass(frozen=True)
class Shown:
    """A picture's label and mask."""

    label: str | None
    """None where a mask that cannot be used leaves it unknown; such a picture is left out."""
    mask: np.ndarray | None = None
    """(1, H, W) uint8 at the camera's size, 255 where it marks something."""
    unused: str = ""
    """Why its mask is not used."""


def shown_by(picture: CameraFile, shape: tuple[int, ...], masks: Masks, camera: Camera) -> Shown:
    """What a picture of `shape` (H, W) shows. Its path's label counts; without one its mask decides.

    A mask that contradicts the label, or that cannot be used, is left out.
    """
    stated = picture.role.label
    if not masks.beside(picture):
        return Shown(stated)
    label = "" if stated == UNKNOWN else stated
    try:
        marked = masks.marked(picture, shape, camera)
        if not _is_annotated(picture, masks) and (share := float(marked.mean())) > MOST_COVERED:
            raise UnreadableError(
                f"a mask that marks {share:.0%} of its picture", "if masks are white outside, set mask_background"
            )
        mask = as_kept(marked, camera)
    except UnreadableError as error:
        return Shown(stated or None, unused=str(error))
    if label and mask.any() == is_normal(label, camera):
        what = "something" if mask.any() else "nothing"
        return Shown(label, unused=f"a mask that marks {what} of a picture that is {label}; the label counts")
    return Shown(label or (DEFECT if mask.any() else NORMAL), mask)


def _is_annotated(picture: CameraFile, masks: Masks) -> bool:
    return masks.beside(picture) == (picture,)
