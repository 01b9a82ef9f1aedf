"""The ground floor's jobs: files in the inbox -> readings and rejects -> the grid."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from sensors_data.runs import Done, run_job
from sensors_data.series.grid import Grid, as_us, impute, to_grid
from sensors_data.series.grid_table import check_shard, day_rows, long_rows, no_rows
from sensors_data.series.readings import read_day
from sensors_data.settings import Family, Settings
from sensors_data.store import Provenance, Store, settings_hash, shard_of

SEASONAL_DAYS = 7
"""How many earlier days a long gap may be filled from."""


def ingest(settings: Settings, day: date, family: str) -> str:
    """Job: the inbox's rows of a day into `readings` and `rejects`; what was done, with numbers.

    LookupError for an unknown family, an empty inbox or a day without a single usable value; ValueError when no
    file can be read. A failure leaves the day as it was.
    """
    store, spec = Store(settings.store), settings.family(family)
    return run_job(store, "ingest", day, family, lambda: _ingest(store, spec, day, family))


def _ingest(store: Store, spec: Family, day: date, family: str) -> Done:
    readings, rejects = read_day(spec, day)
    if readings.empty:
        why = f"; {len(rejects):,} rows were refused, first: {rejects['reason'].iloc[0]}" if len(rejects) else ""
        raise LookupError(f"the inbox of {family} holds no usable value on {day} ({spec.inbox}){why}")
    source = Provenance(job="ingest", settings=settings_hash(spec))
    store.write("readings", readings, source, family=family, day=day)
    store.write("rejects", rejects, source, family=family, day=day)
    unused = int((~rejects["used"]).sum())
    assets, sensors = readings["asset"].nunique(), readings["sensor"].nunique()
    line = f"ingested {family} {day}: {len(readings):,} values, {assets} assets, {sensors} sensors, {unused:,} rejects"
    return Done(len(readings), line)


def impute_day(settings: Settings, day: date, family: str, shard: int = 0) -> str:
    """Job: a day's readings on the family's clock, gaps filled from the day itself and earlier ones, into `grid`.

    LookupError when the day was not ingested.
    """
    store, spec = Store(settings.store), settings.family(family)
    check_shard(spec, shard)
    return run_job(store, "impute", day, family, lambda: _impute(store, spec, day, family, shard), shard)


def _impute(store: Store, spec: Family, day: date, family: str, shard: int) -> Done:
    readings = store.read("readings", family=family, day=day)
    past = [day - timedelta(days=back) for back in range(SEASONAL_DAYS, 0, -1)]
    known = [store.path("readings", family=family, day=d) for d in past]
    known = [path for path in known if store.exists(path)]
    earlier = store.read_files("readings", known)
    assets = sorted(a for a in readings["asset"].unique() if shard_of(a, spec.shards) == shard)
    rows = imputed_rows(spec, day, pd.concat([earlier, readings]), assets)
    inputs = store.digest([*known, store.path("readings", family=family, day=day)])
    source = Provenance(job="impute", settings=settings_hash(spec), inputs=inputs)
    store.write("grid", rows, source, family=family, day=day, shard=shard)
    filled = int((~rows["observed"] & rows["value"].notna()).sum())
    missing = int(rows["value"].isna().sum())
    line = f"imputed {family} {day} shard {shard}: {len(rows):,} values of {len(assets)} assets"
    return Done(len(rows), f"{line}, {filled:,} filled, {missing:,} still missing")


def imputed_rows(spec: Family, day: date, readings: pd.DataFrame, assets: list[str]) -> pd.DataFrame:
    """Rows of the `grid` table of some assets' day, from the readings of the day and of the SEASONAL_DAYS before it."""
    grids = [_one_asset(spec, day, readings, asset) for asset in assets]
    return pd.concat([long_rows(grid, asset) for grid, asset in zip(grids, assets, strict=True)] or [no_rows()])


def _one_asset(spec: Family, day: date, readings: pd.DataFrame, asset: str) -> Grid:
    """One asset's imputed grid of a day."""
    end = as_us(day + timedelta(days=1))
    grid = to_grid(readings[readings["asset"] == asset], spec.step, spec.sensor_names, until=end)
    filled = impute(grid, spec.linear_gap // spec.step, spec.seasonal_gap // spec.step, day_rows(spec), SEASONAL_DAYS)
    return filled.between(as_us(day), end)
