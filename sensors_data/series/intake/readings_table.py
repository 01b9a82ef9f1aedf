"""The readings table: a day in one file, or one a shard where the family has several."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd

from sensors_data.arrow_rows import to_arrow
from sensors_data.provenance import Provenance
from sensors_data.settings import Family
from sensors_data.store import Store, shard_of
from sensors_data.tables import TABLES
from sensors_data.wide_rows import WideRows, coded_table_of, keys_of, rows_of, with_values

READINGS = TABLES["readings"]


def write_day(store: Store, spec: Family, family: str, day: date, readings: WideRows, source: Provenance) -> int:
    """Replace a day's readings, each shard's in its own file; how many there are.

    Every shard has a file, be it empty: so a reader knows into how many the day was cut. What the day held in other
    files goes last; until then a whole file alone counts.
    """
    before = store.written("readings", [day], family=family)
    after = []
    for shard in range(spec.shards):
        assets = [name for name in readings.assets if shard_of(name, spec.shards) == shard]
        rows = readings if len(assets) == len(readings.assets) else readings.of(assets, readings.sensors)
        where = {"family": family, "day": day} | ({"shard": shard} if spec.shards > 1 else {})
        after.append(store.write_rows("readings", coded_table_of(READINGS, rows), source, **where))
    for path in [*before, *store.shards("readings", family=family, day=day)]:
        if path not in after:
            store.remove(path)
    return readings.count


def read_rows(
    store: Store, paths: Iterable[str], sensors: tuple[str, ...], assets: list[str] | None = None
) -> WideRows:
    """Readings in some files, a column for each of some sensors; of some assets where they are named."""
    return rows_of(READINGS, store.tables_of("readings", paths, assets, sensors, coded=True), sensors, assets)


def read_to_grid(store: Store, paths: Iterable[str], spec: Family) -> WideRows:
    """A day's readings as its grid wants them: in float32 where each is the mean of its step, as the grid has it."""
    known = tuple(paths)
    keys = keys_of(list(store.tables_of("readings", known, sensors=(), coded=True)))
    kind = np.float32 if _stand_alone(spec, keys.time, keys.asset) else np.float64
    parts = store.tables_of("readings", known, sensors=spec.sensor_names, coded=True)
    return with_values(READINGS, keys, parts, spec.sensor_names, kind)


def _stand_alone(spec: Family, time: np.ndarray, asset: np.ndarray) -> bool:
    """Whether readings are sorted by asset and time, and each has a step to itself. Counters are no means."""
    if spec.nearest or any(sensor.kind == "counter" for sensor in spec.sensors.values()):
        return False
    apart = time[1:] - time[:-1] >= np.timedelta64(spec.step, "us")
    return bool(((asset[1:] > asset[:-1]) | ((asset[1:] == asset[:-1]) & apart)).all())


def in_columns(values: pd.DataFrame, sensors: tuple[str, ...]) -> WideRows:
    """Readings that stand one a row (time, asset, sensor, value) with a column for each of some sensors."""
    rows = to_arrow(READINGS, values)
    return rows_of(READINGS, [rows], sensors)


def files_of(store: Store, spec: Family, family: str, day: date, shard: int) -> list[str]:
    """The files of a day that hold a shard's readings: its own, or all where the day was cut in another way."""
    paths = store.written("readings", [day], family=family)
    own = store.path("readings", family=family, day=day, shard=shard)
    return [own] if len(paths) == spec.shards > 1 and own in paths else paths
