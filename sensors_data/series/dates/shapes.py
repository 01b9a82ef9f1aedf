"""The form of one text that holds a date: its date's styles, its clock and what stands beside, by their marks."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from sensors_data.calendar_words import HALVES, HALVES_BEHIND, month_number

_CLOCK = (
    rf"(?:(?P<q>{HALVES})(?P<qg>\s?))?"
    r"(?P<H>\d{1,2})(?:[AB](?=:))?(?P<hm>[:.hH_-]|[时時시]\s?)(?P<M>\d{2}|\d(?=:\d))"
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
_NAME = r"(?:(?P<name>[^\W\d_]{2,14})\.?|(?P<thai>[\u0e01-\u0e4e.]{3,14}))"
_TAIL = r"(?P<tail>\s*(?:[-–/~]|to|bis|until|au)\s*\d.*|\s*[\[(].*[\])]|(?<=\d\d) [A-Z][A-Za-z_]{2,24})?"
"""What may stand behind a time: the end of its interval, or its zone once more, as in brackets or by its city."""
_MARK = r"[-/._ ]"

_DATES = [
    (rf"(?P<a>\d{{4}})(?P<s>{_MARK})\d{{1,2}}(?P=s)\d{{1,2}}", ("%Y{s}%m{s}%d", "%Y{s}%d{s}%m")),
    (rf"\d{{1,2}}(?P<s>{_MARK})\d{{1,2}}(?P=s)\d{{4}}", ("%d{s}%m{s}%Y", "%m{s}%d{s}%Y")),
    (rf"\d{{1,2}}(?P<s>{_MARK})\d{{1,2}}(?P=s)\d{{2}}", ("%d{s}%m{s}%y", "%m{s}%d{s}%y", "%y{s}%m{s}%d")),
    (
        rf"\d{{1,2}}(?:st|nd|rd|th|er)?(?P<s>\.? de | ?[-/. ]+|){_NAME}(?P<t> de |,? ?[-/. ]+|)\d{{4}}(?P<e>\.?)",
        ("%d{s}%b{t}%Y{e}",),
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


@dataclass(frozen=True)
class Shape:
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


@lru_cache(maxsize=4096)
def shape_of(text: str) -> Shape | None:
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


def _shape(match: re.Match[str], dates: tuple[str, ...], first: bool) -> Shape:
    cells = {key: value or "" for key, value in match.groupdict().items()}
    written = tuple(date.format(s=cells.get("s", ""), t=cells.get("t", ""), e=cells.get("e", "")) for date in dates)
    hour = "%I" if cells["p"] or cells.get("q") else "%H"
    before = f"%p{cells['qg']}" if cells.get("q") else ""
    end = cells.get("se", "") if cells.get("se", "") in "分秒분초" else ""
    mark = "%*" if cells.get("tail") else ""
    return Shape(
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


def style_of(shapes: list[Shape], date: str) -> str:
    """The format that reads all the shapes, by the style of their dates; what some lack stands in brackets."""
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
