"""What a cell looks like: a time, a number, a word or a mixture."""

from __future__ import annotations

import re

from sensors_data.series.dates.shapes import shape_of

_NUMBER = re.compile(
    r"[+\-\u2212]?[\d.,\u066b\u066c' \u00a0\u202f]*\d[.,]?(?:[eE][+-]?\d+|[dD][+-]\d+)?"
    r"(?:[ \u00a0]?[^\s\d.,;:+\-/]{1,8}(?:/[^\s\d.,;:+\-/]{1,4}\d?| [A-Za-z]{1,3})?)?"
)


_DATE = re.compile(
    r"(?:[^\W\d_]{2,10}\.?,? )?"
    r"(?:\d{1,4}[-/._ ]\d{1,2}[-/._ ]\d{1,4}"
    r"|\d{1,4}(?:st|nd|rd|th|er)?[-/. ]*(?:de )?(?:ag|[^\W\d_]{3,14})\.?,?[-/. ]*(?:de )?\d{2,4}"
    r"|[^\W\d_]{3,10}\.? ?\d{1,2}(?:st|nd|rd|th)?,? \d{4}|[^\W\d_]{3} [^\W\d_]{3} [ \d]\d \d\d:\d\d:\d\d \d{4}|\d{8})"
    r"(?:[T _:,-]*\d{1,2}[:.hH]?\d{2}[:.,\d]*[ \u00a0]?[A-Za-z.+\-:/_\d ]{0,24}| \d{1,2} ?(?:h|시|時|时|点|Uhr)?)?"
    r"|\d{4}[年년] ?\d\d?[月월] ?\d\d?[日일].{0,20}|\d{4}[-/.]\d\d?[-/.]\d\d? [上下午前後오전후]{2} ?\d\d?:\d\d.*"
)


_CLOCK = re.compile(
    r"\d{1,2}:(?:\d{2}|\d(?=:))(?::\d{1,2}(?:[.,:]\d+|;\d{3}(?!\d))?)?(?:\s?[AaPp](?:\.?\s?[Mm]\.?)?)?|\d{1,2}:\d{2}.*\d{4}"
)


def kind_of(cell: str) -> str:
    """What a cell looks like: `t` a date or a time, `n` a number, empty for a blank, `w` a word, `x` a mixture."""
    if not cell or cell == "-":
        return ""
    if (_DATE.fullmatch(cell) and not re.fullmatch(r"\d{8}", cell)) or _CLOCK.fullmatch(cell):
        return "t"
    if _NUMBER.fullmatch(cell):
        return "n"
    if re.fullmatch(r"\{.*\}|\[.*\]", cell):
        return "w"
    if re.match(r"\D{0,12}\d", cell) and len(cell) >= 8 and shape_of(cell):
        return "t"
    return "x" if re.search(r"[;,|\t]", cell) or (re.match(r"\d", cell) and " " in cell) else "w"
