"""Times of a column, as texts, numbers or typed values, read to UTC microseconds."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa

from sensors_data.layout import Layout
from sensors_data.series.dates.formats import read_texts, zone_minutes

ISO = "%Y-%m-%d[T%H:%M[:%S[.%f]]][%z]"
_ISO_KIN = (
    "%Y-%m-%d %H:%M[:%S[.%f]][ ][%z]",
    "%Y-%m-%d %H:%M[:%S[,%f]][ ][%Z]",
    "%Y-%m-%dT%H:%M[:%S[,%f]][ ][%Z]",
    "%Y/%m/%d %H:%M[:%S[.%f]][ ][%z]",
)
"""What is read beside ISO 8601 where no format is stated: 24:00, a minute of 60, zones by their name."""

_ITS_OWN = ("dst", "lst", "lt", "lmt", "local")
"""Marks behind a time that leave it in the zone of the layout."""

_ISO_SHAPE = r"\d{4}[-/]?\d{2}[-/]?\d{2}(?:[T ].*)?"
_ISO_DASHED = r"\d{4}-\d{2}-\d{2}(?:[T ].*)?"
_DAY_OR_MONTH_FIRST = re.compile(r"%[dmb]\D{1,3}%[dmb]\D{1,3}%Y")
"""Formats beside which ISO 8601 is read as well, as no cell can be of both."""
_ZONED = r"[zZ]$|(?:[T ]\d|:).*[+-]\d{2}(?::?\d{2})?$"

FIRST, LAST = pd.Timestamp("1990-01-01", tz="UTC"), pd.Timestamp("2100-01-01", tz="UTC")
"""Times outside these are faults of the reading or of the clock that wrote them."""

SINCE = {
    "s": (1e6, 0), "ms": (1e3, 0), "us": (1.0, 0), "ns": (1e-3, 0), "min": (60e6, 0), "h": (3600e6, 0),
    "excel": (86_400e6, -25_569), "mjd": (86_400e6, -40_587), "matlab": (86_400e6, -719_529),
    "julian": (86_400e6, -2_440_587.5), "ticks": (0.1, -719_162),
    "filetime": (0.1, -134_774), "labview": (1e6, -24_107),
}  # fmt: skip
"""The microseconds of a unit, and the day on which its count begins, counted from 1970."""


def parse_times(times: pd.Series, layout: Layout) -> pd.Series:
    """Times as UTC microseconds, NaT where they cannot be read; a time without a zone is in the layout's zone."""
    if times.dtype.kind == "M" or isinstance(times.dtype, pd.DatetimeTZDtype):
        return _in_utc(pd.to_datetime(times), layout.timezone)
    if layout.time_unit != "text":
        return _counted(times, layout)
    back, distinct = pd.factorize(times.astype(str))
    text = pd.Series(distinct, dtype="str").str.strip()
    parsed = _iso(text, layout.timezone) if layout.time_format is None else _styled(text, layout)
    return pd.Series(parsed.array.take(back, allow_fill=True), index=times.index)


def read_times(times: pd.Series, layout: Layout) -> pd.Series:
    """Times as `parse_times` gives them, NaT too for those outside the years 1990 to 2099."""
    moments = parse_times(times, layout)
    is_likely = (moments >= FIRST) & (moments < LAST)
    likely: pd.Series = moments if is_likely.all() else moments.where(is_likely)
    return likely


def _iso(text: pd.Series, zone: str) -> pd.Series:
    """Texts of ISO 8601 and its kin."""
    if (alike := _alike(text, zone)) is not None:
        return alike
    shaped = text.where(text.str.fullmatch(_ISO_SHAPE).fillna(False))
    zoned = shaped.str.contains(_ZONED).fillna(False)
    with_zone = pd.to_datetime(shaped[zoned], format="ISO8601", errors="coerce", utc=True)
    without = _in_utc(pd.to_datetime(shaped[~zoned], format="ISO8601", errors="coerce"), zone)
    parsed: pd.Series = pd.concat([with_zone.astype("datetime64[us, UTC]"), without]).sort_index()
    for style in _ISO_KIN:
        rest = parsed.isna() & shaped.notna()
        if not rest.any():
            break
        local, written = read_texts(shaped[rest], style)
        parsed[rest] = _zoned(local, written, zone).array
    return parsed


def _alike(text: pd.Series, zone: str) -> pd.Series | None:
    """Texts that Arrow reads, all with a zone or all without, in a tenth of the time; None of others."""
    texts = pa.array(text, pa.string())
    for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us")):
        try:
            return _in_utc(texts.cast(kind).to_pandas(), zone)
        except pa.ArrowInvalid:
            continue
    return None


def _styled(text: pd.Series, layout: Layout) -> pd.Series:
    style = str(layout.time_format)
    local, written = read_texts(text, style)
    if (style.endswith("Z") and not style.endswith("%Z")) or "%E" in style:
        written = pd.Series(["Z"] * len(text), dtype="object")
    styled = _zoned(local, written, layout.timezone)
    if styled.isna().any() and _DAY_OR_MONTH_FIRST.match(style):
        other = styled.isna() & text.str.fullmatch(_ISO_DASHED).fillna(False)
        styled[other] = _iso(text[other].reset_index(drop=True), layout.timezone).array
    return styled


def _zoned(local: np.ndarray, written: pd.Series, zone: str) -> pd.Series:
    """Wall-clock times in UTC, each by the zone that is written with it, else by `zone`. NaT for unknown zones."""
    utc = np.full(len(local), np.datetime64("NaT", "us"))
    for name in written.unique():
        rows = (written == name).to_numpy()
        minutes = zone_minutes(name) if name else None
        name = "" if name.casefold() in _ITS_OWN else name
        if minutes is not None:
            utc[rows] = local[rows] - np.timedelta64(minutes, "m")
        else:
            utc[rows] = _in_named(pd.Series(local[rows]), name.strip("[]") or zone).dt.tz_localize(None).to_numpy()
    moments: pd.Series = pd.Series(utc).dt.tz_localize("UTC")
    return moments


def _in_named(moments: pd.Series, zone: str) -> pd.Series:
    try:
        return _in_utc(moments, zone)
    except Exception:
        return pd.Series(pd.NaT, index=moments.index, dtype="datetime64[us, UTC]")


def _in_utc(times: pd.Series, zone: str) -> pd.Series:
    if times.dt.tz is None:
        times = times.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    utc: pd.Series = times.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    return utc


def _counted(times: pd.Series, layout: Layout) -> pd.Series:
    """Numbers since the start that their unit has, or since the layout's own start, in UTC.

    A wall clock's count (Excel, MATLAB) is in the layout's zone.
    """
    size, day = SINCE[layout.time_unit]
    number = pd.to_numeric(_with_point(times), errors="coerce")
    start = int(np.datetime64(layout.start, "us").astype(np.int64)) if layout.start else int(day * 86_400_000_000)
    if number.dtype.kind in "iu":
        micros = number * round(size) + start if size >= 1 else number // round(1 / size) + start
    else:
        micros = (number * size).round() + start
    if size == SINCE["excel"][0]:
        micros = _to_clock(micros, number)
    moments = pd.to_datetime(micros, unit="us", errors="coerce").astype("datetime64[us]")
    local = layout.start or layout.time_unit in ("excel", "matlab")
    return _in_utc(moments, layout.timezone if local else "UTC")


def _to_clock(micros: pd.Series, days: pd.Series) -> pd.Series:
    """The whole second that a day's rounded fraction stands for, else the millisecond."""
    rounded = (days * 1e5 - (days * 1e5).round()).abs().max() < 1e-3  # five decimals are 0.43 s
    second = (micros / 1e6).round() * 1e6
    return second.where((micros - second).abs() <= (500_000 if rounded else 50_000), (micros / 1e3).round() * 1e3)


def _with_point(times: pd.Series) -> pd.Series:
    """Numbers as text with a decimal point for a comma; numbers of a type as they are."""
    return times if times.dtype.kind in "fiub" else times.astype(str).str.replace(",", ".", regex=False)
