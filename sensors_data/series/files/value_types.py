"""Tables with a column of values for each type of number, of which each row fills one, made tables of one value."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass

from sensors_data.series.files.csv_text import cells_of, csv_of
from sensors_data.series.values.numbers import BLANKS

_TYPES = frozenset((
    "b", "bigint", "blob", "bool", "boolean", "d", "date", "dbl", "decimal", "double", "dt", "f", "float", "i", "int",
    "integer", "long", "n", "num", "number", "numeric", "real", "s", "smallint", "str", "string", "text", "varchar",
))  # fmt: skip
_LOOK = 8
"""Lines among which the header is looked for."""
_BELOW, _LEAST = 400, 5
"""Rows that show whether each fills one of the columns, at most and at least."""
VALUE = "value"
"""What the one column of values is called."""


@dataclass(frozen=True)
class _Typed:
    """Where the header stands, what parts its cells, and the columns of the values by their type."""

    line: int
    mark: str
    columns: tuple[int, ...]


def typed_values(names: list[str]) -> list[str]:
    """The most of some names that say value and, but for what all of them say, nothing but a type."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name in names:
        rest, count = re.subn(r"values?|val$|wert", "", name.lower())
        if count:
            groups[tuple(w for w in re.findall(r"[a-z]+", rest) if w not in _TYPES)].append(name)
    parts = max(groups.values(), key=len, default=[])
    return [name for name in parts if not any(name.startswith(f"{other}.") for other in parts)]


def with_one_value(data: bytes) -> bytes:
    """A table in UTF-8 with one column of values where each row fills one of several; any other as it is."""
    if not re.search(rb"(?i)val|wert", data[:20_000]) or (typed := _typed(data[:200_000])) is None:
        return data
    text = data.decode("utf-8-sig", "replace")
    lines = text.split("\n", typed.line)
    rows = csv.reader(io.StringIO(lines[-1], newline=""), delimiter=typed.mark)
    above = "".join(f"{line}\n" for line in lines[:-1]).encode()
    return above + csv_of((_joined(row, typed.columns, number == 0) for number, row in enumerate(rows)), typed.mark)


def _typed(head: bytes) -> _Typed | None:
    """Where a table by its beginning has a column of values for each type; None for other tables."""
    lines = head.decode("utf-8-sig", "replace").splitlines()[: _LOOK + _BELOW]
    for number, line in enumerate(lines[:_LOOK]):
        for mark in (",", ";", "\t", "|") if re.search(r"val|wert", line, re.IGNORECASE) else ():
            names = cells_of(line, mark)
            columns = tuple(names.index(name) for name in typed_values(names))
            rows = [row for row in (cells_of(below, mark) for below in lines[number + 1 :]) if len(row) == len(names)]
            if len(columns) < 2 or len(columns) == len(names) or len(rows) < _LEAST:
                continue
            filled = [sum(row[place].lower() not in BLANKS for place in columns) for row in rows]
            if sum(count == 1 for count in filled) > 0.99 * len(rows):
                return _Typed(number, mark, columns)
    return None


def _joined(row: list[str], columns: tuple[int, ...], is_header: bool) -> list[str]:
    """A row with the one value that is filled in the place of the first of some columns."""
    if len(row) <= columns[-1]:
        return row
    cells = [row[place] for place in columns if row[place].strip().lower() not in BLANKS]
    value = VALUE if is_header else next(iter(cells), "")
    return [value if place == columns[0] else cell for place, cell in enumerate(row) if place not in columns[1:]]
