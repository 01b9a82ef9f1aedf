"""Values that come late: which days have more than was taken in, within the grace and beyond it."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from sensors_data.errors import NotThereError, UnreadableError
from sensors_data.series.files.file_source import find_files
from sensors_data.series.intake.readings_table import READINGS
from sensors_data.series.sources.kinds import take_day
from sensors_data.settings import Family
from sensors_data.store import Store
from sensors_data.wide_rows import WideRows, rows_of

BEYOND = timedelta(days=14)
"""How far beyond the grace files are looked at for values that come too late."""


def stamp_of(spec: Family, day: date) -> str:
    """A stamp that changes with a day's files: their names, sizes and times; empty for a day from a server."""
    if not spec.inbox:
        return ""
    try:
        files = find_files(spec.inbox, day)
    except LookupError:
        return ""
    known = [f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    return hashlib.sha256("\n".join(known).encode()).hexdigest()[:16]


def late_days(store: Store, spec: Family, family: str, day: date) -> list[date]:
    """The days within the grace before `day` whose values are others than were taken in, sorted.

    A day that was never taken in is one of them, where days before it were.
    """
    taken = store.days("readings", family=family)
    grace = [day - timedelta(days=back) for back in range(spec.grace, 0, -1)]
    return [d for d in grace if taken and taken[0] < d + timedelta(days=1) and _differs(store, spec, family, d, day)]


def too_late(store: Store, spec: Family, family: str, day: date) -> dict[date, int]:
    """How many values more the files hold of each day before the grace than were taken in; a server is not asked."""
    last = day - timedelta(days=spec.grace + 1)
    many = {}
    for d in store.days("readings", family=family):
        if not spec.inbox or not last - BEYOND < d <= last:
            continue
        sources = [store.provenance(path) for path in store.written("readings", [d], family=family)]
        if sources[0].inputs and sources[0].inputs != stamp_of(spec, d):
            rows = _rows(spec, d)
            many[d] = (0 if rows is None else rows.count) - sum(source.many for source in sources)
    return {d: more for d, more in many.items() if more > 0}


def revision_of(store: Store, family: str, day: date, readings: WideRows) -> tuple[int, str]:
    """The number of a day's revision if it becomes `readings`, and what is new in words; 1 and none for a new day."""
    paths = store.written("readings", [day], family=family)
    if not paths:
        return 1, ""
    edition = max(store.provenance(path).edition for path in paths)
    more, fewer, other = _news(_stored(store, paths), readings)
    if not more + fewer + other:
        return edition, f"revision {edition}" if edition > 1 else ""
    return edition + 1, f"revision {edition + 1}: {more:,} values more, {other:,} changed, {fewer:,} gone"


def _news(before: WideRows, after: WideRows) -> tuple[int, int, int]:
    """How many values `after` has more than `before`, how many fewer, and how many others."""
    key = ["time", "asset", "sensor"]
    both = before.long().merge(after.long(), on=key, how="outer", suffixes=("", "_new"), indicator=True)
    shared = both["_merge"] == "both"
    other = shared & (both["value"] != both["value_new"])
    return int((both["_merge"] == "right_only").sum()), int((both["_merge"] == "left_only").sum()), int(other.sum())


def _differs(store: Store, spec: Family, family: str, day: date, night: date) -> bool:
    """Whether a day's values are others than those in the store."""
    paths = store.written("readings", [day], family=family)
    if not paths:
        return _rows(spec, day) is not None
    beside = "{day}" in spec.inbox and night - day == timedelta(
        days=1
    )  # the file of the day after may hold hours of it
    if spec.inbox and not beside and store.provenance(paths[0]).inputs == stamp_of(spec, day):
        return False
    rows = _rows(spec, day)
    return rows is not None and any(_news(_stored(store, paths), rows))


def _stored(store: Store, paths: list[str]) -> WideRows:
    """A day's readings as they were taken in."""
    parts = list(store.tables_of("readings", paths, coded=True))
    sensors = dict.fromkeys(name for part in parts for name in READINGS.sensors_in(part.column_names))
    return rows_of(READINGS, parts, tuple(sensors))


def _rows(spec: Family, day: date) -> WideRows | None:
    """A day's readings as its source has them now; None where there is nothing that can be read."""
    try:
        rows = take_day(spec, day)[0]
    except (NotThereError, UnreadableError, LookupError):
        return None
    return rows if rows.count else None
