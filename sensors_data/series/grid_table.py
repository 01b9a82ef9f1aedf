"""The grid table: grids written as rows and read back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from sensors_data.errors import UnusableError
from sensors_data.series.grid import Grid, columns_of, gridded
from sensors_data.settings import Family
from sensors_data.store import Store


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
    for rows in store.parts_of("grid", paths):
        there = rows["value"].notna()
        values, known = values + len(rows), known + int(there.sum())
        imputed += int((there & ~rows["observed"].astype(bool)).sum())
        assets.update(rows.loc[there, "asset"].unique())
    return Filling(values, known, imputed, frozenset(assets))


def read_grids(store: Store, spec: Family, family: str, first: date, days: int, shards: list[int]) -> dict[str, Grid]:
    """Each asset's grid over the `days` from `first`, its first row to its last; what was never written is missing."""
    span = [first + timedelta(days=d) for d in range(days)]
    paths = [
        path for day in span for shard in shards for path in store.written("grid", [day], family=family, shard=shard)
    ]
    return grids_of(store.read_files("grid", paths), spec)


def grids_of(rows: pd.DataFrame, spec: Family) -> dict[str, Grid]:
    """Each asset's grid from rows of the `grid` table, its first row to its last."""
    asset, names = pd.factorize(rows["asset"])
    order = np.argsort(asset, kind="stable")
    ends = np.searchsorted(asset[order], np.arange(len(names) + 1))
    moment, value = (rows["time"].to_numpy(dtype="datetime64[us]"), rows["value"].to_numpy(dtype=np.float64))
    column, observed = columns_of(rows["sensor"], spec.sensor_names), rows["observed"].to_numpy(dtype=bool)
    grids = {}
    for place in np.argsort(np.array(names, dtype=object), kind="stable"):
        own = order[ends[place] : ends[place + 1]]
        grids[str(names[place])] = _grid_of(moment[own], column[own], value[own], observed[own], spec)
    return grids


def _grid_of(moment: np.ndarray, column: np.ndarray, value: np.ndarray, observed: np.ndarray, spec: Family) -> Grid:
    """One asset's rows of the `grid` table, (N,) each, back as a Grid."""
    grid = gridded(moment, column, value, spec.step, spec.sensor_names)  # an unmeasured value is NaN, and so its mean
    measured = observed & (column >= 0)
    row = (moment[measured] - grid.times[0]) // np.timedelta64(spec.step, "us")
    seen = np.zeros_like(grid.observed)
    seen[row, column[measured]] = True
    return Grid(grid.times, grid.values, seen, grid.sensors)


def day_rows(spec: Family) -> int:
    """Rows in a day of the family's clock."""
    return timedelta(days=1) // spec.step


def check_shard(spec: Family, shard: int) -> None:
    """ValueError when the family has no such shard."""
    if not 0 <= shard < spec.shards:
        raise UnusableError(f"shard {shard} does not exist: the family has {spec.shards}, numbered from 0")
