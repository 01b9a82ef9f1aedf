"""The format of a column of times, found from all of its texts: which forms they have, and which reading fits best."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from sensors_data.series.dates.calendar_words import HALVES, HALVES_BEHIND, month_number
from sensors_data.series.dates.formats import read_texts

_CLOCK = (
    rf"(?:(?P<q>{HALVES})(?P<qg>\s?))?"
    r"(?P<H>\d{1,2})(?P<hm>[:.hH_-]|[时時시]\s?)(?P<M>\d{2}|\d(?=:\d))"
    r"(?:(?P<ms>[:.m_]|(?<=-\d\d)-|[分분]\s?)(?P<S>\d{2}|\d(?!\d))(?:(?P<fs>[.,:]|;(?=\d{3}(?!\d)))(?P<f>\d{1,9}))?)?(?P<se>[s分秒분초])?"
    rf"(?:(?P<pg>\s?)(?P<p>[AaPp](?:\.?\s?[Mm]\.?)?(?![A-Za-z])|{HALVES_BEHIND}))?"
    r"(?P<u>\s?(?:Uhr|hrs?|h|ч\.?|น\.?))?"
)
_DIGIT_CLOCK = (
    r"(?P<H>\d{2})(?P<hm>)(?P<M>\d{2})(?:(?P<ms>)(?P<S>\d{2})(?:(?P<fs>[.,])(?P<f>\d{1,9}))?)?(?P<pg>)(?P<p>(?!))?"
)
_BETWEEN = r"at|um|u\.|à|às|alle|ore|klo|kl\.|kell|в|@"
"""Words between a date and its clock."""
_GAP = (
    rf"(?:(?P<ag> ?)(?!(?:{_BETWEEN}) )(?P<wa>\([^\W\d_]{{1,10}}\)|[^\W\d_]{{3,10}}\.?,?)(?= ))?"
    rf"(?P<gap>[T_:]|(?<=[日일])|(?: ?(?:г\.|р\.))? *[,-]? +(?:(?:{_BETWEEN}) )?|-)"
)
_ZONE = r"(?P<zg>\s?)(?P<z>[zZ]|(?:UTC|GMT)?[+-]\d{1,2}:?\d{0,2}|[A-Z]{2,5}|\[?[A-Z][a-z]+/[A-Za-z_]+\]?)?"
_WEEKDAY = r"(?:(?P<wd>[^\W\d_]{2,10}\.?,?)\s+)?"
_NAME = r"(?:(?P<name>[^\W\d_]{3,14})\.?|(?P<thai>[\u0e01-\u0e4e.]{3,14}))"
_TAIL = r"(?P<tail>\s*(?:[-–/~]|to|bis|until|au)\s*\d.*|\s*[\[(].*[\])]|(?<=\d\d) [A-Z][A-Za-z_]{2,24})?"
"""What may stand behind a time: the end of its interval, or its zone once more, as in brackets or by its city."""
_MARK = r"[-/._ ]"

_DATES = [
    (rf"(?P<a>\d{{4}})(?P<s>{_MARK})\d{{1,2}}(?P=s)\d{{1,2}}", ("%Y{s}%m{s}%d", "%Y{s}%d{s}%m")),
    (rf"\d{{1,2}}(?P<s>{_MARK})\d{{1,2}}(?P=s)\d{{4}}", ("%d{s}%m{s}%Y", "%m{s}%d{s}%Y")),
    (rf"\d{{1,2}}(?P<s>{_MARK})\d{{1,2}}(?P=s)\d{{2}}", ("%d{s}%m{s}%y", "%m{s}%d{s}%y", "%y{s}%m{s}%d")),
    (
        rf"\d{{1,2}}(?:st|nd|rd|th|er)?(?P<s>\.? de | ?[-/. ]+|){_NAME}(?P<t> de |,? ?[-/. ]+|)\d{{4}}",
        ("%d{s}%b{t}%Y",),
    ),
    (rf"\d{{1,2}}(?P<s>[-/. ]+){_NAME}(?P<t>[-/. ]+)\d{{2}}", ("%d{s}%b{t}%y",)),
    (rf"{_NAME}(?P<s>[-/ ]+)\d{{1,2}}(?:st|nd|rd|th)?(?P<t>,? ?[-/ ]*)\d{{4}}", ("%b{s}%d{t}%Y",)),
    (rf"\d{{4}}(?P<s> m\. |[-/. ]+){_NAME}(?P<t>[-/. ]+)\d{{1,2}}(?P<e>(?: d)?\.)?", ("%Y{s}%b{t}%d{e}",)),
    (r"\d{4}(?P<s>\. ?)\d{1,2}(?P=s)\d{1,2}\.", ("%Y{s}%m{s}%d.",)),
    (r"\d{1,2}(?P<s>\. ?)\d{1,2}(?P=s)\d{4}(?P<e>\.?)", ("%d{s}%m{s}%Y{e}",)),
    (r"\d{4}年\d{1,2}月\d{1,2}日", ("%Y年%m月%d日",)),
    (r"\d{4}년 ?\d{1,2}월 ?\d{1,2}일", ("%Y년[ ]%m월[ ]%d일",)),
    (r"\d{4}-\d{3}", ("%Y-%j",)),
    (r"(?:19|20)\d{2}(?P<s>[-/])(?:0[1-9]|1[0-2])", ("%Y{s}%m",)),
    (r"(?:0[1-9]|1[0-2])(?P<s>[-/.])(?:19|20)\d{2}", ("%m{s}%Y",)),
    (rf"{_NAME}(?P<s>[-/. ]+)(?:19|20)\d{{2}}", ("%b{s}%Y",)),
    (r"\d{8}", ("%Y%m%d", "%d%m%Y", "%m%d%Y")),
    (r"\d{6}", ("%y%m%d", "%d%m%y", "%m%d%y")),
]

_ENDED = r"(.*\d{1,2}:\d{2}(?::\d{2})?)-(\d{1,2}:\d{2}(?::\d{2})?)"
"""A time with the clock behind it that ends its interval, or a zone."""
_HOUR = r"(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{4}年\d{1,2}月\d{1,2}日) (\d{1,2})( ?(?:h|H|시|時|时|点|Uhr)?)"
"""A date and an hour without minutes."""

_RARE = ("%a %b %d %H:%M:%S %Y", "%a %b %d %H:%M:%S %Z %Y", "%a %b %d %H:%M:%S %z %Y", "%a %b %d %Y %H:%M:%S[ %z][ %*]")
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


@dataclass(frozen=True)
class _Shape:
    """The form of one text: its date's styles, and the pieces beside the date."""

    dates: tuple[str, ...]
    weekday: bool
    first: bool  # the clock stands before the date
    gap: str
    clock: str
    second: str
    fraction: str
    half: str
    zone: str
    tail: str


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
    return best_style([_style(alike, date) for date in dates], many)


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
    read = {style: _plausible(read_texts(texts, style)[0]) for style in styles}
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
    """The format of a column of times of day; None when it is none."""
    distinct = pd.Series(texts.unique(), dtype="str").str.strip()
    distinct = distinct[distinct != ""]
    if _are_quoted(distinct):
        bare = clock_style(distinct.str.slice(1, -1))
        return bare and f"'{bare}'"
    if (starts := _starts(distinct)) is not None:
        style = clock_style(starts)
        return style and f"{style}%*"
    shapes = [shape_of(f"2000-01-01 {text}") for text in distinct[:2000]]
    timed = [shape for shape in shapes if shape is not None and shape.clock]
    if not timed or len(timed) < 0.95 * len(shapes):
        return None
    return _style(timed, "%Y-%m-%d").removeprefix("%Y-%m-%d ")


def _are_quoted(texts: pd.Series) -> bool:
    """Whether all texts stand in apostrophes."""
    return bool(len(texts)) and bool(texts.str.fullmatch("'[^']+'").all())


def _plausible(times: np.ndarray) -> np.ndarray:
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


@lru_cache(maxsize=4096)
def shape_of(text: str) -> _Shape | None:
    """The form of a text that holds a date, None for another."""
    text = text.replace("\u00a0", " ").replace("\u202f", " ")
    for expression, dates in _DATES:
        for clock, tail in ((_CLOCK, _TAIL), (_DIGIT_CLOCK, "")):
            match = re.fullmatch(rf"{_WEEKDAY}{expression}(?:{_GAP}{clock}{_ZONE}{tail})?", text)
            if match and _sensible(match) and not (match["wd"] and match.groupdict().get("s") is None):
                return _shape(match, dates, first=False)
        match = re.fullmatch(rf"{_WEEKDAY}{_CLOCK}{_GAP}{expression}", text)
        if match and _sensible(match):
            return _shape(match, dates, first=True)
    return None


def _sensible(match: re.Match[str]) -> bool:
    """Whether what stands as a month's name is one, and a weekday is none."""
    groups = match.groupdict()
    name = groups.get("name") or groups.get("thai")
    return not name or bool(month_number(name))


def _shape(match: re.Match[str], dates: tuple[str, ...], first: bool) -> _Shape:
    cells = {key: value or "" for key, value in match.groupdict().items()}
    written = tuple(date.format(s=cells.get("s", ""), t=cells.get("t", ""), e=cells.get("e", "")) for date in dates)
    hour = "%I" if cells["p"] or cells.get("q") else "%H"
    before = f"%p{cells['qg']}" if cells.get("q") else ""
    end = cells.get("se", "") if cells.get("se", "") in "分秒분초" else ""
    mark = "%*" if cells.get("tail") else ""
    return _Shape(
        dates=written,
        weekday=bool(cells["wd"]),
        first=first,
        gap=f"{cells['ag']}%a{cells['gap']}" if cells["wa"] else cells["gap"],
        clock=f"{before}{hour}{cells['hm']}%M{'' if cells['S'] else end}" if cells["H"] else "",
        second=f"{cells['ms']}%S{end}" if cells["S"] else "",
        fraction=f"{cells['fs']}%f" if cells["f"] else "",
        half=f"{cells['pg']}%p" if cells["p"] else cells.get("u", ""),
        zone=_zone(cells) if cells.get("z") else "",
        tail=mark,
    )


def _zone(cells: dict[str, str]) -> str:
    named = re.fullmatch(r"[A-Z]{2,5}|\[?[A-Z][a-z]+/.*", cells["z"]) and cells["z"] not in ("Z", "UTC", "GMT")
    return f"{cells['zg']}{'%Z' if named else '%z'}"


def _style(shapes: list[_Shape], date: str) -> str:
    """The format that reads all the shapes, what some lack in brackets."""
    timed = [shape for shape in shapes if shape.clock]
    date = f"%a {date}" if all(shape.weekday for shape in shapes) else date
    date = f"[%a ]{date}" if not date.startswith("%a") and any(shape.weekday for shape in shapes) else date
    if not timed:
        return date
    usual = Counter((shape.gap, shape.clock) for shape in timed).most_common(1)[0][0]
    gap, clock = usual
    fraction = _some([shape.fraction for shape in timed if shape.second])
    second = _some([shape.second for shape in timed], inside=fraction)
    zone, tail = _some([shape.zone for shape in timed]), "%*" if any(shape.tail for shape in timed) else ""
    whole = f"{clock}{second}{_some([shape.half for shape in timed])}{zone}{tail}"
    if shapes[0].first:
        return f"{whole}{gap}{date}"
    return f"{date}{gap}{whole}" if len(timed) == len(shapes) else f"{date}[{gap}{whole}]"


def _some(pieces: list[str], inside: str = "") -> str:
    """The usual piece with what stands inside, in brackets where some lack it."""
    filled = Counter(piece for piece in pieces if piece)
    if not filled:
        return ""
    whole = f"{filled.most_common(1)[0][0]}{inside}"
    return whole if sum(filled.values()) == len(pieces) else f"[{whole}]"
