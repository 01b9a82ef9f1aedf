"""Times in several columns: a date beside a clock, or year to minute apart."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from sensors_data.series.dates.formats import read_texts
from sensors_data.series.dates.forms import best_style, clock_style
from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column
from sensors_data.series.understanding.day_counts import count_of
from sensors_data.series.understanding.time_guess import TimeColumns

_PARTS = {sign: WORDS[sign] for sign in ("%Y", "%m", "%d", "%H", "%M", "%S", "%j", "%N")} | {"%J": WORDS["%j"]}
_FRACTIONS = {
    "%L": (1000, frozenset(("ms", "msec", "millisecond", "milliseconds", "millis", "millitm", "msecs"))),
    "%u": (1_000_000, frozenset(("us", "usec", "microsecond", "microseconds", "micros", "usecs"))),
    "%n": (1_000_000_000, frozenset(("ns", "nsec", "nanosecond", "nanoseconds", "nanos", "nsecs"))),
}
"""Of each part of a second in a column of its own: how many make a second, and what such a column is called."""
_CLOCKS = WORDS["time"] | WORDS["%H"] | WORDS["%N"]
_RANGES = {
    "%Y": (1990, 2099), "%m": (1, 12), "%d": (1, 31), "%H": (0, 24), "%M": (0, 60), "%S": (0, 60), "%j": (1, 366),
    "%N": (0, 2400), "%J": (1, 367),
}  # fmt: skip
_UNNAMED = (
    "%Y %j %m %d %H %M", "%Y %m %d %H %M %S", "%Y %m %d %H %M", "%Y %m %d %H", "%Y %j %N", "%Y %j %H", "%Y %m %d",
)  # fmt: skip


def date_and_clock(columns: list[Column], dates: list[TimeColumns]) -> TimeColumns | None:
    """A column of dates beside one of times of day, of hours, or of hours and minutes as one number."""
    by_name = {column.name: column for column in columns}
    for dated in sorted(dates, key=lambda f: (not _of_utc(by_name[f.columns[0]]), by_name[f.columns[0]].place)):
        day = by_name[dated.columns[0]]
        if re.search(r"%[zZ]", str(dated.keys.get("time_format", ""))):
            continue
        style = at_midnight(str(dated.keys.get("time_format", "%Y-%m-%d")))
        for column in sorted(columns, key=lambda c: abs(c.place - day.place - 0.6)):
            clock = None if column is day else clock_of(column) or clock_beside(day, column) or count_of(column)
            if clock is None or (_is_settled(day) and not column.named(_CLOCKS)):
                continue
            if _few_a_day(day) and not column.called(_CLOCKS):
                continue
            joined = (day.cells.astype(str).str.strip() + " " + column.cells.astype(str).str.strip())[
                ~day.blank & ~column.blank
            ]
            styles = [f"{date} {clock}" for date in (style, *map(at_midnight, _rivals(day)))]
            form = best_style(styles, pd.Series(joined.unique()).iloc[:20_000])
            if form is None or form.share < 0.9:
                continue
            why = f"a date and a time of day, like '{joined.iloc[0]}'"
            odd = (f"'{joined.iloc[0]}' may be {form.style} or {form.rivals[0]}",) if form.rivals else ()
            odd = (*odd, *_told_by_end(column, clock))
            keys = {"time": (day.name, column.name), "time_format": form.style, "clock": True}
            return TimeColumns(keys, (day.name, column.name), why, 0.84, odd)
    return None


def _told_by_end(column: Column, clock: str) -> tuple[str, ...]:
    """A sentence on hours that are counted from 1 to 24, none on others."""
    if clock != "%H" or not column.whole or column.values.min() != 1 or column.values.max() != 24:
        return ()
    return (f"'{column.name}' counts the hours from 1 to 24: 1 is read as 01:00, the end of the first hour",)


def with_fraction(stamp: TimeColumns, columns: list[Column]) -> TimeColumns:
    """A time of whole seconds with the column right beside it that holds their fraction, if there is one."""
    last = max(column.place for column in columns if column.name in stamp.columns)
    near = (c for c in columns if 0 < c.place - last <= 2 and c.name not in stamp.columns)
    beside = next(((column, sign) for column in near if (sign := _counts_fractions(column))), None)
    counted = stamp.keys.get("time_unit") == "s" and "start" not in stamp.keys and _is_whole(stamp, columns)
    style = "%E" if counted else str(stamp.keys.get("time_format", ""))
    if beside is None or not re.search(r"%[SE]$", style):
        return stamp
    names = (*stamp.columns, beside[0].name)
    keys = {**stamp.keys, "time": names, "time_format": f"{style} {beside[1]}", "time_unit": "text"}
    return replace(stamp, keys=keys, columns=names)


def _is_whole(stamp: TimeColumns, columns: list[Column]) -> bool:
    """Whether the one column of a time holds whole numbers."""
    return all(column.whole for column in columns if column.name in stamp.columns)


def _counts_fractions(column: Column) -> str:
    """The sign of the parts of a second that a column counts and is called after; empty for another column."""
    values = column.values
    if not column.numeric or not column.whole or column.blank.any() or len(column.distinct) < 2 or values.min() < 0:
        return ""
    called = set(column.lower.split())
    return next((sign for sign, (most, words) in _FRACTIONS.items() if called & words and values.max() < most), "")


def _of_utc(day: Column) -> bool:
    """Whether a column's name says that its dates are those of UTC, where others are of a local clock."""
    return bool({"utc", "gmt"} & set(day.lower.split()))


def _is_settled(day: Column) -> bool:
    """Whether each row has a date of its own, so that a clock beside it may be that of an extreme."""
    return len(day.distinct) == len(day.filled) > 2


def clock_beside(day: Column, column: Column) -> str | None:
    """The format of a column of four digits right behind a date of eight, if both go on from row to row as a clock."""
    digits = column.place == day.place + 1 and column.distinct.str.fullmatch(r"(?:[01]\d|2[0-3])[0-5]\d").all()
    if not digits or not day.distinct.str.fullmatch(r"\d{8}").all() or len(column.filled) < 3:
        return None
    times, _ = read_texts(day.cells.astype(str) + " " + column.cells.astype(str), "%Y%m%d %H%M")
    steps = np.diff(times)
    return "%N" if not np.isnat(times).any() and (steps > np.timedelta64(0)).all() else None


def _few_a_day(day: Column) -> bool:
    """Whether dates have so few rows, and two or more, that a clock beside them may be that of an extreme."""
    return len(day.filled) <= 4 * len(day.distinct) and len(day.distinct) > 20


def at_midnight(style: str) -> str:
    """A date's format in which the clock, if it has one, is midnight as it is written."""
    for sign, midnight in (("%H", "00"), ("%I", "12"), ("%M", "00"), ("%S", "00"), ("%f", "000"), ("%p", "AM")):
        style = style.replace(sign, midnight)
    return style


def _rivals(day: Column) -> tuple[str, ...]:
    return day.form.rivals if day.form else ()


def clock_of(column: Column) -> str | None:
    """The format of a column of times of day: 08:30, an hour 0 to 24 that comes round, or 830."""
    if column.typed_times or not len(column.filled):
        return None
    if column.distinct[:200].str.fullmatch(r"(?:[01]\d|2[0-4])[0-5]\d ?(?:UTC|GMT|Z)").all():
        return f"%N{' ' if ' ' in column.distinct[0] else ''}%Z"
    style = clock_style(column.filled) if not column.numeric or _has_dots(column) else None
    if style:
        return style
    if _are_hours(column):
        return "%H%*"
    if column.distinct.str.fullmatch(r"(?:[01]\d|2[0-4])[0-5]\d").all() and (column.distinct < "0100").any():
        return "%N"
    if (day := _empty_day(column)) and (style := clock_style(column.filled.str.slice(len(day)).str.strip())):
        return f"{day} {style}"
    values = column.values
    if not column.whole or not len(values) or values.min() < 0 or len(values) < len(column.filled):
        return None
    turns = (np.diff(values) < 0).sum()
    if (
        values.max() <= 24
        and (column.named(_PARTS["%H"]) or (values.max() >= 22 and turns and _goes_round(values)))
        and len(np.unique(values)) <= 25
    ):
        return "%H"
    named = column.named(_PARTS["%N"]) or column.named(frozenset(("uhrzeit", "zeit", "hora", "tijd", "heure")))
    if values.max() <= 2400 and (values % 100 < 60).all() and named and values.max() > 60:
        return "%N"
    return None


def _has_dots(column: Column) -> bool:
    """Whether a column that is called a time holds clocks with a dot, like 8.30, and no numbers."""
    dotted = column.distinct.str.fullmatch(r"(?:[01]?\d|2[0-4])\.[0-5]\d(?:\.[0-5]\d)?")
    return column.named(_CLOCKS) and bool(dotted.all())


def _are_hours(column: Column) -> bool:
    """Whether a column holds the hours of the day, each with the next, like `00 - 01`."""
    parts = column.distinct[:50].str.extract(r"^(\d{1,2})(?::00)? ?[-–] ?(\d{1,2})(?::00)?$").dropna().astype(int)
    if len(parts) < 3 or len(parts) < len(column.distinct):
        return False
    return bool(((parts[1] - parts[0]) % 24 == 1).all())


def _goes_round(values: np.ndarray) -> bool:
    """Whether whole numbers go up as the hours of days do."""
    return bool(np.isin(np.diff(values) % 24, (0, 1)).mean() > 0.9)


def _empty_day(column: Column) -> str:
    """The day that stands before every time of a column, where it is the one on which a program's count begins."""
    days = column.distinct[:5000].str.extract(
        r"^(18\d\d-\d\d-\d\d|1900-01-0\d|1970-01-01|0001-01-01)[T ]", expand=False
    )
    return str(days[0]) if len(days) and days.notna().all() and days.nunique() == 1 else ""


def unnamed_parts(columns: list[Column]) -> TimeColumns | None:
    """Year, month, day, hour in adjacent columns without names, recognised by times that advance from row to row."""
    if not all(re.fullmatch(r"column_\d+", column.name) for column in columns):
        return None
    likely: list[tuple[float, TimeColumns]] = []
    for place in range(min(4, len(columns) - 2)):
        for signs in _UNNAMED:
            group = columns[place : place + len(signs.split())]
            if len(group) < len(signs.split()) or not all(map(_fits, group, signs.split())):
                continue
            names = tuple(column.name for column in group)
            joined = group[0].cells.astype(str).str.strip()
            for column in group[1:]:
                joined = joined + " " + column.cells.astype(str).str.strip()
            times, _ = read_texts(joined, signs)
            steps = np.diff(times)
            named, _ = read_texts(joined, signs.replace("%j", "%*")) if "%j %m" in signs else (times, None)
            if (
                not np.isnat(times).any()
                and (named == times).all()
                and len(steps) > 2
                and (steps > np.timedelta64(0)).mean() > 0.95
            ):
                keys: dict[str, object] = {"time": names, "time_format": signs, "clock": True}
                why = f"{signs} side by side, going on from row to row"
                odd = _told_by_end(group[-1], signs.split()[-1])
                likely.append((float((steps == np.median(steps)).mean()), TimeColumns(keys, names, why, 0.7, odd)))
    return max(likely, key=lambda guess: guess[0])[1] if likely else None


def _fits(column: Column, sign: str) -> bool:
    """Whether a column's numbers could be that part of a time."""
    low, high = _RANGES[sign]
    values = column.values
    whole = column.whole != (sign == "%J")
    return bool(column.numeric and whole and len(values) and low <= values.min() and values.max() <= high)


def _is_part(column: Column, sign: str) -> bool:
    """Whether a column's name, without its unit, is that of a part of a time."""
    words = re.findall(r"[^\W_]+", re.sub(r"[\[(].*?[\])]", "", column.name).lower())
    return column.called(_PARTS[sign]) or any(word in _PARTS[sign] for word in words if len(word) > 1)


def _clock_apart(columns: list[Column], taken: tuple[str, ...]) -> tuple[str, str] | None:
    """The column of clocks like 08:30 beside a year, a month and a day, and its format; None where there is none."""
    for column in columns:
        style = None if column.name in taken or column.numeric else clock_of(column)
        if style and style.startswith(("%H", "%I")):
            return column.name, style
    return None


def parts_of(columns: list[Column]) -> TimeColumns | None:
    """Year, month, day, hour, minute in columns of their own."""
    parts: dict[str, Column] = {}
    for sign in ("%Y", "%m", "%d", "%j", "%J", "%H", "%N", "%M", "%S"):
        for column in columns:
            if _fits(column, sign) and _is_part(column, sign) and column not in parts.values():
                parts[sign] = column
                break
    if "%Y" not in parts or not ({"%m", "%d"} <= parts.keys() or {"%j", "%J"} & parts.keys()):
        return None
    if "%J" in parts:
        parts = {sign: parts[sign] for sign in ("%Y", "%J")}
    if "%j" in parts:
        parts = {sign: column for sign, column in parts.items() if sign not in ("%m", "%d")}
    if "%N" in parts and "%H" in parts:
        parts.pop("%N")
    if "%H" not in parts:
        parts = {sign: column for sign, column in parts.items() if sign not in ("%M", "%S")}
    names = tuple(column.name for column in parts.values())
    keys: dict[str, object] = {"time": names, "time_format": " ".join(parts), "clock": True}
    if parts.keys() == {"%Y", "%m", "%d"} and (clock := _clock_apart(columns, names)):
        keys |= {"time": (*names, clock[0]), "time_format": f"%Y %m %d {clock[1]}"}
        return TimeColumns(keys, (*names, clock[0]), "year, month, day and a clock in columns of their own", 0.95)
    sure = 0.95 if {"%H", "%N", "%J"} & parts.keys() else 0.3  # a time that has a clock as well says more
    return TimeColumns(keys, names, "year, month and day in columns of their own", sure)
