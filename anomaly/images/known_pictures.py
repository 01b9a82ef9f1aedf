"""The real defects that a camera knows the places of: a folder of pictures with masks, and confirmed pictures with a
mask or with confirmed places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from anomaly.images.known_defects import KnownDefects
from sensors_data.camera import Camera
from sensors_data.errors import UnusableError
from sensors_data.images.files import decode_levels
from sensors_data.images.picture_places import MOST_COVERED, MarkedPlace, mask_of
from sensors_data.images.table import learnable_rows, pixels_of
from sensors_data.real_defects import real_defects
from sensors_data.store import Store
from sensors_data.verdicts import confirmed_places

MOST = 200
"""Pictures that are used, at most: the last of the folder's and of the confirmed ones."""


def known_defects(
    store: Store, name: str, camera: Camera, day: date, days: int, verdicts: Mapping[str, str]
) -> KnownDefects | None:
    """The pictures of the camera's folder `defects`, and those of the `days` before `day` that a person confirmed and
    of which a mask or a place is known; None where there are none.

    UnusableError when a mask of the folder covers a whole picture, or as `real_defects` raises it.
    """
    pairs = [*_of_folder(camera), *_confirmed(store, name, camera, day, days, verdicts)][-MOST:]
    if not pairs:
        return None
    images, masks = zip(*pairs, strict=True)
    return KnownDefects(np.stack(images), np.stack(masks))


def _of_folder(camera: Camera) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pictures and masks of the folder; none where the settings name no folder."""
    pairs = []
    for real in real_defects(Path(camera.defects), camera) if camera.defects else ():
        if real.mask.mean() > MOST_COVERED:
            covers = f"{real.name}: its mask covers {real.mask.mean():.0%} of the picture"
            raise UnusableError(covers, f"mark the defect alone, at most {MOST_COVERED:.0%}")
        pairs.append((real.image, real.mask))
    return pairs


def _confirmed(
    store: Store, name: str, camera: Camera, day: date, days: int, verdicts: Mapping[str, str]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Confirmed pictures, and where the defect is in each; those of which that is not known are left out."""
    if "confirmed" not in verdicts.values():
        return []
    places = confirmed_places(store, name)
    rows = store.read_days("images", [day - timedelta(days=back) for back in range(days, 0, -1)], camera=name)
    rows = learnable_rows(rows[rows["image_id"].map(dict(verdicts)) == "confirmed"])
    masks = [
        _mask(png, places.get(str(image), ()), camera.shape[1:])
        for image, png in zip(rows["image_id"], rows["mask"], strict=True)
    ]
    known = np.array([mask is not None for mask in masks], bool)
    return list(zip(pixels_of(rows[known], camera), [mask for mask in masks if mask is not None], strict=True))


def _mask(png: bytes | None, places: Sequence[MarkedPlace], shape: tuple[int, int]) -> np.ndarray | None:
    """Where a confirmed picture has its defect, (H, W) bool: its outline, else its confirmed places, else None."""
    outline = mask_of((), shape) if png is None else decode_levels(bytes(png))[0] > 0
    usable = (mask for mask in (outline, mask_of(places, shape)) if 0 < mask.mean() <= MOST_COVERED)
    return next(usable, None)
