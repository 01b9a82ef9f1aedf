"""Which columns are the time, found by what they hold: one column, a date with a clock, or year to minute apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sensors_data.errors import UnreadableError
from sensors_data.series.column_words import WORDS
from sensors_data.series.columns import Column, rising
from sensors_data.series.date_forms import DIGITS, best_style, clock_style

_YES = WORDS["time"]
_NO = WORDS["other times"]
_END = WORDS["end"]
_PARTS = {sign: WORDS[sign] for sign in ("%Y", "%m", "%d", "%H", "%M", "%S", "%j", "%N")}
_RANGES = {
    "%Y": (1990, 2099), "%m": (1, 12), "%d": (1, 31), "%H": (0, 24), "%M": (0, 60), "%S": (0, 60), "%j": (1, 366),
    "%N": (0, 2400),
}  # fmt: skip
_EPOCHS = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
_COUNTED = {"excel": (32_874, 54_789), "mjd": (55_197, 69_807), "matlab": (726_834, 767_011)}
"""The day numbers of 1990 (MJD 2010) to 2050; outside these years one count could be taken for another."""
_ELAPSED = {
    "s": "s sec secs second seconds",
    "ms": "ms msec milliseconds",
    "us": "us µs",
    "min": "min minutes",
    "h": "h hours hrs",
}


@dataclass(frozen=True)
class TimeColumns:
    """The columns of the time and how they are read, as keys of the layout; why, how sure, and what is doubtful."""

    keys: dict[str, object]
    columns: tuple[str, ...]
    evidence: str
    confidence: float
    odd: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Columns of times that are not the reading's own."""
    rivals: tuple[str, ...] = ()
    """The formats that read the column as well, the one taken first."""


def find_time(columns: list[Column], name: str) -> TimeColumns:
    """The time of a table's rows. UnreadableError says which columns were looked at and why none is it."""
    stamps = [found for column in columns if (found := _stamp(column)) is not None]
    dates = [found for found in stamps if "clock" not in found.keys]
    dates += [found for column in columns if (found := _digit_date(column)) is not None]
    whole = sorted((found for found in stamps if "clock" in found.keys), key=lambda f: -f.confidence)
    best = whole[0] if whole and whole[0].confidence >= 0.3 else None
    parted = _date_and_clock(columns, dates) or _parts(columns)
    if best is not None and (parted is None or best.confidence >= parted.confidence):
        return _with_others(best, columns, stamps)
    if parted is not None:
        return _with_others(parted, columns, stamps)
    dates.sort(key=lambda found: -found.confidence)
    if dates and dates[0].confidence >= 0.3:
        return _with_others(dates[0], columns, stamps)
    numbers = [found for column in columns if (found := _number(column)) is not None]
    if numbers:
        return _with_others(max(numbers, key=lambda found: found.confidence), columns, stamps)
    raise _no_time(columns, name)


def _stamp(column: Column) -> TimeColumns | None:
    """A column of texts or typed values that are times of plausible years."""
    if column.typed_times:
        keys: dict[str, object] = {"time": (column.name,), "clock": True}
        return TimeColumns(keys, (column.name,), "the file types it as times", _weight(column, 1.0))
    form = column.form
    if form is None or form.share < 0.8 or (column.numeric and re.fullmatch(r"[\d.,\s]+", str(column.filled.iloc[0]))):
        if form is None or form.share < 0.95 or not re.search(r"%[yY].*%[md].*%[md]|%[dm].*%[dm].*%[yY]", form.style):
            return None
        if re.fullmatch(r"%\w%\w%\w.*", form.style):
            return None  # digits without marks are looked at as numbers
    why = f"{form.share:.1%} of its cells are times like '{column.filled.iloc[0][:26]}'"
    odd: tuple[str, ...] = ()
    rivals = (form.style, *form.rivals) if form.rivals else ()
    if form.rivals:
        other = form.rivals[0]
        odd = (f"'{column.filled.iloc[0][:26]}' may be {form.style} or {other}: {form.style} is taken",)
    why += f"; {form.evidence}" if form.evidence else ""
    keys = {"time": (column.name,), "time_format": form.style}
    if re.search(r"%[HIN]", form.style):
        keys["clock"] = True
    return TimeColumns(keys, (column.name,), why, _weight(column, form.share), odd, rivals=rivals)


def _weight(column: Column, share: float) -> float:
    """How likely a column of times is the time of its rows: filled, changing, named so, near the left."""
    filled = 1 - column.blank.mean()
    changing = min(1.0, len(column.distinct) / max(1.0, 0.02 * len(column.cells) + 1))
    if len(column.distinct) < 2 and len(column.cells) > 2:
        return 0.0
    hint = 0.1 * column.named(_YES) - 0.15 * column.named(_NO) + 0.05 * ("utc" in column.lower)
    return float(share * filled * (0.6 + 0.25 * changing) + hint - 0.002 * column.place)


def _date_and_clock(columns: list[Column], dates: list[TimeColumns]) -> TimeColumns | None:
    """A column of dates beside one of times of day, of hours, or of hours and minutes as one number."""
    by_name = {column.name: column for column in columns}
    for found in sorted(dates, key=lambda f: by_name[f.columns[0]].place):
        day = by_name[found.columns[0]]
        style = str(found.keys.get("time_format", "%Y-%m-%d"))
        for column in sorted(columns, key=lambda c: abs(c.place - day.place - 0.6)):
            clock = None if column is day else _clock(column)
            if clock is None:
                continue
            joined = (day.cells.astype(str).str.strip() + " " + column.cells.astype(str).str.strip())[
                ~day.blank & ~column.blank
            ]
            styles = [f"{date} {clock}" for date in (style, *_rivals(day))]
            form = best_style(styles, pd.Series(joined.unique()).iloc[:20_000])
            if form is None or form.share < 0.9:
                continue
            why = f"a date and a time of day, like '{joined.iloc[0]}'"
            odd = (f"'{joined.iloc[0]}' may be {form.style} or {form.rivals[0]}",) if form.rivals else ()
            keys = {"time": (day.name, column.name), "time_format": form.style, "clock": True}
            return TimeColumns(keys, (day.name, column.name), why, 0.9, odd)
    return None


def _rivals(day: Column) -> tuple[str, ...]:
    return day.form.rivals if day.form else ()


def _clock(column: Column) -> str | None:
    """The format of a column of times of day: 08:30, an hour 0 to 24 that comes round, or 830."""
    if column.typed_times or not len(column.filled):
        return None
    style = None if column.numeric else clock_style(column.filled)
    if style:
        return style
    values = column.values
    if not column.whole or not len(values) or values.min() < 0 or len(values) < len(column.filled):
        return None
    turns = (np.diff(values) < 0).sum()
    if (
        values.max() <= 24
        and (column.named(_PARTS["%H"]) or (values.max() >= 22 and turns))
        and len(np.unique(values)) <= 25
    ):
        return "%H"
    named = column.named(_PARTS["%N"]) or column.named(frozenset(("uhrzeit", "zeit", "hora", "tijd", "heure")))
    if values.max() <= 2400 and (values % 100 < 60).all() and named and values.max() > 60:
        return "%N"
    return None


def _parts(columns: list[Column]) -> TimeColumns | None:
    """Year, month, day, hour, minute in columns of their own."""
    parts: dict[str, Column] = {}
    for sign in ("%Y", "%m", "%d", "%j", "%H", "%N", "%M", "%S"):
        low, high = _RANGES[sign]
        for column in columns:
            values = column.values
            fits = column.numeric and column.whole and len(values) and low <= values.min() and values.max() <= high
            if fits and column.named(_PARTS[sign]) and column not in parts.values():
                parts[sign] = column
                break
    if "%Y" not in parts or not ({"%m", "%d"} <= parts.keys() or "%j" in parts):
        return None
    if "%j" in parts:
        parts = {sign: column for sign, column in parts.items() if sign not in ("%m", "%d")}
    if "%N" in parts and "%H" in parts:
        parts.pop("%N")
    if "%H" not in parts:
        parts = {sign: column for sign, column in parts.items() if sign not in ("%M", "%S")}
    names = tuple(column.name for column in parts.values())
    keys: dict[str, object] = {"time": names, "time_format": " ".join(parts), "clock": True}
    return TimeColumns(keys, names, "year, month and day in columns of their own", 0.95)


def _number(column: Column) -> TimeColumns | None:
    """A column of numbers that are times: digits of a date, an epoch, a day number, or seconds of a run."""
    values = column.values
    if not column.numeric or len(values) < 2 or np.ptp(values) == 0 or len(values) < 0.9 * (~column.blank).sum():
        return None
    hint = 0.15 * column.named(_YES) - 0.1 * column.named(_NO) - 0.01 * column.place
    digits = _digit_style(column)
    if digits is not None:
        keys: dict[str, object] = {"time": (column.name,), "time_format": digits}
        return TimeColumns(keys, (column.name,), f"digits of a date, like {column.filled.iloc[0]}", 0.85 + hint)
    low, high = np.quantile(values, [0.01, 0.99])
    for unit, size in _EPOCHS.items():
        if low / size >= 631_152_000 and high / size <= 2_840_140_800:  # 1990 to 2060
            keys = {"time": (column.name,), "time_unit": unit}
            return TimeColumns(keys, (column.name,), f"{unit} since 1970", 0.8 + hint)
    ordered = rising(values, 0.99)
    for unit, (first, last) in _COUNTED.items():
        if first <= low and high <= last and (ordered or column.named(_YES)):
            keys = {"time": (column.name,), "time_unit": unit}
            return TimeColumns(keys, (column.name,), f"day numbers as {unit} counts them", 0.7 + hint)
    spans = {"ticks": (6.27e17, 6.5e17), "filetime": (1.22e17, 1.45e17), "labview": (2.87e9, 4.6e9)}
    for unit, (least, most) in spans.items():
        if least <= low and high <= most and ordered:
            keys = {"time": (column.name,), "time_unit": unit}
            return TimeColumns(keys, (column.name,), f"a count as {unit} has it", 0.6 + hint)
    return _elapsed(column, ordered, hint)


def _digit_style(column: Column) -> str | None:
    """The format of numbers that are the digits of a date."""
    text = column.filled.str.removesuffix(".0")
    lengths = text.str.len()
    length = int(lengths.mode().iloc[0])
    if length not in DIGITS or not text.str.fullmatch(r"\d+").all() or (lengths != length).mean() > 0.01:
        return None
    distinct = pd.Series(text.unique()).iloc[:20_000]
    form = best_style(list(DIGITS[length]), distinct)
    return form.style if form is not None and form.share >= 0.99 else None


def _digit_date(column: Column) -> TimeColumns | None:
    """A column whose numbers are the digits of a date without a time of day."""
    if not column.numeric or not column.whole or not len(column.filled):
        return None
    style = _digit_style(column)
    if style is None or re.search(r"%[HM]", style):
        return None
    keys: dict[str, object] = {"time": (column.name,), "time_format": style}
    return TimeColumns(keys, (column.name,), f"digits of a date, like {column.filled.iloc[0]}", 0.25)


def _elapsed(column: Column, ordered: bool, hint: float) -> TimeColumns | None:
    """Seconds since a run began: a count that rises by a steady step under a name of time."""
    steps = np.diff(column.values)
    steady = len(steps) > 2 and np.isclose(steps, np.median(steps), rtol=0.5, atol=0).mean() > 0.8
    named = column.named(_YES) or bool(re.search(r"elapsed|seconds|[\[(_ ]m?s[\])]?$", column.name.lower()))
    if not (ordered and steady and named and column.values[0] >= 0):
        return None
    words = set(column.lower.split())
    unit = next((unit for unit, names in _ELAPSED.items() if words & set(names.split())), "s")
    keys: dict[str, object] = {"time": (column.name,), "time_unit": unit, "start": "2000-01-01"}
    odd = f"{column.name} counts {unit} and has no date: it is counted from 2000-01-01 (layout.start, --start)"
    return TimeColumns(keys, (column.name,), f"a steady count of {unit}", 0.4 + hint, (odd,))


def _with_others(found: TimeColumns, columns: list[Column], stamps: list[TimeColumns]) -> TimeColumns:
    """A time with the other columns of times that its rows have, and the end of their interval."""
    others = [stamp.columns[0] for stamp in stamps if stamp.columns[0] not in found.columns]
    others += [c.name for c in columns if c.name not in (*found.columns, *others) and not c.numeric and _clock(c)]
    keys = {key: value for key, value in found.keys.items() if key != "clock"}
    by_name = {column.name: column for column in columns}
    if len(found.columns) == 1:
        ends = [name for name in others if by_name[name].named(_END) and len(by_name[name].distinct) > 2]
        if ends:
            keys["end"] = ends[0]
    return replace(found, keys=keys, others=tuple(others))


def _no_time(columns: list[Column], name: str) -> UnreadableError:
    """The refusal of a table without a time, with what was seen."""
    clocks = [column.name for column in columns if _clock(column)]
    if clocks:
        return UnreadableError(
            f"{name}: column '{clocks[0]}' holds times of day without a date, and no other column holds the date",
            "add a column with the date to the export",
        )
    seen = "; ".join(f"'{c.name}' like '{str(c.filled.iloc[0])[:24]}'" for c in columns[:6] if len(c.filled))
    return UnreadableError(
        f"{name} has no column of times; its columns: {seen}",
        "name it with --time COLUMN and, where its form is rare, --format such as '%d.%m.%Y %H:%M'",
    )
