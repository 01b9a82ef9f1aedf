"""The time of day in the name of a picture or of its folder."""

from __future__ import annotations

import re
from datetime import time

Clock = tuple[time, str]
"""A time of day, and its offset as it is written; nothing where there is none."""

_CLOCK = re.compile(
    r"^(?:[T_ -]|\sat\s)?(?P<h>[0-2]?\d)(?P<s>[-:._h]?)(?P<m>[0-5]\d)(?P=s)(?P<sec>[0-5]\d)"
    r"(?:[.,_-]?(?P<part>\d{6}|\d{3}|(?<=[.,_-])\d{1,6})(?!\d))?"
    r"\s?(?P<half>[AaPp][Mm])?(?P<zone>Z|[+-]\d{2}:?\d{2})?(?!\d)"
)
_LETTERED = re.compile(
    r"^[T_ -]?(?:[Hh](?P<h>\d\d)[Mm](?P<m>[0-5]\d)(?:[Ss](?P<sec>[0-5]\d))?(?!\d)"
    r"|(?P<hour>\d{1,2})\s?[hH時时点시]\s?(?P<min>[0-5]\d)\s?[mM分분](?:\s?(?P<second>[0-5]\d)\s?[sS秒초]?)?(?!\d))"
)
"""H10M06S00, 10h06m00s, 10时06分00秒."""
_LETTERED_PARTS = (("h", "hour"), ("m", "min"), ("sec", "second"))
_JOINED = re.compile(r"^(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)?(?!\d)")
"""The hour, and the minute, that follow a day of eight digits without a mark: 2026030108."""
_HOUR = re.compile(r"^(?:[_T -]|/)(?:[Hh]our[-_= ]?)?(?P<h>\d\d)h?(?=/)")
"""The hour at the end of a day's folder, or as the folder below it: 2026-03-01_08/, 2026-03-01/08/."""


def clock_in_name(stem: str, start: int, whole: bool = False) -> Clock | None:
    """The time of day at `start` of a file's stem, and its offset; with `whole`, nothing else may follow it."""
    if start and stem[start - 1].isdigit() and (match := _JOINED.match(stem[start:])):
        return time(int(match["h"]), int(match["m"] or 0)), ""
    if (match := _LETTERED.match(stem[start:])) and not (whole and match.end() != len(stem) - start):
        hour, minute, second = (int(match[a] or match[b] or 0) for a, b in _LETTERED_PARTS)
        return (time(hour, minute, second), "") if hour <= 23 else None
    match = _CLOCK.match(stem[start:])
    if match is None:
        return None
    if whole and (match.end() != len(stem) - start or not match["s"]):  # six digits alone may be a number
        return None
    if len(match["h"]) == 1 and not match["s"]:
        return None
    hour_of_day = int(match["h"]) % 12 + 12 * (match["half"].lower() == "pm") if match["half"] else int(match["h"])
    if hour_of_day > 23:
        return None
    part = int((match["part"] or "0").ljust(6, "0"))
    return time(hour_of_day, int(match["m"]), int(match["sec"]), part), match["zone"] or ""


def clock_in_folder(path: str, end: int, hours: bool) -> Clock | None:
    """The time of day behind the day that ends at `end` of a folder's path; with `hours`, also an hour alone."""
    if hours and (match := hour_behind(path, end)) and int(match["h"]) <= 23:
        return time(int(match["h"])), ""
    folder = path[:end] + path[end:].partition("/")[0]
    return clock_in_name(folder, end)


def hour_behind(path: str, end: int) -> re.Match[str] | None:
    """The two digits behind the day that ends at `end` of a folder's path, which may be an hour."""
    return _HOUR.match(path[end:])
