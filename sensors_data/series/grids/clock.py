"""Readings of many assets on the family's clock, a day at a time: means, values that hold, clocks that jitter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from sensors_data.series.grids.grid import as_us
from sensors_data.series.grids.grid_table import day_rows
from sensors_data.settings import Family
from sensors_data.wide_rows import WideRows, is_full, joined

Readings = Callable[[date, list[str], tuple[str, ...]], WideRows]
"""The readings of some assets on a day, a column for each of some sensors; no rows where there is nothing of it."""

NEVER = np.iinfo(np.int64).min
"""A time, in microseconds, at which nothing was read."""


@dataclass(frozen=True)
class Placed:
    """A day's readings, each row with its place among the day's assets and steps."""

    assets: int
    steps: int
    slot: np.ndarray  # (N,) of A x T
    time: np.ndarray  # (N,) microseconds since 1970
    values: np.ndarray  # (D, N), NaN where there is none

    def __len__(self) -> int:
        """N, the number of rows."""
        return len(self.slot)

    def cube(self, of_sensors: np.ndarray) -> np.ndarray:
        """An array (D, A x T) as assets, steps and sensors, (A, T, D), whose steps lie side by side."""
        return np.moveaxis(of_sensors.reshape(len(of_sensors), self.assets, self.steps), 0, 2)


@dataclass(frozen=True)
class Last:
    """The last reading of each sensor of each asset, (A, D)."""

    time: np.ndarray  # microseconds since 1970, NEVER where there is none
    value: np.ndarray


def on_the_clock(
    spec: Family, days: list[date], assets: list[str], readings: Readings
) -> list[tuple[np.ndarray, np.ndarray]]:
    """What was read in each step of some days in a row, its mean in float32 or NaN, and whether it is known.

    (A, T, D) each, for each day. A value that holds is known: its sensor tells only what changes. Days before the
    first are asked for where a value may hold from them, or a reading of theirs counts for the next day's first step.
    """
    earlier = _days_before(spec)
    every = [days[0] - timedelta(days=back) for back in range(earlier, 0, -1)] + days
    limits = _limits(spec)
    last = Last(np.full((len(assets), len(limits)), NEVER), np.full((len(assets), len(limits)), np.nan))
    clocked = []
    for day, rows in _moved(spec, every, assets, readings):
        placed = _placed(spec, day, rows)
        values, observed = _means(placed)
        if earlier and (limits > 0).any():
            values, observed, last = _held(placed, values, observed, last, as_us(day), spec.step, limits)
        clocked.append((values, observed))
    return clocked[earlier:]


def _days_before(spec: Family) -> int:
    """How many days before one may say something of it."""
    longest = max((sensor.hold or timedelta(0) for sensor in spec.sensors.values()), default=timedelta(0))
    return max(-(-longest // timedelta(days=1)), int(spec.nearest))


def _limits(spec: Family) -> np.ndarray:
    """How long a value of each sensor holds, microseconds, (D,)."""
    return np.array([(sensor.hold or timedelta(0)) // timedelta(microseconds=1) for sensor in spec.sensors.values()])


def _moved(spec: Family, days: list[date], assets: list[str], readings: Readings) -> Iterator[tuple[date, WideRows]]:
    """Each day's readings; where the nearest step counts, half a step later, so that it is the one they fall in."""
    left = None
    for day in days:
        rows = readings(day, assets, spec.sensor_names)
        if not spec.nearest:
            yield day, rows
            continue
        rows = replace(rows, time=rows.time + np.timedelta64(spec.step / 2, "us"))
        today = rows.time < as_us(day + timedelta(days=1))
        yield day, rows.where(today) if left is None else joined([left, rows.where(today)])
        left = rows.where(~today)


def _placed(spec: Family, day: date, readings: WideRows) -> Placed:
    """Each row's place: its asset and the step that it falls in."""
    steps = day_rows(spec)
    time = readings.time.astype(np.int64)
    row = (time - as_us(day).astype(np.int64)) // (spec.step // timedelta(microseconds=1))
    slot, values = readings.asset * np.int64(steps) + row, readings.values.T
    inside = (row >= 0) & (row < steps)
    if not inside.all():
        slot, time, values = slot[inside], time[inside], np.compress(inside, values, axis=1)
    return Placed(len(readings.assets), steps, slot, time, values)


def _means(placed: Placed) -> tuple[np.ndarray, np.ndarray]:
    """The mean of each place, float32, NaN where nothing was read; whether anything was: (A, T, D) each."""
    size = placed.assets * placed.steps
    if (placed.slot[1:] > placed.slot[:-1]).all():  # one row a place
        values = placed.values  # in float32 where they are rounded as a sum has it: no zero is negative
        if values.dtype != np.float32:
            values = values.astype(np.float32)
            values += 0
        if len(placed) < size:
            of_rows, values = values, np.full((len(values), size), np.nan, dtype=np.float32)
            for mean, value in zip(values, of_rows, strict=True):
                mean[placed.slot] = value
        observed = np.ones(values.shape, dtype=bool)
        for known, mean in zip(observed, values, strict=True):
            if not is_full(mean):
                np.logical_not(np.isnan(mean), out=known)
        return placed.cube(values), placed.cube(observed)
    values, observed = np.empty((len(placed.values), size), np.float32), np.empty((len(placed.values), size), bool)
    for number, value in enumerate(placed.values):
        known = ~np.isnan(value)
        count = np.bincount(placed.slot[known], minlength=size)
        total = np.bincount(placed.slot[known], weights=value[known], minlength=size)
        with np.errstate(invalid="ignore"):
            values[number] = total / count
        observed[number] = count > 0
    return placed.cube(values), placed.cube(observed)


def _held(
    placed: Placed,
    values: np.ndarray,
    observed: np.ndarray,
    before: Last,
    start: np.datetime64,
    step: timedelta,
    limits: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, Last]:
    """Values and mask in which a sensor's last reading stands in each step that begins while it holds.

    `before` is the last reading before the day; what is given back with them is the last one after it.
    """
    steps, time, value = placed.steps, *_newest(placed)
    time = np.concatenate([before.time[:, None], time], axis=1)  # (A, 1 + T, D)
    value = np.concatenate([before.value[:, None], value], axis=1)
    there = np.where(time > NEVER, np.arange(steps + 1)[None, :, None], 0)
    newest = np.maximum.accumulate(there, axis=1)
    time, value = np.take_along_axis(time, newest, axis=1), np.take_along_axis(value, newest, axis=1)
    begins = (start + np.arange(steps) * np.timedelta64(step, "us")).astype(np.int64)
    age = begins[None, :, None] - np.maximum(time[:, 1:], begins[0] - 2 * limits.max() - 1)
    holds = ~observed & (time[:, 1:] > NEVER) & (age <= limits) & (limits > 0)
    values = np.where(holds, value[:, 1:].astype(np.float32), values)
    return values, observed | holds, Last(time[:, -1], value[:, -1])


def _newest(placed: Placed) -> tuple[np.ndarray, np.ndarray]:
    """The time and the value of the last reading in each step, (A, T, D) each; NEVER and NaN where there is none."""
    shape = (len(placed.values), placed.assets * placed.steps)
    time, value = np.full(shape, NEVER), np.full(shape, np.nan)
    in_time = np.argsort(placed.time, kind="stable")
    for number, values in enumerate(placed.values):
        known = in_time[~np.isnan(values[in_time])]
        time[number, placed.slot[known]] = placed.time[known]  # the last one of a step stays
        value[number, placed.slot[known]] = values[known]
    return placed.cube(time), placed.cube(value)


def jitters(times: pd.Series, step: timedelta) -> bool:
    """Whether readings come about the steps' edges, some before and some after: then the nearest step is theirs."""
    phase = (times.to_numpy(dtype="datetime64[us]").astype(np.int64) % (step // timedelta(microseconds=1))) / (
        step / timedelta(microseconds=1)
    )
    if not len(phase):
        return False
    early = float((phase > 0.8).mean())
    return bool(((phase < 0.2) | (phase > 0.8)).mean() > 0.95 and 0.02 < early < 0.98)
