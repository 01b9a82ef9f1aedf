"""Which columns are the time, found by what they hold: one column, a date with a clock, or year to minute apart."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from sensors_data.errors import UnreadableError
from sensors_data.series.dates.formats import read_texts
from sensors_data.series.dates.forms import plausible
from sensors_data.series.dates.shapes import shape_of, style_of
from sensors_data.series.understanding.clock_columns import clock_of
from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column
from sensors_data.series.understanding.date_and_clock import clock_beside, date_and_clock
from sensors_data.series.understanding.rounded_times import check_one_time, rounding
from sensors_data.series.understanding.second_fractions import with_fraction
from sensors_data.series.understanding.time_guess import TimeColumns
from sensors_data.series.understanding.time_numbers import digit_date, epoch_beside, is_long_digits, number_time
from sensors_data.series.understanding.time_parts import is_part, parts_of, unnamed_parts
from sensors_data.series.understanding.time_zones import with_zone_column

_YES = WORDS["time"]
_NO = WORDS["other times"]
_END = WORDS["end"]
_MIDNIGHT = r".*\d{2,4}.*?[T ](?:0?0[:.h]00(?:[:.]00(?:[.,]0+)?)?|12:00(?::00)? ?AM)Z?"
"""A date written with a clock that shows midnight: where all rows have it, the time of day may stand beside it."""
_ERA = r"(?:令和|平成|昭和|民國|民国|[RH]\d{1,2}[./-])|1[01]\d[-/.年]\d{1,2}[-/.月]\d{1,2}"
"""Years of Japan's eras, and those that Taiwan counts from 1912."""
_NO_YEAR = r"[^\W\d_]{3,9}\.? +\d{1,2},? +\d{1,2}:\d{2}.*|\d{1,2}[./-]\d{1,2}\.? +\d{1,2}:\d{2}.*"


def find_time(columns: list[Column], name: str, one_of_many: bool = False) -> TimeColumns:
    """The time of a table's rows. UnreadableError says which columns were looked at and why none is it.

    In `one_of_many` files all rows may have one time.
    """
    stamps = [candidate for column in columns if (candidate := _stamp(column)) is not None]
    dates = [candidate for candidate in stamps if "clock" not in candidate.keys]
    dates += [candidate for column in columns if (candidate := digit_date(column)) is not None]
    whole = sorted((candidate for candidate in stamps if "clock" in candidate.keys), key=lambda f: -f.confidence)
    best = whole[0] if whole and whole[0].confidence >= 0.3 else None
    parted = date_and_clock(columns, dates) or parts_of(columns) or unnamed_parts(columns)
    if best is not None and (parted is None or best.confidence >= parted.confidence):
        return _with_others(_moments_of(best, columns), columns, stamps)
    if parted is not None:
        return _with_others(parted, columns, stamps)
    dates.sort(key=lambda candidate: -candidate.confidence)
    if dates and dates[0].confidence >= 0.3:
        return _with_others(dates[0], columns, stamps)
    numbers = [candidate for column in columns if (candidate := number_time(column)) is not None]
    if numbers:
        chosen = max(numbers, key=lambda candidate: candidate.confidence)
        column = next(column for column in columns if column.name == chosen.columns[0])
        counted = "time_unit" in chosen.keys and "start" not in chosen.keys
        odd = rounding(column, str(chosen.keys["time_unit"]), name) if counted else ()
        return _with_others(replace(chosen, odd=(*chosen.odd, *odd)), columns, stamps)
    if one_of_many and (alone := _of_all_rows(stamps, columns)):
        return _with_others(alone, columns, stamps)
    check_one_time(columns, name)
    raise _no_time(columns, name)


def _of_all_rows(stamps: list[TimeColumns], columns: list[Column]) -> TimeColumns | None:
    """The one time that all rows of a file have, in a column that is called so; None where there is none."""
    for stamp in stamps:
        column = next(column for column in columns if column.name == stamp.columns[0])
        called = re.search(r"date|time|datum|zeit|fecha|hora|stamp", column.name, re.IGNORECASE)
        if len(column.distinct) == 1 and called and not column.named(_NO):
            return replace(stamp, evidence=f"all rows of the file have one time, '{column.distinct[0][:26]}'")
    return None


def _stamp(column: Column) -> TimeColumns | None:
    """A column of texts or typed values that are times of plausible years."""
    if column.typed_times:
        midnights = bool((column.cells.dropna().dt.normalize() == column.cells.dropna()).all())
        keys: dict[str, object] = {"time": (column.name,), **({} if midnights else {"clock": True})}
        return TimeColumns(keys, (column.name,), "the file types it as times", _weight(column, 1.0))
    form = column.form
    if form is None or form.share < 0.8 or (column.numeric and re.fullmatch(r"[\d.,\s]+", str(column.filled.iloc[0]))):
        if form is None or form.share < 0.95 or not re.search(r"%[yY].*%[md].*%[md]|%[dm].*%[dm].*%[yY]", form.style):
            return None
        if re.fullmatch(r"%\w%\w%\w.*", form.style):
            return None  # digits without marks are looked at as numbers
    if form.rivals and "PDH-CSV" in column.name:  # Windows' counters have the month in front wherever they are written
        form = replace(form, style=next(s for s in (form.style, *form.rivals) if s.startswith("%m")), rivals=())
    why = f"{form.share:.1%} of its cells are times like '{column.filled.iloc[0][:26]}'"
    odd: tuple[str, ...] = ()
    rivals = (form.style, *form.rivals) if form.rivals else ()
    if form.rivals:
        other = form.rivals[0]
        odd = (f"'{column.filled.iloc[0][:26]}' may be {form.style} or {other}: {form.style} is taken",)
    why += f"; {form.evidence}" if form.evidence else ""
    keys = {"time": (column.name,), "time_format": form.style}
    dated = column.distinct[:2000][column.distinct[:2000].str.contains(r"\d")]
    if re.search(r"%[HIN]", form.style) and not dated.str.fullmatch(_MIDNIGHT).all():
        keys["clock"] = True
    return TimeColumns(keys, (column.name,), why, _weight(column, form.share), odd, rivals=rivals)


def _weight(column: Column, share: float) -> float:
    """How likely a column of times is the time of its rows: filled, changing, named so, near the left."""
    filled = 1 - column.blank.mean()
    changing = min(1.0, len(column.distinct) / max(1.0, 0.02 * len(column.cells) + 1))
    if len(column.cells) > 2 and column.distinct[:50].str.contains(r"\d").sum() < 2:
        return 0.0
    hint = 0.1 * column.named(_YES) - 0.15 * column.named(_NO) + 0.05 * ("utc" in column.lower or "gmt" in column.lower)
    return float(share * filled * (0.6 + 0.25 * changing) + hint - 0.002 * column.place)


def _moments_of(best: TimeColumns, columns: list[Column]) -> TimeColumns:
    """A wall clock, or the column of epochs beside it, which gives the same moments without a zone."""
    style = str(best.keys.get("time_format", ""))
    if not style or re.search(r"%[zZ]|Z$|%\*", style):
        return best
    cells = next(column for column in columns if column.name == best.columns[0]).cells
    clock = pd.Series(read_texts(cells.astype(str).str.strip(), style)[0])
    return epoch_beside(clock, columns) or best


def _with_others(time: TimeColumns, columns: list[Column], stamps: list[TimeColumns]) -> TimeColumns:
    """A time with the other columns of times that its rows have, and the end of their interval."""
    time = with_fraction(time, columns)
    others = [stamp.columns[0] for stamp in stamps if stamp.columns[0] not in time.columns]
    others += [c.name for c in columns if c.name not in (*time.columns, *others) and not c.numeric and clock_of(c)]
    others += _digits_of_times([c for c in columns if c.name not in (*time.columns, *others)])
    keys = {key: value for key, value in time.keys.items() if key != "clock"}
    by_name = {column.name: column for column in columns}
    time = with_zone_column(replace(time, keys=keys), columns)
    keys = dict(time.keys)
    if len(time.columns) == 1 and (pairs := _pairs(time, columns, stamps)):
        keys["times"] = pairs
    elif len(time.columns) == 1:
        ends = [name for name in others if by_name[name].named(_END) and len(by_name[name].distinct) > 2]
        if ends:
            keys["end"] = ends[0]
    return replace(time, keys=keys, others=tuple(others))


def _digits_of_times(columns: list[Column]) -> list[str]:
    """The columns whose numbers are the digits of dates, each with a clock's digits behind it."""
    names = []
    for column in columns:
        if is_long_digits(column):
            names.append(column.name)
        if digit_date(column) is not None:
            names.append(column.name)
            names += [c.name for c in columns if clock_beside(column, c)]
    return names


def _pairs(rows_time: TimeColumns, columns: list[Column], stamps: list[TimeColumns]) -> dict[str, str]:
    """The columns of numbers that follow a time of their own, by their names; none unless each time has its numbers."""
    style = rows_time.keys.get("time_format")
    same = [stamp for stamp in stamps if stamp.keys.get("time_format") == style and stamp.confidence > 0]
    if by_stem := _pairs_by_name({stamp.columns[0] for stamp in same}, columns):  # a slow one is filled in few rows
        return {value: time for value, time in by_stem.items() if time != rows_time.columns[0]}
    alike = {stamp.columns[0] for stamp in same if stamp.confidence > 0.3}
    pairs: dict[str, str] = {}
    values_of: dict[str, list[str]] = {}
    current = ""
    for column in sorted(columns, key=lambda column: column.place):
        if column.name in alike:
            current = column.name
            values_of[current] = []
        elif current and column.numeric:
            values_of[current].append(column.name)
    if len(values_of) < 2 or not all(values_of.values()) or next(iter(values_of)) != rows_time.columns[0]:
        return {}
    for time, values in values_of.items():
        pairs |= dict.fromkeys(values, time) if time != rows_time.columns[0] else {}
    return pairs


def _pairs_by_name(times: set[str], columns: list[Column]) -> dict[str, str]:
    """The time of each column of numbers that has its name but for the end: A_VALUE and A_TIMESTAMP; empty for none."""
    stems = {
        time: re.sub(r"[\s._-]*(?:time ?stamp|time|ts|date|stamp)$", "", time, flags=re.IGNORECASE) for time in times
    }
    if len(times) < 2 or not all(stems.values()) or len(set(stems.values())) < len(times):
        return {}
    pairs = {
        column.name: time
        for column in columns
        for time, stem in stems.items()
        if column.numeric and re.match(rf"{re.escape(stem)}[\s._-]", column.name)
    }
    return pairs if set(pairs.values()) == times else {}


def _of_other(column: Column) -> bool:
    """Whether a column's years are those of the Buddhist or the Persian calendar."""
    years = [int(year) for year in column.distinct[:50].str.extract(r"(?<!\d)(\d{4})(?!\d)", expand=False).dropna()]
    return bool(years) and all(2530 <= year <= 2650 or 1370 <= year <= 1480 for year in years)


def _not_of_one_form(column: Column) -> str:
    """The first text of a column of times that its first one's format does not read; empty where that reads none."""
    shapes = [shape_of(text) for text in column.distinct[:50].astype(str)]
    first = shapes[0] if 2 * sum(shape is not None for shape in shapes) > len(shapes) else None
    styles = [style_of([first], date) for date in first.dates] if first else []
    texts = pd.Series(column.distinct)
    read = [plausible(read_texts(texts, style)[0]) for style in styles]
    unread = min((~np.isfinite(times) for times in read), key=np.sum, default=np.zeros(len(texts), dtype=bool))
    return str(texts[unread].iloc[0]) if unread.any() and not unread[0] else ""


def _no_time(columns: list[Column], name: str) -> UnreadableError:
    """The refusal of a table without a time, with what was seen."""
    bare = [c for c in columns if len(c.distinct) and not c.numeric and c.distinct[:50].str.fullmatch(_NO_YEAR).all()]
    if bare:
        return UnreadableError(
            f"{name}: column '{bare[0].name}' holds dates without a year, like '{bare[0].distinct[0][:30]}'",
            "export it with the year, or put the year in front of each date",
        )
    worded = [column for column in columns if not column.numeric and len(column.distinct)]
    dated = [column for column in worded if all(map(shape_of, column.distinct[:50].astype(str))) and not _stamp(column)]
    if other := next(
        (c for c in worded if c.distinct[:50].str.match(_ERA).all() or (c in dated and _of_other(c))), None
    ):
        return UnreadableError(
            f"{name}: the dates in column '{other.name}', like '{other.distinct[0][:30]}', are of another calendar",
            "export them with years of the common era, like 2026",
        )
    if mixed := next((column for column in worded if not _stamp(column) and _not_of_one_form(column)), None):
        shown, unread = f"'{mixed.name}', like '{mixed.distinct[0][:30]}',", _not_of_one_form(mixed)
        return UnreadableError(
            f"{name}: the times in column {shown} are not all of one form: '{unread[:30]}' is not read",
            "write them all in one form, the month as a number",
        )
    if dated:
        shown = f"'{dated[0].name}', like '{dated[0].distinct[0][:30]}',"
        return UnreadableError(
            f"{name}: the times in column {shown} are of no years 1990 to 2099",
            "take out what is older, or correct the clock",
        )
    parts = [column.name for sign in ("%m", "%d") for column in columns if is_part(column, sign)]
    if len(parts) > 1:
        return UnreadableError(
            f"{name}: the columns {parts[:4]} have no year beside them", "add a column with the year"
        )
    clocks = [column.name for column in columns if clock_of(column)]
    if clocks:
        return UnreadableError(
            f"{name}: column '{clocks[0]}' holds times of day without a date, and no other column holds the date",
            "add a column with the date, or name each file or its folder by its day, as in pump-2026-02-02.csv",
        )
    seen = "; ".join(f"'{c.name}' like '{str(c.filled.iloc[0])[:24]}'" for c in columns[:6] if len(c.filled))
    return UnreadableError(
        f"{name} has no column of times; its columns: {seen}",
        "name it with --time COLUMN and, where its form is rare, --format such as '%d.%m.%Y %H:%M'",
    )
