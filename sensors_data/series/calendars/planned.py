"""A calendar's occurrences as known intervals: new ones are added, changed ones replaced, gone ones withdrawn."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Literal

import pandas as pd

from sensors_data.audit import record
from sensors_data.errors import UnusableError
from sensors_data.layout import Layout
from sensors_data.series.calendars.calendar_file import Event
from sensors_data.series.calendars.occurrences import Calendar, Occurrence, occurrences_in
from sensors_data.series.incidents import Incident, keep_as, read_incidents, take_back
from sensors_data.settings import Label, Section
from sensors_data.store import Store

LONGEST_SPAN = timedelta(days=3660)


class Work(Section):
    """What the events of a calendar are, and the UTC days that are looked at."""

    calendar: Label
    """Name of the file."""
    kind: Literal["planned", "fault"]
    first: date
    last: date
    """The last day, which is looked at as well."""
    asset: Label | None = None
    author: str = ""

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The days as an interval. UnusableError where there are none, or too many."""
        if not timedelta() <= self.last - self.first < LONGEST_SPAN:
            reason = f"{self.first} to {self.last} is no span of 1 to {LONGEST_SPAN.days:,} days"
            raise UnusableError(reason, "give other days by --from-day and --to-day")
        midnight = time(tzinfo=UTC)
        return datetime.combine(self.first, midnight), datetime.combine(self.last + timedelta(days=1), midnight)


@dataclass(frozen=True)
class Imported:
    """How many intervals of the span an import added, changed, left and withdrew."""

    added: int
    changed: int
    unchanged: int
    withdrawn: int

    def __str__(self) -> str:
        """What the import did, in words."""
        return (
            f"{self.added:,} added, {self.changed:,} changed, {self.unchanged:,} left as they were, "
            f"{self.withdrawn:,} withdrawn"
        )


def left_out(calendar: Calendar) -> str:
    """What a calendar has that makes no interval, in words; empty where there is nothing."""
    counts = {"cancelled": calendar.cancelled, "without length": calendar.empty}
    words = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    return f"; not taken: {words}" if words else ""


def zone_of(layout: Layout) -> tzinfo:
    """The zone of a family's times."""
    zone = pd.Timestamp("2000-01-01").tz_localize(layout.timezone).tzinfo
    assert isinstance(zone, tzinfo)  # noqa: S101
    return zone


def calendar_of(events: Sequence[Event], work: Work, layout: Layout) -> Calendar:
    """What a family's calendar has in the span of the work. UnusableError as `occurrences_in` raises it."""
    return occurrences_in(events, *work.span, zone_of(layout))


def import_calendar(store: Store, family: str, calendar: Calendar, work: Work, told: datetime) -> Imported:
    """Keep a calendar's occurrences as incidents of a family, each under an id of its event and its place in there.

    What the calendar of this name had in the span before and no longer has is withdrawn.
    """
    new = {
        _key(occurrence, family, work): _incident(occurrence, family, work, told) for occurrence in calendar.occurrences
    }
    known = read_incidents(store, family)
    first, last = work.span
    there = known[known["calendar"].notna()].set_index("incident")
    rows = {str(row.pop("incident")): row for row in there.reset_index().to_dict("records")}
    same = (there["calendar"] == work.calendar) & (there["kind"] == work.kind)
    same &= there["asset"].eq(work.asset) if work.asset else there["asset"].isna()
    gone = there.index[same & (there["end"] > first) & (there["start"] < last) & ~there.index.isin(list(new))]
    changed = [key for key, one in new.items() if key in rows and _differs(rows[key], one)]
    added = [key for key in new if key not in rows]
    for key in added:
        keep_as(store, new[key], key)
    for key in changed:
        take_back(store, key)
        keep_as(store, new[key], key)
    for key in gone:
        take_back(store, str(key))
    imported = Imported(len(added), len(changed), len(new) - len(added) - len(changed), len(gone))
    if added or changed or len(gone):
        about = f"{work.calendar} for {family}, {work.kind}, {work.first} to {work.last}: {imported}"
        record(store, "imported", about, work.author)
    return imported


def _key(occurrence: Occurrence, family: str, work: Work) -> str:
    """An occurrence's id, of what it is rather than when, so that it stays when the event is moved."""
    identity = [family, work.asset, work.kind, occurrence.uid, occurrence.which]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]


def _incident(occurrence: Occurrence, family: str, work: Work, told: datetime) -> Incident:
    return Incident(
        family=family,
        start=occurrence.start,
        end=occurrence.end,
        kind=work.kind,
        asset=work.asset,
        note=occurrence.summary,
        author=work.author,
        told=told,
        calendar=work.calendar,
    )


def _differs(row: dict[Hashable, Any], incident: Incident) -> bool:
    """Whether a kept incident says other things than the calendar does now."""
    return any(row[name] != getattr(incident, name) for name in ("start", "end", "note", "calendar"))
