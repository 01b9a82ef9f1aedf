"""A camera's inbox: which of its files belong to a day, and what each of them shows."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from sensors_data.image_files import SUFFIXES, decode_image, encode_png, is_flat
from sensors_data.images import resize
from sensors_data.settings import Camera
from sensors_data.sources import UnreadableError

SOURCE_SIZE = "source_size"
"""Text chunk of a stored PNG: the pixels that the camera sent, as 640x480."""

_DAY = re.compile(r"(?<!\d)(20\d\d)-?([01]\d)-?([0-3]\d)(?!\d)")
_TIME = re.compile(r"[T_-]([0-2]\d)[-:]?([0-5]\d)[-:]?([0-5]\d)(?:[.,_-](\d{1,6}))?Z?$")


def read_camera_day(camera: Camera, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A camera's images of a UTC day (image_id, time, asset, label, png) and its rejects (source, reason).

    A file belongs to the day that its path below the inbox names last (2026-11-21 or 20261121); its time stands
    after that in its name (2026-11-21T13-05-00, 20261121_130500), else it is the day's start plus its place in order.
    The folders above it that are no day are its asset and its label (`press-1/defect/...`), or its label alone.
    All images of a day have the size that most have; the others are rejects. LookupError when the inbox holds none.
    """
    files = camera_files(camera)
    root = inbox_root(camera)
    mine = [path for path in files if day_of(path, root) == day]
    undated = [path for path in files if day_of(path, root) is None]
    images, rejects = (
        [],
        [_reject(p, root, "no day in its path; name it like 2026-11-21T13-05-00.png") for p in undated],
    )
    for place, path in enumerate(mine):
        try:
            x = decode_image(path.read_bytes(), camera.channels)
            if is_flat(x):
                raise UnreadableError("every pixel is nearly the same: lens covered, lamp off or sensor dead")
        except UnreadableError as error:
            rejects.append(_reject(path, root, str(error)))
            continue
        images.append((path, place, x.shape[1:], resize(x[None], camera.size)[0]))
    common = _most_common([shape for _, _, shape, _ in images])
    rows = []
    for path, place, shape, x in images:
        if shape == common:
            rows.append(_row(path, root, day, place, shape, x))
        else:
            found, wanted = (f"{size[1]}x{size[0]}" for size in (shape, common))
            rejects.append(_reject(path, root, f"{found} pixels, where most images of the day have {wanted}"))
    columns = ["image_id", "time", "asset", "label", "png"]
    return pd.DataFrame(rows, columns=columns), pd.DataFrame(rejects, columns=["source", "reason"])


def inbox_root(camera: Camera) -> Path:
    """The folder that a camera's files lie below; `{day}` and what follows it may vary."""
    return Path(camera.inbox.split("{day}")[0].rsplit("/", 1)[0] if "{day}" in camera.inbox else camera.inbox)


def camera_files(camera: Camera) -> list[Path]:
    """Every PNG and JPEG below a camera's inbox, sorted. LookupError when there is none."""
    root = inbox_root(camera)
    found = [p for p in root.rglob("*") if p.suffix.lower() in SUFFIXES and not p.name.startswith(".")]
    if not found:
        raise LookupError(f"no PNG or JPEG below {root}; put images there or mend `inbox` in the settings")
    return sorted(found)


def camera_days(camera: Camera) -> list[date]:
    """Every day for which the inbox holds a file, sorted."""
    root = inbox_root(camera)
    return sorted({day for path in camera_files(camera) if (day := day_of(path, root)) is not None})


def day_of(path: Path, root: Path) -> date | None:
    """The day that a file's path below `root` names last, None where it names none."""
    for year, month, day in reversed(_DAY.findall(str(path.relative_to(root)))):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def _row(path: Path, root: Path, day: date, place: int, shape: tuple[int, ...], x: np.ndarray) -> dict[str, object]:
    relative = path.relative_to(root)
    named = [folder for folder in relative.parts[:-1] if not _DAY.search(folder)]
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    clock = _TIME.search(path.stem) if _DAY.search(path.stem) else None
    if clock:
        hour, minute, second, part = clock.groups()
        at = timedelta(
            hours=int(hour), minutes=int(minute), seconds=int(second), microseconds=int((part or "0").ljust(6, "0"))
        )
    else:
        at = timedelta(microseconds=place)
    return {
        "image_id": relative.as_posix(),
        "time": start + min(at, timedelta(days=1, microseconds=-1)),
        "asset": named[-2] if len(named) > 1 else "",
        "label": named[-1] if named else "",
        "png": encode_png(x, {SOURCE_SIZE: f"{shape[1]}x{shape[0]}"}),
    }


def _reject(path: Path, root: Path, reason: str) -> dict[str, str]:
    return {"source": str(path.relative_to(root)), "reason": reason}


def _most_common(shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The most frequent shape, of equals the first seen."""
    return max(dict.fromkeys(shapes), key=shapes.count, default=())
