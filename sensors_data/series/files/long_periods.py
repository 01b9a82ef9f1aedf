"""Tables with a row a month or a day, whose parts stand side by side, as a row a part: days of months, and parts of
days that each have a flag behind them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sensors_data.calendar_words import month_number
from sensors_data.series.files.cell_kinds import kind_of
from sensors_data.series.files.csv_text import csv_of
from sensors_data.series.files.day_columns import HOUR_ENDING, PART_BEGINNING, clocks_of, numbered_parts
from sensors_data.series.values.numbers import BLANKS

_LOOK, _BELOW = 12, 60
"""Lines among which the header is looked for, and rows below it that are looked at."""
_DAYS = 31
_PAIRS = 12
"""Fewer parts of a day with a flag are no row a day."""
_DAY_WORDS = frozenset(
    ("", "d", "day", "days", "tag", "t", "jour", "j", "dia", "día", "giorno", "g", "dag", "дн", "日")
)
_MONTH = re.compile(
    r"(?P<year>\d{4})[-/.]?(?P<month>0[1-9]|1[0-2])(?:[-/.]0?1(?:[ T][0:.]+)?)?"
    r"|(?:0?1[-/.])?(?P<month_first>0?[1-9]|1[0-2])[-/.](?P<year_last>\d{4})"
)
"""A month of a year, or its first day."""

Rows = list[list[str]]


@dataclass(frozen=True)
class _Table:
    """Where a table's header stands, what parts its cells, and its names."""

    line: int
    mark: str
    names: list[str]


@dataclass(frozen=True)
class _Months:
    """The columns of a row a month: those of its year and its month, and of each quantity one for each day."""

    table: _Table
    year: int
    month: int
    days: dict[str, list[int]]


@dataclass(frozen=True)
class _Flagged:
    """The columns of a row a day: the time of each part of it by its column, each with its flag right behind it."""

    table: _Table
    clocks: dict[int, str]


def with_a_row_a_part(data: bytes) -> bytes:
    """A table in UTF-8 with a row a day of each month, or a row a part of each day; any other as it is."""
    for number, line in enumerate(data[:60_000].splitlines()[:_LOOK]):
        mark = max(b",;\t|", key=line.count)
        if line.count(mark) < 2 * _PAIRS:
            continue
        head = _rows_of(data[:200_000], number, chr(mark))[: _BELOW + 1]
        table = _Table(number, chr(mark), head[0])
        rows = [row for row in head[1:] if len(row) == len(head[0])]
        if months := _months(table, rows):
            return _of_days(data, months)
        if flagged := _flagged(table, rows):
            return _of_parts(data, flagged)
    return data


def _rows_of(data: bytes, line: int, mark: str) -> Rows:
    """The header and the rows below it as cells."""
    text = data.decode("utf-8-sig", "replace").split("\n", line)[-1]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    return [[cell.strip() for cell in row] for row in rows if any(map(str.strip, row))]


def _months(table: _Table, rows: Rows) -> _Months | None:
    """The columns of a table of a row a month; None where it is none."""
    numbered: dict[str, dict[int, int]] = {}
    for place, name in enumerate(table.names):
        if match := re.fullmatch(r"(\D*?)[\s_.\-]*0?(\d{1,2})[\s_.\-]*(\D*)", name):
            stem = " ".join(part for part in (match[1], match[3]) if part)
            numbered.setdefault(stem, {})[int(match[2])] = place
    days = {stem: [at[day] for day in sorted(at)] for stem, at in numbered.items() if sorted(at) == [*range(1, 32)]}
    others = sorted(set(range(len(table.names))) - {place for places in days.values() for place in places})
    if not days or len(rows) < 2:
        return None
    for year, month in [(at, at) for at in others] + [(a, b) for a in others for b in (a + 1, a - 1) if b in others]:
        dated = [_year_and_month(row[year], row[month]) for row in rows if row[year] or row[month]]
        months = _Months(table, year, month, days)
        if sum(of is not None for of in dated) >= 0.9 * len(rows) and _end_early(rows, months):
            return months
    return None


def _end_early(rows: Rows, months: _Months) -> bool:
    """Whether rows of months shorter than 31 days hold nothing, or one code, behind their last day."""
    short = [(row, _length(*of)) for row in rows if (of := _of_row(row, months)) and _length(*of) < _DAYS]
    first = next(iter(months.days.values()))
    behind = {row[place].lower() for row, length in short for place in first[length:]} - BLANKS
    return bool(short) and len(behind) < 2


def _year_and_month(year: str, month: str) -> tuple[int, int] | None:
    """A year and a month as numbers, of two cells or of one that is both; None where they are none."""
    both = _MONTH.fullmatch(year) if year == month else None
    if both:
        return int(both["year"] or both["year_last"]), int(both["month"] or both["month_first"])
    if re.fullmatch(r"1[89]\d\d|2[01]\d\d", year) is None:
        return None
    number = int(month) if re.fullmatch(r"\d{1,2}", month) else month_number(month)
    return (int(year), number) if number and 1 <= number <= 12 else None


def _of_days(data: bytes, months: _Months) -> bytes:
    """A row a day in the order of the days: what names the row of its month, the date, and the quantities."""
    names, *rows = _rows_of(data, months.table.line, months.table.mark)
    dated = [(row, of) for row in rows if len(row) == len(names) and (of := _of_row(row, months))]
    days = {place for places in months.days.values() for place in places}
    others = [n for n in range(len(names)) if n not in days | {months.year, months.month}]
    keys = _naming([row for row, _ in dated], others, lambda row: _of_row(row, months))
    called = ["value" if stem.casefold() in _DAY_WORDS else stem for stem in months.days]
    down = sorted(_days_of(dated, months, keys), key=lambda cells: cells[len(keys)])
    time = "day" if "date" in {names[key].casefold() for key in keys} else "date"
    return csv_of([[*(names[key] for key in keys), time, *called], *down], months.table.mark)


def _of_row(row: list[str], months: _Months) -> tuple[int, int] | None:
    return _year_and_month(row[months.year], row[months.month])


def _days_of(dated: list[tuple[list[str], tuple[int, int]]], months: _Months, keys: list[int]) -> Iterator[list[str]]:
    """The rows of the days that months have and that hold a value."""
    for row, (year, month) in dated:
        for day in range(_DAYS):
            cells = [row[places[day]] for places in months.days.values()]
            if any(cell.lower() not in BLANKS for cell in cells) and day < _length(year, month):
                yield [*(row[key] for key in keys), f"{year:04d}-{month:02d}-{day + 1:02d}", *cells]


def _length(year: int, month: int) -> int:
    """How many days a month has."""
    return (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days


def _flagged(table: _Table, rows: Rows) -> _Flagged | None:
    """The columns of a table of a row a day with flags; None where it is none."""
    kinds = [{kind_of(row[place]) for row in rows} for place in range(len(table.names))]
    values = [n for n in range(len(kinds) - 1) if "n" in kinds[n] and kinds[n] <= {"n", ""} and "w" in kinds[n + 1]]
    flags = [n for n in values if kinds[n + 1] <= {"w", ""}]
    clocks = clocks_of([table.names[n] for n in flags])
    if len(rows) < 2 or len(clocks) < _PAIRS or len({row[n + 1] for row in rows for n in flags}) > 12:
        return None
    return _Flagged(table, {n: clocks[table.names[n]] for n in flags if table.names[n] in clocks})


def _of_parts(data: bytes, flagged: _Flagged) -> bytes:
    """A row a part of a day: what names the row of its day, the time of day, the value and its quality."""
    names, *rows = _rows_of(data, flagged.table.line, flagged.table.mark)
    whole = [row for row in rows if len(row) == len(names)]
    parts = {place for at in flagged.clocks for place in (at, at + 1)}
    others = [n for n in range(len(names)) if n not in parts]
    keys = _naming(whole, others, lambda row: tuple(cell for cell in row if kind_of(cell) == "t"))
    down = (
        [*(row[key] for key in keys), clock, row[at], row[at + 1]]
        for row in whole
        for at, clock in flagged.clocks.items()
        if row[at].lower() not in BLANKS
    )
    of_hours = HOUR_ENDING if "24:00" in flagged.clocks.values() else PART_BEGINNING
    time = of_hours if numbered_parts([names[at] for at in flagged.clocks]) else "time"
    return csv_of([[*(names[key] for key in keys), time, "value", "quality"], *down], flagged.table.mark)


def _naming(rows: Rows, columns: list[int], period: Callable[[list[str]], object]) -> list[int]:
    """The columns that name rows of a period, and are not measured over all of it.

    Those that hold words or times, and whole numbers that are the same in all rows, or for each of the words, or that
    alone tell rows of one period apart.
    """
    filled = [n for n in columns if any(row[n] for row in rows)]
    numbers = [n for n in filled if all(kind_of(row[n]) in ("n", "") for row in rows)]
    words = [n for n in filled if n not in numbers and all(kind_of(row[n]) != "t" for row in rows)]
    whole = [n for n in numbers if all(row[n].isdigit() for row in rows)]
    named = {n for n in whole if _different(rows, [*words, n]) == _different(rows, words)}
    keys = sorted((set(filled) - set(numbers)) | named)
    for n in whole:
        if n not in keys and len({(*(row[key] for key in keys), period(row)) for row in rows}) < len(rows):
            keys = sorted([*keys, n])
    return keys


def _different(rows: Rows, columns: list[int]) -> int:
    """How many different rows there are by some columns."""
    return len({tuple(row[n] for n in columns) for row in rows})
