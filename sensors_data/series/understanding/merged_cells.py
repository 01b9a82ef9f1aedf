"""Columns that state a date or a machine once for the rows below, as merged cells of a spreadsheet do."""

from __future__ import annotations

import pandas as pd

from sensors_data.series.dates.shapes import shape_of
from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.values.numbers import is_blank

_FULL, _SPARSE = 0.9, 0.5
"""Shares of filled cells: of a column that each row has, and of one that most rows lack."""

_DATES = 0.8
"""Share of dates among a column's different texts."""


def merged_columns(table: pd.DataFrame) -> tuple[str, ...]:
    """The columns whose blank cells hold what stands above: dates beside no other date, and names of machines."""
    texts = [name for name in table.columns if len(table) > 3 and _is_text(table[name])]
    shares = {name: 1 - float(is_blank(table[name]).mean()) for name in texts}
    sparse = [name for name in texts if 0 < shares[name] <= _SPARSE and not is_blank(table[name].iloc[:1]).all()]
    if not sparse:
        return ()
    dated = any(shares[name] > _FULL and _holds_dates(table[name]) for name in texts)
    dates = [name for name in sparse if not dated and _holds_dates(table[name])]
    named = [name for name in sparse if name not in dates and _names_assets(name, table[name])]
    return (*dates[:1], *named)


def _is_text(cells: pd.Series) -> bool:
    return bool(cells.dtype == object or isinstance(cells.dtype, pd.StringDtype))


def _holds_dates(cells: pd.Series) -> bool:
    """Whether most of a column's texts are dates; a word may stand for a day's mean below its rows."""
    some = cells[~is_blank(cells)].astype(str).str.strip().unique()[:50].tolist()
    return bool(some) and sum(bool(shape_of(text)) for text in some) >= _DATES * len(some)


def _names_assets(name: str, cells: pd.Series) -> bool:
    """Whether a column is called as names of machines are, and its cells are words."""
    known = set(str(name).casefold().replace("_", " ").split()) & WORDS["asset"]
    words = cells[~is_blank(cells)].astype(str)
    return bool(known) and bool(words.str.contains(r"[^\W\d_]").all()) and words.nunique() > 1
