"""Tables whose rows have a time of day alone, below the date that a line above them or the file's name gives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from sensors_data.series.files.csv_text import cells_of

_CLOCK = re.compile(r"([01]?\d|2[0-3])[:hH]([0-5]\d)(?::[0-5]\d(?:[.,]\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?")
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}[-/. ]+[^\W\d_]{3,9}[-/. ]+\d{2,4}|(?<!\d)(?:19|20)\d{6}(?!\d)|[年년]"
)
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(0?[1-9]|[12]\d|3[01])([-_.])(0?[1-9]|[12]\d|3[01])\2((?:19|20)\d\d)(?!\d)")
_ABOVE, _LOOK, _LEAST = 30, 200, 5
"""Lines above the rows at most, lines that are looked at, and rows that show a clock at least."""
_OTHER_TIMES = re.compile(
    r"\W*(?:year|month|day|date|doy|jahr|monat|tag|datum|fecha|jour|mois|dia|día|ano|año|giorno|mese|anno|yy+|mm|dd|jday"
    r"|elapsed|lauf|run|test ?time|dauer|duration|durée|relativ)",
    re.IGNORECASE,
)
"""How columns are called that hold a part of the date, or a time since a start."""
OF_LINE, OF_NAME = "date above the rows", "date of the file's name"


@dataclass(frozen=True)
class _Clocks:
    """The first row with a clock, from 0, what parts its cells, and the clock's column."""

    line: int
    mark: str
    place: int


def with_date_of_name(data: bytes, name: str, stated: date | None = None) -> bytes:
    """A text in UTF-8 with a column of dates in front where its rows have clocks and no date; any other as it is.

    A `stated` date comes before one that is looked for in the name.
    """
    head = data[:60_000].decode("utf-8-sig", "replace").splitlines()[:_LOOK]
    clocks = _clocks(head)
    if clocks is None:
        return data
    above = _date_above(head[: clocks.line])
    day = above or stated or _date_in(name)
    if day is None:
        return data
    text = data.decode("utf-8-sig", "replace").splitlines()
    return "".join(f"{line}\n" for line in _dated(text, clocks, day, OF_LINE if above else OF_NAME)).encode()


def lacks_date(data: bytes) -> bool:
    """Whether a text's rows have clocks alone, or a date that was looked for in its name."""
    head = data[:60_000].decode("utf-8-sig", "replace").splitlines()[:_LOOK]
    return _clocks(head) is not None or any(line.startswith(OF_NAME) for line in head[: _ABOVE + 1])


def says_date(name: str) -> bool:
    """Whether a name alone says its date, so that no other names need be looked at."""
    return _date_in(name) is not None


def _dated(lines: list[str], clocks: _Clocks, day: date, called: str) -> list[str]:
    """The lines with a date before each row, one day later whenever the clock goes back by half a day.

    A line among them that has another date gives that of the rows below it.
    """
    dated, last = [], 0
    header = next((n for n in range(clocks.line - 1, -1, -1) if len(cells_of(lines[n], clocks.mark)) > 1), -1)
    for number, line in enumerate(lines):
        minute = _minute(line, clocks) if number >= clocks.line else None
        other = _date_in(line) if minute is None and number > clocks.line else None
        if other is not None:
            day, last = other, 0
        if minute is not None:
            day += timedelta(days=minute < last - 720)
            last = minute
            dated.append(f"{day}{clocks.mark}{line}")
        elif number == header:
            dated.append(f"{called}{clocks.mark}{line}")
        else:
            dated.append(f"{clocks.mark}{line}" if number > clocks.line and line.strip() else line)
    return dated


def _clocks(lines: list[str]) -> _Clocks | None:
    """Where rows begin that have a clock each and no date, with a header above them; None in other texts."""
    for number, line in enumerate(lines[: _ABOVE + 1]):
        for mark in (";", ",", "\t", "|") if re.search(r"\d[:hH]\d\d", line[:200]) else ():
            places = [place for place, cell in enumerate(line.split(mark, 4)[:4]) if _CLOCK.fullmatch(cell.strip(' "'))]
            if mark in line and places:
                return _Clocks(number, mark, places[0]) if _undated(lines, number, mark, places[0]) else None
    return None


def _undated(lines: list[str], first: int, mark: str, place: int) -> bool:
    """Whether nearly all lines from the first row on have a clock at a place, and no column holds a date or a year."""
    rows = [cells_of(line, mark) for line in lines[first:] if line.strip()]
    alike = [row for row in rows if len(row) == len(rows[0])]
    timed = sum(bool(_CLOCK.fullmatch(row[place])) for row in alike)
    above = [cells_of(line, mark) for line in lines[max(0, first - 3) : first]]
    names = [cell for cells in above if len(cells) == len(rows[0]) for cell in cells]
    if not names or timed < max(_LEAST, 0.75 * len(rows)) or any(map(_OTHER_TIMES.match, names)):
        return False
    counts = [
        all(re.fullmatch(r"(?:19|20)\d\d|\d{9,19}", cell) for cell in cells) for cells in zip(*alike, strict=True)
    ]
    return not any(counts) and not any(_DATE.search(cell) for row in alike for cell in row)


def _minute(line: str, clocks: _Clocks) -> int | None:
    """A row's minute of the day, None for a line without a clock."""
    cells = cells_of(line, clocks.mark)
    match = _CLOCK.fullmatch(cells[clocks.place]) if len(cells) > clocks.place else None
    if match is None:
        return None
    hour = int(match[1]) % 12 + 12 * (match[3] in "pP") if match[3] else int(match[1])
    return 60 * hour + int(match[2])


def _date_above(lines: list[str]) -> date | None:
    """The one date in the lines above the rows, None where there is none, or one with a clock."""
    days = {day for line in lines for day in [_date_in(line)] if day is not None}
    timed = any(_DATE.search(line) and re.search(r"\d:\d\d", line) for line in lines)
    return days.pop() if len(days) == 1 and not timed else None


def _date_in(text: str) -> date | None:
    """The date in a text, None where there is none, or where day and month could be either way."""
    if match := _YEAR_FIRST.search(text):
        return _day(int(match[1]), int(match[3]), int(match[4]))
    if match := _YEAR_LAST.search(text.replace("/", "-")):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        days = {_day(year, second, first), _day(year, first, second)} - {None}
        return (
            days.pop() if len(days) == 1 or first == second else _day(year, second, first) if match[2] == "." else None
        )
    return None


def _day(year: int, month: int, day: int) -> date | None:
    """A day, None for one that does not exist."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
