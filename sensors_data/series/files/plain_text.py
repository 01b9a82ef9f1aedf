"""Files whose bytes are their text as they stand: read a block at a time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sensors_data.encodings import as_utf8
from sensors_data.layout import Layout
from sensors_data.series.files.cells import Body, body_of
from sensors_data.series.files.clean_lines import even_lines
from sensors_data.series.files.converted import as_table
from sensors_data.series.files.packing import MAX_BYTES, is_packed
from sensors_data.series.files.text_file import text_file

_HEAD = 2**20
"""Bytes by whose look a file is known as another format, and its lines as uneven."""
_LEAST = 64
"""Lines of a file of which no fewer must stand among them."""


def plain_body(path: Path, layout: Layout) -> Body | None:
    """The part of a text below its header; None for a file that must be unpacked, converted or made even first."""
    blanks = layout.separator.isspace() and layout.separator != "\t"
    by_file = layout.other_encoding or layout.date_in_name
    if layout.stacked or layout.comment or by_file or blanks or path.stat().st_size > MAX_BYTES or is_packed(path):
        return None
    text = text_file(path)
    head, last = text.ends(_HEAD)
    if len(head) < len(text):
        head = head[: head.rfind(b"\n") + 1]
    few = len(head) < len(text) and head.count(b"\n") < _LEAST
    if few or last in (b"", b"\x00") or as_table(head, path.name) != head:
        return None
    if even_lines(as_utf8(head, path.name, layout.encoding), layout) != head:
        return None
    return replace(body_of(head, path.name, layout), text=text)
