"""Times whose year, month, day, hour and minute stand in columns of their own."""

from __future__ import annotations

import re

import numpy as np

from sensors_data.series.dates.formats import read_texts
from sensors_data.series.understanding.clock_columns import clock_of, parts_from_one
from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column
from sensors_data.series.understanding.time_guess import TimeColumns

_PARTS = {sign: WORDS[sign] for sign in ("%Y", "%m", "%d", "%H", "%M", "%S", "%j", "%N")} | {
    "%J": WORDS["%j"],
    "%K": WORDS["%Y"],
}
_RANGES = {
    "%Y": (1990, 2099), "%m": (1, 12), "%d": (1, 31), "%H": (0, 24), "%M": (0, 60), "%S": (0, 60), "%j": (1, 366),
    "%N": (0, 2400), "%J": (1, 367), "%K": (2400, 2600),
}  # fmt: skip
_UNNAMED = (
    "%Y %j %m %d %H %M", "%Y %m %d %H %M %S", "%Y %m %d %H %M", "%Y %m %d %H", "%Y %j %N", "%Y %j %H", "%Y %m %d",
)  # fmt: skip


def parts_of(columns: list[Column]) -> TimeColumns | None:
    """Year, month, day, hour, minute in columns of their own."""
    parts: dict[str, Column] = {}
    for sign in ("%Y", "%K", "%m", "%d", "%j", "%J", "%H", "%N", "%M", "%S"):
        for column in columns:
            if _fits(column, sign) and is_part(column, sign) and column not in parts.values():
                parts[sign] = column
                break
    year = next((sign for sign in ("%Y", "%K") if sign in parts), "")
    if not year or not ({"%m", "%d"} <= parts.keys() or {"%j", "%J"} & parts.keys()):
        return None
    parts = _needed({year: parts.pop(year), **parts})
    names = tuple(column.name for column in parts.values())
    keys: dict[str, object] = {"time": names, "time_format": " ".join(parts), "clock": True}
    if parts.keys() == {year, "%m", "%d"} and (clock := _clock_apart(columns, names)):
        keys |= {"time": (*names, clock[0]), "time_format": f"{year} %m %d {clock[1]}"}
        odd = parts_from_one(next(column for column in columns if column.name == clock[0]), clock[1])
        return TimeColumns(keys, (*names, clock[0]), "year, month, day and a clock in columns of their own", 0.95, odd)
    sure = 0.95 if {"%H", "%N", "%J"} & parts.keys() else 0.3  # a time that has a clock as well says more
    odd = parts_from_one(parts["%H"], "%H") if "%H" in parts and "%M" not in parts else ()
    return TimeColumns(keys, names, "year, month and day in columns of their own", sure, odd)


def _needed(parts: dict[str, Column]) -> dict[str, Column]:
    """The parts that say the time once: a day of the year stands for month and day, and hours for hour and minute."""
    if "%J" in parts:
        parts = {sign: column for sign, column in parts.items() if sign in ("%Y", "%K", "%J")}
    if "%j" in parts:
        parts = {sign: column for sign, column in parts.items() if sign not in ("%m", "%d")}
    if "%N" in parts and "%H" in parts:
        parts.pop("%N")
    if "%H" not in parts:
        parts = {sign: column for sign, column in parts.items() if sign not in ("%M", "%S")}
    return parts


def _clock_apart(columns: list[Column], taken: tuple[str, ...]) -> tuple[str, str] | None:
    """The column of clocks like 08:30 beside a year, a month and a day, and its format; None where there is none."""
    for column in columns:
        style = None if column.name in taken or column.numeric else clock_of(column)
        if style and style.startswith(("%H", "%I")):
            return column.name, style
    return None


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
            if (regular := _regularity(group, signs)) is not None:
                names = tuple(column.name for column in group)
                keys: dict[str, object] = {"time": names, "time_format": signs, "clock": True}
                why = f"{signs} side by side, going on from row to row"
                odd = parts_from_one(group[-1], signs.split()[-1])
                likely.append((regular, TimeColumns(keys, names, why, 0.7, odd)))
    return max(likely, key=lambda guess: guess[0])[1] if likely else None


def _regularity(group: list[Column], signs: str) -> float | None:
    """The share of steps that are the usual one, if the columns read as `signs` advance from row to row; else None."""
    texts = group[0].cells.astype(str).str.strip()
    for column in group[1:]:
        texts = texts + " " + column.cells.astype(str).str.strip()
    times, _ = read_texts(texts, signs)
    by_month, _ = read_texts(texts, signs.replace("%j", "%*")) if "%j %m" in signs else (times, None)
    steps = np.diff(times)
    if np.isnat(times).any() or (by_month != times).any() or len(steps) < 3:
        return None
    advances = (steps > np.timedelta64(0)).mean() > 0.95
    return float((steps == np.median(steps)).mean()) if advances else None


def _fits(column: Column, sign: str) -> bool:
    """Whether a column's numbers could be that part of a time."""
    low, high = _RANGES[sign]
    values = column.values
    whole = column.whole != (sign == "%J")
    return bool(column.numeric and whole and len(values) and low <= values.min() and values.max() <= high)


def is_part(column: Column, sign: str) -> bool:
    """Whether a column's name, without its unit, is that of a part of a time."""
    words = re.findall(r"[^\W_]+", re.sub(r"[\[(].*?[\])]", "", column.name).lower())
    return column.called(_PARTS[sign]) or any(word in _PARTS[sign] for word in words if len(word) > 1)
