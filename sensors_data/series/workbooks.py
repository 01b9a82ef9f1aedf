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
    try:
        import openpyxl
    except ImportError as error:
        raise NotThereError("Excel workbooks want the package openpyxl", "pip install openpyxl") from error
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise UnreadableError(f"{path.name} is no workbook that can be read", "save it as .xlsx or CSV") from error
    if sheet and sheet not in book.sheetnames:
        raise UnreadableError(f"{path.name} has no sheet '{sheet}'", f"layout.sheet must be one of {book.sheetnames}")
    names = [sheet] if sheet else list(book.sheetnames)
    texts = [_csv_of(book[name]) for name in names]
    return max(texts, key=lambda text: text.count(b"\n"))


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
