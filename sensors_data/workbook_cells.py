"""The sheets of an Excel workbook, and the cells of one as text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sensors_data.errors import NotThereError, UnreadableError

_BLANK = 20_000_000
"""Blank cells of a sheet, at most: a workbook of a few bytes can claim billions."""


def open_workbook(path: Path) -> Any:
    """A workbook, of which rows are read as they are asked for. UnreadableError when it is none."""
    try:
        import openpyxl
    except ImportError as error:
        raise NotThereError("Excel workbooks need the package openpyxl", "pip install openpyxl") from error
    try:
        return openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise UnreadableError(f"{path.name} is no workbook that can be read", "save it as .xlsx or CSV") from error


def cells_of_sheet(sheet: Any, where: str) -> Iterator[list[str]]:
    """A sheet's rows of cells as text. UnreadableError where they cannot be read, or are mostly none."""
    blank = 0
    try:
        for row in sheet.iter_rows(values_only=True):
            blank += row.count(None)
            if blank > _BLANK:
                raise UnreadableError(f"{where} has more than {_BLANK:,} blank cells", "save its rows alone, or CSV")
            yield ["" if cell is None else _text(cell) for cell in row]
    except UnreadableError:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise UnreadableError(f"{where} is damaged: {error}", "save it as .xlsx or CSV") from error


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
