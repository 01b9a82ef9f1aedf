"""The rules by which an event repeats (RFC 5545, RRULE), on the clock of its start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import vRecur

from sensors_data.errors import UnusableError

MOST_STEPS = 300_000
"""Repetitions that are gone through for a calendar, some seconds' worth."""


@dataclass(frozen=True)
class Rule:
    """A rule without its end."""

    text: str
    until: datetime | None
    """The last moment of a start, with a zone where it has one."""
    count: int | None


def rule_of(value: Any, start: datetime, place: str) -> Rule:
    """An event's rule. UnusableError when it has parts that are not known, or never takes a step."""
    parts = vRecur(value)
    until, count, interval = (next(iter(parts.pop(part, [])), None) for part in ("UNTIL", "COUNT", "INTERVAL"))
    text = str(parts.to_ical().decode())  # type: ignore[no-untyped-call]
    if interval is not None:
        text += f";INTERVAL={interval}"
    if min(int(count or 1), int(interval or 1)) < 1 or 0 in (count, interval):
        raise UnusableError(f"{place} repeats with COUNT {count}, INTERVAL {interval}", "both are 1 or more")
    if isinstance(until, date) and not isinstance(until, datetime):
        until = datetime.combine(until, time.max)
    if until is not None and not isinstance(until, datetime):
        raise UnusableError(f"{place} repeats until '{until}'", "write it like 20261121T080000Z")
    try:
        rrulestr(text, dtstart=start)
    except (ValueError, TypeError, OverflowError) as error:
        reason = f"{place} repeats by a rule that is not known: {text[:200]} ({error})"
        raise UnusableError(reason, "mend it in the calendar") from error
    return Rule(text, until, None if count is None else int(count))


def starts(rule: Rule, start: datetime, last: datetime, steps: Iterator[int], place: str) -> Iterator[datetime]:
    """The starts of a rule up to `last`, all on one clock. UnusableError when `steps` count over MOST_STEPS."""
    for number, at in enumerate(rrulestr(rule.text, dtstart=start).replace(until=last)):
        if number == rule.count:
            return
        if next(steps) > MOST_STEPS:
            reason = f"{place} repeats too often: {MOST_STEPS:,} repetitions end before the span does"
            raise UnusableError(reason, "give the rule a later start or a longer interval")
        yield at
