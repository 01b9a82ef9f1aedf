"""Days that are written as a pattern says (%Y, %y, %m, %d), and the pattern that fits a whole set of paths."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sensors_data.images.paths.day_forms import EITHER_WAY, WrittenDay, last_clear_day

_TOKENS = {"%Y": r"(?P<Y>\d{4})", "%m": r"(?P<m>\d{1,2})", "%d": r"(?P<d>\d{1,2})", "%y": r"(?P<y>\d{2})"}
_SHORT_YEAR = re.compile(r"(?<!\d)(?<!\d[-_.])\d\d(?P<s>[-_.])\d\d(?P=s)\d\d(?!\d)")
_SIX_DIGITS = re.compile(
    r"(?<!\d)\d{6}(?P<s>[-_T ])(?=\d{6}(?!\d))|(?<!\d)\d{6}(?=\d{6}(?!\d))|(?:^|(?<=/))\d{6}(?P<f>/)"
)
"""Six digits before a clock of six, or as a folder's whole name; alone they are a number."""
_BEFORE_CLOCK = ("", "-", "_", "T", " ")
_OLDEST = timedelta(days=3653)
"""Age up to which a year of two digits is believed."""
_NARROWER = 5
"""How many times narrower the days of one reading are than those of another that it rules out."""


def day_by_pattern(pattern: str, name: str) -> tuple[WrittenDay | None, str]:
    """The last day in a path that is written so, and its text; the text alone where it is none, else nothing.

    What follows directly on a day is its clock, also where it could be read as a day.
    """
    matches: list[re.Match[str]] = []
    for match in _expression(pattern).finditer(name):
        if not (matches and _day(matches[-1]) and name[matches[-1].end() : match.start()] in _BEFORE_CLOCK):
            matches.append(match)
    if not matches:
        return None, ""
    last = matches[-1]
    day, marks = _day(last), len(pattern) - len(pattern.rstrip("-_T /"))
    return (None if day is None else WrittenDay(day, last.start(), last.end() - marks)), last[0]


def _expression(pattern: str) -> re.Pattern[str]:
    form = re.escape(pattern)
    for token, expression in _TOKENS.items():
        form = form.replace(token, expression)
    return re.compile(("(?<!\\d)" if pattern.startswith("%") else "") + form)


def _day(match: re.Match[str]) -> date | None:
    parts = {key: int(value) for key, value in match.groupdict().items()}
    year = parts["Y"] if "Y" in parts else 2000 + parts.get("y", 0)
    try:
        return date(year, parts["m"], parts["d"])
    except ValueError:
        return None


@dataclass(frozen=True)
class SetPattern:
    """How the days of a set of paths are written."""

    pattern: str
    why: str
    is_decided: bool
    """Whether the set leaves no other reading; else `why` names the other."""


def pattern_of_set(names: Iterable[str], today: date) -> SetPattern | None:
    """The pattern by which days without a clear order are written in a set of paths; None where there are none.

    Among the readings that give a day for every path, dots have the day first, no picture is of the future, and a year
    of two digits is of the last ten years.
    """
    unclear = [name for name in names if last_clear_day(f"{name.rpartition('/')[0]}/") is None]
    unclear = [name for name in unclear if last_clear_day(name.rpartition("/")[2]) is None]
    for form, share in ((EITHER_WAY, 0.5), (_SHORT_YEAR, 1.0), (_SIX_DIGITS, 1.0)):
        texts = [match for name in unclear if (match := form.search(name))]
        if texts and len(texts) >= share * len(unclear):
            marks = {match["s"] or match.groupdict().get("f") or "" for match in texts}
            if len(marks) == 1:
                return _decided(sorted({match[0] for match in texts}), form, marks.pop(), today)
    return None


def _decided(texts: list[str], form: re.Pattern[str], mark: str, today: date) -> SetPattern | None:
    """The reading that fits every text best."""
    fitting = {pattern: days for pattern in _readings(form, mark) if (days := _days(pattern, texts)) is not None}
    is_short = form is not EITHER_WAY
    likely = {
        pattern: days
        for pattern, days in fitting.items()
        if max(days) <= today + timedelta(days=1) and not (is_short and min(days) < today - _OLDEST)
    }
    if is_short or (len(fitting) > 1 and likely and mark != "."):
        fitting = likely
    if not fitting:
        return None
    first, *others = sorted(fitting, key=lambda pattern: _width(fitting[pattern])) if is_short else list(fitting)
    example = f"'{texts[-1]}'".replace("/", "")
    if not others or mark == "." or (is_short and _NARROWER * _width(fitting[first]) <= _width(fitting[others[0]])):
        return SetPattern(next(iter(fitting)) if mark == "." else first, f"the days of all paths, like {example}", True)
    return SetPattern(first, f'{example} may be two days: state this one or "{others[0]}"', False)


def _readings(form: re.Pattern[str], mark: str) -> list[str]:
    if form is EITHER_WAY:
        orders = ["dmY", "mdY"]
    elif form is _SIX_DIGITS:
        return [f"%{'%'.join(order)}{mark}" for order in ("ymd", "dmy")]
    else:
        orders = ["dmy", "ymd", "mdy"] if mark == "." else ["ymd", "dmy", "mdy"]
    return [mark.join(f"%{part}" for part in order) for order in orders]


def _days(pattern: str, texts: list[str]) -> list[date] | None:
    """The day of each text, None where one has none."""
    days = [match and _day(match) for match in map(_expression(pattern).match, texts)]
    return [day for day in days if day] if all(days) else None


def _width(days: list[date]) -> int:
    return (max(days) - min(days)).days + 1
