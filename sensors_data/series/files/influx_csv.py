"""InfluxDB's annotated CSV as plain CSV: its tables follow one another, each below lines that describe its columns."""

from __future__ import annotations

import csv
import io
import re

from sensors_data.series.files.csv_text import csv_of_records

_MARKS = ("#group", "#datatype", "#default")
_FRAME = frozenset(("", "result", "table", "_start", "_stop"))
"""Columns that say of which answer a row is, and for what time was asked."""


def is_annotated(start: bytes) -> bool:
    """Whether a text begins with the lines that InfluxDB puts above a table."""
    return bool(re.match(rb"(?:\xef\xbb\xbf)?\"?#(?:group|datatype|default)\b", start))


def annotated_csv(text: str) -> bytes:
    """The rows of all tables with the columns of each, without those of the answer's frame."""
    rows: list[dict[str, str]] = []
    names: list[str] = []
    for cells in csv.reader(io.StringIO(text)):
        if not any(cells) or cells[0] in _MARKS:
            names = []
        elif not names:
            names = cells
        elif cells != names:
            row = dict(zip(names, cells, strict=False))
            rows.append({name: cell for name, cell in row.items() if name not in _FRAME})
    return csv_of_records(rows)
