"""A file's bytes, unpacked, and as a table where they are another known format."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sensors_data.errors import UnreadableError
from sensors_data.layout import Layout
from sensors_data.series.files.archives import DAMAGED, ZIP, check_entries, entries, holds_workbook
from sensors_data.series.files.converted import as_table
from sensors_data.series.files.dates_in_names import day_in
from sensors_data.series.files.stacked import one_table
from sensors_data.series.files.tar_archives import is_tar, tar_refusal

MAX_BYTES = 4 * 2**30
"""A single file larger than this, unpacked, is refused: split it by day and use {day} in the inbox."""

_PACKED: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}


def unpacked(path: Path, layout: Layout | None = None) -> bytes:
    """A file's bytes, unpacked where they are packed, a workbook's sheet as CSV; never more than MAX_BYTES."""
    with path.open("rb") as file:
        head = file.read(6)
    opener = next((opener for mark, opener in _PACKED.items() if head.startswith(mark)), None)
    if opener is None and path.suffix.lower() == ".gz":
        opener = gzip.open
    if head.startswith(ZIP):
        return _from_zip(path, layout or Layout())
    if is_tar(path):
        raise tar_refusal(path)
    try:
        with opener(path, "rb") if opener else path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        if opener is None:
            raise
        why = "is cut off or damaged" if "gzipped" not in str(error) else "is called .gz and is no gzip file"
        raise UnreadableError(f"{path.name} {why}", "copy it again or unpack it yourself") from error
    if data[257:262] == b"ustar":
        raise UnreadableError(f"{path.name} is a tar archive", "let its name end in .tar.gz, or unpack it")
    return _table(_checked(data, path.name), path, layout)


def is_packed(path: Path) -> bool:
    """Whether a file must be unpacked, by its name and its first bytes."""
    with path.open("rb") as file:
        return path.suffix.lower() == ".gz" or file.read(6).startswith((*_PACKED, ZIP))


def _table(data: bytes, path: Path, layout: Layout | None) -> bytes:
    """The bytes of one table; of several below one another where the layout says that a file holds those."""
    day = day_in(path, layout.date_in_name) if layout is not None and layout.date_in_name else None
    table = as_table(data, path.name, day)
    if layout is None or not layout.stacked:
        return table
    return one_table(table, path.name, layout.separator) or table


def _checked(data: bytes, name: str) -> bytes:
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"{name} is larger than {MAX_BYTES:,} bytes", "split it by day")
    return data


def _from_zip(path: Path, layout: Layout) -> bytes:
    """The one table of a zip archive, or a workbook's sheet."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = entries(archive)
            if holds_workbook(inside):
                from sensors_data.series.files.workbooks import sheet_csv  # openpyxl is needed for few files

                return _table(sheet_csv(path, layout.sheet), path, layout)
            if {"mimetype", "content.xml"} <= {entry.filename for entry in inside}:
                raise UnreadableError(f"{path.name} is a workbook of OpenDocument", "save it as .xlsx or CSV")
            if len(inside) != 1:
                check_entries(inside, path.name)
                names = ", ".join(i.filename for i in inside[:6]) or "nothing"
                raise UnreadableError(
                    f"{path.name} holds {len(inside)} files ({names})", "unpack it and name the folder or one of them"
                )
            if inside[0].file_size > MAX_BYTES:
                raise UnreadableError(f"{path.name} is larger than {MAX_BYTES:,} bytes", "split it by day")
            with archive.open(inside[0]) as file:
                data = _checked(file.read(MAX_BYTES + 1), path.name)
                if data.startswith(b"\x1f\x8b"):
                    with gzip.open(io.BytesIO(data)) as packed:
                        data = _checked(packed.read(MAX_BYTES + 1), path.name)
                return _table(data, path, layout)
    except UnreadableError:
        raise
    except DAMAGED as error:
        raise UnreadableError(f"{path.name} is a damaged or locked zip file", "unpack it yourself") from error
