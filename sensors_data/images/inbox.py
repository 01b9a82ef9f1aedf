"""A camera's inbox: which files are its own, the day that each belongs to, the folders that say what it shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sensors_data.images.files import SUFFIXES
from sensors_data.settings import Camera

DAY = re.compile(r"(?<!\d)(20\d\d)-?([01]\d)-?([0-3]\d)(?!\d)")
"""A day in a path, as 2026-11-21 or 20261121."""


@dataclass(frozen=True)
class CameraFile:
    """One file of a camera."""

    path: Path
    name: str
    """Its path below the folder that the inbox names before `{day}`."""
    below: str
    """What of that follows the inbox as the settings have it."""
    day: date | None
    """The day that its name holds last, None where it holds none."""

    @property
    def folders(self) -> list[str]:
        """The folders below the inbox that it lies in and that are no day."""
        return [folder for folder in self.below.split("/")[:-1] if not DAY.search(folder)]


def camera_files(camera: Camera) -> list[CameraFile]:
    """Every PNG and JPEG of a camera's inbox, sorted. LookupError when there is none.

    An inbox is a folder, or a path with `{day}`: `inbox/press/{day}`, `inbox/{day}/press`, `inbox/press-{day}`; files
    beside it that fit no such path are another camera's.
    """
    root, start = _root_and_start(camera.inbox)
    found = []
    for path in root.rglob("*"):
        if path.suffix.lower() not in SUFFIXES or path.name.startswith(".") or path.is_dir():
            continue
        name = path.relative_to(root).as_posix()
        if fits := start.match(name):
            below = name[fits.end() :].partition("/")[2] if fits.end() else name
            found.append(CameraFile(path, name, below, _last_day(name)))
    if not found:
        raise LookupError(f"no PNG or JPEG at {camera.inbox}; put images there or mend `inbox` in the settings")
    return sorted(found, key=lambda file: file.path)


def camera_days(camera: Camera) -> list[date]:
    """Every day for which the inbox holds a file, sorted."""
    return sorted({file.day for file in camera_files(camera) if file.day is not None})


def _last_day(name: str) -> date | None:
    """The last day that a path names."""
    for year, month, day in reversed(DAY.findall(name)):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def _root_and_start(inbox: str) -> tuple[Path, re.Pattern[str]]:
    """The folder that a camera's files lie below, and what their paths below it start with."""
    before, mark, after = inbox.rstrip("/").partition("{day}")
    if not mark:
        return Path(inbox), re.compile("")
    folder, slash, stem = before.rpartition("/")
    rest = "".join(DAY.pattern if part == "{day}" else re.escape(part) for part in re.split(r"(\{day\})", after))
    ends = r"(?=[/.]|$)" if after else ""
    return Path(folder or slash or "."), re.compile(re.escape(stem) + DAY.pattern + rest + ends)
