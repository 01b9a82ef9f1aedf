"""The day and the time that a picture's path names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sensors_data.images.paths.clocks import Clock, clock_in_folder, clock_in_name
from sensors_data.images.paths.day_forms import EITHER_WAY, last_day
from sensors_data.images.paths.day_patterns import day_by_pattern

_EPOCH = re.compile(r"(?:^|[^\d.])(?P<n>\d{10}(?:\.\d{1,6})?|\d{13}|\d{16})(?=$|(?P<more>[-_ ]))")
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_LIKELY = datetime(2010, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)
"""When pictures are taken whose epoch is followed by more; other numbers are serial ones."""


@dataclass(frozen=True)
class Stamp:
    """When a picture was taken, as its path says."""

    day: date | None
    """The UTC day; None where none is named, or where it may be two."""
    time: datetime | None
    """In UTC; None where the path names a day alone."""
    note: str = ""
    """Why there is no day, or what else the path says."""


def stamp_of(name: str, zone: str = "UTC", day_pattern: str | None = None, hours: bool = True) -> Stamp:
    """The stamp of a path below the inbox, like `line-1/2026-11-21/130509.png`.

    A day in a folder counts before one in the file's name: a serial number of eight digits may look like a day. Only a
    whole time in the file's name counts before the folder, and only within a day of it. Times without an offset are in
    `zone`. `day_pattern` (%Y, %m or %d) says how days are written where their form alone is unclear. `hours` says
    whether two digits behind the day of a folder are an hour.
    """
    name = unicodedata.normalize("NFC", name)
    folder, _, file = name.rpartition("/")
    stem, folder = file.rpartition(".")[0] or file, f"{folder}/"
    if day_pattern is not None:
        return _patterned(name, stem, zone, day_pattern, hours)
    in_folder, in_file = last_day(folder), last_day(stem)
    if in_folder is None:
        return _at(in_file.day, clock_in_name(stem, in_file.end), zone) if in_file else _without_a_day(name, stem)
    of_folder = clock_in_folder(folder, in_folder.end, hours)
    if in_file is None:
        return _at(in_folder.day, clock_in_name(stem, 0, whole=True) or of_folder, zone)
    day, named, clock = in_folder.day, in_file.day, clock_in_name(stem, in_file.end)
    if clock is not None and abs(named - day) <= timedelta(days=1):
        return _at(named, clock, zone)
    note = f"its name says {named}, its folder {day}; the folder counts" if named != day else ""
    return replace(_at(day, of_folder, zone), note=note)


def _without_a_day(name: str, stem: str) -> Stamp:
    """The stamp of a path in which no day was recognised: an epoch, or the reason."""
    for match in reversed(list(_EPOCH.finditer(stem))):
        digits = match["n"].partition(".")[0]
        seconds = float(match["n"]) / {10: 1, 13: 1e3, 16: 1e6}[len(digits)]
        first, last = _LIKELY if match["more"] else (_EARLIEST, _LATEST)
        if first.timestamp() <= seconds < last.timestamp():
            at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(seconds * 1e6))
            return Stamp(at.date(), at)
    if two := EITHER_WAY.search(name):
        text = two[0]
        why = f"'{text}' in its path may be two days; state day_pattern, like \"%d{two['s']}%m{two['s']}%Y\""
        return Stamp(None, None, why)
    return Stamp(None, None, "no day in its path; name it like 2026-11-21T13-05-00.png, or state day_from")


def _patterned(name: str, stem: str, zone: str, pattern: str, hours: bool) -> Stamp:
    """The stamp of a path whose days are written as `pattern` says."""
    written, text = day_by_pattern(pattern, name)
    if written is None:
        why = f"'{text}' in its path is no day that {pattern} reads" if text else f"no day like {pattern} in its path"
        return Stamp(None, None, why)
    in_file = len(name) - len(name.rpartition("/")[2])
    if written.end > in_file:
        return _at(written.day, clock_in_name(stem, written.end - in_file), zone)
    clock = clock_in_name(stem, 0, whole=True)
    return _at(written.day, clock or clock_in_folder(name[:in_file], written.end, hours), zone)


def _at(day: date, clock: Clock | None, zone: str) -> Stamp:
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
