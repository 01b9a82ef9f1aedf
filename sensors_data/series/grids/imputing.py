"""A day of many assets on the family's clock, its gaps filled from the day itself and from earlier ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd

from sensors_data.series.grids.clock import Readings, on_the_clock
from sensors_data.series.grids.counters import grown
from sensors_data.series.grids.grid import GapRules, as_us, filled_linearly, imputed
from sensors_data.series.grids.grid_table import day_rows
from sensors_data.series.intake.readings_table import in_columns
from sensors_data.settings import Family
from sensors_data.wide_rows import WideRows

SEASONAL_DAYS = 7
"""How many earlier days a long gap may be filled from."""


def imputed_rows(spec: Family, day: date, assets: list[str], readings: Readings) -> WideRows:
    """Rows of the `grid` table of some sorted assets' day, sorted; a step in which nothing is known takes no row.

    Earlier days are asked for only where a gap of the day is filled from them.
    """
    readings = _with_growth(spec, day, readings)
    ((values, observed),) = on_the_clock(spec, [day], assets, readings)
    filled = values if observed.all() else _filled(spec, day, assets, (values, observed), readings)
    flat = len(spec.sensors), len(assets) * day_rows(spec)
    of_sensors = np.moveaxis(filled, 2, 0).reshape(flat)  # (D, A x T), as they lie in memory
    seen = np.moveaxis(observed, 2, 0).reshape(flat)
    asset = np.repeat(np.arange(len(assets), dtype=np.int32), day_rows(spec))
    time = np.tile(as_us(day) + np.arange(day_rows(spec)) * np.timedelta64(spec.step, "us"), len(assets))
    there = ~np.isnan(of_sensors).all(axis=0)
    if not there.all():
        of_sensors, seen = np.compress(there, of_sensors, axis=1), np.compress(there, seen, axis=1)
        asset, time = asset[there], time[there]
    return WideRows(assets, spec.sensor_names, time, asset, of_sensors.T, seen.T)


def imputed_days(spec: Family, readings: pd.DataFrame) -> dict[date, WideRows]:
    """Each UTC day's rows of the `grid` table, as the night of that day would impute them, from readings one a row."""
    moments = readings["time"].to_numpy(dtype="datetime64[D]")
    by_day = {
        day: in_columns(readings[moments == np.datetime64(day)], spec.sensor_names)
        for day in np.unique(moments).tolist()
    }
    none = in_columns(readings.iloc[:0], spec.sensor_names)

    def known(day: date, assets: list[str], sensors: tuple[str, ...]) -> WideRows:
        return by_day.get(day, none).of(assets, sensors)

    return {day: imputed_rows(spec, day, rows.assets, known) for day, rows in by_day.items()}


def _with_growth(spec: Family, day: date, readings: Readings) -> Readings:
    """The readings, those of counters as growth; nothing from before the SEASONAL_DAYS is asked for."""
    counters = tuple(name for name, sensor in spec.sensors.items() if sensor.kind == "counter")
    if not counters:
        return readings

    def growing(wanted: date, assets: list[str], sensors: tuple[str, ...]) -> WideRows:
        today = readings(wanted, assets, sensors)
        known = wanted > day - timedelta(days=SEASONAL_DAYS)
        before = readings(wanted - timedelta(days=1), assets, sensors) if known else today.where(today.asset < 0)
        return grown(today, before, counters, spec.step)

    return growing


def _filled(
    spec: Family, day: date, assets: list[str], known: tuple[np.ndarray, np.ndarray], readings: Readings
) -> np.ndarray:
    """A day's values with their gaps filled, from values and what of them is observed, (A, T, D) each."""
    values, observed = known
    rules = GapRules(spec.linear_gap // spec.step, spec.seasonal_gap // spec.step, day_rows(spec), SEASONAL_DAYS)
    asset, sensor = np.nonzero(~observed.all(axis=1))  # the G columns with a gap
    lines, seen = values[asset, :, sensor], observed[asset, :, sensor]  # (G, T)
    filled = values.copy(order="K")
    filled[asset, :, sensor] = filled_linearly(lines, seen, rules.linear)
    far = np.flatnonzero(_needs_earlier_days(seen, rules.linear))
    if len(far):
        before = _earlier(spec, day, assets, (asset[far], sensor[far]), readings)
        for gap, (past, known_then) in zip(far, before, strict=True):
            whole, known_ever = np.concatenate([past, lines[gap]]), np.concatenate([known_then, seen[gap]])  # (8 T,)
            filled[asset[gap], :, sensor[gap]] = imputed(whole, known_ever, rules, len(past))[len(past) :]
    return filled


def _earlier(
    spec: Family, day: date, assets: list[str], places: tuple[np.ndarray, np.ndarray], readings: Readings
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Values and mask of the SEASONAL_DAYS before a day, (7 T,) each, of assets and sensors at some `places`."""
    machines, sensors = (np.unique(part) for part in places)
    names = [spec.sensor_names[place] for place in sensors]
    some = spec.model_copy(update={"sensors": {name: spec.sensors[name] for name in names}})
    past = [day - timedelta(days=back) for back in range(SEASONAL_DAYS, 0, -1)]
    days = on_the_clock(some, past, [assets[place] for place in machines], readings)
    for asset, sensor in zip(*places, strict=True):
        at = (np.searchsorted(machines, asset), slice(None), np.searchsorted(sensors, sensor))
        yield np.concatenate([values[at] for values, _ in days]), np.concatenate([seen[at] for _, seen in days])


def _needs_earlier_days(observed: np.ndarray, linear_rows: int) -> np.ndarray:
    """Which columns have a gap at the day's edge or one longer than `linear_rows`: (G, T) -> (G,)."""
    edges = ~(observed[:, 0] & observed[:, -1])
    if linear_rows >= observed.shape[1]:
        return np.asarray(edges)
    before = np.zeros((len(observed), observed.shape[1] + 1), dtype=np.int32)
    np.cumsum(~observed, axis=1, out=before[:, 1:])
    long = (before[:, linear_rows + 1 :] - before[:, : -linear_rows - 1]) > linear_rows
    return np.asarray(edges | long.any(axis=1))
