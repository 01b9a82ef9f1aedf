"""A family's inbox as a day's readings: what can be used, and what cannot, with its reason."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from sensors_data.errors import UnreadableError
from sensors_data.series.dates.clock_back import row_times
from sensors_data.series.files.file_source import find_files, raw_readings, raw_rows
from sensors_data.series.intake.judging import check, lines_of, without_repeats
from sensors_data.series.intake.long_day import DayValues, values_of_day
from sensors_data.series.intake.long_file import long_file
from sensors_data.series.intake.long_readings import merged_values
from sensors_data.series.intake.readings_table import in_columns
from sensors_data.series.intake.wide_day import FAR, SHORT, DayRows, day_before, rows_of_day
from sensors_data.series.intake.wide_file import wide_file
from sensors_data.series.intake.wide_readings import merged, values_in
from sensors_data.settings import Family
from sensors_data.tables import TABLES
from sensors_data.wide_rows import WideRows


def read_day(family: Family, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A family's readings (time, asset, sensor, value) of a UTC day, and its rejects, as `take_day` takes them in."""
    readings, rejects = take_day(family, day)
    return readings.long().drop(columns="observed"), rejects


def take_day(family: Family, day: date) -> tuple[WideRows, pd.DataFrame]:
    """A family's readings of a UTC day, a column a sensor, and its rejects (source, line, raw, reason, used).

    Where the inbox has a file a day, the files of the days beside it are looked through too: a file of a local day
    holds hours of another UTC day. A file that cannot be read at all is a reject too, unless none can be: then
    UnreadableError. LookupError when the inbox is empty.
    """
    good: list[Part] = []
    bad, broken = [], []
    own, beside = _files_of(family.inbox, day)
    for path in (*own, *beside):
        try:
            rows, rejects = _rows_of(path, family, day, path in own)
        except UnreadableError as error:
            broken.append(error)
            if path in own:
                row = {"source": path.name, "line": 0, "raw": "", "reason": str(error), "used": False}
                bad.append(pd.DataFrame([row]))
            continue
        good.append(rows)
        bad.append(rejects.assign(source=path.name))
    if not good:
        raise UnreadableError("; ".join(str(error) for error in broken[:3]))
    readings, repeated = _merged(good, family)
    rejected = [part for part in (*bad, repeated) if len(part)]
    if not rejected:
        return readings, TABLES["rejects"].frame()
    return readings, pd.concat(rejected, ignore_index=True).astype({"line": "int64", "used": bool})


Part = DayRows | DayValues | pd.DataFrame
"""A day's rows of one file: as arrays of a wide or a long one, or as a row a value with its text."""


def _rows_of(path: Path, family: Family, day: date, own: bool) -> tuple[Part, pd.DataFrame]:
    """One file's rows of a day and its rejects, as arrays where it is plain enough, else as one row a value."""
    wide = wide_file(path, family)
    if wide is not None:
        return rows_of_day(wide, family, day, own)
    long = long_file(path, family)
    if long is not None:
        return values_of_day(long, family, day, own)
    readings, rejects = _read_file(path, family, day, own)
    return readings.assign(source=path.name), rejects


def _merged(parts: list[Part], family: Family) -> tuple[WideRows, pd.DataFrame]:
    """The readings of a day's files, one a time, asset and sensor, and the others as rejects."""
    wide = [part for part in parts if isinstance(part, DayRows)]
    long = [part for part in parts if isinstance(part, DayValues)]
    if len(wide) == len(parts):
        return merged(wide, family)
    if len(long) == len(parts):
        return merged_values(long, family)
    readings, repeated = without_repeats(pd.concat([_as_values(part, family) for part in parts], ignore_index=True))
    return in_columns(readings, family.sensor_names), repeated


def _as_values(part: Part, family: Family) -> pd.DataFrame:
    """A file's rows as one row a usable value, with its text."""
    if isinstance(part, DayValues):
        return part.cells(np.arange(len(part.place)), family)
    return values_in(part, family) if isinstance(part, DayRows) else part


def days_in(family: Family) -> list[date]:
    """Every UTC day for which the inbox holds a value with a readable time, sorted.

    A file that cannot be read has none; UnreadableError when that is so of every file.
    """
    days: set[date] = set()
    broken = []
    files = find_files(family.inbox)
    for path in files:
        try:
            days.update(_days_of(path, family))
        except UnreadableError as error:
            broken.append(error)
    if len(broken) == len(files):
        raise UnreadableError("; ".join(str(error) for error in broken[:3]))
    return sorted(days)


def _days_of(path: Path, family: Family) -> list[date]:
    """The UTC days for which a file holds a value with a readable time. UnreadableError when it cannot be read."""
    known = wide_file(path, family) or long_file(path, family)
    if known is not None:
        days = np.unique(known.time.astype("datetime64[D]"))
        return [day for day in days.tolist() if day is not None]
    raw, _ = raw_readings(path, family.layout, family.sensor_names)
    return list(row_times(raw, family.layout).dropna().dt.date.unique())


def _files_of(inbox: str, day: date) -> tuple[list[Path], list[Path]]:
    """The files of an inbox that are a day's own, and those of the days beside it. LookupError when there are none."""
    if "{day}" not in inbox:
        return find_files(inbox, day), []
    own, beside = _found(inbox, day), set()
    for other in (day - timedelta(days=1), day + timedelta(days=1)):
        beside |= set(_found(inbox, other)) - set(own)
    if not own and not beside:
        find_files(inbox, day)
    return own, sorted(beside)


def _found(inbox: str, day: date) -> list[Path]:
    try:
        return find_files(inbox, day)
    except LookupError:
        return []


def _read_file(path: Path, family: Family, day: date, own: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One file's readings of a day and its rejects; rows that no day's run would look at are rejects of its `own`."""
    raw, no_rows = raw_readings(path, family.layout, family.sensor_names)
    time = row_times(raw, family.layout)
    if time.isna().all() and len(raw) + len(no_rows):
        example = str(next(iter([*raw["time"], *no_rows["raw"]])))[:40]
        raise UnreadableError(f"{path.name} has no readable time, first: '{example}'", "set time_format or time_unit")
    lines = raw["line"]
    filed = _days_filed(lines, lines, time)
    today = filed == np.datetime64(day)
    readings, rejects = check(raw[today], time[today], family)
    short = no_rows[_days_filed(no_rows["line"], raw["line"], time) == np.datetime64(day)]
    parts = [rejects, short.assign(reason=SHORT, used=False)]
    if own and "{day}" in family.inbox:
        far = raw[np.abs(filed - np.datetime64(day)) > np.timedelta64(1, "D")]
        parts.append(lines_of(far).assign(reason=FAR, used=False))
    return readings, pd.concat(parts, ignore_index=True)


def _days_filed(wanted: pd.Series, lines: pd.Series, time: pd.Series) -> np.ndarray:
    """The day that each `wanted` line is filed under: its own, else the line's before it, at the start the next.

    (N,) datetime64[D], NaT where no line of the file has a day.
    """
    days = time.to_numpy(dtype="datetime64[us]").astype("datetime64[D]")
    known = np.flatnonzero(~np.isnat(days))
    if not len(known):
        return np.full(len(wanted), np.datetime64("NaT"), dtype="datetime64[D]")
    if len(known) == len(days) and wanted is lines:
        return days
    known = known[np.argsort(lines.to_numpy()[known], kind="stable")]
    return day_before(wanted.to_numpy(dtype=np.int64), lines.to_numpy()[known], days[known])


def read_frame(
    frame: pd.DataFrame, no_rows: pd.DataFrame, family: Family, name: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The readings of a table of any days and its rejects, as a file called `name` would give them.

    `frame` and `no_rows` are what `read_table` gives. UnreadableError when a column is missing or no time is readable.
    """
    raw = raw_rows(frame, name, family.layout, family.sensor_names)
    time = row_times(raw, family.layout)
    if time.isna().all() and len(raw):
        example = str(raw["time"].iloc[0])[:40]
        raise UnreadableError(f"{name} has no readable time, first: '{example}'", "set time_format or time_unit")
    readings, rejects = check(raw, time, family)
    short = no_rows.assign(reason=SHORT, used=False)
    readings, repeated = without_repeats(readings.assign(source=name))
    return readings, pd.concat([rejects, short, repeated], ignore_index=True).astype({"line": "int64", "used": bool})
