"""Sheets of a month: hours down, the days of the month across, and the month in a line above; as a row a time."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator

from sensors_data.calendar_words import month_number
from sensors_data.series.files.cell_kinds import kind_of
from sensors_data.series.files.csv_text import cells_of, csv_of
from sensors_data.series.values.numbers import BLANKS

Month = tuple[int, int]

_DAYS_ACROSS = re.compile(
    rb"(?m)^[^\d\r\n]{0,40}?(?P<mark>[,;\t|])\"?0?" + rb"\"?(?P=mark)\"?0?".join(b"%d" % day for day in range(1, 29))
)
_WORDED = re.compile(r"([^\W\d_]{3,14})\.?[\s,/\-]*((?:19|20)\d\d)(?!\d)")
_NUMBERED = re.compile(r"(?<!\d)(?:((?:19|20)\d\d)[-/.](\d{1,2})|(\d{1,2})[-/.]((?:19|20)\d\d))(?![-/.]?\d)")
_HOUR = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::00)?(?:\s*-.*)?")


def month_sheets_csv(data: bytes) -> bytes | None:
    """The values of all months of a text in UTF-8 as CSV; None for a text that is no sheet of a month."""
    if not (across := _DAYS_ACROSS.search(data[:20_000])):
        return None
    mark = across["mark"].decode()
    rows = [cells_of(line, mark) for line in data.decode("utf-8-sig", "replace").splitlines()]
    above = rows[: next((place for place, row in enumerate(rows) if _days_across(row)), 0)]
    values = dict(_values(rows))
    if not values:
        return None
    titles = [row[0] for row in above if row and kind_of(row[0]) == "w" and not _months(row) and not any(row[1:])]
    return csv_of([["time", titles[0] if titles else "value"], *([time, values[time]] for time in sorted(values))])


def _values(rows: list[list[str]]) -> Iterator[tuple[str, str]]:
    """Each time and its value, by the month that stands last above the row."""
    month: Month | None = None
    days = 0
    for row in rows:
        clock = _HOUR.fullmatch(row[0]) if row else None
        if count := _days_across(row):
            days = count
        elif stated := _months(row):
            month, days = (stated.pop() if len(stated) == 1 else None), 0
        elif clock and month and days:
            for day in range(1, min(days, monthrange(*month)[1]) + 1):
                if day < len(row) and row[day].lower() not in BLANKS:
                    yield f"{month[0]}-{month[1]:02d}-{day:02d} {int(clock[1]):02d}:{clock[2] or '00'}", row[day]


def _days_across(row: list[str]) -> int:
    """How many days of a month stand behind a row's first cell; 0 for another row."""
    days = 0
    while days + 1 < len(row) and row[days + 1] in (f"{days + 1}", f"{days + 1:02d}"):
        days += 1
    others = row[days + 1 :]
    return days if 28 <= days <= 31 and not any(cell[:1].isdigit() for cell in (row[0], *others)) else 0


def _months(row: list[str]) -> set[Month]:
    """The months that a line states."""
    text = " ".join(row)
    worded = {(int(year), month_number(word)) for word, year in _WORDED.findall(text)}
    numbered = {(int(a or d), int(b or c)) for a, b, c, d in _NUMBERED.findall(text)}
    return {(year, month) for year, month in worded | numbered if 1 <= month <= 12}
