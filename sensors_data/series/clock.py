"""Readings of many assets on the family's clock, a day at a time: means, values that hold, clocks that jitter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from sensors_data.series.grid import as_us, columns_of
from sensors_data.series.grid_table import day_rows
from sensors_data.settings import Family

Readings = Callable[[date, list[str]], pd.DataFrame]
"""The readings of some assets on a day; none of them where there is nothing of that day."""

NEVER = np.iinfo(np.int64).min
"""A time, in microseconds, at which nothing was read."""


@dataclass(frozen=True)
class Coded:
    """A day's readings with asset and sensor as places among the wanted ones, -1 for another, (N,) each."""

    time: np.ndarray  # microseconds since 1970
    asset: np.ndarray
    sensor: np.ndarray
    value: np.ndarray

    def where(self, rows: np.ndarray) -> Coded:
        """Some of the readings."""
        return Coded(self.time[rows], self.asset[rows], self.sensor[rows], self.value[rows])


@dataclass(frozen=True)
class Placed:
    """A day's readings, each with its place among the day's A x T x D."""

    shape: tuple[int, int, int]
    slot: np.ndarray  # (N,)
    time: np.ndarray  # (N,) microseconds since 1970
    value: np.ndarray  # (N,)


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
        placed = _placed(spec, day, assets, rows)
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


def _moved(spec: Family, days: list[date], assets: list[str], readings: Readings) -> Iterator[tuple[date, Coded]]:
    """Each day's readings; where the nearest step counts, half a step later, so that it is the one they fall in."""
    left = None
    for day in days:
        rows = _coded(spec, assets, readings(day, assets))
        if not spec.nearest:
            yield day, rows
            continue
        rows = replace(rows, time=rows.time + (spec.step / 2) // timedelta(microseconds=1))
        today = rows.time < as_us(day + timedelta(days=1)).astype(np.int64)
        yield day, rows.where(today) if left is None else _both(left, rows.where(today))
        left = rows.where(~today)


def _coded(spec: Family, assets: list[str], readings: pd.DataFrame) -> Coded:
    return Coded(
        readings["time"].to_numpy(dtype="datetime64[us]").astype(np.int64),
        columns_of(readings["asset"], tuple(assets)),
        columns_of(readings["sensor"], spec.sensor_names),
        readings["value"].to_numpy(dtype=np.float64),
    )


def _both(first: Coded, second: Coded) -> Coded:
    pairs = ((getattr(first, field.name), getattr(second, field.name)) for field in fields(Coded))
    return Coded(*map(np.concatenate, pairs))


def _placed(spec: Family, day: date, assets: list[str], readings: Coded) -> Placed:
    """Each reading's place: its asset, the step that it falls in, its sensor."""
    steps, sensors = day_rows(spec), len(spec.sensors)
    row = (readings.time - as_us(day).astype(np.int64)) // (spec.step // timedelta(microseconds=1))
    inside = (row >= 0) & (row < steps) & (readings.sensor >= 0) & (readings.asset >= 0)
    if not inside.all():
        row, readings = row[inside], readings.where(inside)
    slot = (readings.asset * np.int64(steps) + row) * sensors + readings.sensor
    return Placed((len(assets), steps, sensors), slot, readings.time, readings.value)


def _means(placed: Placed) -> tuple[np.ndarray, np.ndarray]:
    """The mean of each place, float32, NaN where nothing was read; whether anything was: (A, T, D) each."""
    size = int(np.prod(placed.shape))
    count = np.bincount(placed.slot, minlength=size)
    if count.max(initial=0) <= 1:
        values = np.full(size, np.nan, dtype=np.float32)
        values[placed.slot] = placed.value + 0.0  # as a sum has it: no zero is negative
    else:
        total = np.bincount(placed.slot, weights=placed.value, minlength=size)
        with np.errstate(invalid="ignore"):
            values = (total / count).astype(np.float32)
    return values.reshape(placed.shape), (count > 0).reshape(placed.shape)


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
    steps = placed.shape[1]
    time, value = np.full(placed.shape, NEVER), np.full(placed.shape, np.nan)
    in_time = np.argsort(placed.time, kind="stable")
    time.ravel()[placed.slot[in_time]] = placed.time[in_time]  # the last one of a step stays
    value.ravel()[placed.slot[in_time]] = placed.value[in_time]
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


def jitters(times: pd.Series, step: timedelta) -> bool:
    """Whether readings come about the steps' edges, some before and some after: then the nearest step is theirs."""
    phase = (times.to_numpy(dtype="datetime64[us]").astype(np.int64) % (step // timedelta(microseconds=1))) / (
        step / timedelta(microseconds=1)
    )
    if not len(phase):
        return False
    early = float((phase > 0.8).mean())
    return bool(((phase < 0.2) | (phase > 0.8)).mean() > 0.95 and 0.02 < early < 0.98)
