"""Tables with a row a quantity and a column a place or machine, turned so that each place has rows of its own."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sensors_data.series.files.cell_kinds import kind_of
from sensors_data.series.files.csv_text import cells_of, csv_of
from sensors_data.series.values.units import is_unit

_LOOK, _BELOW = 8, 200
"""Lines among which the header is looked for, and rows below it that are looked at."""
_QUANTITY = re.compile(
    r"(?:aqi|pm ?2[.,]?5|pm ?10?|so2|no[2x]?|co2?|o3|nh3|ch4|t?voc|ph|rh|wind\w*|rain\w*|precip\w*|prcp|tmax|tmin"
    r"|tem\w*|hum\w*|press\w*|flow\w*|power|volt\w*|current|energy|level|load|generation|consumption|demand|speed|druck|leistung"
    r"|durchfluss|strom|spannung|feuchte|verbrauch|consumo|caudal|presi\w*|potencia|energ\w*|débit|puissance|température"
    r"|portata|umidità|niveau|nivel|livello|温度|湿度|压力|流量|电量|功率|气温|降水|давление|температура|расход|мощность)(?![^\W\d_])",
    re.IGNORECASE,
)
_TABLE = frozenset((
    "value", "val", "wert", "valeur", "valor", "reading", "unit", "quality", "status", "flag", "min", "max", "avg",
    "mean", "sum", "std", "count", "total", "date", "time", "hour", "id", "name", "state", "alarm", "limit", "low",
    "high",
))  # fmt: skip
"""Words of columns that are no places."""
MACHINE, VALUE = "machine", "value"


@dataclass(frozen=True)
class _Across:
    """Where the header stands, what parts its cells, the columns that tell rows apart, and those of places."""

    line: int
    mark: str
    keys: tuple[int, ...]
    places: tuple[int, ...]


def with_places_down(data: bytes) -> bytes:
    """A table in UTF-8 with a row a place where a column names quantities and the others places; others as they are."""
    across = _across(data[:100_000])
    if across is None:
        return data
    text = data.decode("utf-8-sig", "replace").split("\n", across.line)[-1]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=across.mark)
    return csv_of(_down(rows, across), across.mark)


def _down(rows: Iterator[list[str]], across: _Across) -> Iterator[list[str]]:
    """The header, then for each row one a place."""
    names = next(rows)
    yield [*(names[key] for key in across.keys), MACHINE, VALUE]
    for row in (row for row in rows if len(row) > across.places[-1]):
        for place in across.places:
            yield [*(row[key] for key in across.keys), names[place].strip(), row[place]]


def _across(head: bytes) -> _Across | None:
    """Where a table by its beginning names quantities in a column and places in its header; None for other tables."""
    lines = head.decode("utf-8-sig", "replace").splitlines()[: _LOOK + _BELOW]
    for number, line in enumerate(lines[:_LOOK]):
        for mark in (",", ";", "\t"):
            names = cells_of(line, mark) if line.count(mark) > 2 else []
            rows = [cells_of(below, mark) for below in lines[number + 1 :]] if _may_be_places(names) else []
            rows = [row for row in rows if len(row) == len(names)]
            if len(rows) > 10 and (across := _columns(number, mark, names, rows)):
                return across
    return None


def _may_be_places(names: list[str]) -> bool:
    """Whether a line may be a header: different names, none of a time, at least the last two of no quantity."""
    last = names[-2:]
    return len(names) > 3 and len(set(names)) == len(names) and all(map(_is_place, last))


def _columns(number: int, mark: str, names: list[str], rows: list[list[str]]) -> _Across | None:
    """The columns of a table that has one of quantities, those right of it being places with numbers."""
    for column in range(len(names) - 2):
        words = [row[column] for row in rows if row[column]]
        distinct = dict.fromkeys(words)
        if (
            not 1 < len(distinct) <= 40
            or len(words) < 2 * len(distinct)
            or any(kind_of(word) != "w" for word in distinct)
        ):
            continue
        if sum(map(_is_quantity, distinct)) < 0.5 * len(distinct):
            continue
        places = tuple(range(column + 1, len(names)))
        cells = [row[place] for row in rows for place in places if row[place]]
        numbers = sum(kind_of(cell) == "n" for cell in cells) > 0.9 * len(cells) > 0
        if len(places) > 1 and numbers and all(_is_place(names[place]) for place in places):
            return _Across(number, mark, tuple(range(column + 1)), places)
    return None


def _is_quantity(word: str) -> bool:
    """Whether a word begins or goes on with what is measured."""
    return _QUANTITY.search(re.sub(r"[_()\[\]/-]+", " ", word)) is not None


def _is_place(name: str) -> bool:
    """Whether a column's name may be a place's or machine's: letters or many digits, and no word of tables."""
    parts = set(re.findall(r"[^\W_]+", name.casefold()))
    named = re.search(r"[^\W\d_]{2}|[^\W\d_].*\d{2}|\d.*[^\W\d_]|^\d{4,}$", name) is not None
    return named and not parts & _TABLE and not is_unit(name) and not _is_quantity(name) and kind_of(name) != "t"
