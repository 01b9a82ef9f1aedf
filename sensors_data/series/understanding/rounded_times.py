"""Times that a program rounded before it wrote them, as Excel does to 1.76458E+12: told, or refused where rows run
together."""

from __future__ import annotations

import numpy as np

from sensors_data.errors import UnreadableError
from sensors_data.series.dates.parsing import SINCE
from sensors_data.series.understanding.columns import Column

_LEAST = 20
"""Number of distinct times needed to detect rounding."""
_COARSE = 1000
"""Seconds from which on rounding cannot be a clock's own step."""
_DAYS = ("excel", "mjd", "matlab", "julian")
"""Counts of days, which are written with decimals."""
TOLD, REFUSED = 0.02, 0.2
"""Rounding, as a share of the usual distance of two times, from which it is reported, and from which it is refused."""
_REMEDY = "export it again with all digits of the time: in Excel, format the column as a number before you save"


def rounding(column: Column, unit: str, name: str) -> tuple[str, ...]:
    """A sentence on the rounding of a column of counted times in the file `name`, none where they are exact.

    UnreadableError where it is so coarse that rows run together.
    """
    times = np.unique(column.values) * SINCE[unit][0] / 1e6  # s
    size = _written(column, unit)  # s
    if len(times) < _LEAST:
        if size >= _COARSE and len(column.values) >= 4 * len(times):
            raise _refusal(column, size, name)
        return ()
    size = max(size, _common(times, unit))
    apart = np.diff(times)
    usual = float(np.median(apart))
    if size < 1 or size < TOLD * usual or ((size < _COARSE or unit in _DAYS) and _is_a_clock(column, apart, usual)):
        return ()
    if size >= REFUSED * usual:
        raise _refusal(column, size, name)
    return (f"{_reason(column, size)}; {_REMEDY}",)


def check_one_time(columns: list[Column], name: str) -> None:
    """UnreadableError for a table whose one column of times was rounded until all rows had the same."""
    for column in columns:
        size = _written(column, "s") if column.numeric and len(column.distinct) == 1 else 0.0
        if size >= _COARSE and column.values[0] >= 631_152_000:  # 1990, or more where it counts smaller units
            raise _refusal(column, size, name)


def _refusal(column: Column, size: float, name: str) -> UnreadableError:
    rows, times = len(column.values), len(np.unique(column.values))
    return UnreadableError(f"{name}: {_reason(column, size)}: {rows:,} rows have {times:,} different times", _REMEDY)


def _reason(column: Column, size: float) -> str:
    shown = str(column.filled.iloc[0])[:24]
    return f"the times in column '{column.name}', like '{shown}', are rounded to {size:,.0f} s"


def _written(column: Column, unit: str) -> float:
    """The size of the last digit that any of the cells has, in seconds; 0 where cells have all their digits."""
    cells = column.distinct[:2000].str.replace(",", ".")
    if column.cells.dtype.kind in "fiu":
        return 0.0
    second = SINCE[unit][0] / 1e6
    if unit in _DAYS:
        decimals = cells.str.extract(r"\.(\d*)$", expand=False).str.len().fillna(0)
        return float(10.0 ** -decimals.max() * second) if decimals.max() else 0.0
    parts = cells.str.extract(r"^(\d)\.?(\d*)[eE]\+?(\d+)$")
    if parts[0].isna().any():
        return 0.0
    last = parts[2].astype(int) - parts[1].str.len()
    return float(10.0 ** last.min() * second)


def _common(times: np.ndarray, unit: str) -> float:
    """The largest power of ten seconds, 1000 and more, of which all times are multiples; 0 where there is none.

    No clock's steps are: a day has 86,400.
    """
    if unit in _DAYS:
        return 0.0
    sizes = [10.0**power for power in (3, 4, 5) if (np.abs(times / 10.0**power % 1) < 1e-9).all()]
    return max(sizes, default=0.0)


def _is_a_clock(column: Column, apart: np.ndarray, usual: float) -> bool:
    """Whether times go on as a clock's do: by one step that divides the day, each in as many rows as the others."""
    counts = np.unique(np.unique(column.values, return_counts=True)[1], return_counts=True)[1]
    even = counts.max() >= 0.9 * counts.sum()
    regular = (np.abs(apart - usual) < 1e-3).mean() >= 0.9
    return bool(even and regular and abs(86_400 / usual - round(86_400 / usual)) < 1e-6)
