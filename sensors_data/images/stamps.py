"""The day and the time that a picture's path names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_IN_INBOX = r"(?<!\d)20\d\d(?:-\d{1,2}-|_\d{1,2}_|\.\d{1,2}\.|/\d{1,2}/|[01]\d)\d{1,2}(?!\d)"
"""What `{day}` of an inbox stands for: 2026-11-21, 2026_11_21, 2026.11.21, 2026/11/21, 20261121."""

_YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>20\d\d)(?P<s>[-_./])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)")
_COMPACT = re.compile(
    r"(?<!\d)(?P<y>20\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?=\D|$|(?:[0-2]\d[0-5]\d[0-5]\d)(?:\d{3}){0,2}(?!\d))"
)
_MONTH_FOLDER = re.compile(r"(?:^|/)(?P<y>20\d\d)[-_.](?P<m>[01]?\d)/(?P<d>[0-3]?\d)(?=/)")
_DAY_FIRST = re.compile(r"(?<!\d)(?P<a>\d{1,2})(?P<s>[-_.])(?P<b>\d{1,2})(?P=s)(?P<y>20\d\d)(?!\d)")
_EPOCH = re.compile(r"(?:^|[^\d.])(?P<n>\d{10}|\d{13}|\d{16})$")
_CLOCK = re.compile(
    r"^(?:[T_ -]|\sat\s)?(?P<h>[0-2]?\d)(?P<s>[-:._h]?)(?P<m>[0-5]\d)(?P=s)(?P<sec>[0-5]\d)"
    r"(?:[.,_-]?(?P<part>\d{6}|\d{3}|(?<=[.,_-])\d{1,6})(?!\d))?"
    r"\s?(?P<half>[AaPp][Mm])?(?P<zone>Z|[+-]\d{2}:?\d{2})?(?!\d)"
)
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_TOKENS = {"%Y": r"(?P<Y>\d{4})", "%m": r"(?P<m>\d{1,2})", "%d": r"(?P<d>\d{1,2})", "%y": r"(?P<y>\d{2})"}


@dataclass(frozen=True)
class Stamp:
    """When a picture was taken, as its path says."""

    day: date | None
    """The UTC day; None where none is named, or where it may be two."""
    time: datetime | None
    """In UTC; None where the path names a day alone."""
    note: str = ""
    """Why there is no day, or what else the path says."""


def stamp_of(name: str, zone: str = "UTC", day_pattern: str | None = None) -> Stamp:
    """The stamp of a path below the inbox, like `line-1/2026-11-21/130509.png`.

    A day in a folder counts before one in the file's name: a serial number of eight digits may look like a day. Only a
    whole time in the file's name counts before the folder, and only within a day of it. Times without an offset are in
    `zone`. `day_pattern` (%Y, %m or %d) says how days are written where their form alone is unclear.
    """
    folder, _, file = name.rpartition("/")
    stem = file.rpartition(".")[0] or file
    if day_pattern is not None:
        return _patterned(name, stem, zone, day_pattern)
    in_folder, in_file = _last_day(f"{folder}/"), _last_day(stem)
    if in_file is None:
        return _at(in_folder[0], _clock(stem, 0, whole=True), zone) if in_folder else _without_a_day(name, stem)
    named, clock = in_file[0], _clock(stem, in_file[1])
    if in_folder is None:
        return _at(named, clock, zone)
    day = in_folder[0]
    if clock is not None and abs(named - day) <= timedelta(days=1):
        return _at(named, clock, zone)
    note = f"its name says {named}, its folder {day}; the folder counts" if named != day else ""
    return Stamp(day, None, note)


def _last_day(text: str) -> tuple[date, int] | None:
    """The last day in a text and where it ends."""
    matches = [m for form in (_YEAR_FIRST, _COMPACT, _MONTH_FOLDER) for m in form.finditer(text)]
    for match in sorted(matches, key=lambda m: -m.end()):
        try:
            return date(int(match["y"]), int(match["m"]), int(match["d"])), match.end()
        except ValueError:
            continue
    for match in reversed(list(_DAY_FIRST.finditer(text))):
        a, b = int(match["a"]), int(match["b"])
        if (a > 12) != (b > 12):  # else the two may be a day and a month either way
            day, month = (a, b) if a > 12 else (b, a)
            try:
                return date(int(match["y"]), month, day), match.end()
            except ValueError:
                continue
    return None


def _without_a_day(name: str, stem: str) -> Stamp:
    """The stamp of a path in which no day was recognised: an epoch, or the reason."""
    if match := _EPOCH.search(stem):
        seconds = int(match["n"]) / {10: 1, 13: 1e3, 16: 1e6}[len(match["n"])]
        if _EARLIEST.timestamp() <= seconds < _LATEST.timestamp():
            at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(seconds * 1e6))
            return Stamp(at.date(), at)
    if match := _DAY_FIRST.search(name):
        text = match[0]
        why = f"'{text}' in its path may be two days; state day_pattern, like \"%d{match['s']}%m{match['s']}%Y\""
        return Stamp(None, None, why)
    return Stamp(None, None, "no day in its path; name it like 2026-11-21T13-05-00.png, or state day_from")


def _patterned(name: str, stem: str, zone: str, pattern: str) -> Stamp:
    """The stamp of a path whose days are written as `pattern` says."""
    form = re.escape(pattern)
    for token, expression in _TOKENS.items():
        form = form.replace(token, expression)
    matches = list(re.finditer(form, name))
    if not matches:
        return Stamp(None, None, f"no day like {pattern} in its path")
    parts = {key: int(value) for key, value in matches[-1].groupdict().items()}
    year = parts["Y"] if "Y" in parts else 2000 + parts.get("y", 0)
    try:
        day = date(year, parts["m"], parts["d"])
    except ValueError:
        return Stamp(None, None, f"'{matches[-1][0]}' in its path is no day that {pattern} reads")
    rest = name[matches[-1].end() :]
    inside = rest.rpartition(".")[0] if "/" not in rest else stem
    return _at(day, _clock(inside, 0, whole="/" in rest), zone)


def _clock(stem: str, start: int, whole: bool = False) -> tuple[time, str] | None:
    """The time of day at `start` of a file's stem, and its offset; with `whole`, nothing else may follow it."""
    match = _CLOCK.match(stem[start:])
    if match is None:
        return None
    if whole and (match.end() != len(stem) - start or not match["s"]):  # six digits alone may be a number
        return None
    if len(match["h"]) == 1 and not match["s"]:
        return None
    hour = int(match["h"]) % 12 + 12 * (match["half"].lower() == "pm") if match["half"] else int(match["h"])
    if hour > 23:
        return None
    part = int((match["part"] or "0").ljust(6, "0"))
    return time(hour, int(match["m"]), int(match["sec"]), part), match["zone"] or ""


def _at(day: date, clock: tuple[time, str] | None, zone: str) -> Stamp:
    """The stamp of a local day and clock."""
    if clock is None:
        return Stamp(day, None)
    of_day, offset = clock
    iso = offset if len(offset) != 5 else f"{offset[:3]}:{offset[3:]}"
    local = datetime.combine(day, of_day)
    at = (
        datetime.fromisoformat(f"{local.isoformat()}{iso.replace('Z', '+00:00')}")
        if offset
        else local.replace(tzinfo=ZoneInfo(zone))
    ).astimezone(UTC)
    return Stamp(at.date(), at)
