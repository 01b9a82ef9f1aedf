"""The lines of a text cleaned up, so that the separator alone divides their cells."""

from __future__ import annotations

import re

from sensors_data.layout import Layout
from sensors_data.series.files.aligned import with_blank_cells

UNIT = "\x1f"
"""Stands between cells that runs of blanks part."""

_OFTEN = 3
"""How often a habit of the writer shows in a text's beginning, if it has it."""
_LOOSE_QUOTE = re.compile(rb'(?<=") *[,;|] +(?=")|(?<=") +[,;|]|[,;|] +(?=")')
"""Blanks between a quote and a separator, which would make the quote a part of the cell."""
_COMMA_IN_DATE = re.compile(rb"(?m)^([A-Z][a-z]{2,8}\.? \d{1,2}), (\d{4})(?:,() (?=\d{1,2}:\d\d))?")
"""A date such as June 01, 2025 that begins a line without quotes; a comma before its clock too."""

_AS_TEXT = re.compile(rb'(?m)(^|[,;\t|])(?:="([^"\r\n]*)"|"=""([^"\r\n]*)""")(?=[,;\t|\r\n]|\Z)')
"""A cell that a spreadsheet is made to take for a text: `="50.22"`."""


def even_lines(data: bytes, layout: Layout) -> bytes:
    """Text in which lines end as they should, comments are empty lines, and runs of blanks are one mark."""
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    data = plain_lines(data)
    if layout.comment:
        keep = layout.skip_lines + layout.header_rows
        head, body = cut(data, keep)
        data = head + re.sub(rb"(?m)^[ \t]*\"?" + re.escape(layout.comment.encode()) + rb"[^\n]*", b"", body)
    if layout.separator in (" ", "  "):
        least = rb"[ \t]+" if layout.separator == " " else rb"(?: {2,}|\t)[ \t]*"
        data = with_blank_cells(data, layout.separator, UNIT)
        data = re.sub(rb"(?m)^[ \t]+|[ \t]+(?=\r?$)", b"", data)
        if b'"' in data:  # blanks within quotes part nothing
            return re.sub(rb'"[^"\n]*"|' + least, lambda m: m[0] if m[0][:1] == b'"' else UNIT.encode(), data)
        data = re.sub(least, UNIT.encode(), data)
    return data


def plain_lines(data: bytes) -> bytes:
    """Text whose quotes touch the separators, whose dates hold no comma, and whose header's cells are of one line."""
    head = data[:4096]
    if len(_LOOSE_QUOTE.findall(head)) >= _OFTEN:
        data = _LOOSE_QUOTE.sub(lambda match: match[0].strip(b" "), data)
    if len(_COMMA_IN_DATE.findall(head)) >= _OFTEN:
        data = _COMMA_IN_DATE.sub(lambda match: b" ".join(part for part in match.groups() if part is not None), data)
    if len(_AS_TEXT.findall(head)) >= _OFTEN:
        data = _AS_TEXT.sub(rb'\1"\2\3"', data)
    return _header_in_lines(data)


def _header_in_lines(data: bytes) -> bytes:
    """Text in whose first lines no cell runs over several: a name with a line break within becomes one line."""
    head = data[: end_of(data, 40)]
    if b'"' not in head:
        return data
    lines: list[bytes] = []
    quoted = False
    whole = head.splitlines(keepends=True)
    for line in whole:
        if quoted:
            lines[-1] = lines[-1].rstrip(b"\r\n") + b" " + line
        else:
            lines.append(line)
        quoted = lines[-1].count(b'"') % 2 == 1
    return data if quoted or lines == whole else b"".join(lines) + data[len(head) :]


def cut(data: bytes, lines: int) -> tuple[bytes, bytes]:
    """The first lines of a text, and the rest."""
    place = end_of(data, lines)
    return data[:place], data[place:]


def end_of(data: bytes, lines: int, place: int = 0) -> int:
    """Where the first lines of a text from `place` on end."""
    for _ in range(lines):
        place = data.find(b"\n", place) + 1
        if not place:
            return len(data)
    return place
