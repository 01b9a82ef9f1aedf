"""The format of a column of times, found from all of its texts: which forms they have, and which reading fits best."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sensors_data.series.dates.formats import read_texts
from sensors_data.series.dates.shapes import shape_of, style_of

_ENDED = r"(.*\d{1,2}:\d{2}(?::\d{2})?)-(\d{1,2}:\d{2}(?::\d{2})?)"
"""A time with the clock behind it that ends its interval, or a zone."""
_HOUR = r"(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{4}年\d{1,2}月\d{1,2}日) (\d{1,2})( ?(?:h|H|시|時|时|点|Uhr)?)"
"""A date and an hour without minutes."""

_RARE = (
    "%a %b %d %H:%M:%S %Y", "%a %b %d %H:%M:%S %Z %Y", "%a %b %d %H:%M:%S %z %Y", "%a %b %d %Y %H:%M:%S[ %z][ %*]",
    "%b %d %H:%M:%S %Y",
)  # fmt: skip
"""Forms with the year behind the clock."""

DIGITS = {
    6: ("%y%m%d", "%d%m%y"),
    8: ("%Y%m%d", "%d%m%Y", "%m%d%Y"),
    10: ("%Y%m%d%H", "%y%m%d%H%M"),
    12: ("%Y%m%d%H%M", "%d%m%Y%H%M", "%y%m%d%H%M%S"),
    14: ("%Y%m%d%H%M%S", "%d%m%Y%H%M%S"),
    17: ("%Y%m%d%H%M%S%f",),
}


@dataclass(frozen=True)
class DateForm:
    """A format of a column of texts, the share of them that it reads, and what makes it doubtful."""

    style: str
    share: float
    rivals: tuple[str, ...] = ()
    evidence: str = ""


def date_form(texts: pd.Series) -> DateForm | None:
    """The format that reads most of a column's texts as times of plausible years; None when it is no column of times.

    Where day and month could be told either way, the reading with fewer jumps is taken; `rivals` names the others.
    """
    distinct = pd.Series(texts.unique(), dtype="str").str.strip()
    distinct = distinct[distinct != ""]
    if not len(distinct):
        return None
    if _are_quoted(distinct):
        bare = date_form(distinct.str.slice(1, -1))
        return bare and replace(bare, style=f"'{bare.style}'", rivals=tuple(f"'{style}'" for style in bare.rivals))
    if (starts := _starts(distinct)) is not None:
        form = date_form(starts)
        return form and replace(form, style=f"{form.style}%*", rivals=tuple(f"{style}%*" for style in form.rivals))
    if (hourly := _by_hours(distinct)) is not None:
        return hourly
    sample = distinct.iloc[np.unique(np.linspace(0, len(distinct) - 1, 400).astype(int))]
    shapes = [shape for shape in map(shape_of, sample) if shape is not None]
    if len(shapes) < 0.5 * len(sample):
        return best_style(list(_RARE), sample.reset_index(drop=True))
    dates, first = Counter((shape.dates, shape.first) for shape in shapes).most_common(1)[0][0]
    alike = [shape for shape in shapes if shape.dates == dates and shape.first == first]
    many = distinct.iloc[np.unique(np.linspace(0, len(distinct) - 1, 20_000).astype(int))].reset_index(drop=True)
    return best_style([style_of(alike, date) for date in dates], many)


def _starts(distinct: pd.Series) -> pd.Series | None:
    """The texts without the clocks behind them that end intervals, as in `00:00-00:30`; None where a zone stands there.

    Zones are few, ends are many.
    """
    if not re.fullmatch(_ENDED, str(distinct.iloc[0])):
        return None
    parts = distinct.str.extract(_ENDED)
    return None if parts[0].isna().any() or parts[1].nunique() < 6 else parts[0]


def _by_hours(distinct: pd.Series) -> DateForm | None:
    """The format of dates with an hour and no minute behind, as `2026-02-02 01` or `2026-02-02 1h`; None for others."""
    if not re.fullmatch(_HOUR, str(distinct.iloc[0])):
        return None
    parts = distinct.str.extract(_HOUR)
    if parts[0].isna().any() or parts[2].nunique() > 1 or not parts[1].astype(int).between(0, 24).all():
        return None
    form = date_form(parts[0] + " " + parts[1] + ":00")
    if form is None or not form.style.endswith(" %H:%M"):
        return None
    behind = str(parts[2].iloc[0])
    styles = [style.removesuffix(" %H:%M") + f" %H{behind}" for style in (form.style, *form.rivals)]
    return replace(form, style=styles[0], rivals=tuple(styles[1:]))


def best_style(styles: list[str], texts: pd.Series) -> DateForm | None:
    """The style that reads most of the texts, of several alike the one whose times jump least."""
    read = {style: plausible(read_texts(texts, style)[0]) for style in styles}
    shares = {style: float(np.mean(~np.isnat(times))) for style, times in read.items()}
    most = max(shares.values())
    if most < 0.5:
        return None
    rivals = [style for style in styles if shares[style] >= most - 1e-9]
    if rivals[0].startswith("%Y"):  # a year in front is followed by the month unless that does not exist
        return DateForm(rivals[0], most)
    if len(rivals) == 1:
        why = "the only order of day, month and year that exists for every cell" if len(styles) > 1 else ""
        return DateForm(rivals[0], most, (), why)
    daily = [style for style in rivals if not _leaps_months(read[style])]
    if len(daily) == 1:
        return DateForm(daily[0], most, (), "in the other order of day and month the rows would be a month apart")
    jumps = {style: _jumps(read[style]) for style in rivals}
    best = min(rivals, key=lambda style: jumps[style])
    near = tuple(style for style in rivals if style != best and jumps[style] <= 1.5 * jumps[best])
    if not near:
        return DateForm(best, most, (), "in this order of day and month the rows follow one another without jumps")
    if texts.str.contains(r"/.* [AP]M$").all():  # an English half of the day goes with the month in front
        rivals.sort(key=lambda style: not style.startswith("%m"))
    rivals.sort(key=lambda style: not _of_late(read[style]))
    return DateForm(rivals[0], most, tuple(rivals[1:]), "")


def clock_style(texts: pd.Series) -> str | None:
    """The format of a column of times of day; None when it is none, by its rows and by its different texts."""
    counts = texts.astype("str").str.strip().value_counts(sort=False)
    counts = counts[counts.index != ""]
    distinct = pd.Series(counts.index, dtype="str")
    if _are_quoted(distinct):
        bare = clock_style(distinct.str.slice(1, -1))
        return bare and f"'{bare}'"
    if (starts := _starts(distinct)) is not None:
        style = clock_style(starts)
        return style and f"{style}%*"
    shapes = [shape_of(f"2000-01-01 {text}") for text in distinct[:2000]]
    timed = [shape for shape in shapes if shape is not None and shape.clock]
    rows = counts.to_numpy()[: len(shapes)]
    read = sum(count for count, shape in zip(rows, shapes, strict=True) if shape is not None and shape.clock)
    if not timed or (len(timed) < 0.95 * len(shapes) and read < 0.95 * rows.sum()):
        return None
    return style_of(timed, "%Y-%m-%d").removeprefix("%Y-%m-%d ")


def _are_quoted(texts: pd.Series) -> bool:
    """Whether all texts stand in apostrophes."""
    return bool(len(texts)) and bool(texts.str.fullmatch("'[^']+'").all())


def plausible(times: np.ndarray) -> np.ndarray:
    """Times, NaT for those of other years than 1990 to 2099."""
    outside = (times < np.datetime64("1990-01-01")) | (times >= np.datetime64("2100-01-01"))
    return np.where(outside, np.datetime64("NaT"), times)


def _of_late(times: np.ndarray) -> bool:
    """Whether times are of years in which plants write logs now: 2010 to 2039."""
    years = times[~np.isnat(times)].astype("datetime64[Y]").astype(int) + 1970
    return bool(len(years)) and bool(((years >= 2010) & (years < 2040)).all())


def _leaps_months(times: np.ndarray) -> bool:
    """Whether times stand on one day of each month that is not its first, as days do whose month is read as the day."""
    days = np.unique(times[~np.isnat(times)].astype("datetime64[D]"))
    of_month = (days - days.astype("datetime64[M]")).astype(int)
    return bool(len(days) > 2 and (of_month == of_month[0]).all() and of_month[0] > 0)


def _jumps(times: np.ndarray) -> float:
    """How unevenly times follow one another: the mean distance of neighbours in the file in usual distances."""
    steps = np.abs(np.diff(times[~np.isnat(times)]).astype("timedelta64[s]").astype(float))
    steps = steps[steps > 0]
    return float(np.mean(steps) / np.median(steps)) if len(steps) > 1 else 1.0
