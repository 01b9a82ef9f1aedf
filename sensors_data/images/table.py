"""The images table: pixels of its rows, and which of them are normal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd

from sensors_data.camera import Camera
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.images.files import decode_image
from sensors_data.images.marks import UNKNOWN
from sensors_data.images.paths.roles import is_normal
from sensors_data.store import Store

MIN_IMAGES = 8
"""Normal images that a detector needs at least."""


def more_images_of(camera: str) -> str:
    """What to do about a camera with too few normal images."""
    return (
        f"at least {MIN_IMAGES} are needed: run nightscore ingest-images --camera {camera} for earlier days, or learn "
        f"from more days by `days` of [cameras.{camera}.detector]; normal_labels may name more of them normal"
    )


def pixels_of(frame: pd.DataFrame, camera: Camera) -> np.ndarray:
    """The images of rows of the `images` table, uint8 (N, C, H, W) of the camera's size. UnusableError when they were
    stored at another size.
    """
    shape = camera.shape
    stated = f"{shape[2]}x{shape[1]}"
    if frame.empty:
        return np.empty((0, *shape), np.uint8)
    images = [decode_image(png, camera.channels) for png in frame["png"]]
    others = sorted({f"{x.shape[2]}x{x.shape[1]}" for x in images if x.shape != shape})
    if others:
        raise UnusableError(
            f"images of {camera.inbox} are stored at {', '.join(others)} pixels, the settings say {stated}",
            "ingest their days again",
        )
    return np.stack(images)


def normal_rows(rows: pd.DataFrame, camera: Camera) -> pd.DataFrame:
    """The rows whose label says that nothing is wrong, or that have none."""
    normal = {label: is_normal(label, camera) for label in rows["label"].unique()}
    return rows[rows["label"].map(normal).astype(bool)]


def known_rows(rows: pd.DataFrame, camera: Camera) -> pd.DataFrame:
    """The rows but for those of which a list should say what they show, and does not."""
    return rows if is_normal(UNKNOWN, camera) else rows[rows["label"] != UNKNOWN]


def learnable_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that are not kept for testing: those of a set's test and validation parts are left out."""
    return rows[~rows["split"].isin(["test", "valid"])]


def labels_in_words(rows: pd.DataFrame) -> str:
    """How many images have each label, like `crack 12, good 340`."""
    counts = rows["label"].replace("", "(none)").value_counts().sort_index()
    return ", ".join(f"{label} {count:,}" for label, count in counts.items())


def normal_images(
    store: Store, name: str, camera: Camera, day: date, days: int, verdicts: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The rows of `images` in the `days` before `day` to learn what is normal from, in time order.

    `verdicts` say of some images, by image_id, that they are `dismissed`, which makes them normal whatever their label,
    or `confirmed`, which leaves them out. NotThereError when there are none; where there are images of other labels it
    names these.
    """
    rows = store.read_days("images", [day - timedelta(days=back) for back in range(days, 0, -1)], camera=name)
    verdict = rows["image_id"].map(dict(verdicts or {}))
    rows = rows.assign(label=rows["label"].mask(verdict == "dismissed", ""))[verdict != "confirmed"]
    normal = learnable_rows(normal_rows(rows, camera))
    if not normal.empty:
        return normal
    span = f"in the {days} days before {day}"
    if rows.empty:
        newest = day - timedelta(days=1)
        raise NotThereError(
            f"no image of {name} {span}",
            f"run: nightscore ingest-images --camera {name} --day {newest}, or another",
        )
    raise NotThereError(
        f"no normal image of {name} {span}: the labels are {labels_in_words(rows)}",
        f"name those of good parts in normal_labels of [cameras.{name}], or say by `folders` which folder is the label",
    )
