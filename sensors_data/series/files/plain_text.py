"""Files whose bytes are their text as they stand: read once, into memory that is not copied."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from sensors_data.layout import Layout
from sensors_data.series.files.cells import Body, body_of
from sensors_data.series.files.clean_lines import even_lines
from sensors_data.series.files.converted import as_table
from sensors_data.series.files.encodings import as_utf8
from sensors_data.series.files.packing import MAX_BYTES, is_packed

_HEAD = 2**20
"""Bytes by whose look a file is known as another format, and its lines as uneven."""
_LEAST = 64
"""Lines of a file of which no fewer must stand among them."""


def plain_body(path: Path, layout: Layout) -> Body | None:
    """The part of a text below its header; None for a file that must be unpacked, converted or made even first."""
    blanks = layout.separator.isspace() and layout.separator != "\t"
    if layout.stacked or layout.comment or blanks or path.stat().st_size > MAX_BYTES or is_packed(path):
        return None
    text = _read(path)
    head = bytes(text[:_HEAD])
    if len(head) < len(text):
        head = head[: head.rfind(b"\n") + 1]
    few = len(head) < len(text) and head.count(b"\n") < _LEAST
    if few or bytes(text[-1:]) in (b"", b"\x00") or as_table(head, path.name) != head:
        return None
    if even_lines(as_utf8(head, path.name, layout.encoding), layout) != head:
        return None
    return replace(body_of(head, path.name, layout), whole=text)


def _read(path: Path) -> memoryview:
    """A file's bytes in memory of numpy's, which asks for large pages: other memory costs more than its reading."""
    with path.open("rb", buffering=0) as file:
        text = np.empty(path.stat().st_size, dtype=np.uint8).data
        filled = 0
        while filled < len(text) and (count := file.readinto(text[filled:])):
            filled += count
    return text[:filled]
