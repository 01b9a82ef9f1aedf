"""Days in a path: the forms in which they are written, and those that may be two days."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sensors_data.calendar_words import month_number

DAY_IN_INBOX = r"(?<!\d)20\d\d(?:-\d{1,2}-|_\d{1,2}_|\.\d{1,2}\.|/\d{1,2}/|[01]\d)\d{1,2}(?!\d)"
"""What `{day}` of an inbox stands for: 2026-11-21, 2026_11_21, 2026.11.21, 2026/11/21, 20261121."""

_YEAR = r"(?P<y>20\d\d)"
_WORD = r"(?P<word>[^\W\d_]{3,12})\.?"
_CLOCK_DIGITS = r"(?:[0-2]\d[0-5]\d[0-5]\d)(?:\d{3}){0,2}(?!\d)|(?:[01]\d|2[0-3])(?:[0-5]\d)?(?!\d)"
_NUMBERED = (
    rf"(?<!\d){_YEAR}(?P<s>[-_./])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}})(?!\d)",
    rf"(?<!\d){_YEAR}(?P<m>[01]\d)(?P<d>[0-3]\d)(?=\D|$|{_CLOCK_DIGITS})",
    rf"(?:^|/){_YEAR}(?:[-_.](?P<m>[01]?\d)|(?P<mm>[01]\d))/(?P<d>[0-3]?\d)(?=/)",  # 2026-03/13
    rf"(?:^|/){_YEAR}/(?P<m>[01]\d)(?P<d>[0-3]\d)(?=/)",  # 2026/0313
    rf"(?<!\d){_YEAR}\s?[年년]\s?(?P<m>\d{{1,2}})\s?[月월]\s?(?P<d>\d{{1,2}})(?:\s?[日일号]|(?!\d))",
    rf"(?<![^\W\d_])[Yy]{_YEAR}[-_]?[Mm](?P<m>\d{{1,2}})[-_]?[Dd](?P<d>\d{{1,2}})(?!\d)",
)
_NAMED = (
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[-_. ]{{0,2}}(?:de )?{_WORD}[-_., ]{{0,2}}(?:de )?{_YEAR}(?!\d)",
    rf"(?<![^\W\d_]){_WORD}[-_. ]{{0,2}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[-_., ]{{1,2}}{_YEAR}(?!\d)",
    rf"(?<!\d){_YEAR}[-_. ]?{_WORD}[-_. ]?(?P<d>\d{{1,2}})(?!\d)",
    rf"(?:^|/){_YEAR}[-_./ ](?:(?P<m>\d{{1,2}})[-_. ]{{0,2}})?{_WORD}/(?P<d>\d{{1,2}})(?=/)",  # 2026/03-March/13
)
_ENGLISH = frozenset(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
"""Short months that may stand between underscores; `set_2_2001` and `out_3_2001` are words and numbers."""
_LATEST = 2040
"""Years after it are numbers of lots."""
_YEAR_KNOWN = [re.compile(form) for form in (*_NUMBERED, *_NAMED)]
EITHER_WAY = re.compile(r"(?<!\d)(?P<a>\d{1,2})(?P<s>[-_.])(?P<b>\d{1,2})(?P=s)(?P<y>20\d\d)(?!\d)")
"""A day and a month, in whichever order, before a year of four digits."""


@dataclass(frozen=True)
class WrittenDay:
    """A day and where in a text it stands."""

    day: date
    start: int
    end: int


def last_day(text: str) -> WrittenDay | None:
    """The last day in a text; one that may be two counts for none, one with dots has its day first."""
    return last_clear_day(text) or _last(text, [EITHER_WAY], _either_way)


def last_clear_day(text: str) -> WrittenDay | None:
    """The last day in a text that is written with its year first or its month in words."""
    return _last(text, _YEAR_KNOWN, _year_known)


def _last(
    text: str, forms: list[re.Pattern[str]], read: Callable[[re.Match[str]], tuple[int, int, int] | None]
) -> WrittenDay | None:
    matches = [match for form in forms for match in form.finditer(text)]
    for match in sorted(matches, key=lambda m: (-m.end(), m.start())):
        if (parts := read(match)) and parts[0] <= _LATEST:
            try:
                return WrittenDay(date(*parts), match.start() + match[0].startswith("/"), match.end())
            except ValueError:
                continue
    return None


def _year_known(match: re.Match[str]) -> tuple[int, int, int] | None:
    """Year, month and day of a match; None where its word names no month, or another than its number."""
    parts = match.groupdict()
    number = int(parts.get("m") or parts.get("mm") or 0)
    word = parts.get("word", "")
    if 0 < len(word) <= 3 and "_" in match[0] and word.lower() not in _ENGLISH:
        return None
    month = month_number(word) if word else number
    return (int(parts["y"]), month, int(parts["d"])) if number in (0, month) else None


def _either_way(match: re.Match[str]) -> tuple[int, int, int] | None:
    a, b, year = int(match["a"]), int(match["b"]), int(match["y"])
    if a <= 12 and b <= 12 and a != b and match["s"] != ".":
        return None
    return (year, b, a) if b <= 12 else (year, a, b)
