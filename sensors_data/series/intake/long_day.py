"""A day's rows of a file with a row a value, judged: plain ones as arrays, doubtful ones cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from sensors_data.series.intake.judging import NO_REJECTS, are_known, lines_of, reasons_of, values_of
from sensors_data.series.intake.long_file import LongFile
from sensors_data.series.intake.wide_day import FAR, LATE, SHORT, day_before
from sensors_data.settings import Family, Sensor


@dataclass(frozen=True)
class DayValues:
    """Usable values of a file, one a row, in its order."""

    file: LongFile
    place: np.ndarray  # (R,) of the file's rows
    value: np.ndarray  # (R,) float64, never NaN

    def cells(self, rows: np.ndarray, family: Family) -> pd.DataFrame:
        """Some of the rows, by their places (N,) in ascending order, with their text."""
        lines = self.file.rows.line[self.place[rows]]
        raw = self.file.raw(lines, family)
        cells = raw.assign(time_text=raw["time"], value_text=raw["value"], source=self.file.name)
        return cells.assign(time=self.file.times(raw), value=self.value[rows])


def values_of_day(file: LongFile, family: Family, day: date, own: bool) -> tuple[DayValues, pd.DataFrame]:
    """A file's values of a day and its rejects; rows that no day's run would look at are rejects of its `own`."""
    filed, short = _filed(file)
    today = np.flatnonzero(filed == np.datetime64(day))
    value = file.value[today]
    doubted = _doubted(file, family, today, value)
    rejects, usable = NO_REJECTS, ~doubted
    if doubted.any():
        raw = file.raw(file.rows.line[today[doubted]], family)
        number = values_of(raw, family)
        reasons = reasons_of(raw, file.times(raw), number, family)
        value, refused = value.copy(), (reasons != "").to_numpy()
        value[doubted], usable[doubted] = number, ~refused
        rejects = lines_of(raw[refused]).assign(reason=reasons[refused], used=False)
    bad = file.rows.bad[short == np.datetime64(day)].assign(reason=SHORT, used=False)
    parts = [rejects, _out_of_order(file, family, today, usable), bad]
    if own and "{day}" in family.inbox:
        far = np.flatnonzero(np.abs(filed - np.datetime64(day)) > np.timedelta64(1, "D"))
        if len(far):
            parts.append(lines_of(file.raw(file.rows.line[far], family)).assign(reason=FAR, used=False))
    rows = DayValues(file, today, value) if usable.all() else DayValues(file, today[usable], value[usable])
    return rows, pd.concat(parts, ignore_index=True)


def _filed(file: LongFile) -> tuple[np.ndarray, np.ndarray]:
    """The day that each row, and each line that is no row, is filed under.

    It is its own, else that of the row before it, at the start of the file the next row's.
    """
    days = np.asarray(file.moments.astype("datetime64[D]")[file.moment])
    bad = file.rows.bad["line"].to_numpy(dtype=np.int64)
    timeless = np.isnat(days)
    if not len(bad) and not timeless.any():
        return days, np.empty(0, "datetime64[D]")
    lines, known = file.rows.line, ~timeless
    days[timeless] = day_before(lines[timeless], lines[known], days[known])
    return days, day_before(bad, lines[known], days[known])


def _doubted(file: LongFile, family: Family, rows: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Which of some rows hold anything that is not simply a usable value, (R,)."""
    named, sensors = are_known(file.assets, family), family.sensor_names
    known = np.array([name in sensors for name in file.sensors])
    doubted = file.doubted[rows] | ~named[file.asset[rows]] | ~known[file.sensor[rows]]
    doubted |= np.isnat(file.moments)[file.moment[rows]]
    specs = [family.sensors.get(name, Sensor()) for name in file.sensors]
    limit = float(np.finfo(np.float32).max)
    low = np.array([-limit if s.low is None else max(s.low, -limit) for s in specs])
    high = np.array([limit if s.high is None else min(s.high, limit) for s in specs])
    sensor = file.sensor[rows]
    doubted |= (value < low[sensor]) | (value > high[sensor])
    for place, spec in enumerate(specs):
        if spec.missing:
            doubted |= (sensor == place) & np.isin(value, spec.missing)
    return np.asarray(doubted)


def _out_of_order(file: LongFile, family: Family, rows: np.ndarray, usable: np.ndarray) -> pd.DataFrame:
    """The usable values that stand after a later row of the same asset and sensor, as rejects that are used."""
    time = file.time[rows]
    timed = np.flatnonzero(~np.isnat(time))
    if not len(timed) or (time[1:] >= time[:-1]).all():  # an unknown time is neither later nor earlier
        return NO_REJECTS
    series = file.asset[rows].astype(np.int64) * len(file.sensors) + file.sensor[rows]
    order = timed[np.argsort(series[timed], kind="stable")]
    since = (time[order] - time[timed].min()).astype(np.int64)
    _, number = np.unique(series[order], return_inverse=True)
    at = number * (int(since.max()) + 1) + since  # each series' times lie beyond those of the one before
    late = np.zeros(len(rows), dtype=bool)
    late[order] = at < np.maximum.accumulate(at)
    late &= usable
    if not late.any():
        return NO_REJECTS
    return lines_of(file.raw(file.rows.line[rows[late]], family)).assign(reason=LATE, used=True)
