"""The ground floor's job for cameras: files in the inbox -> images and their rejects."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from sensors_data.camera_days import read_camera_day
from sensors_data.image_files import decode_image
from sensors_data.runs import Done, run_job
from sensors_data.settings import Camera, Settings
from sensors_data.store import Provenance, Store, settings_hash

NORMAL_LABELS = ("", "normal", "good", "ok")
"""An image so labelled, or not at all, is taken for normal; any other label is a defect's name."""


def ingest_images(settings: Settings, day: date, camera: str) -> str:
    """Job: a camera's files of a day into `images` and `image_rejects`; what was done, with numbers.

    LookupError for an unknown camera, an empty inbox or a day without a single usable image. A failure leaves the day's
    images as they were.
    """
    store, spec = Store(settings.store), settings.camera(camera)
    return run_job(store, "ingest-images", day, camera, lambda: _ingest(store, spec, day, camera))


def _ingest(store: Store, spec: Camera, day: date, camera: str) -> Done:
    images, rejects = read_camera_day(spec, day)
    source = Provenance(job="ingest-images", settings=settings_hash(spec))
    if len(rejects) or not images.empty:
        store.write("image_rejects", rejects, source, camera=camera, day=day)
    if images.empty:
        why = f"; {len(rejects):,} files were refused, first: {rejects['reason'].iloc[0]}" if len(rejects) else ""
        raise LookupError(f"the inbox of {camera} holds no usable image of {day} ({spec.inbox}){why}")
    store.write("images", images, source, camera=camera, day=day)
    odd = int((~images["label"].str.lower().isin(NORMAL_LABELS)).sum())
    line = f"ingested {camera} {day}: {len(images):,} images, {odd:,} labelled as defects, {len(rejects):,} rejects"
    return Done(len(images), line)


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
    wanted = [store.path("images", camera=camera, day=day - timedelta(days=back)) for back in range(days, 0, -1)]
    rows = store.read_files("images", [path for path in wanted if store.exists(path)])
    return rows[rows["label"].str.lower().isin(NORMAL_LABELS)]
