"""The images table: pixels of its rows, and which of them are normal."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from sensors_data.images.files import decode_image
from sensors_data.settings import Camera
from sensors_data.store import Store

NORMAL_LABELS = ("", "normal", "good", "ok")
"""An image so labelled, or not at all, is taken for normal; any other label is a defect's name."""


def pixels_of(frame: pd.DataFrame, camera: Camera) -> np.ndarray:
    """The images of rows of the `images` table, uint8 (N, C, H, W) of the camera's size. ValueError when they were
    stored at another size.
    """
    shape = (camera.channels, camera.size, camera.size)
    if frame.empty:
        return np.empty((0, *shape), np.uint8)
    images = [decode_image(png, camera.channels) for png in frame["png"]]
    others = sorted({f"{x.shape[2]}x{x.shape[1]}" for x in images if x.shape != shape})
    if others:
        raise ValueError(
            f"images of {camera.inbox} are stored at {', '.join(others)} pixels, the settings say {camera.size}; "
            "ingest their days again"
        )
    return np.stack(images)


def normal_images(store: Store, camera: str, day: date, days: int) -> pd.DataFrame:
    """The rows of `images` in the `days` before `day` that are labelled normal or not at all, in time order."""
    rows = store.read_days("images", [day - timedelta(days=back) for back in range(days, 0, -1)], camera=camera)
    return rows[rows["label"].str.lower().isin(NORMAL_LABELS)]
