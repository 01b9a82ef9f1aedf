"""Readings checked one by one: what can be used, and what cannot, with its reason."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sensors_data.errors import UnreadableError
from sensors_data.series.clock_back import row_times
from sensors_data.series.file_source import find_files, raw_readings, raw_rows
from sensors_data.series.numbers import is_blank, parse_numbers, quality_word, with_states
from sensors_data.series.times import parse_times, read_times
from sensors_data.settings import LABEL, Family, Sensor


def read_day(family: Family, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A family's readings (time, asset, sensor, value) of a UTC day, and its rejects (source, line, raw, reason, used).

    Where the inbox has a file a day, the files of the days beside it are looked through too: a file of a local day
    holds hours of another UTC day. A file that cannot be read at all is a reject too, unless none can be: then
    UnreadableError. LookupError when the inbox is empty.
    """
    good, bad, broken = [], [], []
    own, beside = _files_of(family.inbox, day)
    for path in (*own, *beside):
        try:
            readings, rejects = _read_file(path, family, day, path in own)
        except UnreadableError as error:
            broken.append(error)
            if path in own:
                row = {"source": path.name, "line": 0, "raw": "", "reason": str(error), "used": False}
                bad.append(pd.DataFrame([row]))
            continue
        good.append(readings.assign(source=path.name))
        bad.append(rejects.assign(source=path.name))
    if not good:
        raise UnreadableError("; ".join(str(error) for error in broken[:3]))
    readings, repeated = _without_repeats(pd.concat(good, ignore_index=True))
    rejects = pd.concat([*bad, repeated], ignore_index=True).astype({"line": "int64", "used": bool})
    return readings, rejects


def days_in(family: Family) -> list[date]:
    """Every UTC day for which the inbox holds a value with a readable time, sorted.

    A file that cannot be read has none; UnreadableError when that is so of every file.
    """
    days: set[date] = set()
    broken = []
    files = find_files(family.inbox)
    for path in files:
        try:
            raw, _ = raw_readings(path, family.layout, family.sensor_names)
        except UnreadableError as error:
            broken.append(error)
            continue
        time = row_times(raw, family.layout).dropna()
        days.update(time.dt.date.unique())
    if len(broken) == len(files):
        raise UnreadableError("; ".join(str(error) for error in broken[:3]))
    return sorted(days)


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
        raise UnreadableError(f"{path.name} has no readable time, first: '{example}'", "state time_format or time_unit")
    lines = raw["line"]
    filed = _days_filed(lines, lines, time)
    today = filed == np.datetime64(day)
    readings, rejects = check(raw[today], time[today], family)
    short = no_rows[_days_filed(no_rows["line"], raw["line"], time) == np.datetime64(day)]
    parts = [rejects, short.assign(reason="another number of cells than the header", used=False)]
    if own and "{day}" in family.inbox:
        far = raw[np.abs(filed - np.datetime64(day)) > np.timedelta64(1, "D")]
        reason = "more than a day away from the day that the file is named after"
        parts.append(_lines(far).assign(reason=reason, used=False))
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
    place = np.searchsorted(lines.to_numpy()[known], wanted.to_numpy(dtype=np.int64), side="right") - 1
    return np.asarray(days[known[np.maximum(place, 0)]])


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
        raise UnreadableError(f"{name} has no readable time, first: '{example}'", "state time_format or time_unit")
    readings, rejects = check(raw, time, family)
    short = no_rows.assign(reason="another number of cells than the header", used=False)
    readings, repeated = _without_repeats(readings.assign(source=name))
    return readings, pd.concat([rejects, short, repeated], ignore_index=True).astype({"line": "int64", "used": bool})


def check(raw: pd.DataFrame, time: pd.Series, family: Family) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of one file with their times: those that can be used, and those that cannot with the first reason."""
    raw, time = raw.reset_index(drop=True), time.reset_index(drop=True)
    value = with_states(parse_numbers(raw["value"], family.layout), raw["value"], raw["sensor"], family.sensors)
    reasons = _reasons(raw, time, value, family)
    keep = reasons == ""
    readings = pd.DataFrame({"time": time, "asset": raw["asset"], "sensor": raw["sensor"], "value": value})
    late = keep & _out_of_order(readings)
    rejects = _lines(raw[~keep]).assign(reason=reasons[~keep], used=False)
    noted = _lines(raw[late]).assign(reason="out of order in its file; sorted into place", used=True)
    readings = readings.assign(line=raw["line"], time_text=raw["time"], value_text=raw["value"])
    return readings[keep], pd.concat([rejects, noted], ignore_index=True)


def _reasons(raw: pd.DataFrame, time: pd.Series, value: pd.Series, family: Family) -> pd.Series:
    """Why each row cannot be used, the first reason that holds; empty where it can."""
    column, sensors = pd.factorize(raw["sensor"])  # -1, the last place of what follows, for none
    known = [family.sensors.get(name) for name in sensors]
    low = np.array([*(-np.inf if s is None or s.low is None else s.low for s in known), np.nan])[column]
    high = np.array([*(np.inf if s is None or s.high is None else s.high for s in known), np.nan])[column]
    assets = pd.Series(raw["asset"].unique(), dtype="str")
    named = assets[assets.str.fullmatch(LABEL)]
    with np.errstate(over="ignore"):
        infinite = np.isinf(value.to_numpy().astype(np.float32))
    wrong = {
        "time outside the years 1990 to 2099": _far_times(raw["time"], time, family),
        f"time cannot be read, or does not exist just once in {family.layout.timezone}": time.isna(),
        "interval of another length than the others: a total": _totals(raw, time, family),
        "unknown sensor": np.array([*(s is None for s in known), True])[column],
        "asset has no printable name of at most 128 characters": ~raw["asset"].isin(named),
        "unknown asset": ~raw["asset"].isin(family.assets or assets),
        "no value": is_blank(raw["value"]),
        "its quality is not among the good ones": _not_good(raw, family),
        "not a number": value.isna(),
        "a code for no value": _codes(value, column, known),
        "not finite in 32 bits": infinite,
        "below the plausible range": value < low,
        "above the plausible range": value > high,
    }
    first = np.select(list(map(np.asarray, wrong.values())), range(len(wrong)), default=-1)
    return pd.Series(np.array([*wrong, ""], dtype=object)[first], index=raw.index)


def _far_times(texts: pd.Series, time: pd.Series, family: Family) -> np.ndarray:
    """Which of the times that are not known are times, but of years that no plant's log can have."""
    far = np.zeros(len(time), dtype=bool)
    unknown = time.isna().to_numpy()
    if unknown.any():
        far[unknown] = parse_times(texts[unknown], family.layout).notna()
    return far


def _totals(raw: pd.DataFrame, time: pd.Series, family: Family) -> np.ndarray:
    """Which rows tell of an interval more than twice as long as most, where the layout names the interval's end."""
    if not family.layout.end:
        return np.zeros(len(raw), dtype=bool)
    length = read_times(raw["end"], family.layout) - time
    return (length > 2 * length.median()).to_numpy()


def _not_good(raw: pd.DataFrame, family: Family) -> np.ndarray:
    """Which rows have a quality that the layout does not count as good."""
    if not family.layout.quality:
        return np.zeros(len(raw), dtype=bool)
    good = {quality_word(word) for word in family.layout.good}
    codes, distinct = pd.factorize(raw["quality"])
    return ~np.append([quality_word(word) in good for word in distinct], False)[codes]


def _codes(value: pd.Series, column: np.ndarray, sensors: list[Sensor | None]) -> np.ndarray:
    """Which values are the numbers by which their sensor says that there is no value."""
    coded = np.zeros(len(value), dtype=bool)
    for place, sensor in enumerate(sensors):
        if sensor is not None and sensor.missing:
            coded |= (column == place) & value.isin(sensor.missing).to_numpy()
    return coded


def _out_of_order(readings: pd.DataFrame) -> pd.Series:
    """Which rows stand after a later one of the same asset and sensor."""
    newest = readings.groupby(["asset", "sensor"], sort=False)["time"].cummax()
    return readings["time"].notna() & (readings["time"] < newest)


def _without_repeats(readings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One reading per (time, asset, sensor), the last that came in; the others as rejects."""
    key = ["time", "asset", "sensor"]
    last = ~readings.duplicated(key, keep="last")
    same = readings.duplicated([*key, "value"], keep="last") if not last.all() else ~last
    reason = np.where(same[~last], "duplicate of a later row", "replaced by a later row with another value")
    rows = readings[~last]
    raw = rows.assign(time=rows["time_text"], value=rows["value_text"])
    repeated = _lines(raw).assign(source=rows["source"], reason=reason, used=False)
    return readings.loc[last, [*key, "value"]], repeated


def _lines(raw: pd.DataFrame) -> pd.DataFrame:
    """Rows as `rejects` keeps them: their line, and as text time, asset, sensor, value."""
    kind = pa.large_string()
    parts = [pa.array(raw[column].astype(str), kind) for column in ("time", "asset", "sensor", "value")]
    joined = pc.binary_join_element_wise(*parts, pa.scalar(",", kind))
    text = pd.Series(pc.utf8_slice_codeunits(joined, 0, 1000).to_pandas(), dtype="str").set_axis(raw.index)
    return pd.DataFrame({"line": raw["line"], "raw": text})
