"""A column of milliseconds, microseconds or nanoseconds right beside a time of whole seconds."""

from __future__ import annotations

import re
from dataclasses import replace

from sensors_data.series.understanding.columns import Column
from sensors_data.series.understanding.time_guess import TimeColumns

_FRACTIONS = {
    "%L": (1000, frozenset(("ms", "msec", "millisecond", "milliseconds", "millis", "millitm", "msecs"))),
    "%u": (1_000_000, frozenset(("us", "usec", "microsecond", "microseconds", "micros", "usecs"))),
    "%n": (1_000_000_000, frozenset(("ns", "nsec", "nanosecond", "nanoseconds", "nanos", "nsecs"))),
}
"""Of each part of a second in a column of its own: how many make a second, and what such a column is called."""


def with_fraction(stamp: TimeColumns, columns: list[Column]) -> TimeColumns:
    """A time of whole seconds with the column right beside it that holds their fraction, if there is one."""
    last = max(column.place for column in columns if column.name in stamp.columns)
    near = (c for c in columns if 0 < c.place - last <= 2 and c.name not in stamp.columns)
    inside = {name.rpartition(".")[0] for name in stamp.columns} - {""}  # an object that holds nothing but the time
    likely = (c for c in near if len(c.distinct) > 1 or c.name.rpartition(".")[0] in inside)
    beside = next(((column, sign) for column in likely if (sign := _counts_fractions(column))), None)
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
    if not column.numeric or not column.whole or column.blank.any() or values.min() < 0:
        return ""
    called = set(column.lower.split())
    return next((sign for sign, (most, words) in _FRACTIONS.items() if called & words and values.max() < most), "")
