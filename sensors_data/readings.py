"""Readings checked one by one: what can be used, and what cannot, with its reason."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from sensors_data.settings import Family, Layout
from sensors_data.sources import UnreadableError, find_files, is_blank, raw_readings

_LABEL = r"[^\x00-\x1f\x7f]{1,128}"


def read_day(family: Family, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A family's readings (time, asset, sensor, value) of a UTC day, and its rejects (source, line, raw, reason, used).

    A file that cannot be read at all is a reject too, unless none can be: then UnreadableError. LookupError when the
    inbox is empty.
    """
    good, bad, broken = [], [], []
    files = find_files(family.inbox, day)
    for path in files:
        try:
            raw, no_rows = raw_readings(path, family.layout, family.sensor_names)
        except UnreadableError as error:
            broken.append(error)
            bad.append(pd.DataFrame([{"source": path.name, "line": 0, "raw": "", "reason": str(error), "used": False}]))
            continue
        readings, rejects = check(raw, family, day)
        good.append(readings.assign(source=path.name))
        bad.append(rejects.assign(source=path.name))
        if len(no_rows):
            bad.append(no_rows.assign(source=path.name, reason="another number of cells than the header", used=False))
    if len(broken) == len(files):
        raise UnreadableError("; ".join(str(error) for error in broken[:3]))
    readings, repeated = _without_repeats(pd.concat(good, ignore_index=True))
    rejects = pd.concat([*bad, repeated], ignore_index=True).astype({"line": "int64", "used": bool})
    return readings, rejects


def days_in(family: Family) -> list[date]:
    """Every UTC day for which the inbox holds a value with a readable time, sorted."""
    days: set[date] = set()
    for path in find_files(family.inbox):
        raw, _ = raw_readings(path, family.layout, family.sensor_names)
        time = parse_times(raw["time"], family.layout).dropna()
        days.update(time.dt.date.unique())
    return sorted(days)


def check(raw: pd.DataFrame, family: Family, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of one file that fall on `day`: those that can be used, and those that cannot with the first reason.

    A row whose time cannot be read is filed with the readable row before it (or, at the file's start, after it).
    """
    time = parse_times(raw["time"], family.layout)
    filed = time.ffill().bfill()
    start = pd.Timestamp(day, tz="UTC")
    today = ((filed >= start) & (filed < start + timedelta(days=1))).to_numpy()
    raw, time = raw[today].reset_index(drop=True), time[today].reset_index(drop=True)
    value = _numbers(raw["value"], family.layout)
    reasons = _reasons(raw, time, value, family)
    keep = reasons == ""
    readings = pd.DataFrame({"time": time, "asset": raw["asset"], "sensor": raw["sensor"], "value": value})
    readings = readings.assign(line=raw["line"], raw=_as_text(raw))
    rejects = readings.loc[~keep, ["line", "raw"]].assign(reason=reasons[~keep], used=False)
    late = readings[keep & _out_of_order(readings)]
    noted = late[["line", "raw"]].assign(reason="out of order in its file; sorted into place", used=True)
    return readings[keep], pd.concat([rejects, noted], ignore_index=True)


def parse_times(times: pd.Series, layout: Layout) -> pd.Series:
    """Times as UTC microseconds, NaT where they cannot be read; a time without a zone is in the layout's zone."""
    distinct, back = np.unique(times.astype(str).to_numpy(), return_inverse=True)
    if times.dtype.kind == "M" or isinstance(times.dtype, pd.DatetimeTZDtype):
        return _in_utc(pd.to_datetime(times), layout.timezone)
    if layout.time_unit != "text":
        number = pd.to_numeric(times, errors="coerce")
        return pd.to_datetime(number, unit=layout.time_unit, utc=True, errors="coerce").astype("datetime64[us, UTC]")
    text = pd.Series(distinct).str.strip()
    zoned = text.str.contains(r"(?:[zZ]|[+-]\d{2}:?\d{2})$") & text.str.contains(":")
    style = layout.time_format or "ISO8601"
    with_zone = pd.to_datetime(text.where(zoned), format=style, errors="coerce", utc=True)
    without = pd.to_datetime(text.mask(zoned), format=style, errors="coerce")
    parsed = with_zone.astype("datetime64[us, UTC]").fillna(_in_utc(without, layout.timezone))
    return pd.Series(parsed.array[back], index=times.index)


def _in_utc(times: pd.Series, zone: str) -> pd.Series:
    if times.dt.tz is None:
        times = times.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    utc: pd.Series = times.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    return utc


def _numbers(values: pd.Series, layout: Layout) -> pd.Series:
    if values.dtype.kind in "fiub":
        return values.astype(np.float64)
    text = values.astype(str).str.strip()
    if layout.decimal == ",":
        text = text.str.replace(",", ".", regex=False)
    return pd.to_numeric(text, errors="coerce").astype(np.float64)


def _reasons(raw: pd.DataFrame, time: pd.Series, value: pd.Series, family: Family) -> pd.Series:
    """Why each row cannot be used, the first reason that holds; empty where it can."""
    low = raw["sensor"].map({n: -np.inf if s.low is None else s.low for n, s in family.sensors.items()}).astype(float)
    high = raw["sensor"].map({n: np.inf if s.high is None else s.high for n, s in family.sensors.items()}).astype(float)
    reasons = pd.Series("", index=raw.index, dtype=object)
    for wrong, reason in (
        (time.isna(), f"time cannot be read, or does not exist just once in {family.layout.timezone}"),
        (~raw["sensor"].isin(family.sensor_names), "unknown sensor"),
        (~raw["asset"].str.fullmatch(_LABEL), "asset has no printable name of at most 128 characters"),
        (~raw["asset"].isin(family.assets or raw["asset"].unique()), "unknown asset"),
        (is_blank(raw["value"]), "no value"),
        (value.isna(), "not a number"),
        (np.isinf(value), "not finite"),
        (value < low, "below the plausible range"),
        (value > high, "above the plausible range"),
    ):
        reasons = reasons.mask((reasons == "") & wrong, reason)
    return reasons


def _out_of_order(readings: pd.DataFrame) -> pd.Series:
    """Which rows stand after a later one of the same asset and sensor."""
    newest = readings.groupby(["asset", "sensor"], sort=False)["time"].cummax()
    return readings["time"].notna() & (readings["time"] < newest)


def _without_repeats(readings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One reading per (time, asset, sensor), the last that came in; the others as rejects."""
    key = ["time", "asset", "sensor"]
    last = ~readings.duplicated(key, keep="last")
    same = readings.duplicated([*key, "value"], keep="last")
    reason = np.where(same[~last], "duplicate of a later row", "replaced by a later row with another value")
    repeated = readings.loc[~last, ["source", "line", "raw"]].assign(reason=reason, used=False)
    return readings.loc[last, [*key, "value"]], repeated


def _as_text(raw: pd.DataFrame) -> pd.Series:
    """Each row as the text that `rejects` keeps: time, asset, sensor, value."""
    parts = [raw[column].astype(str) for column in ("time", "asset", "sensor", "value")]
    return (parts[0] + "," + parts[1] + "," + parts[2] + "," + parts[3]).str.slice(0, 1000)
