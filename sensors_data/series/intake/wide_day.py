"""A day's rows of a file with a column a sensor, judged: plain rows as arrays, odd ones cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from sensors_data.series.intake.judging import NO_REJECTS, are_known, lines_of, reasons_of, values_of
from sensors_data.series.intake.wide_file import WideFile
from sensors_data.settings import Family, Sensor
from sensors_data.wide_rows import is_full

FAR = "more than a day away from the day that the file is named after"
SHORT = "another number of cells than the header"
LATE = "out of order in its file; sorted into place"


@dataclass(frozen=True)
class DayRows:
    """Rows of a file with a usable value, in its order."""

    file: WideFile
    place: np.ndarray  # (R,) of the file's rows
    values: np.ndarray  # (R, D) float64, NaN where there is nothing to use

    @property
    def time(self) -> np.ndarray:
        """Each row's time, (R,) datetime64[us]."""
        return _of(self.file.time, self.place)

    @property
    def asset(self) -> np.ndarray:
        """Each row's place among the file's assets, (R,)."""
        return _of(self.file.asset, self.place)


def _of(column: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """A column of some ascending rows; not copied where they are all of them."""
    return column if len(rows) == len(column) else np.asarray(column[rows])


def rows_of_day(file: WideFile, family: Family, day: date, own: bool) -> tuple[DayRows, pd.DataFrame]:
    """A file's rows of a day and its rejects; rows that no day's run would look at are rejects of its `own`."""
    alone = _is_of(file, day)
    filed, short = (np.empty(0, "datetime64[D]"),) * 2 if alone else _filed(file, family)
    today = np.arange(len(file.moment)) if alone else np.flatnonzero(filed == np.datetime64(day))
    values = file.values if len(today) == len(file.moment) else np.take(file.values.T, today, axis=1).T
    odd, plain = _told_apart(file, family, today, values)
    rejects, present = NO_REJECTS, None
    if odd.any():
        values = values.copy(order="K")
        values.T[:, odd] = np.where(plain, values.T[:, odd], np.nan)
        present = ~np.isnan(values)
        raw = file.raw_but(plain.T, file.rows.line[today[odd]], family)
        rejects = _judged(file, family, today, values, present, raw)
    noted = _out_of_order(file, family, today, values, present)
    bad = file.rows.bad if alone else file.rows.bad[short == np.datetime64(day)]
    parts = [rejects, noted, bad.assign(reason=SHORT, used=False) if len(bad) else NO_REJECTS]
    if own and "{day}" in family.inbox and not alone:
        far = np.flatnonzero(np.abs(filed - np.datetime64(day)) > np.timedelta64(1, "D"))
        if len(far):
            parts.append(lines_of(file.raw(file.rows.line[far], family)).assign(reason=FAR, used=False))
    rejected = [part for part in parts if len(part)]
    return _usable(file, today, values), pd.concat(rejected, ignore_index=True) if rejected else NO_REJECTS


def _usable(file: WideFile, rows: np.ndarray, values: np.ndarray) -> DayRows:
    """Those of some rows that have a value."""
    if any(map(is_full, values.T)):
        return DayRows(file, rows, values)
    usable = ~np.isnan(values.T).all(axis=0)
    return DayRows(file, rows[usable], np.compress(usable, values.T, axis=1).T)


def _is_of(file: WideFile, day: date) -> bool:
    """Whether all of a file's times are known, and of one day."""
    return bool((file.moments.astype("datetime64[D]") == np.datetime64(day)).all())


def _filed(file: WideFile, family: Family) -> tuple[np.ndarray, np.ndarray]:
    """The day that each row, and each line that is no row, is filed under; NaT where no row has one.

    It is its own, else that of the row with a value before it, at the start of the file the next such row's.
    """
    days = file.moments.astype("datetime64[D]")[file.moment]
    timeless = np.flatnonzero(np.isnat(days))
    bad = file.rows.bad["line"].to_numpy(dtype=np.int64)
    if not len(timeless) and not len(bad):
        return days, np.empty(0, "datetime64[D]")
    odd = np.flatnonzero(file.rows.odd)
    holds = ~np.isnan(file.values).all(axis=1)
    if len(odd):
        holds[np.unique(file.places(file.raw(file.rows.line[odd], family)["line"]))] = True
    known = np.flatnonzero(holds & ~np.isnat(days))
    if not len(known):
        return days, np.full(len(bad), np.datetime64("NaT", "D"))
    lines = file.rows.line
    days[timeless] = day_before(lines[timeless], lines[known], days[known])
    return days, day_before(bad, lines[known], days[known])


def day_before(wanted: np.ndarray, lines: np.ndarray, days: np.ndarray) -> np.ndarray:
    """The day of the last of ascending `lines` up to each `wanted` one, of the first line where there is none."""
    return np.asarray(days[np.maximum(np.searchsorted(lines, wanted, side="right") - 1, 0)])


def _told_apart(file: WideFile, family: Family, rows: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of some rows are odd: hold anything that is not simply a usable value or none, (R,); and which values of
    the odd ones are simply usable all the same, (D, odd).
    """
    named = are_known(file.assets, family)
    unplaced = _of(file.doubted, rows)
    if not named.all():
        unplaced = unplaced | ~named[_of(file.asset, rows)]
    if np.isnat(file.moments).any():
        unplaced = unplaced | np.isnat(_of(file.time, rows))
    odd = _of(file.rows.odd, rows) | unplaced
    wild = {place: _wild(values[:, place], sensor) for place, sensor in enumerate(family.sensors.values())}
    for cells in wild.values():
        if cells is not None:
            odd |= cells
    places = np.flatnonzero(odd)
    plain = ~np.isnan(values.T[:, places]) & ~unplaced[places]
    for place, cells in wild.items():
        if cells is not None:
            plain[place] &= ~cells[places]
    return odd, plain


def _wild(values: np.ndarray, sensor: Sensor) -> np.ndarray | None:
    """Which of a sensor's values are out of its range, or codes for no value; None where none is."""
    limit = float(np.finfo(np.float32).max)
    low = -limit if sensor.low is None else max(sensor.low, -limit)
    high = limit if sensor.high is None else min(sensor.high, limit)
    if not sensor.missing and is_full(values) and values.min() >= low and values.max() <= high:
        return None
    wild = (values < low) | (values > high)
    if sensor.missing:
        wild |= np.isin(values, sensor.missing)
    return wild if wild.any() else None


def _judged(
    file: WideFile, family: Family, rows: np.ndarray, values: np.ndarray, present: np.ndarray, raw: pd.DataFrame
) -> pd.DataFrame:
    """The rejects among some cells of odd rows; the others are put into `values`, and all of them into `present`."""
    if raw.empty:
        return NO_REJECTS
    time = file.times(raw)
    value = values_of(raw, family)
    reasons = reasons_of(raw, time, value, family)
    place = np.searchsorted(rows, file.places(raw["line"]))
    column = pd.Index(family.sensor_names).get_indexer(pd.Index(raw["sensor"]))
    present[place[column >= 0], column[column >= 0]] = True
    keep = (reasons == "").to_numpy()
    values[place[keep], column[keep]] = value.to_numpy()[keep]
    return lines_of(raw[~keep]).assign(reason=reasons[~keep], used=False)


def _out_of_order(
    file: WideFile, family: Family, rows: np.ndarray, values: np.ndarray, present: np.ndarray | None
) -> pd.DataFrame:
    """The usable cells that stand after a later one of the same asset and sensor, as rejects that are used.

    Cells that are `present` may be newer without being usable; those are present that have a value where it is None.
    """
    if file.in_time:
        return NO_REJECTS
    time = _of(file.time, rows)
    timed = np.flatnonzero(~np.isnat(time))
    if (time[1:] >= time[:-1]).all() or not len(timed):  # an unknown time is neither later nor earlier
        return NO_REJECTS
    asset = _of(file.asset, rows).astype(np.int64)
    order = timed[np.argsort(asset[timed], kind="stable")]
    since = (time[order] - time[order].min()).astype(np.int64)
    start = asset[order] * (int(since.max()) + 1)  # each asset's times lie beyond the last one's
    if not (np.diff(start + since) < 0).any():
        return NO_REJECTS
    present = ~np.isnan(values) if present is None else present
    late = np.zeros(values.shape, dtype=bool)
    for column in range(values.shape[1]):
        there = present[order, column]
        newest = np.maximum.accumulate(np.where(there, start + since, start))
        late[order, column] = there & (start + since < newest)
    late &= ~np.isnan(values)
    lines = file.rows.line[rows[late.any(axis=1)]]
    if not len(lines):
        return NO_REJECTS
    raw = file.raw(lines, family)
    sensor = pd.Index(family.sensor_names).get_indexer(pd.Index(raw["sensor"]))
    noted = late[np.searchsorted(rows, file.places(raw["line"])), sensor] & (sensor >= 0)
    return lines_of(raw[noted]).assign(reason=LATE, used=True)
