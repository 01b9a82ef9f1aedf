"""The first rows of a file as columns, with the dialect of its text and the marks of its numbers.

Of the other files of its folder some rows are looked at too: one file does not show every form of dates and numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from sensors_data.errors import UnreadableError
from sensors_data.layout import Layout
from sensors_data.series.files.cells import filled_down, read_text
from sensors_data.series.files.dated_by_name import lacks_date, says_date
from sensors_data.series.files.dates_in_names import form_of_names
from sensors_data.series.files.file_source import read_table
from sensors_data.series.files.kinds import is_parquet
from sensors_data.series.files.packing import unpacked
from sensors_data.series.files.stacked import one_table
from sensors_data.series.files.workbooks import sheets_of
from sensors_data.series.understanding.columns import Column
from sensors_data.series.understanding.dialect import Dialect, dialect_of, separator_of
from sensors_data.series.understanding.merged_cells import merged_columns
from sensors_data.series.understanding.wishes import Wishes
from sensors_data.series.values.marks import Marks, marks_of

LOOK = 200_000
"""Rows by which columns are understood."""
OTHERS, ROWS = 12, 300
"""Other files of a folder that are looked at, and rows of each."""


def columns_of(path: Path, wishes: Wishes, files: Sequence[Path] = ()) -> tuple[list[Column], Dialect | None, Marks]:
    """A file's columns by its first rows, the dialect of its text, and the marks of its numbers.

    Dates and marks are those of some rows of the other `files` too.
    """
    table, dialect = _table(path, wishes, files)
    if dialect is not None and (merged := merged_columns(table)):
        table, dialect = filled_down(table, merged), replace(dialect, fill_down=merged)
    others = _tables_alike(path, wishes, files, list(map(str, table.columns)))
    if dialect is not None:
        dialect = _with_encodings(dialect, [(table, dialect), *others], wishes)
    cells = {str(name): table[name].reset_index(drop=True) for name in table.columns}
    beside = {name: _texts_beside(name, column, others) for name, column in cells.items()}
    plain = _without_dates({name: column for name, column in cells.items() if name not in wishes.time})
    alike = [(rows, d) for rows, d in others if not _has_other_decimal(rows, plain)]
    if dialect is not None and len(alike) < len(others) and not wishes.decimal:
        dialect = replace(dialect, decimal_by_file=True)
    texts = {name: pd.Series(_texts_beside(name, column, alike), dtype="str") for name, column in plain.items()}
    every = {n: pd.concat([texts[n], own.astype("str")]) if len(texts[n]) else own for n, own in plain.items()}
    marks = marks_of(every, wishes.decimal, dialect.separator if dialect else "")
    columns = [Column(name, place, cells[name], marks, beside[name]) for place, name in enumerate(cells)]
    return columns, dialect, marks


_Table = tuple[pd.DataFrame, Dialect | None]


def _tables_alike(path: Path, wishes: Wishes, files: Sequence[Path], names: list[str]) -> list[_Table]:
    """Some rows of other files with the same columns, one maybe called otherwise: the first, the last, some between."""
    others = [other for other in files if other != path]
    places = np.unique(np.linspace(0, len(others) - 1, min(OTHERS, len(others))).round().astype(int))
    tables = []
    for other in (others[place] for place in places):
        try:
            rows, dialect = _table(other, wishes, files)
        except (UnreadableError, OSError):
            continue  # it is said later that it cannot be read
        there = list(map(str, rows.columns))
        renamed = len(there) == len(names) and sum(a != b for a, b in zip(names, there, strict=True)) == 1
        if set(there) != set(names) and not (renamed and len(names) > 2):
            continue
        places_there = np.unique(np.linspace(0, len(rows) - 1, ROWS).astype(int))
        tables.append((rows.set_axis(names if renamed else there, axis=1).iloc[places_there], dialect))
    return tables


def _texts_beside(name: str, cells: pd.Series, others: list[_Table]) -> tuple[str, ...]:
    """The different texts that other files hold in a column of texts."""
    if not _is_text(cells):
        return ()
    columns = [rows[name] for rows, _ in others if _is_text(rows[name])]
    return tuple(dict.fromkeys(str(cell).strip() for column in columns for cell in column.dropna().tolist()))


def _has_other_decimal(rows: pd.DataFrame, plain: dict[str, pd.Series]) -> bool:
    """Whether numbers of another file surely have the other decimal mark, in each column that shows one in both."""
    shown = [(_decimals(rows[name]), _decimals(column)) for name, column in plain.items()]
    marks = [(theirs, ours) for theirs, ours in shown if theirs and ours]
    return bool(marks) and all(len(theirs | ours) == 2 and theirs.isdisjoint(ours) for theirs, ours in marks)


def _decimals(cells: pd.Series) -> set[str]:
    """The marks in a column's first numbers that can only be decimal ones."""
    texts = cells.iloc[:ROWS].tolist() if _is_text(cells) else []
    numbers = (re.match(r"[+-]?\d+([.,])(?:\d{1,2}|\d{4,})(?![\d.,:/-])", str(cell).strip()) for cell in texts)
    return {number[1] for number in numbers if number}


def _is_text(cells: pd.Series) -> bool:
    return cells.dtype == object or isinstance(cells.dtype, pd.StringDtype)


def _with_encodings(dialect: Dialect, tables: list[_Table], wishes: Wishes) -> Dialect:
    """The dialect with the encoding of those files that are not written in UTF-8, where others are."""
    odd = Counter(d.encoding for _, d in tables if d is not None and not re.match(r"utf.?(?:8|16|32)", d.encoding))
    if wishes.encoding or not odd:
        return dialect
    plain = any(d is not None and d.encoding == "utf-8" and _beyond_ascii(rows) for rows, d in tables)
    if not plain and dialect.encoding != "utf-8":
        return dialect
    return replace(dialect, encoding="utf-8", other_encoding=odd.most_common(1)[0][0])


def _beyond_ascii(rows: pd.DataFrame) -> bool:
    """Whether a table has letters that encodings write each in another way."""
    texts = [str(cell) for name in rows.columns if _is_text(rows[name]) for cell in rows[name].iloc[:ROWS].tolist()]
    return not all(text.isascii() for text in (*map(str, rows.columns), *texts))


def _table(path: Path, wishes: Wishes, files: Sequence[Path]) -> tuple[pd.DataFrame, Dialect | None]:
    """A file's first rows, and the dialect of its text."""
    if is_parquet(path):
        return read_table(path, Layout())[0].iloc[:LOOK], None
    sheet = wishes.sheet or sheets_of(path)
    data, form = unpacked(path, Layout(sheet=sheet)), ""
    if lacks_date(data) and not all(says_date(other.name) for other in files) and (form := form_of_names(files)):
        data = unpacked(path, Layout(sheet=sheet, date_in_name=form))
    one = None if sheet else one_table(data, path.name, wishes.separator or separator_of(data, path.name))
    data = data if one is None else one
    dialect = dialect_of(data, path.name, wishes.encoding if one is None else "utf-8", wishes.separator)
    dialect = replace(dialect, sheet=sheet, stacked=one is not None, date_in_name=form)
    rows, _ = read_text(data, path.name, Layout.model_validate(dialect.keys()))
    rows = rows.iloc[:LOOK]
    return rows[~_repeats_header(rows)], dialect  # a header that is repeated says nothing of its columns


def _repeats_header(rows: pd.DataFrame) -> np.ndarray:
    """Which rows hold the names of half of the columns, (N,) bool; of many columns the first are looked at."""
    looked = rows.columns[:64]
    again = np.zeros(len(rows), dtype=np.int64)
    for name in looked:
        again += np.array([cell.strip() == name != "" for cell in rows[name].tolist()])
    return again >= max(1, 0.5 * len(looked))


def _without_dates(cells: dict[str, pd.Series]) -> dict[str, pd.Series]:
    """The columns whose cells could be numbers, not dates whose marks would be taken for those of numbers."""
    date = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:\D.*)?|\d{1,2}[.:]\d{2}(?:[.:]\d{2})?")
    plain = {}
    for name, column in cells.items():
        texts = column.dtype == object or isinstance(column.dtype, pd.StringDtype)
        sample = [str(cell).strip() for cell in column.iloc[:200].tolist()] if texts else []
        dates = [cell for cell in sample if date.fullmatch(cell)]
        numbers = sum(cell[-3:-2] == "." and cell.replace(".", "", 1).isdigit() for cell in dates if len(cell) < 6)
        if 2 * len(dates) < len(sample) or 2 * numbers >= len(sample):
            plain[name] = column
    return plain
