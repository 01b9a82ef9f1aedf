"""The real defects that a camera knows the places of: a folder of pictures with masks, and confirmed pictures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from anomaly.images.known_defects import KnownDefects
from sensors_data.camera import Camera
from sensors_data.errors import UnusableError
from sensors_data.images.files import decode_levels
from sensors_data.images.table import learnable_rows, pixels_of
from sensors_data.real_defects import real_defects
from sensors_data.store import Store

LARGEST = 0.9
"""Share of a picture that a mask may cover: one over all of it says nothing about the place."""
MOST = 200
"""Pictures that are used, at most: the last of the folder's and of the confirmed ones."""


def known_defects(
    store: Store, name: str, camera: Camera, day: date, days: int, verdicts: Mapping[str, str]
) -> KnownDefects | None:
    """The pictures of the camera's folder `defects`, and those of the `days` before `day` that a person confirmed and
    that have a mask; None where there are none.

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
        if real.mask.mean() > LARGEST:
            covers = f"{real.name}: its mask covers {real.mask.mean():.0%} of the picture"
            raise UnusableError(covers, f"mark the defect alone, at most {LARGEST:.0%}")
        pairs.append((real.image, real.mask))
    return pairs


def _confirmed(
    store: Store, name: str, camera: Camera, day: date, days: int, verdicts: Mapping[str, str]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Confirmed pictures and their masks; those without a mask, or with one over all of it, have no place."""
    if "confirmed" not in verdicts.values():
        return []
    rows = store.read_days("images", [day - timedelta(days=back) for back in range(days, 0, -1)], camera=name)
    rows = learnable_rows(rows[rows["image_id"].map(dict(verdicts)) == "confirmed"])
    rows = rows[rows["mask"].notna()]
    masks = [decode_levels(bytes(png))[0] > 0 for png in rows["mask"]]
    pairs = zip(pixels_of(rows, camera), masks, strict=True)
    return [(image, mask) for image, mask in pairs if 0 < mask.mean() <= LARGEST]
