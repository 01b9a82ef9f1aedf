"""Sheets of Excel workbooks as CSV text, row for row: one of them, or all that have the same columns as one table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Any

from sensors_data.errors import UnreadableError
from sensors_data.series.files.archives import DAMAGED, folder_for
from sensors_data.series.files.cell_kinds import kind_of
from sensors_data.series.files.csv_text import csv_of
from sensors_data.series.files.kinds import is_workbook
from sensors_data.series.files.merged_ranges import merged_ranges, with_merged
from sensors_data.workbook_cells import cells_of_sheet, open_workbook

EVERY = "*"
"""Stands in the layout for all sheets that have the columns of the fullest; no sheet can be called so."""
SHEET = "sheet"
"""The column that holds the sheets' names where several are one table."""
_HEAD = 60
"""Lines of a sheet among which its header is."""


def sheet_csv(path: Path, sheet: str) -> bytes:
    """A sheet's cells as comma-separated text, times as ISO 8601; the fullest sheet where none is named.

    For EVERY all sheets like the fullest, one below the other, with a column of their names.
    """
    names = _names(path)
    if sheet == EVERY:
        return _joined({name: _text_of(path, name) for name in alike(path)})
    if sheet and sheet not in names:
        raise UnreadableError(f"{path.name} has no sheet '{sheet}'", f"layout.sheet must be one of {names}")
    return _text_of(path, sheet or _fullest(path))


def sheet_names(path: Path) -> list[str]:
    """What `layout.sheet` may say for a file: its sheets, and EVERY where several are alike; empty for no workbook."""
    if not is_workbook(path):
        return []
    names = _names(path)
    return [EVERY, *names] if len(alike(path)) > 1 else names


def sheets_of(path: Path) -> str:
    """What `layout.sheet` says for a file of which no sheet was named: EVERY where several sheets are alike."""
    return EVERY if is_workbook(path) and len(alike(path)) > 1 else ""


def alike(path: Path) -> list[str]:
    """The sheets of a workbook whose header is that of the fullest, in the workbook's order."""
    headers = {name: _header(_rows_of(_head(_text_of(path, name)))) for name in _names(path)}
    wanted = headers[_fullest(path)]
    return [name for name, header in headers.items() if wanted and header == wanted]


def sheets_left_out(path: Path, sheet: str) -> list[str]:
    """Sentences on the sheets of a workbook that are read as one, and on those that hold rows and are not read."""
    if not is_workbook(path):
        return []
    rows = {name: _text_of(path, name).count(b"\n") for name in _names(path)}
    taken = alike(path) if sheet == EVERY else [sheet or _fullest(path)]
    others = [f"'{name}' ({count:,} rows)" for name, count in rows.items() if name not in taken and count > 1]
    read = f"the sheets {_listed(taken)} have the same columns and are read as one table"
    odd = [f"{read}; --sheet takes one alone"] if sheet == EVERY else []
    if others:
        which = f"the {len(taken)} sheets alike are" if sheet == EVERY else f"the sheet '{taken[0]}' is"
        odd.append(f"only {which} read, not {', '.join(others[:6])}; name another with --sheet (layout.sheet)")
    return odd


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(f"'{name}'" for name in names[:6]) + more


def _names(path: Path) -> list[str]:
    """The names of a workbook's sheets of cells; a sheet that is a chart is none."""
    if names := [sheet.title for sheet in _opened(path).worksheets]:
        return names
    raise UnreadableError(f"{path.name} has no sheet of cells", "save it as .xlsx or CSV")


def _fullest(path: Path) -> str:
    return max(_names(path), key=lambda name: _text_of(path, name).count(b"\n"))


def _opened(path: Path) -> Any:
    """A workbook, the last one opened at hand. UnreadableError when it is none."""
    about = path.stat()
    return _book(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=1)
def _book(path: Path, mtime_ns: int, size: int) -> Any:
    return open_workbook(path)


def _text_of(path: Path, name: str) -> bytes:
    """A sheet as CSV, converted once in this process."""
    book = _opened(path)
    at = folder_for(path) / f"{[sheet.title for sheet in book.worksheets].index(name)}.csv"
    if not at.exists():
        at.parent.mkdir(parents=True, exist_ok=True)
        part = at.with_suffix(".part")
        part.write_bytes(csv_of(_filled_cells(book[name], f"{path.name}, sheet '{name}'")))
        part.replace(at)
    return at.read_bytes()


def _filled_cells(sheet: Any, where: str) -> Iterable[list[str]]:
    """A sheet's rows of cells as text; one that is merged over rows below the header stands in each of them."""
    try:
        with sheet.parent._archive.open(sheet._worksheet_path) as source:  # openpyxl tells them of whole sheets alone
            ranges = merged_ranges(source)
    except DAMAGED as error:
        raise UnreadableError(f"{where} is damaged: {error}", "save it as .xlsx or CSV") from error
    if not ranges:
        return cells_of_sheet(sheet, where)
    rows = list(cells_of_sheet(sheet, where))
    return with_merged(rows, ranges, _first_row(rows))


def _head(text: bytes) -> bytes:
    """The first lines, among which the header is."""
    return b"\n".join(text.split(b"\n", _HEAD)[:_HEAD])


def _rows_of(text: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode(), newline="")))


def _first_row(rows: list[list[str]]) -> int:
    """The place of the first row that holds a time, or numbers in most of its cells, as the rows below it do.

    A word and what it is, above rows of more cells, are about the sheet.
    """
    kinds_of_rows = [_kinds(row) for row in rows]
    lengths = [len(kinds) for kinds in kinds_of_rows[:_HEAD] if kinds]
    wide = bool(lengths) and median(lengths) > 2
    for place, kinds in enumerate(kinds_of_rows):
        held = list(kinds.values())
        about = wide and len(held) == 2 and held[0] == "w"
        if about or not ("t" in held or held.count("n") > 0.5 * len(held)):
            continue
        if _are_alike(kinds, kinds_of_rows[place + 1 : place + _HEAD]):
            return place
    return len(rows)


def _kinds(row: list[str]) -> dict[int, str]:
    """What the filled cells of a row are, by their columns."""
    return {place: kind_of(cell.strip()) for place, cell in enumerate(row) if cell.strip()}


def _are_alike(kinds: dict[int, str], below: list[dict[int, str]]) -> bool:
    """Whether half of a row's times and numbers stand where most rows below it hold their like; a last row is so."""
    alike = []
    for place, kind in kinds.items():
        there = [row[place] for row in below if place in row]
        if kind in "tn" and there:
            alike.append(2 * there.count(kind) >= len(there))
    return 2 * sum(alike) >= len(alike) > 0 or not any(below)


def _header(rows: list[list[str]]) -> list[list[str]]:
    """The lines above a sheet's rows that have two cells and more, without blank cells at their ends.

    A word and what it is, above wider lines, are about the sheet, and so is a line that holds a time.
    """
    above = [" \x1f".join(row).rstrip(" \x1f").split(" \x1f") for row in rows[: _first_row(rows)]]
    named = [row for row in above if sum(bool(cell) for cell in row) > 1]
    named = [row for row in named if "t" not in _kinds(row).values()] or named
    widest = max(map(len, named), default=0)
    return [row for row in named if len(row) > 2 or widest < 4][-3:]


def _joined(sheets: dict[str, bytes]) -> bytes:
    """The rows of sheets of one header below that of the first of them, each with its sheet's name behind it."""
    tables = {name: _rows_of(text) for name, text in sheets.items()}
    width = max(len(row) for rows in tables.values() for row in rows)
    first = next(iter(tables.values()))
    header = _header(first)[0]
    top = [[*_wide(row, width), SHEET if row[: len(header)] == header else ""] for row in first[: _first_row(first)]]
    body = [
        [*_wide(row, width), name]
        for name, rows in tables.items()
        for row in rows[_first_row(rows) :]
        if any(map(str.strip, row))
    ]
    return csv_of([*top, *body])


def _wide(row: list[str], width: int) -> list[str]:
    return row + [""] * (width - len(row))
