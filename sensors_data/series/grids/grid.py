"""Readings on a regular clock, with a mask that separates measured from filled-in values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from sensors_data.errors import UnusableError

FARTHEST = 1e6
"""Standard deviations that a value may lie from the centre: more say no more, and their squares overflow."""
SHORT_GAP = 6
"""Rows up to which what was filled in is as good as measured."""
_DAY = np.timedelta64(1, "D").astype("timedelta64[us]")


@dataclass(frozen=True)
class Grid:
    """One asset's rows: a value is measured (observed), imputed (a number, not observed) or missing (NaN)."""

    times: np.ndarray  # (T,) datetime64[us], UTC, evenly spaced
    values: np.ndarray  # (T, D) float32
    observed: np.ndarray  # (T, D) bool
    sensors: tuple[str, ...]

    def __len__(self) -> int:
        """T, the number of rows."""
        return len(self.times)

    def rows(self, first: int, last: int) -> Grid:
        """The rows [first, last), as views."""
        part = slice(first, last)
        return Grid(self.times[part], self.values[part], self.observed[part], self.sensors)

    def between(self, start: np.datetime64, end: np.datetime64) -> Grid:
        """The rows of [start, end), as views."""
        first, last = np.searchsorted(self.times, [start, end])
        return self.rows(int(first), int(last))


@dataclass(frozen=True)
class Scale:
    """Per-sensor centre and spread of normal operation, (D,) each; standardised = (value - center) / spread."""

    center: np.ndarray
    spread: np.ndarray

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Values in units of the spread, (..., D) float32, none further than FARTHEST; NaN stays NaN."""
        with np.errstate(over="ignore", invalid="ignore"):
            standardised = (np.asarray(values, dtype=np.float64) - self.center) / self.spread
        return np.asarray(np.clip(standardised, -FARTHEST, FARTHEST), dtype=np.float32)

    def invert(self, standardised: np.ndarray) -> np.ndarray:
        """Values in their own unit, (..., D)."""
        return np.asarray(standardised * self.spread + self.center)


def as_us(moment: datetime | date | pd.Timestamp | np.datetime64) -> np.datetime64:
    """A UTC moment as numpy counts it: datetime64[us] without a zone."""
    stamp = pd.Timestamp(moment)
    if stamp.tzinfo is not None:
        stamp = stamp.tz_convert("UTC").tz_localize(None)
    return np.datetime64(stamp, "us")


def to_grid(
    readings: pd.DataFrame, step: timedelta, sensors: tuple[str, ...], until: np.datetime64 | None = None
) -> Grid:
    """One asset's readings on its family's clock, from the first reading to the last (or to `until`): (T, D).

    Rows start at whole steps of the UTC day; row k holds the mean of what was read in [k, k + 1) steps.
    ValueError when the step does not divide the day.
    """
    moment, value = readings["time"].to_numpy(dtype="datetime64[us]"), readings["value"].to_numpy(dtype=np.float64)
    return gridded(moment, columns_of(readings["sensor"], sensors), value, step, sensors, until)


def gridded(
    moment: np.ndarray,
    column: np.ndarray,
    value: np.ndarray,
    step: timedelta,
    sensors: tuple[str, ...],
    until: np.datetime64 | None = None,
) -> Grid:
    """The grid of `to_grid` from one asset's times, columns of `columns_of` and values, (N,) each."""
    width = np.timedelta64(step, "us")
    if _DAY % width:
        raise UnusableError(f"a step of {step} does not divide the day", "use one that does, like 1s, 1min, 5min, 1h")
    if not len(moment):
        return Grid(moment, np.empty((0, len(sensors)), np.float32), np.empty((0, len(sensors)), bool), sensors)
    first = moment.min() - (moment.min() - np.datetime64(0, "us")) % width
    last = moment.max() if until is None else until - np.timedelta64(1, "us")
    rows = int((last - first) // width) + 1
    row = (moment - first) // width
    inside = (row < rows) & (column >= 0)
    slot = row[inside] * len(sensors) + column[inside]
    size = rows * len(sensors)
    total = np.bincount(slot, weights=value[inside], minlength=size)
    count = np.bincount(slot, minlength=size)
    with np.errstate(invalid="ignore"):
        values = (total / count).astype(np.float32).reshape(rows, len(sensors))
    return Grid(first + np.arange(rows) * width, values, count.reshape(rows, -1) > 0, sensors)


def columns_of(names: pd.Series, sensors: tuple[str, ...]) -> np.ndarray:
    """Where each name stands among the sensors, -1 for one that the family has no more, (T,)."""
    if isinstance(names.dtype, pd.CategoricalDtype):
        codes, distinct = names.cat.codes.to_numpy(), names.cat.categories
    else:
        codes, distinct = pd.factorize(names)
    return np.append(pd.Index(sensors).get_indexer(pd.Index(distinct)), -1)[codes]


@dataclass(frozen=True)
class GapRules:
    """How gaps of a sensor are filled, in rows."""

    linear: int
    """Gaps of up to so many are straight lines."""
    seasonal: int
    """Longer ones of up to so many are filled by earlier days."""
    day: int
    """Rows of a day."""
    days: int = 7


def imputed(values: np.ndarray, seen: np.ndarray, rules: GapRules, since: int = 0) -> np.ndarray:
    """A sensor's values (T,) with their gaps filled; those that are too long stay, as do those that end well before
    `since`, and long ones that end by it.

    A seasonal fill is the median of the same time of day over the `days` before the row, moved to the level
    at which the gap began. A gap still open at the end cannot be linear: its length is not yet known.
    Nothing is taken from after a gap's own end, and nothing of a later day where the values end with their day.
    """
    filled, near = values.copy(), max(0, since - rules.linear - 1)
    filled[near:] = filled_linearly(values[near:], seen[near:], rules.linear)
    for first, last in _runs(~seen):
        is_line = first > 0 and last < len(seen) and last - first <= rules.linear
        if last > since and not is_line and last - first <= rules.seasonal:
            filled[first:last] = _same_time_of_day(values, seen, first, last, rules.day, rules.days)
    return filled


def filled_linearly(values: np.ndarray, observed: np.ndarray, linear_rows: int) -> np.ndarray:
    """Values in which gaps of up to `linear_rows` between two that were observed are straight lines, (..., T)."""
    steps = values.shape[-1]
    row = np.arange(steps, dtype=np.int32)
    before = np.maximum.accumulate(np.where(observed, row, np.int32(-1)), axis=-1)
    after = np.where(observed, row, np.int32(steps))[..., ::-1]
    after = np.minimum.accumulate(after, axis=-1)[..., ::-1]
    gap = np.nonzero(~observed & (before >= 0) & (after < steps) & (after - before - 1 <= linear_rows))
    first, last = before[gap], after[gap]
    low, high = values[(*gap[:-1], first)], values[(*gap[:-1], last)]
    part = (gap[-1] - first).astype(np.float32) / (last - first).astype(np.float32)
    filled = values.copy()
    filled[gap] = low + part * (high - low)
    return filled


def _same_time_of_day(
    values: np.ndarray, seen: np.ndarray, first: int, last: int, day_rows: int, days: int
) -> np.ndarray:
    """The median of earlier days at rows [first - 1, last), shifted so that it meets the last value before the gap."""
    rows = np.arange(first - 1, last)
    past: np.ndarray = rows[None, :] - day_rows * np.arange(1, days + 1)[:, None]  # (days, rows)
    usable = (past >= 0) & seen[np.maximum(past, 0)]
    table = np.where(usable, values[np.where(usable, past, 0)], np.nan)
    known = usable.any(axis=0)
    typical = np.full(len(rows), np.nan, dtype=np.float32)
    if known.any():
        typical[known] = _medians(table[:, known])
    anchored = first > 0 and known[0]
    shift = values[first - 1] - typical[0] if anchored else 0.0
    return np.asarray(typical[1:] + shift, dtype=np.float32)


def _medians(table: np.ndarray) -> np.ndarray:
    """The median of each column's known values, (R, N) -> (N,): as `np.nanmedian`, which takes ten times as long."""
    ascending, count = np.sort(table, axis=0), np.count_nonzero(~np.isnan(table), axis=0)  # NaN comes last
    column = np.arange(table.shape[1])
    return np.asarray((ascending[(count - 1) // 2, column] + ascending[count // 2, column]) / 2)


def long_gaps(observed: np.ndarray, rows: int) -> np.ndarray:
    """Which values (..., T, D) lie in a run of more than `rows` that were not measured.

    A run from the first row on is taken to be longer: how long it is cannot be known.
    """
    hidden = np.zeros(observed.shape, dtype=bool)
    for place in np.argwhere(~observed.all(axis=-2)):
        column = (*place[:-1], slice(None), place[-1])
        for first, last in _runs(~observed[column]):
            hidden[column][first:last] = first == 0 or last - first > rows
    return hidden


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """The half-open intervals [first, last) over which `flags` is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def fit_scale(values: np.ndarray, usable: np.ndarray) -> Scale:
    """Mean and standard deviation of each sensor over its usable values; (T, D) with a mask (T, D) -> (D,).

    The spread is at least a thousandth of the sensor's largest size (of 1 where it reads 0 only), so that a sensor
    that hardly ever moves does not drown the others.
    """
    masked = np.where(usable, values, np.nan).astype(np.float64)
    never = ~usable.any(axis=0)  # (D,) sensors without a usable value read 0
    safe = np.where(never, 0.0, masked) if len(masked) else np.zeros((1, values.shape[1]))
    center = np.nanmean(safe, axis=0)
    spread = np.nanstd(safe, axis=0)
    return Scale(center, np.maximum(spread, spread_floor(np.nanmax(np.abs(safe), axis=0))))


def spread_floor(largest: np.ndarray) -> np.ndarray:
    """The least spread of sensors whose largest sizes are `largest` (D,)."""
    return np.asarray(1e-3 * np.where(largest > 0, largest, 1.0))
