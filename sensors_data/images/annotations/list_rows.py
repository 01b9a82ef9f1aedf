"""The rows of a list beside pictures, whatever it is written in: text of any encoding, a workbook, or JSON."""

from __future__ import annotations

import io
import json
import warnings
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from sensors_data.documents import json_in
from sensors_data.encodings import encoding_of
from sensors_data.workbook_cells import cells_of_sheet, open_workbook

TEXTS, WORKBOOKS = frozenset({".csv", ".tsv", ".txt"}), frozenset({".xlsx", ".xlsm"})
RECORDS = frozenset({".json", ".jsonl", ".ndjson"})
LISTS = TEXTS | WORKBOOKS | RECORDS
"""Ends of names of files that may be lists."""
_WIDEST = 2_000
"""Cells of a row, at most."""


def list_rows(path: Path) -> list[list[str]]:
    """The rows of a list, all of one width; a header, where it has one, is the first; none where it is no table.

    A record of JSON is a row, and the records' names are the header.
    """
    suffix = path.suffix.lower()
    try:
        if suffix in WORKBOOKS:
            return _even(_sheet(path))
        data = path.read_bytes()
        text = data.decode(encoding_of(data), "replace").removeprefix("\ufeff").rstrip("\x00")
        return _even(_records(text) if suffix in RECORDS else _cells(text))
    except (ValueError, TypeError, OSError, LookupError):
        return []


def _sheet(path: Path) -> list[list[str]]:
    """The rows of the workbook's sheet that has most of them."""
    sheets = [list(cells_of_sheet(sheet, path.name)) for sheet in open_workbook(path).worksheets]
    return max(sheets, key=len, default=[])


def _cells(text: str) -> list[list[str]]:
    """The cells of a text: the most frequent of tab, semicolon and comma in its first line parts them, else blanks."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    separator = max(",;\t", key=first.count)
    if separator not in first:
        return [line.split() for line in lines]
    width = min(max(line.count(separator) for line in lines) + 1, _WIDEST)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pd.errors.ParserWarning)  # a quoted cell over lines is wider than they are
        frame = pd.read_csv(
            io.StringIO(text),
            sep=separator,
            header=None,
            names=range(width),
            index_col=False,
            dtype=str,
            keep_default_na=False,
            skipinitialspace=True,
        )
    return [[str(cell) for cell in row] for row in frame.fillna("").to_numpy().tolist()]


def _records(text: str) -> list[list[str]]:
    """The records of a JSON text: a list of them, one a line, or values by the names of pictures."""
    try:
        held: Any = json_in(text)
    except ValueError:
        held = [json_in(line) for line in text.splitlines() if line.strip()]
    if isinstance(held, dict) and len(held) > 1 and not any(isinstance(value, list | dict) for value in held.values()):
        return [["filename", "label"], *([str(name), _text(value)] for name, value in held.items())]
    records = [held] if isinstance(held, dict) else held
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        return []
    names = list(dict.fromkeys(chain.from_iterable(records)))
    return [[str(name) for name in names], *([_text(record.get(name)) for name in names] for record in records)]


def _text(value: object) -> str:
    """A value of JSON as a cell."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _even(rows: list[list[str]]) -> list[list[str]]:
    """The rows that hold something, without blanks around cells, filled to one width."""
    width = max(map(len, rows), default=0)
    stripped = [[cell.strip() for cell in row] for row in rows]
    return [[*row, *[""] * (width - len(row))] for row in stripped if any(row)]
