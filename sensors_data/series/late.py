"""Values that come late: which days have more than was taken in, within the grace and beyond it."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pandas as pd

from sensors_data.arrow_rows import as_table
from sensors_data.errors import NotThereError, UnreadableError
from sensors_data.series.file_source import find_files
from sensors_data.series.sources import read_day
from sensors_data.settings import Family
from sensors_data.store import Store

BEYOND = timedelta(days=14)
"""How far beyond the grace files are looked at for values that come too late."""


def stamp_of(spec: Family, day: date) -> str:
    """What tells whether a day's files have changed: their names, sizes and times; empty for a server's day."""
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
            many[d] = len(_rows(spec, d)) - sum(source.rows for source in sources)
    return {d: more for d, more in many.items() if more > 0}


def revision_of(store: Store, family: str, day: date, readings: pd.DataFrame) -> tuple[int, str]:
    """The number of a day's revision if it becomes `readings`, and what is new in words; 1 and none for a new day."""
    paths = store.written("readings", [day], family=family)
    if not paths:
        return 1, ""
    edition, key = max(store.provenance(path).edition for path in paths), ["time", "asset", "sensor"]
    both = store.read_files("readings", paths).merge(
        as_table("readings", readings), on=key, how="outer", suffixes=("", "_new"), indicator=True
    )
    more, fewer = int((both["_merge"] == "right_only").sum()), int((both["_merge"] == "left_only").sum())
    other = int(((both["_merge"] == "both") & (both["value"] != both["value_new"])).sum())
    if not more + fewer + other:
        return edition, f"revision {edition}" if edition > 1 else ""
    return edition + 1, f"revision {edition + 1}: {more:,} values more, {other:,} changed, {fewer:,} gone"


def _differs(store: Store, spec: Family, family: str, day: date, night: date) -> bool:
    """Whether a day's values are others than those in the store."""
    paths = store.written("readings", [day], family=family)
    if not paths:
        return len(_rows(spec, day)) > 0
    beside = "{day}" in spec.inbox and night - day == timedelta(
        days=1
    )  # the file of the day after may hold hours of it
    if spec.inbox and not beside and store.provenance(paths[0]).inputs == stamp_of(spec, day):
        return False
    rows = _rows(spec, day)
    return len(rows) > 0 and not as_table("readings", rows).equals(_stored(store, paths))


def _stored(store: Store, paths: list[str]) -> pd.DataFrame:
    """A day's readings as they were taken in, those of all shards in the table's order."""
    return as_table("readings", store.read_files("readings", paths))


def _rows(spec: Family, day: date) -> pd.DataFrame:
    """A day's readings as its source has them now; none where there is nothing that can be read."""
    try:
        return read_day(spec, day)[0]
    except (NotThereError, UnreadableError, LookupError):
        return pd.DataFrame()
