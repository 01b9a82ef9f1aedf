"""An iCalendar file (RFC 5545) as events. What cannot be used is refused with its event, before anything is kept."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

from icalendar import Calendar, Component, vRecur
from icalendar.timezone import tzp

from sensors_data.errors import NotThereError, UnreadableError, UnusableError
from sensors_data.series.calendars.rules import Rule, rule_of

LARGEST = 8 * 2**20
"""Bytes of a calendar, a hundred years of daily events."""
LONGEST = timedelta(days=3660)
"""Length of an event."""
YEARS = range(2, 9999)
"""Years whose days are in range in every zone."""
_MISPLACED = (ValueError, KeyError, TypeError, AttributeError, OverflowError)
"""What icalendar and dateutil raise where a part stands in the wrong place."""
_YEARLY = {"FREQ", "BYMONTH", "BYDAY", "BYMONTHDAY", "INTERVAL", "UNTIL", "COUNT", "WKST"}
"""Parts of a rule by which a zone changes its clock."""
_TIMES = ("DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE")
_ONCE = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "SEQUENCE", "UID", "STATUS")


@dataclass(frozen=True)
class Moment:
    """A time on a clock, and the zone of that clock; without one, it is the reader's."""

    wall: datetime
    zone: tzinfo | None = None
    is_day: bool = False
    """Whether it is a date, which begins at midnight."""

    def utc(self, reader: tzinfo) -> datetime:
        """The moment in UTC; of an hour that the clock goes through twice, in the first pass."""
        return self.wall.replace(tzinfo=self.zone or reader).astimezone(UTC)


@dataclass(frozen=True)
class Event:
    """An event, or one changed occurrence of it."""

    place: str
    """Where it stands, for messages."""
    uid: str
    summary: str
    start: Moment
    end: Moment | None
    """Where the event says so; it then lasts equally long at every occurrence."""
    duration: timedelta
    """Without an end: its days are days of the calendar, the rest is exact."""
    rules: tuple[Rule, ...] = ()
    dates: tuple[tuple[Moment, Moment | timedelta | None], ...] = ()
    """Further starts, some with an end or a length of their own."""
    excluded_rules: tuple[Rule, ...] = ()
    excluded: tuple[Moment, ...] = ()
    instead_of: Moment | None = None
    """The start of the occurrence that this one replaces."""
    sequence: int = 0
    """The number of the event's revision."""
    is_cancelled: bool = False


def events_in(path: Path) -> tuple[Event, ...]:
    """The events of an iCalendar file, in its order.

    NotThereError without the file; UnreadableError when it is no calendar or too large; UnusableError names an event
    that cannot be used.
    """
    calendars = _calendars(_bytes(path), path.name)
    events = [
        _event(component, f"{path.name}: event {number}", method)
        for number, (component, method) in enumerate(_components(calendars, "VEVENT"), start=1)
    ]
    if not events:
        raise UnusableError(f"{path.name} has no event", "export the calendar again, with its events")
    return tuple(events)


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise NotThereError(f"there is no file {path}", "name an iCalendar file, such as plant.ics")
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        size = f"{path.name} is larger than {LARGEST // 2**20} MB"
        raise UnreadableError(size, "export fewer years, or fewer calendars at once")
    if b"BEGIN:VCALENDAR" not in data.upper():
        found = f"it begins with {data[:40]!r}" if data.strip() else "it is empty"
        raise UnreadableError(f"{path.name} is not an iCalendar file: {found}", "export the calendar as .ics in UTF-8")
    return data


def _calendars(data: bytes, name: str) -> list[Component]:
    """The calendars of a file. UnreadableError where it breaks off, or a line of it is none."""
    tzp.use_default()  # forget the zones of other files, which may have the same names
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # zones called by a vendor's name before the usual one
            calendars: list[Component] = [*Calendar.from_ical(data, multiple=True)]
    except _MISPLACED as error:
        raise UnreadableError(f"{name} cannot be read: {str(error)[:200]}", "export the calendar again") from error
    if not calendars:
        raise UnreadableError(f"{name} breaks off: it has no END:VCALENDAR", "export the calendar again")
    for zone, _ in _components(calendars, "VTIMEZONE"):
        _check_zone(zone, name)
    return calendars


def _check_zone(zone: Component, name: str) -> None:
    """Refuse a zone of a file that changes its clock by rules that are broken, or may go on for hours."""
    place = f"{name}: zone '{_text(zone, 'TZID')}'"
    remedy = "name the zone like Europe/Berlin"
    rules = (rule for part in zone.subcomponents for kind in ("RRULE", "EXRULE") for rule in _all(part, kind))
    for rule in rules:
        parts = dict(rule) if isinstance(rule, vRecur) else {}
        if parts.get("FREQ") != ["YEARLY"] or not set(parts) <= _YEARLY or parts.get("INTERVAL", [1])[0] < 1:
            raise UnusableError(f"{place} changes its clock by a rule that is not yearly", remedy)
    try:
        datetime(2026, 1, 1, tzinfo=tzp.timezone(_text(zone, "TZID"))).utcoffset()
    except _MISPLACED as error:
        raise UnusableError(f"{place} does not say what its clock shows: {error}", remedy) from error


def _components(calendars: Iterable[Component], name: str) -> Iterator[tuple[Component, str]]:
    """The components of a kind, each with the method of its calendar."""
    for calendar in calendars:
        for component in calendar.walk(name):
            yield component, str(calendar.get("METHOD", ""))


def _event(component: Component, place: str, method: str) -> Event:
    summary = _text(component, "SUMMARY")
    place = f"{place} ({summary[:60]})" if summary else place
    _check(component, place)
    start = _moment(_one(component, "DTSTART"), place)
    end, duration = _length(component, start, place)
    replaced = _one(component, "RECURRENCE-ID")
    if replaced is not None and "RANGE" in replaced.params:
        remedy = "end the series there and begin a new one"
        raise UnusableError(f"{place} changes all later occurrences (RANGE={replaced.params['RANGE']})", remedy)
    return Event(
        place=place,
        uid=_text(component, "UID") or f"{start.wall.isoformat()} {summary}",
        summary=summary,
        start=start,
        end=end,
        duration=duration,
        rules=tuple(rule_of(rule, start.wall, place) for rule in _all(component, "RRULE")),
        dates=tuple(_dates(component, "RDATE", place)),
        excluded_rules=tuple(rule_of(rule, start.wall, place) for rule in _all(component, "EXRULE")),
        excluded=tuple(moment for moment, _ in _dates(component, "EXDATE", place)),
        instead_of=None if replaced is None else _moment(replaced, place),
        sequence=int(_one(component, "SEQUENCE") or 0),
        is_cancelled="CANCEL" in f"{_text(component, 'STATUS')} {method}".upper(),
    )


def _check(component: Component, place: str) -> None:
    """Refuse an event whose times cannot be read, stand there twice, or have no start."""
    for name, reason in component.errors:
        if name in _TIMES:
            raise UnusableError(f"{place} has a {name} that cannot be read: {reason[:200]}", "mend it in the calendar")
    for name in _ONCE:
        if len(_all(component, name)) > 1:
            raise UnusableError(f"{place} has {len(_all(component, name))} values of {name}", "leave one of them")
    if "DTSTART" not in component:
        raise UnusableError(f"{place} has no start (DTSTART)", "give it one, or delete it")


def _length(component: Component, start: Moment, place: str) -> tuple[Moment | None, timedelta]:
    """An event's end, or its duration: a day for a date, none for a time."""
    if "DTEND" not in component:
        default = timedelta(days=1) if start.is_day else timedelta()
        duration = _one(component, "DURATION")
        return None, _checked(default if duration is None else duration.dt, place)
    end = _moment(_one(component, "DTEND"), place)
    if end.is_day != start.is_day:
        raise UnusableError(f"{place} has a date and a time as its start and end", "make both dates, or both times")
    length = _checked(end.utc(UTC) - start.utc(UTC), place)
    return (None, max(length, timedelta(days=1))) if start.is_day else (end, timedelta())


def _checked(length: Any, place: str) -> timedelta:
    if not isinstance(length, timedelta):
        raise UnusableError(f"{place} has a DURATION that is none: {length}", "write it like PT8H")
    if length < -timedelta(hours=14):  # less may be of zones that are not known yet
        raise UnusableError(f"{place} ends before it starts", "mend its end")
    if length > LONGEST:
        raise UnusableError(f"{place} lasts {length.days:,} days, the most is {LONGEST.days:,}", "mend its end")
    return length


def _dates(component: Component, name: str, place: str) -> Iterator[tuple[Moment, Moment | timedelta | None]]:
    """The moments of a property that lists some, each with its end or its length where it is a period."""
    for listed in _all(component, name):
        for one in listed.dts:
            start, end = one.dt if isinstance(one.dt, tuple) else (one.dt, None)
            until = end if end is None or isinstance(end, timedelta) else _moment_of(end, listed.params, place)
            yield _moment_of(start, listed.params, place), until


def _moment(value: Any, place: str) -> Moment:
    return _moment_of(value.dt, value.params, place)


def _moment_of(value: Any, params: dict[str, str], place: str) -> Moment:
    """A date or a time as a moment. UnusableError when it is neither, or its zone is not known."""
    if isinstance(value, datetime):
        if value.tzinfo is None and "TZID" in params:
            remedy = "name it like Europe/Berlin, or export the calendar with its zones (VTIMEZONE)"
            raise UnusableError(f"{place} is in zone '{params['TZID'][:60]}', which nobody knows", remedy)
        moment = Moment(value.replace(tzinfo=None), value.tzinfo)
    elif isinstance(value, date):
        moment = Moment(datetime.combine(value, time()), is_day=True)
    else:
        raise UnusableError(f"{place} has a date that is none: {value}", "write it like 20261121 or 20261121T080000Z")
    if moment.wall.year not in YEARS:
        raise UnusableError(f"{place} has a date in the year {moment.wall.year}", "mend it in the calendar")
    return moment


def _text(component: Component, name: str) -> str:
    """A property's first text in one line, at most 200 characters; empty without one."""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", str(_one(component, name) or "")).strip()[:200]


def _one(component: Component, name: str) -> Any:
    """The first value of a property, None without one."""
    return next(iter(_all(component, name)), None)


def _all(component: Component, name: str) -> list[Any]:
    """The values of a property, as it may stand there several times."""
    value = component.get(name, [])
    return value if isinstance(value, list) else [value]
