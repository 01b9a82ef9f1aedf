"""Tar archives, packed or not: the tables in them are unpacked beside one another, as those of zip archives are."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sensors_data.errors import UnreadableError
from sensors_data.series.files import archives

TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
"""How names of tar archives end."""
_OPENERS: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}
_AT_ONCE = 2**20
"""Bytes that are read at once, at most: a header may claim to be of any size."""
_DAMAGED = (*archives.DAMAGED, tarfile.TarError, lzma.LZMAError)


def is_tar(path: Path) -> bool:
    """Whether a file is called like a tar archive."""
    return path.name.lower().endswith(TARS)


def tables_in_tar(path: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The tables that a tar archive holds, as files in a folder of this process.

    An archive that cannot be opened, is too large, or holds no table stays as it is: reading it says why.
    """
    try:
        tables = set(archives.wanted(_names(path), suffixes))
        with _opened(path) as archive:
            members = (member for member in _files(archive) if member.name in tables)
            return list(dict.fromkeys(_unpacked(archive, member, path) for member in members)) or [path]
    except _DAMAGED:
        return [path]


def tar_refusal(path: Path) -> UnreadableError:
    """Why a tar archive is not read."""
    remedy = "unpack it and name the folder"
    try:
        shown = ", ".join(_names(path)[:6]) or "nothing"
    except UnreadableError as refusal:
        return refusal
    except _DAMAGED:
        return UnreadableError(f"{path.name} is a tar archive that is damaged or cut off", remedy)
    return UnreadableError(f"{path.name} is a tar archive without a table: it holds {shown}", remedy)


def _names(path: Path) -> list[str]:
    """The files of an archive. UnreadableError for too many or too large ones, or for one outside the folder."""
    sizes: dict[str, int] = {}
    with _opened(path) as archive:
        for member in _files(archive):
            sizes[member.name] = sizes.get(member.name, 0) + member.size
            if len(sizes) > archives.MOST_ENTRIES or sum(sizes.values()) > archives.MOST_BYTES:
                break  # before what is too large is read
    archives.check_files(sizes, path.name)
    return list(sizes)


def _files(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The files of an archive, but for those that a system hides."""
    for count, member in enumerate(archive):
        if count > 10 * archives.MOST_ENTRIES:
            raise ValueError(f"more than {count} folders and links")
        if member.isreg() and not archives.is_hidden(member.name):
            yield member


def _unpacked(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> Path:
    """One file of an archive, as old as the archive is."""
    target = archives.folder_for(path) / archives.place_of(member.name)
    source = archive.extractfile(member)
    if not target.exists() and source is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        with part.open("wb") as copy:
            while data := source.read(_AT_ONCE):
                copy.write(data)
        about = path.stat()
        os.utime(part, ns=(about.st_atime_ns, about.st_mtime_ns))
        part.replace(target)
    return target


class _Careful:
    """A file of which no more than some bytes are read at once."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def read(self, size: int) -> bytes:
        """So many bytes. ValueError for more than are read at once."""
        if not 0 <= size <= _AT_ONCE:
            raise ValueError(f"{size} bytes are too many at once")
        return bytes(self.file.read(size))

    def seek(self, place: int) -> int:
        """Go to a place."""
        return int(self.file.seek(place))

    def tell(self) -> int:
        """The place."""
        return int(self.file.tell())


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    """An archive, unpacked while it is read."""
    with path.open("rb") as file:
        head = file.read(6)
    opener = next((opener for mark, opener in _OPENERS.items() if head.startswith(mark)), None)
    with (
        opener(path, "rb") if opener else path.open("rb") as file,
        tarfile.open(fileobj=cast("Any", _Careful(file)), mode="r:") as archive,
    ):
        yield archive
