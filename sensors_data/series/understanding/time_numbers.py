"""Columns of numbers that are times: digits of a date, epochs, day numbers, seconds of a run."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from sensors_data.series.dates.forms import DIGITS, best_style
from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column, rising
from sensors_data.series.understanding.run_starts import UNDATED
from sensors_data.series.understanding.time_guess import TimeColumns

_YES = WORDS["time"]
_NO = WORDS["other times"]
_ADDRESSES = frozenset(("address", "addr", "register", "reg", "adresse", "adresa", "adres", "direccion", "indirizzo"))
"""Names of columns that number registers: those of Modbus lie where Excel's days do."""
_DATED = frozenset(("date", "datum", "dato", "data", "fecha", "day", "yymmdd", "ddmmyy", "ymd", "dmy", "pvm", "tarih"))
"""Names of columns whose numbers of six digits are dates."""
_EPOCHS = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
_COUNTED = {
    "excel": (32_874, 54_789),
    "mjd": (55_197, 69_807),
    "matlab": (726_834, 767_011),
    "julian": (2_447_892, 2_469_808),
}
"""The day numbers of 1990 (MJD 2010) to 2050; outside these years one count could be taken for another."""
_ELAPSED = {
    "s": "s sec secs second seconds",
    "ms": "ms msec milliseconds",
    "us": "us µs",
    "min": "min minutes",
    "h": "h hours hrs",
}


def number_time(column: Column) -> TimeColumns | None:
    """A column of numbers that are times: digits of a date, an epoch, a day number, or seconds of a run."""
    values = column.values
    if not column.numeric or len(values) < 2 or np.ptp(values) == 0 or len(values) < 0.9 * (~column.blank).sum():
        return None
    if (stated := _since(column)) is not None:
        return stated
    hint = 0.15 * column.named(_YES) - 0.1 * column.named(_NO) - 0.01 * column.place
    digits = _digit_style(column)
    if digits is not None:
        keys: dict[str, object] = {"time": (column.name,), "time_format": digits}
        return TimeColumns(keys, (column.name,), f"digits of a date, like {column.filled.iloc[0]}", 0.85 + hint)
    low, high = np.quantile(values, [0.01, 0.99])
    for unit, size in _EPOCHS.items():
        ticks = unit == "ns" and high < 6.5e17  # of .NET since 2000, rather than nanoseconds of 1990
        if low / size >= 631_152_000 and high / size <= 2_840_140_800 and not ticks:  # 1990 to 2060
            keys = {"time": (column.name,), "time_unit": unit}
            return TimeColumns(keys, (column.name,), f"{unit} since 1970", 0.8 + hint)
    ordered = rising(values, 0.99)
    if column.named(_YES) and ordered and low >= 10_519_200 and high <= 47_335_680 and column.whole:
        keys = {"time": (column.name,), "time_unit": "min"}
        return TimeColumns(keys, (column.name,), "minutes since 1970", 0.5 + hint)
    for unit, (first, last) in _COUNTED.items() if _unit_named(column) is None and not column.named(_ADDRESSES) else ():
        if first <= low and high <= last and (ordered or column.named(_YES)):
            keys = {"time": (column.name,), "time_unit": unit}
            return TimeColumns(keys, (column.name,), f"day numbers as {unit} counts them", 0.7 + hint)
    spans = {"ticks": (6.27e17, 6.5e17), "filetime": (1.22e17, 1.45e17), "labview": (2.87e9, 4.6e9)}
    for unit, (least, most) in spans.items():
        if least <= low and high <= most and ordered:
            keys = {"time": (column.name,), "time_unit": unit}
            return TimeColumns(keys, (column.name,), f"a count as {unit} has it", 0.6 + hint)
    return _elapsed(column, ordered, hint)


def _since(column: Column) -> TimeColumns | None:
    """A count from the moment that its own name states: `seconds since 2026-01-01 00:00`."""
    match = re.search(r"\b([a-zµ]+) since (\d{4}-\d\d?-\d\d?(?:[T ]\d\d?:\d\d)?)", column.name, re.IGNORECASE)
    unit = match and next((unit for unit, names in _ELAPSED.items() if match[1].lower() in names.split()), None)
    if not match or not unit:
        return None
    keys: dict[str, object] = {"time": (column.name,), "time_unit": unit, "start": match[2]}
    return TimeColumns(keys, (column.name,), f"{unit} since {match[2]}, as its name says", 0.95)


def epoch_beside(clock: pd.Series, columns: list[Column]) -> TimeColumns | None:
    """A column of epochs for the same moments as some wall-clock times, so that their zone need not be known."""
    local = clock.dt.tz_localize(None) if clock.dt.tz is not None else clock
    for column in columns:
        large = column.numeric and len(column.values) >= len(local) and abs(column.values[0]) > 6e8
        epoch = number_time(column) if large else None
        size = _EPOCHS.get(str(epoch.keys.get("time_unit"))) if epoch and "start" not in epoch.keys else None
        if epoch is None or size is None:
            continue
        apart = (local.astype("datetime64[us]").astype("int64") / 1e6 - column.values / size).to_numpy() / 900
        if (np.abs(apart - np.round(apart)) < 2 / 900).mean() > 0.95 and np.abs(apart).max() <= 14 * 4:
            return epoch
    return None


def _digit_style(column: Column) -> str | None:
    """The format of numbers that are the digits of a date."""
    text = column.filled.str.removesuffix(".0")
    lengths = text.str.len()
    length = int(lengths.mode().iloc[0])
    if length == 6 and not column.called(_DATED):
        return None
    if length not in DIGITS or not text.str.fullmatch(r"\d+").all() or (lengths != length).mean() > 0.01:
        return None
    distinct = pd.Series(text.unique()).iloc[:20_000]
    form = best_style(list(DIGITS[length]), distinct)
    if form is None and distinct.str.match("2[45]").all():
        of_era = [style.replace("%Y", "%K") for style in DIGITS[length] if style.startswith("%Y")]
        form = best_style(of_era, distinct)
    return form.style if form is not None and form.share >= 0.99 else None


def digit_date(column: Column) -> TimeColumns | None:
    """A column whose numbers are the digits of a date without a time of day."""
    if not column.numeric or not column.whole or not len(column.filled):
        return None
    style = _digit_style(column)
    if style is None or re.search(r"%[HM]", style):
        return None
    keys: dict[str, object] = {"time": (column.name,), "time_format": style}
    return TimeColumns(keys, (column.name,), f"digits of a date, like {column.filled.iloc[0]}", 0.25)


def is_long_digits(column: Column) -> bool:
    """Whether a column's numbers are the digits of dates with their clock, like 202603020000."""
    style = _digit_style(column) if column.numeric and column.whole and len(column.filled) else None
    return style is not None and "%M" in style and len(column.filled.iloc[0].removesuffix(".0")) >= 12


def counted_in(time: TimeColumns, columns: list[Column], units: dict[int, str]) -> TimeColumns:
    """A count of a run in the unit that stands below its name in the header, by the column's number."""
    if time.keys.get("start") != UNDATED:
        return time
    place = next(column.place for column in columns if column.name == time.columns[0])
    stated = units.get(place, "").strip("()[] ").lower()
    unit = next((unit for unit, names in _ELAPSED.items() if stated in names.split()), None)
    if not unit or unit == time.keys["time_unit"]:
        return time
    return replace(time, keys={**time.keys, "time_unit": unit}, odd=(_without_date(time.columns[0], unit),))


def _without_date(name: str, unit: str) -> str:
    """What is said of a count of a run, by its column's name."""
    return f"{name} counts {unit} and has no date: it is counted from 2000-01-01 (layout.start, --start)"


def _unit_named(column: Column) -> str | None:
    """The unit of a count that a column's name states, None where it states none."""
    words = set(column.lower.split())
    return next((unit for unit, names in _ELAPSED.items() if words & set(names.split())), None)


def _elapsed(column: Column, ordered: bool, hint: float) -> TimeColumns | None:
    """Seconds since a run began: a count that rises by a steady step under a name of time."""
    steps = np.diff(column.values)
    steady = len(steps) > 2 and np.isclose(steps, np.median(steps), rtol=0.5, atol=0).mean() > 0.8
    named = column.named(_YES) or bool(re.search(r"elapsed|seconds|[\[(_ ]m?s[\])]?$", column.name.lower()))
    if not (ordered and steady and named and column.values[0] >= 0):
        return None
    unit = _unit_named(column) or "s"
    keys: dict[str, object] = {"time": (column.name,), "time_unit": unit, "start": UNDATED}
    odd = (_without_date(column.name, unit),)
    return TimeColumns(keys, (column.name,), f"a steady count of {unit}", 0.4 + hint, odd)
