"""Zip archives that hold several tables: unpacked beside one another, so that they are read as a folder of files."""

from __future__ import annotations

import hashlib
import os
import re
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from sensors_data.errors import UnreadableError
from sensors_data.series.files.remote import folder_of_copies

MOST_ENTRIES, MOST_BYTES = 2_000, 2 * 2**30
"""Larger archives are refused."""

ZIP = b"PK\x03\x04"
"""How an archive begins."""
DAMAGED = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError, struct.error)
"""What opening or unpacking a damaged archive raises."""
NOTES = (".txt", ".md", ".pdf", ".html")
"""What stands beside tables of another kind is about them."""


def tables_within(path: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The tables that a zip archive holds, as files in a folder of this process; the archive alone where it holds one.

    An archive that cannot be opened, or is too large, stays as it is: reading it says why.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            inside = entries(archive)
            if len(inside) < 2:
                return [path]
            check_entries(inside, path.name)
            tables = set(wanted([entry.filename for entry in inside], suffixes))
            folder = folder_for(path)
            return [_unpacked(archive, entry, folder, path) for entry in inside if entry.filename in tables] or [path]
    except DAMAGED:
        return [path]


def wanted(names: list[str], suffixes: tuple[str, ...]) -> list[str]:
    """Of the names of an archive's files those of tables; of texts beside tables none."""
    named = [name for name in names if name.lower().endswith(suffixes)]
    return [name for name in named if not name.lower().endswith((".zip", *NOTES))] or named


def is_hidden(name: str) -> bool:
    """Whether a system hides a file of that name."""
    return bool(re.search(r"(?:^|/)[._](?!\.)", name.removeprefix("./")))


def entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of an archive, but for those that a system hides."""
    return [i for i in archive.infolist() if not i.is_dir() and not is_hidden(i.filename)]


def holds_workbook(inside: list[zipfile.ZipInfo]) -> bool:
    """Whether the files of an archive are the parts of an Excel workbook."""
    return any(entry.filename.startswith("xl/") for entry in inside)


def check_entries(inside: list[zipfile.ZipInfo], name: str) -> None:
    """UnreadableError for an archive of too many or too large files, or of one that would lie outside its folder."""
    check_files({entry.filename: entry.file_size for entry in inside}, name)


def check_files(sizes: dict[str, int], name: str) -> None:
    """The same for files by their names and sizes."""
    if len(sizes) > MOST_ENTRIES:
        raise UnreadableError(f"{name} holds {len(sizes):,} files, more than {MOST_ENTRIES:,}", "split it by month")
    if (size := sum(sizes.values())) > MOST_BYTES:
        raise UnreadableError(f"{name} holds {size:,} bytes, more than {MOST_BYTES:,}", "split it by month")
    for place in map(place_of, sizes):
        if ".." in place.parts or re.search(r"^/|^[A-Za-z]:|[\x00-\x1f]", str(place)):
            raise UnreadableError(f"{name} holds a file outside its folder: {str(place)[:60]!r}", "unpack it yourself")


def place_of(name: str) -> PurePosixPath:
    """Where a file of an archive lies; some programs part folders by a backslash."""
    return PurePosixPath(name.replace("\\", "/"))


def folder_for(path: Path) -> Path:
    """Where what is taken out of a file lies in this process, another place when the file has changed."""
    about = path.stat()
    key = hashlib.sha256(f"{path.resolve()}\n{about.st_size}\n{about.st_mtime_ns}".encode()).hexdigest()[:16]
    return folder_of_copies() / key


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, path: Path) -> Path:
    """One file of an archive, as old as the archive is."""
    target = folder / place_of(entry.filename)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        with archive.open(entry) as file, part.open("wb") as copy:
            left = entry.file_size
            while data := file.read(min(left, 2**20)):  # never more than the archive states
                copy.write(data)
                left -= len(data)
        about = path.stat()
        os.utime(part, ns=(about.st_atime_ns, about.st_mtime_ns))
        part.replace(target)
    return target
