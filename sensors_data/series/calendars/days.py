"""The days of a calendar, such as holidays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path

from sensors_data.series.calendars.calendar_file import Event, events_in
from sensors_data.series.calendars.occurrences import occurrences_in
from sensors_data.series.calendars.planned import zone_of
from sensors_data.settings import Family

DAY = timedelta(days=1)


def days_of(events: Sequence[Event], first: date, last: date, zone: tzinfo) -> tuple[date, ...]:
    """The UTC days from `first` to `last` of which an event fills at least a half, so each holiday of a zone is one."""
    midnight = {first + n * DAY: datetime.combine(first + n * DAY, time(), UTC) for n in range((last - first).days + 1)}
    calendar = occurrences_in(events, midnight[first], midnight[last] + DAY, zone)
    days = set()
    for one in calendar.occurrences:
        day = max(one.start.date(), first)
        while day <= min(one.end.date(), last):
            if min(one.end, midnight[day] + DAY) - max(one.start, midnight[day]) >= DAY / 2:
                days.add(day)
            day += DAY
    return tuple(sorted(days))


def family_days(spec: Family, first: date, last: date) -> tuple[date, ...]:
    """The days of a family's calendar; none without one. NotThereError, UnusableError as `events_in` raises them."""
    if not spec.calendar:
        return ()
    return days_of(events_in(Path(spec.calendar)), first, last, zone_of(spec.layout))
