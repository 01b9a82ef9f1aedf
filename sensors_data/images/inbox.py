"""A camera's inbox: every file in it, the day and the role of each, and what is no picture."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from sensors_data.camera import Camera
from sensors_data.errors import NotThereError
from sensors_data.images.exif import taken_at
from sensors_data.images.formats import SUFFIXES
from sensors_data.images.marks import Annotation
from sensors_data.images.paths.day_folders import behind_days_are_hours, folders_without_day
from sensors_data.images.paths.day_forms import DAY_IN_INBOX
from sensors_data.images.paths.drawings import drawn_over
from sensors_data.images.paths.roles import Role, is_left_out, role_of
from sensors_data.images.paths.stamps import Stamp, stamp_of

_JUNK, _JUNK_FOLDERS = frozenset({"thumbs.db", "desktop.ini"}), frozenset({"__macosx"})
_COPIES = frozenset({"thumbs", "thumbnails", "thumb", "thumbnail", "previews", "@eadir"})
"""Folders in which cameras and viewers keep small copies of the pictures."""


@dataclass(frozen=True)
class CameraFile:
    """One file of a camera."""

    path: Path
    name: str
    """Its path below the folder that the inbox names before `{day}`."""
    stamp: Stamp
    role: Role
    refusal: str = ""
    """Why it is no picture to be read, before it is opened; nothing for a picture."""
    annotation: Annotation | None = None
    """What a file of annotations says of it."""
    note: str = ""
    """What is odd about its annotation."""
    is_list: bool = False
    """Whether it is no picture and names some; its refusal says what of it cannot be used."""

    @property
    def day(self) -> date | None:
        """The UTC day that it belongs to, None where that is unknown."""
        return self.stamp.day


def camera_files(camera: Camera) -> list[CameraFile]:
    """Every file of a camera's inbox, sorted. NotThereError when there is no picture.

    An inbox is a folder, or a path with `{day}`: `inbox/press/{day}`, `inbox/{day}/press`, `inbox/press-{day}`; files
    beside it that fit no such path are another camera's. Hidden files and those that the settings leave out are passed
    over; a linked folder is not followed, and says so.
    """
    root, start = _root_and_start(camera.inbox)
    found = []
    for path in files_below(root):
        name = path.relative_to(root).as_posix()
        if (fits := start.match(name)) and not is_left_out(name, camera):
            found.append((path, name, name[fits.end() :].partition("/")[2] if fits.end() else name))
    hours = not camera.folders and behind_days_are_hours((name for _, name, _ in found), camera.day_pattern)
    files = [_file(path, name, below, camera, hours) for path, name, below in found]
    if not any(not file.refusal for file in files):
        suffixes = ", ".join(sorted({Path(file.name).suffix or "no suffix" for file in files})) or "nothing"
        raise NotThereError(
            f"no picture at {camera.inbox}, found {suffixes}",
            "put PNG, JPEG, BMP, TIFF or WebP there or correct `inbox` in the settings",
        )
    return sorted(_without_drawings(_without_copies(files)), key=lambda file: file.path)


def camera_days(camera: Camera) -> list[date]:
    """Every day for which the inbox holds a picture, sorted."""
    files = camera_files(camera)
    return sorted({file.day for file in files if file.day is not None and not file.refusal and not file.role.is_mask})


def files_below(root: Path) -> Iterator[Path]:
    """Every file below a folder that is not hidden nor put there by a system, and every link to a folder."""
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".") and name.lower() not in _JUNK_FOLDERS]
        here = Path(folder)
        yield from (here / name for name in folders if (here / name).is_symlink())
        yield from (here / name for name in names if not name.startswith(".") and name.lower() not in _JUNK)


def _file(path: Path, name: str, below: str, camera: Camera, hours: bool) -> CameraFile:
    refusal = _refusal(path)
    stamp = stamp_of(name, camera.zone, camera.day_pattern, hours)
    if camera.day_from == "file" and not path.is_symlink():
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        stamp = Stamp(at.date(), at)
    elif camera.day_from == "exif" and not refusal:
        at_exif = taken_at(path, camera.zone)
        stamp = Stamp(at_exif.date(), at_exif) if at_exif else Stamp(None, None, "no time in its EXIF data")
    if stamp.day is None and camera.undated_day is not None:
        stamp = Stamp(camera.undated_day, None)
    folders = folders_without_day(name, below, camera.day_pattern, hours)
    return CameraFile(path, name, stamp, role_of(folders, path.stem, name, camera), refusal)


def _refusal(path: Path) -> str:
    """Why a file is not opened, or nothing."""
    suffix = path.suffix.lower()
    if suffix in SUFFIXES and (not path.is_symlink() or not path.is_dir()):
        return ""
    if path.is_dir():
        return "a link to a folder, which is not followed; put the folder itself into the inbox"
    if suffix in {".zip", ".gz", ".tar", ".7z", ".rar", ".tgz"}:
        return f"an archive ({suffix}); unpack it into the inbox"
    return (
        f"not a picture that can be read ({suffix or 'no suffix'}); PNG, JPEG, BMP, TIFF, WebP, GIF, PGM, JPEG 2000 are"
    )


def _without_copies(files: list[CameraFile]) -> list[CameraFile]:
    """The files, of which small copies of other pictures are refused: same name, in a folder of such copies."""
    originals = {file.path.stem for file in files if not file.refusal and not _copies(file)}
    return [
        replace(file, refusal=f"a small copy of another picture, in '{folders[0]}'")
        if (folders := _copies(file)) and not file.refusal and file.path.stem in originals
        else file
        for file in files
    ]


def _without_drawings(files: list[CameraFile]) -> list[CameraFile]:
    """The files, of which those that a program drew over a picture of the same folder are refused."""
    beside: dict[Path, set[str]] = defaultdict(set)
    for file in files:
        if not file.refusal:
            beside[file.path.parent].add(file.path.stem.lower())
    return [
        replace(file, refusal=f"no part but a drawing over the picture beside it: '{word}' in its name")
        if not file.refusal and (word := drawn_over(file.path.stem, beside[file.path.parent]))
        else file
        for file in files
    ]


def _copies(file: CameraFile) -> list[str]:
    return [folder for folder in file.name.split("/")[:-1] if folder.lower() in _COPIES]


def _root_and_start(inbox: str) -> tuple[Path, re.Pattern[str]]:
    """The folder that a camera's files lie below, and what their paths below it start with."""
    before, mark, after = inbox.rstrip("/").partition("{day}")
    if not mark:
        return Path(inbox), re.compile("")
    folder, slash, stem = before.rpartition("/")
    rest = "".join(DAY_IN_INBOX if part == "{day}" else re.escape(part) for part in re.split(r"(\{day\})", after))
    ends = r"(?=[/.]|$)" if after else ""
    return Path(folder or slash or "."), re.compile(re.escape(stem) + DAY_IN_INBOX + rest + ends)
