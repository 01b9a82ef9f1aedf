"""Sheets of Excel workbooks as CSV text, row for row."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sensors_data.errors import NotThereError, UnreadableError


def sheet_csv(path: Path, sheet: str) -> bytes:
    """A sheet's cells as comma-separated text, times as ISO 8601; the fullest sheet where none is named."""
    book = _opened(path)
    if sheet and sheet not in book.sheetnames:
        raise UnreadableError(f"{path.name} has no sheet '{sheet}'", f"layout.sheet must be one of {book.sheetnames}")
    names = [sheet] if sheet else list(book.sheetnames)
    texts = [_csv_of(book[name]) for name in names]
    return max(texts, key=lambda text: text.count(b"\n"))


def sheets_left_out(path: Path) -> list[str]:
    """A sentence on the sheets of a workbook that hold rows and are not read; none for other files."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return []
    book = _opened(path)
    rows = {name: sum(any(cell is not None for cell in row) for row in book[name].values) for name in book.sheetnames}
    fullest = max(rows, key=lambda name: rows[name])
    others = [f"'{name}' ({count:,} rows)" for name, count in rows.items() if name != fullest and count > 1]
    if not others:
        return []
    more = "; name another with layout.sheet, or save each as a file of a folder"
    return [f"only the fullest sheet, '{fullest}', is read, not {', '.join(others[:6])}{more}"]


def _opened(path: Path) -> Any:
    """A workbook. UnreadableError when it is none."""
    try:
        import openpyxl
    except ImportError as error:
        raise NotThereError("Excel workbooks want the package openpyxl", "pip install openpyxl") from error
    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise UnreadableError(f"{path.name} is no workbook that can be read", "save it as .xlsx or CSV") from error


def _csv_of(sheet: Any) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in sheet.iter_rows(values_only=True):
        writer.writerow([_text(cell) for cell in row])
    return out.getvalue().encode()


def _text(cell: object) -> str:
    """A cell as text that reads back as the very same value."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, time | date):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return repr(cell) if isinstance(cell, float) else str(cell)
