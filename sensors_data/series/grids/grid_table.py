"""The grid table: grids written as rows and read back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sensors_data.errors import UnusableError
from sensors_data.series.grids.grid import Grid, gridded
from sensors_data.settings import Family
from sensors_data.store import Store
from sensors_data.tables import TABLES
from sensors_data.wide_rows import WideRows, joined, rows_of

GRID = TABLES["grid"]


@dataclass(frozen=True)
class Filling:
    """How full some files of the `grid` table are."""

    values: int
    known: int
    """Values that were measured or imputed."""
    imputed: int
    assets: frozenset[str]
    """The assets with a known value."""


def filling(store: Store, paths: list[str]) -> Filling:
    """How full the grid in some files is."""
    values = known = imputed = 0
    assets: set[str] = set()
    for part in store.tables_of("grid", paths, coded=True):
        rows = rows_of(GRID, [part], GRID.sensors_in(part.column_names))
        there = ~np.isnan(rows.values)
        values, known = values + there.size, known + int(there.sum())
        imputed += int((there & ~rows.observed).sum())
        assets.update(rows.assets[place] for place in np.unique(rows.asset[there.any(axis=1)]))
    return Filling(values, known, imputed, frozenset(assets))


def read_grids(store: Store, spec: Family, family: str, first: date, days: int, shards: list[int]) -> dict[str, Grid]:
    """Each asset's grid over the `days` from `first`, its first row to its last; what was never written is missing."""
    span = [first + timedelta(days=d) for d in range(days)]
    paths = [
        path for day in span for shard in shards for path in store.written("grid", [day], family=family, shard=shard)
    ]
    return grids_of(read_rows(store, spec, paths), spec)


def read_rows(store: Store, spec: Family, paths: Iterable[str], assets: list[str] | None = None) -> WideRows:
    """Rows of the `grid` table's files, a column for each of the family's sensors; of some assets where named."""
    parts = store.tables_of("grid", paths, assets, spec.sensor_names, coded=True)
    return rows_of(GRID, parts, spec.sensor_names, assets)


def grids_of(rows: WideRows, spec: Family) -> dict[str, Grid]:
    """Each asset's grid from rows of the `grid` table, its first row to its last."""
    if not len(rows):
        return {}
    step = np.timedelta64(spec.step, "us")
    first, sensors = rows.time.min(), len(rows.sensors)
    first -= (first - np.datetime64(0, "us")) % step
    row = (rows.time - first) // step
    steps = int(row.max()) + 1
    slot = rows.asset * np.int64(steps) + row
    there = np.zeros((len(rows.assets), steps), dtype=bool)
    there.ravel()[slot] = True
    if np.count_nonzero(there) < len(slot):
        return _of_another_clock(rows, spec)
    values = np.full((*there.shape, sensors), np.nan, dtype=np.float32)
    observed = np.zeros(values.shape, dtype=bool)
    values.reshape(-1, sensors)[slot] = rows.values
    observed.reshape(-1, sensors)[slot] = rows.observed
    begins, ends = there.argmax(axis=1), steps - there[:, ::-1].argmax(axis=1)
    times = first + np.arange(steps) * step
    return {
        asset: Grid(times[begin:end], values[place, begin:end], observed[place, begin:end], rows.sensors)
        for place, (asset, begin, end) in enumerate(zip(rows.assets, begins, ends, strict=True))
        if there[place, begin]
    }


def _of_another_clock(rows: WideRows, spec: Family) -> dict[str, Grid]:
    """The grids of rows of which several fall into one step: the means of all of them."""
    grids, row, column = {}, np.repeat(np.arange(len(rows)), len(rows.sensors)), np.arange(len(rows.sensors))
    column = np.tile(column, len(rows))
    for place, asset in enumerate(rows.assets):
        cells = np.flatnonzero(rows.asset[row] == place)
        if not len(cells):
            continue
        moment, sensor = rows.time[row[cells]], column[cells]
        grid = gridded(moment, sensor, rows.values[row[cells], sensor].astype(float), spec.step, rows.sensors)
        measured = rows.observed[row[cells], sensor]
        seen = np.zeros_like(grid.observed)
        step = (moment[measured] - grid.times[0]) // np.timedelta64(spec.step, "us")
        seen[step, sensor[measured]] = True
        grids[asset] = Grid(grid.times, grid.values, seen, grid.sensors)
    return grids


def together(parts: Iterable[WideRows], spec: Family) -> WideRows:
    """Rows of several days, each of assets of its own, with the assets of all and the family's sensors."""
    days = list(parts)
    assets = sorted({asset for day in days for asset in day.assets})
    return joined([day.of(assets, spec.sensor_names) for day in days])


def day_rows(spec: Family) -> int:
    """Rows in a day of the family's clock."""
    return timedelta(days=1) // spec.step


def check_shard(spec: Family, shard: int) -> None:
    """ValueError when the family has no such shard."""
    if not 0 <= shard < spec.shards:
        raise UnusableError(f"shard {shard} does not exist: the family has {spec.shards}, numbered from 0")
