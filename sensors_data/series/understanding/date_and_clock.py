"""A column of dates beside one of times of day."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sensors_data.series.dates.formats import read_texts
from sensors_data.series.dates.forms import best_style
from sensors_data.series.understanding.clock_columns import CLOCK_WORDS, at_midnight, clock_of, parts_from_one
from sensors_data.series.understanding.columns import Column
from sensors_data.series.understanding.day_counts import count_of
from sensors_data.series.understanding.time_guess import TimeColumns


def date_and_clock(columns: list[Column], dates: list[TimeColumns]) -> TimeColumns | None:
    """A column of dates beside one of times of day, of hours, or of hours and minutes as one number."""
    by_name = {column.name: column for column in columns}
    for dated in sorted(dates, key=lambda f: (not _of_utc(by_name[f.columns[0]]), by_name[f.columns[0]].place)):
        day = by_name[dated.columns[0]]
        if re.search(r"%[zZ]", str(dated.keys.get("time_format", ""))):
            continue
        for column in sorted(columns, key=lambda c: abs(c.place - day.place - 0.6)):
            clock = None if column is day else _clock_for(day, column)
            if clock is not None and (time := _joined_time(day, dated, column, clock)) is not None:
                return time
    return None


def _clock_for(day: Column, column: Column) -> str | None:
    """The format of a column's clocks; None where it has none, or where they may be those of a day's extreme."""
    clock = clock_of(column) or clock_beside(day, column) or count_of(column)
    if _is_settled(day) and not column.named(CLOCK_WORDS):
        return None
    return None if _few_a_day(day) and not column.called(CLOCK_WORDS) else clock


def _joined_time(day: Column, dated: TimeColumns, column: Column, clock: str) -> TimeColumns | None:
    """The time of a date's column and a clock's together; None unless nine in ten rows can be read so."""
    filled = ~day.blank & ~column.blank
    texts = (day.cells.astype(str).str.strip() + " " + column.cells.astype(str).str.strip())[filled]
    style = at_midnight(str(dated.keys.get("time_format", "%Y-%m-%d")))
    styles = [f"{date} {clock}" for date in (style, *map(at_midnight, _rivals(day)))]
    form = best_style(styles, pd.Series(texts.unique()).iloc[:20_000])
    if form is None or form.share < 0.9:
        return None
    example = texts.iloc[0]
    odd = (f"'{example}' may be {form.style} or {form.rivals[0]}",) if form.rivals else ()
    keys = {"time": (day.name, column.name), "time_format": form.style, "clock": True}
    why = f"a date and a time of day, like '{example}'"
    return TimeColumns(keys, (day.name, column.name), why, 0.84, (*odd, *parts_from_one(column, clock)))


def clock_beside(day: Column, column: Column) -> str | None:
    """The format of a column of four digits right behind a date of eight, if both go on from row to row as a clock."""
    digits = column.place == day.place + 1 and column.distinct.str.fullmatch(r"(?:[01]\d|2[0-3])[0-5]\d").all()
    if not digits or not day.distinct.str.fullmatch(r"\d{8}").all() or len(column.filled) < 3:
        return None
    times, _ = read_texts(day.cells.astype(str) + " " + column.cells.astype(str), "%Y%m%d %H%M")
    steps = np.diff(times)
    return "%N" if not np.isnat(times).any() and (steps > np.timedelta64(0)).all() else None


def _of_utc(day: Column) -> bool:
    """Whether a column's name says that its dates are those of UTC, where others are of a local clock."""
    return bool({"utc", "gmt"} & set(day.lower.split()))


def _is_settled(day: Column) -> bool:
    """Whether each row has a date of its own, so that a clock beside it may be that of an extreme."""
    return len(day.distinct) == len(day.filled) > 2


def _few_a_day(day: Column) -> bool:
    """Whether dates have so few rows, and two or more, that a clock beside them may be that of an extreme."""
    return len(day.filled) <= 4 * len(day.distinct) and len(day.distinct) > 20


def _rivals(day: Column) -> tuple[str, ...]:
    return day.form.rivals if day.form else ()
