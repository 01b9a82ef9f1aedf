"""When the events of a calendar take place within a span, in UTC."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from sensors_data.errors import UnusableError
from sensors_data.series.calendars.calendar_file import Event, Moment
from sensors_data.series.calendars.rules import Rule, starts

MOST = 5_000
"""Occurrences in a span."""


@dataclass(frozen=True)
class Occurrence:
    """An interval [start, end) in which an event takes place."""

    uid: str
    which: str
    """Of an event that repeats, the start that its rule or its list of dates has for it."""
    start: datetime
    end: datetime
    summary: str


@dataclass(frozen=True)
class Calendar:
    """A calendar in a span."""

    occurrences: tuple[Occurrence, ...]
    """Those that touch the span, by start."""
    cancelled: int
    """Events and occurrences that are cancelled, in the whole file."""
    empty: int
    """Occurrences in the span without a length, such as reminders."""


def occurrences_in(events: Sequence[Event], first: datetime, last: datetime, zone: tzinfo) -> Calendar:
    """The occurrences that touch [first, last). Dates, and times without a zone, are in `zone`.

    UnusableError where there are over MOST, or rules that never get there.
    """
    steps = itertools.count(1)
    touching, empty = [], 0
    for event, replaced in _newest(events, zone):
        for occurrence in _of_event(event, replaced, last, zone, steps):
            if occurrence.end <= occurrence.start:
                empty += first <= occurrence.start < last
            elif occurrence.end > first and occurrence.start < last:
                touching.append(occurrence)
            if len(touching) > MOST:
                reason = f"{event.place} and those before it take place over {MOST:,} times in the span"
                raise UnusableError(reason, "shorten the span, or make one long event of many short ones")
    touching.sort(key=lambda occurrence: (occurrence.start, occurrence.end, occurrence.uid))
    return Calendar(tuple(touching), sum(event.is_cancelled for event in events), empty)


def _newest(events: Sequence[Event], zone: tzinfo) -> Iterator[tuple[Event, tuple[Moment, ...]]]:
    """The newest revision of every event and changed occurrence that is not cancelled.

    Each comes with the starts of its occurrences that others replace.
    """
    newest: dict[tuple[str, datetime | None], Event] = {}
    for event in events:
        key = (event.uid, None if event.instead_of is None else event.instead_of.utc(zone))
        if key not in newest or event.sequence >= newest[key].sequence:
            newest[key] = event
    replaced: dict[str, list[Moment]] = {}
    for event in newest.values():
        if event.instead_of is not None:
            replaced.setdefault(event.uid, []).append(event.instead_of)
    for (uid, at), event in newest.items():
        series = newest.get((uid, None))
        if not event.is_cancelled and (series is None or not series.is_cancelled):
            yield event, tuple(replaced.get(uid, ())) if at is None else ()


def _of_event(
    event: Event, replaced: tuple[Moment, ...], last: datetime, zone: tzinfo, steps: Iterator[int]
) -> Iterator[Occurrence]:
    """Every occurrence of an event that starts before `last`."""
    if event.instead_of is not None:
        if event.start.utc(zone) < last:
            which = _name(event.instead_of, zone)
            yield Occurrence(event.uid, which, *_interval(event, event.start, zone), event.summary)
        return
    absent = (*event.excluded, *replaced)
    times = {moment.utc(zone) for moment in absent if not moment.is_day}
    days = {moment.wall.date() for moment in absent if moment.is_day}
    for start, (moment, end) in _series(event, last, zone, steps).items():
        if start < last and start not in times and moment.wall.date() not in days:
            usual = _interval(event, moment, zone)[1]
            which = _name(moment, zone) if event.rules or event.dates else ""
            yield Occurrence(event.uid, which, start, usual if end is None else _end(start, end, zone), event.summary)


def _series(
    event: Event, last: datetime, zone: tzinfo, steps: Iterator[int]
) -> dict[datetime, tuple[Moment, Moment | timedelta | None]]:
    """The starts of an event in UTC and on its clock, each with an end of its own where it has one."""
    walls = {event.start.wall}.union(*(_walls(rule, event, last, zone, steps) for rule in event.rules))
    walls = walls.difference(*(_walls(rule, event, last, zone, steps) for rule in event.excluded_rules))
    moments = (Moment(wall, event.start.zone, event.start.is_day) for wall in walls)
    listed = {moment.utc(zone): (moment, end) for moment, end in event.dates}
    return {moment.utc(zone): (moment, None) for moment in moments} | listed


def _walls(rule: Rule, event: Event, last: datetime, zone: tzinfo, steps: Iterator[int]) -> Iterator[datetime]:
    """The starts of an event's rule before `last`, on the event's clock."""
    clock = event.start.zone or zone
    final = last.astimezone(clock).replace(tzinfo=None)
    if rule.until is not None:
        until = rule.until.astimezone(clock).replace(tzinfo=None) if rule.until.tzinfo else rule.until
        final = min(final, until)
    return starts(rule, event.start.wall, final, steps, event.place)


def _interval(event: Event, start: Moment, zone: tzinfo) -> tuple[datetime, datetime]:
    """Start and end in UTC of an event that starts at a moment."""
    begins = start.utc(zone)
    if event.end is not None:
        return begins, begins + (event.end.utc(zone) - event.start.utc(zone))
    day = Moment(start.wall + timedelta(days=event.duration.days), start.zone)
    return begins, day.utc(zone) + timedelta(seconds=event.duration.seconds)


def _end(start: datetime, end: Moment | timedelta, zone: tzinfo) -> datetime:
    return start + end if isinstance(end, timedelta) else end.utc(zone)


def _name(moment: Moment, zone: tzinfo) -> str:
    """What names an occurrence: its date, or its moment in UTC."""
    return moment.wall.date().isoformat() if moment.is_day else moment.utc(zone).astimezone(UTC).isoformat()
