"""The readings table: a day in one file, or one a shard where the family has several."""

from __future__ import annotations

from datetime import date

from sensors_data.series.day_readings import DayReadings
from sensors_data.settings import Family
from sensors_data.store import Provenance, Store, shard_of


def write_day(store: Store, spec: Family, family: str, day: date, readings: DayReadings, source: Provenance) -> int:
    """Replace a day's readings, each shard's in its own file; how many there are.

    Every shard has a file, be it empty: so a reader knows into how many the day was cut. What the day held in other
    files goes last; until then a whole file alone counts.
    """
    before = store.written("readings", [day], family=family)
    after, values = [], 0
    for shard in range(spec.shards):
        assets = [name for name in readings.assets if shard_of(name, spec.shards) == shard]
        rows = readings.rows_of(assets)
        where = {"family": family, "day": day} | ({"shard": shard} if spec.shards > 1 else {})
        after.append(store.write_rows("readings", rows, source, **where))
        values += rows.num_rows
    for path in [*before, *store.shards("readings", family=family, day=day)]:
        if path not in after:
            store.remove(path)
    return values


def files_of(store: Store, spec: Family, family: str, day: date, shard: int) -> list[str]:
    """The files of a day that hold a shard's readings: its own, or all where the day was cut in another way."""
    paths = store.written("readings", [day], family=family)
    own = store.path("readings", family=family, day=day, shard=shard)
    return [own] if len(paths) == spec.shards > 1 and own in paths else paths
