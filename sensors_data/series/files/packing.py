"""A file's bytes: unpacked, and decoded to UTF-8 text whatever its encoding."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sensors_data.errors import UnreadableError
from sensors_data.layout import Layout
from sensors_data.series.files.archives import check_entries, entries
from sensors_data.series.files.converted import as_table

MAX_BYTES = 4 * 2**30
"""A single file larger than this, unpacked, is refused: split it by day and use {day} in the inbox."""

_PACKED: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}
_ZIP = b"PK\x03\x04"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def unpacked(path: Path, layout: Layout | None = None) -> bytes:
    """A file's bytes, unpacked where they are packed, a workbook's sheet as CSV; never more than MAX_BYTES."""
    with path.open("rb") as file:
        head = file.read(6)
    opener = next((opener for mark, opener in _PACKED.items() if head.startswith(mark)), None)
    if opener is None and path.suffix.lower() == ".gz":
        opener = gzip.open
    if head.startswith(_ZIP):
        return _from_zip(path, layout or Layout())
    try:
        with opener(path, "rb") if opener else path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        if opener is None:
            raise
        why = "is cut off or damaged" if "gzipped" not in str(error) else "is called .gz and is no gzip file"
        raise UnreadableError(f"{path.name} {why}", "copy it again or unpack it yourself") from error
    return as_table(_checked(data, path.name), path.name)


def _checked(data: bytes, name: str) -> bytes:
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"{name} is larger than {MAX_BYTES:,} bytes", "split it by day")
    return data


def _from_zip(path: Path, layout: Layout) -> bytes:
    """The one table of a zip archive, or a workbook's sheet."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = entries(archive)
            if any(i.filename.startswith("xl/") for i in inside):
                from sensors_data.series.files.workbooks import sheet_csv  # openpyxl is needed for few files

                return sheet_csv(path, layout.sheet)
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
                return as_table(data, path.name)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error) as error:
        raise UnreadableError(f"{path.name} is a damaged or locked zip file", "unpack it yourself") from error


def as_utf8(data: bytes, name: str, encoding: str) -> bytes:
    """Bytes as UTF-8 without a byte order mark or trailing NULs; a mark of its own wins over the stated encoding.

    UnreadableError names the line that does not fit and the setting that mends it.
    """
    marked = next((known for mark, known in _MARKS if data.startswith(mark)), None)
    encoding = codecs.lookup(marked or encoding).name
    if encoding == "utf-8":
        data = data.removeprefix(codecs.BOM_UTF8)
        return data.rstrip(b"\x00") if data.endswith(b"\x00") else data
    try:
        return data.decode(encoding).removeprefix("\ufeff").rstrip("\x00").encode()
    except UnicodeDecodeError as error:
        raise not_in_encoding(data, name, encoding, error.start) from error


def not_in_encoding(data: bytes, name: str, encoding: str, place: int, first: int = 1) -> UnreadableError:
    """The refusal of bytes that begin at the file's line `first`, with the line at fault and what to state instead."""
    line = data.count(b"\n", 0, place) + first
    return UnreadableError(
        f"{name} cannot be read: line {line} is not written in {encoding}: {data[place : place + 8]!r}",
        f'state layout.encoding (such as "{encoding_of(data)}") or save the file as UTF-8',
    )


def encoding_of(data: bytes) -> str:
    """The likely encoding of a text: by its mark, its zeros, else by how its high bytes stand together."""
    marked = next((known for mark, known in _MARKS if data.startswith(mark)), None)
    if marked:
        return marked
    head = data[:4096]
    if len(head) > 3 and head.count(0) > len(head) // 5:
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    try:
        io.TextIOWrapper(io.BytesIO(data.rstrip(b"\x00")), "utf-8").read()
        return "utf-8"
    except UnicodeDecodeError:
        return _eight_bits(data)


def _eight_bits(data: bytes) -> str:
    """The encoding of a text that is no UTF-8: Chinese pairs, Cyrillic words, else Western European."""
    runs = re.findall(rb"[\x80-\xff]+", data[:1_000_000])
    text = b"".join(runs)
    pairs = re.findall(rb"(?:[\x81-\xfe][\x40-\x7e\x80-\xfe])", text)
    if all(len(run) % 2 == 0 for run in runs):
        try:
            east = data.decode("gb18030")
            known = sum(1 for c in east if "\u4e00" <= c <= "\u9fa5" or c in "℃°（），。：；％²³~～μ")
            usual = sum(1 for pair in pairs if pair[0] < 0xD8)  # the rarer signs begin with what Cyrillic letters are
            if known >= 0.9 * len(pairs) > 0 and usual >= 0.7 * len(pairs):
                return "gb18030"
        except UnicodeDecodeError:
            pass
    cyrillic = sum(1 for run in runs if len(run) >= 3 and min(run) >= 0xC0)
    return "cp1251" if cyrillic > 0.5 * len(runs) else "cp1252"
