"""A day of a camera's inbox: what each of its files shows, and why one cannot be used."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd

from sensors_data.errors import UnreadableError
from sensors_data.images.arrays import resize
from sensors_data.images.files import decode_image, encode_png, is_flat, read_image_file
from sensors_data.images.inbox import DAY, CameraFile, camera_files
from sensors_data.settings import Camera

SOURCE_SIZE = "source_size"
"""Text chunk of a stored PNG: the pixels that the camera sent, as 640x480."""

_TIME = re.compile(r"[T_-]([0-2]\d)[-:]?([0-5]\d)[-:]?([0-5]\d)(?:[.,_-](\d{1,6}))?Z?$")
"""A time of day at the end of what follows the day in a file's name."""


def read_camera_day(camera: Camera, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A camera's images of a UTC day (image_id, time, asset, label, png) and its rejects (source, reason).

    A file belongs to the day that its path below the inbox names last (2026-11-21 or 20261121); its time stands
    after that in its name (2026-11-21T13-05-00, 20261121_130500), else it is the day's start plus its place in order.
    The folders below the inbox that are no day are its asset and its label (`press-1/defect/...`), or its label alone.
    All images of a day have the size that most have; the others are rejects. LookupError when the inbox holds none.
    """
    files = camera_files(camera)
    no_day = "no day in its path; name it like 2026-11-21T13-05-00.png"
    images, rejects = [], [_reject(file, no_day) for file in files if file.day is None]
    for place, file in enumerate(file for file in files if file.day == day):
        try:
            x = decode_image(read_image_file(file.path), camera.channels)
            if is_flat(x):
                raise UnreadableError("every pixel is nearly the same: lens covered, lamp off or sensor dead")
        except UnreadableError as error:
            rejects.append(_reject(file, str(error)))
            continue
        images.append((file, place, x.shape[1:], resize(x[None], camera.size)[0]))
    common = _most_common([shape for _, _, shape, _ in images])
    rows = []
    for file, place, shape, x in images:
        if shape == common:
            rows.append(_row(file, day, place, shape, x))
        else:
            found, wanted = (f"{size[1]}x{size[0]}" for size in (shape, common))
            rejects.append(_reject(file, f"{found} pixels, where most images of the day have {wanted}"))
    columns = ["image_id", "time", "asset", "label", "png"]
    return pd.DataFrame(rows, columns=columns), pd.DataFrame(rejects, columns=["source", "reason"])


def _row(file: CameraFile, day: date, place: int, shape: tuple[int, ...], x: np.ndarray) -> dict[str, object]:
    named, stem = file.folders, file.path.stem
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    days = list(DAY.finditer(stem))
    if days and (clock := _TIME.search(stem[days[-1].end() :])):
        hour, minute, second, part = clock.groups()
        at = timedelta(
            hours=int(hour), minutes=int(minute), seconds=int(second), microseconds=int((part or "0").ljust(6, "0"))
        )
    else:
        at = timedelta(microseconds=place)
    return {
        "image_id": file.name,
        "time": start + min(at, timedelta(days=1, microseconds=-1)),
        "asset": named[-2] if len(named) > 1 else "",
        "label": named[-1] if named else "",
        "png": encode_png(x, {SOURCE_SIZE: f"{shape[1]}x{shape[0]}"}),
    }


def _reject(file: CameraFile, reason: str) -> dict[str, str]:
    return {"source": file.name, "reason": reason}


def _most_common(shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The most frequent shape, of equals the first seen."""
    return max(dict.fromkeys(shapes), key=shapes.count, default=())
