"""Columns of times of day: 08:30, an hour, an hour with its end, or hour and minute as one number."""

from __future__ import annotations

import numpy as np

from sensors_data.series.dates.forms import clock_style
from sensors_data.series.files.day_columns import HOUR_ENDING, PART_BEGINNING
from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column

CLOCK_WORDS = WORDS["time"] | WORDS["%H"] | WORDS["%N"]
"""What columns of clocks are called."""


def at_midnight(style: str) -> str:
    """A date's format in which the clock, if it has one, is midnight as it is written."""
    for sign, midnight in (("%H", "00"), ("%I", "12"), ("%M", "00"), ("%S", "00"), ("%f", "000"), ("%p", "AM")):
        style = style.replace(sign, midnight)
    return style


def clock_of(column: Column) -> str | None:
    """The format of a column of times of day: 08:30, an hour 0 to 24 that comes round, or 830."""
    if column.typed_times or not len(column.filled):
        return None
    if column.distinct[:200].str.fullmatch(r"(?:[01]\d|2[0-4])[0-5]\d ?(?:UTC|GMT|Z)").all():
        return f"%N{' ' if ' ' in column.distinct[0] else ''}%Z"
    if column.distinct[:200].str.fullmatch(r"(?:0?[1-9]|1[0-2]) ?[AaPp]\.?[Mm]\.?").all():
        return f"%I{' ' if ' ' in column.distinct[0] else ''}%p"
    style = clock_style(column.filled) if not column.numeric or _has_dots(column) else None
    if style:
        return style
    if _are_hours(column):
        return "%H%*"
    if style := _hours_in_words(column):
        return style
    if _are_hours_and_minutes(column):
        return "%N"
    if column.distinct.str.fullmatch(r"(?:[01]\d|2[0-3])[0-5]\d[0-5]\d").all() and (column.distinct < "0100").any():
        return "%H%M%S"
    if (day := _empty_day(column)) and (style := clock_style(column.filled.str.slice(len(day)).str.strip())):
        return f"{day} {style}"
    values = column.values
    if not column.whole or not len(values) or values.min() < 0 or len(values) < len(column.filled):
        return None
    turns = (np.diff(values) < 0).sum()
    if (
        values.max() <= 24
        and (column.named(WORDS["%H"]) or (values.max() >= 22 and turns and goes_round(values)))
        and len(np.unique(values)) <= 25
    ):
        return "%H"
    named = column.named(WORDS["%N"]) or column.named(frozenset(("uhrzeit", "zeit", "hora", "tijd", "heure")))
    if values.max() <= 2400 and (values % 100 < 60).all() and named and values.max() > 60:
        return "%N"
    return None


def _are_hours_and_minutes(column: Column) -> bool:
    """Whether a column holds clocks of four digits, as 0030 or the hours 0100 to 2400."""
    if not column.distinct.str.fullmatch(r"(?:[01]\d|2[0-4])[0-5]\d").all():
        return False
    leading = column.distinct.str.startswith("0").any()
    return bool((column.distinct < "0100").any() or (leading and column.named(CLOCK_WORDS)))


def _has_dots(column: Column) -> bool:
    """Whether a column that is called a time holds clocks with a dot, like 8.30, and no numbers."""
    dotted = column.distinct.str.fullmatch(r"(?:[01]?\d|2[0-4])\.[0-5]\d(?:\.[0-5]\d)?")
    return column.named(CLOCK_WORDS) and bool(dotted.all())


def _are_hours(column: Column) -> bool:
    """Whether a column holds the hours of the day, each with the next, like `00 - 01`."""
    parts = (
        column.distinct[:50]
        .str.extract(r"^(\d{1,2})(?:[:.]00|h|h00)? ?(?:[-–]|a|à|to|bis) ?(\d{1,2})(?:[:.]00|h|h00)?$")
        .dropna()
        .astype(int)
    )
    if len(parts) < 3 or len(parts) < len(column.distinct):
        return False
    return bool(((parts[1] - parts[0]) % 24 == 1).all())


def goes_round(values: np.ndarray) -> bool:
    """Whether whole numbers go up as the hours of days do."""
    return bool(np.isin(np.diff(values) % 24, (0, 1)).mean() > 0.9)


def _empty_day(column: Column) -> str:
    """The day that stands before every time of a column, where it is the one on which a program's count begins."""
    days = column.distinct[:5000].str.extract(
        r"^(18\d\d-\d\d-\d\d|1900-01-0\d|(?:1970|0001)-01-01|30[./]12[./]1899|12/30/1899)[T ]", expand=False
    )
    return str(days[0]) if len(days) and days.notna().all() and days.nunique() == 1 else ""


def _hours_in_words(column: Column) -> str | None:
    """The format of hours with one word or letter before or behind them all, like `H01` or `Hour 1`."""
    parts = column.distinct[:50].str.extract(r"^([A-Za-z]{0,6}[ .-]?)(\d{1,2})([ .]?[a-z]{0,4}\.?)$")
    if column.numeric or parts.isna().any(axis=None) or len(parts) < 23 or len(column.distinct) > 25:
        return None
    hours = parts[1].astype(int)
    whole_day = hours.min() in (0, 1) and hours.nunique() == len(parts) == hours.max() - hours.min() + 1
    alike = parts[0].nunique() == parts[2].nunique() == 1
    return f"{parts[0][0]}%H{parts[2][0]}" if whole_day and hours.max() <= 24 and alike else None


def parts_from_one(column: Column, clock: str) -> tuple[str, ...]:
    """A sentence on parts of the day that are counted from 1, which leaves open when they begin; none on others."""
    if column.name == HOUR_ENDING:
        return ("the columns of hours are numbered from 1 to 24: 1 is read as 01:00, the end of the first hour",)
    if column.name == PART_BEGINNING:
        return ("the columns of parts of the day are numbered from 1: 1 is read as 00:00, where it begins",)
    if clock in ("%P", "%Q"):
        part = "half hours" if clock == "%P" else "quarters of an hour"
        return (f"'{column.name}' counts the {part} of a day from 1: 1 is read as 00:00, where it begins",)
    if "%H" not in clock or ":" in clock:
        return ()
    hours = column.distinct.str.extract(r"(\d+)", expand=False).dropna().astype(int)
    if hours.min() != 1 or hours.max() != 24 or clock == "%H%*":
        return ()
    return (f"'{column.name}' counts the hours from 1 to 24: 1 is read as 01:00, the end of the first hour",)
