"""A day of many assets on the family's clock, its gaps filled from the day itself and from earlier ones."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from sensors_data.arrow_rows import as_table
from sensors_data.series.clock import Readings, on_the_clock
from sensors_data.series.counters import grown
from sensors_data.series.grid import Grid, as_us, filled_linearly, impute
from sensors_data.series.grid_table import day_rows
from sensors_data.settings import Family
from sensors_data.tables import TABLES
from sensors_data.tables.table import TIME

SEASONAL_DAYS = 7
"""How many earlier days a long gap may be filled from."""


def imputed_rows(spec: Family, day: date, assets: list[str], readings: Readings) -> pd.DataFrame:
    """Rows of the `grid` table of some assets' day, sorted.

    Earlier days are asked for only where a gap of the day is filled from them.
    """
    frame: pd.DataFrame = _coded_rows(spec, day, assets, readings).to_pandas()
    return frame


def imputed_table(spec: Family, day: date, assets: list[str], readings: Readings) -> pa.Table:
    """The rows of sorted assets as the table's own."""
    return _coded_rows(spec, day, assets, readings).cast(TABLES["grid"].schema).combine_chunks()


def _coded_rows(spec: Family, day: date, assets: list[str], readings: Readings) -> pa.Table:
    """The rows, the names of assets and sensors as codes."""
    if not assets:
        return TABLES["grid"].schema.empty_table()
    readings = _with_growth(spec, day, readings)
    ((values, observed),) = on_the_clock(spec, [day], assets, readings)
    far = np.flatnonzero(_needs_earlier_days(observed, spec.linear_gap // spec.step))
    near = np.setdiff1d(np.flatnonzero(~observed.all(axis=(1, 2))), far)
    filled = values.copy() if len(far) or len(near) else values
    if len(near):
        filled[near] = filled_linearly(values[near], observed[near], spec.linear_gap // spec.step)
    if len(far):
        gappy = [assets[place] for place in far]
        past = [day - timedelta(days=back) for back in range(SEASONAL_DAYS, 0, -1)]
        earlier = on_the_clock(spec, past, gappy, readings)
        for number, place in enumerate(far):
            seen = [(known[0][number], known[1][number]) for known in earlier] + [(values[place], observed[place])]
            whole = (np.concatenate(part) for part in zip(*seen, strict=True))  # (8 T, D) each
            filled[place] = _filled(spec, *whole)[-day_rows(spec) :]
    return _rows(spec, day, assets, filled, observed)


def imputed_days(spec: Family, readings: pd.DataFrame) -> dict[date, pd.DataFrame]:
    """Each UTC day's rows of the `grid` table, as the night of that day would impute them."""
    moments = readings["time"].to_numpy(dtype="datetime64[D]")
    by_day = {day: readings[moments == np.datetime64(day)] for day in np.unique(moments).tolist()}

    def known(day: date, assets: list[str]) -> pd.DataFrame:
        rows = by_day.get(day, readings.iloc[:0])
        chosen: pd.DataFrame = rows[rows["asset"].isin(assets)]
        return chosen

    assets = {day: sorted(map(str, rows["asset"].unique())) for day, rows in by_day.items()}
    return {day: as_table("grid", imputed_rows(spec, day, assets[day], known)) for day in by_day}


def _with_growth(spec: Family, day: date, readings: Readings) -> Readings:
    """The readings, those of counters as growth; nothing from before the SEASONAL_DAYS is asked for."""
    counters = tuple(name for name, sensor in spec.sensors.items() if sensor.kind == "counter")
    if not counters:
        return readings

    def plain(wanted: date, assets: list[str]) -> pd.DataFrame:
        return readings(wanted, assets).astype({"asset": str, "sensor": str})

    def growing(wanted: date, assets: list[str]) -> pd.DataFrame:
        today = plain(wanted, assets)
        known = wanted > day - timedelta(days=SEASONAL_DAYS)
        return grown(today, plain(wanted - timedelta(days=1), assets) if known else today[:0], counters, spec.step)

    return growing


def _needs_earlier_days(observed: np.ndarray, linear_rows: int) -> np.ndarray:
    """Which assets have a gap at the day's edge or one longer than `linear_rows`: (A, T, D) -> (A,)."""
    edges = ~(observed[:, 0].all(axis=1) & observed[:, -1].all(axis=1))
    if linear_rows >= observed.shape[1]:
        return np.asarray(edges)
    before = np.zeros((len(observed), observed.shape[1] + 1, observed.shape[2]), dtype=np.int32)
    np.cumsum(~observed, axis=1, out=before[:, 1:])
    long = (before[:, linear_rows + 1 :] - before[:, : -linear_rows - 1]) > linear_rows
    return np.asarray(edges | long.any(axis=(1, 2)))


def _filled(spec: Family, values: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """One asset's values with its gaps filled, (T, D); nothing is filled before the first that was read."""
    first = int(observed.any(axis=1).argmax())
    times = np.arange(len(values) - first).astype("datetime64[us]")  # a gap is counted in rows
    grid = Grid(times, values[first:], observed[first:], spec.sensor_names)
    whole = impute(grid, spec.linear_gap // spec.step, spec.seasonal_gap // spec.step, day_rows(spec), SEASONAL_DAYS)
    return np.concatenate([values[:first], whole.values])


def _rows(spec: Family, day: date, assets: list[str], values: np.ndarray, observed: np.ndarray) -> pa.Table:
    """Arrays (A, T, D) as rows of the `grid` table, sorted; a time at which no sensor has a value takes no row."""
    by_name = np.argsort(np.array(spec.sensor_names, dtype=object), kind="stable")
    asset, row = np.nonzero(~np.isnan(values).all(axis=2))
    whole = len(row) == values.shape[0] * values.shape[1]
    shown, seen = (part.reshape(-1, len(by_name)) if whole else part[asset, row] for part in (values, observed))
    time = as_us(day) + row * np.timedelta64(spec.step, "us")
    sensors = len(by_name)
    columns = [
        pa.array(np.repeat(time, sensors)).cast(TIME),
        pa.DictionaryArray.from_arrays(np.repeat(asset.astype(np.int32), sensors), assets),
        pa.DictionaryArray.from_arrays(np.tile(by_name.astype(np.int32), len(row)), spec.sensor_names),
        shown[:, by_name].ravel(),
        seen[:, by_name].ravel(),
    ]
    return pa.table(columns, TABLES["grid"].schema.names)
