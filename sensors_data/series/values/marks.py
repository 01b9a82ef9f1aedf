"""How the numbers of a table are written, found from all its cells: decimal mark, thousands mark, units in cells."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from sensors_data.layout import Layout
from sensors_data.series.values.numbers import BLANKS, PLAIN_SIGNS
from sensors_data.series.values.units import factors, is_unit, scales

_NUMBER = (
    r"\(?[$€£¥]? ?([+-]?) ?(\d[\d.,' \u00a0\u202f\u2019]*|[.,]\d+)((?:[eE][+-]?\d+)?)[)-]?\s*"
    r"([^\s\d.,;:+\-()#][^\s\d,;()]{0,11}(?: [A-Za-z]{1,8})?)?"
)
_WITH_A_CODE = re.compile(r"[+-]?(\d{4,6}),(\w)")
"""A number of fixed width with a code behind a comma, as in +0173,1: no decimal comma."""
_PLAIN = re.compile(r"-?\d+(?:\.\d*)?")
_MOST = 5_000
"""Distinct cells of a column that are looked at, from all of its rows; and as many of those that are not plain."""


@dataclass(frozen=True)
class Marks:
    """The marks that numbers are written with, as keys of the layout, and what is doubtful about them."""

    decimal: str
    thousands: str
    cell_units: dict[str, float]
    decimals: dict[str, str]
    odd: tuple[str, ...]

    @cached_property
    def layout(self) -> Layout:
        """A layout with these marks."""
        return Layout.model_validate(self.keys())

    def keys(self) -> dict[str, object]:
        """The keys of a layout."""
        return {name: getattr(self, name) for name in ("decimal", "thousands", "cell_units", "decimals")}


@dataclass(frozen=True)
class _Seen:
    """How many of a column's cells show a mark as a decimal mark, as a thousands mark, or as either."""

    decimal: Counter[str]
    grouped: Counter[str]
    either: Counter[str]
    whole: int
    units: Counter[str]
    cells: int
    scales: dict[str, float] = field(default_factory=dict)
    """The factors behind shortened numbers: 1.013 K."""


def marks_of(columns: dict[str, pd.Series], decimal: str | None = None, separator: str = "") -> Marks:
    """The marks of a table's number columns; `decimal` where it is known. Text columns without numbers say nothing.

    Commas with three digits behind them part thousands where commas part the columns as well.
    """
    seen = {name: seen_marks for name, cells in columns.items() if (seen_marks := _look(cells)) is not None}
    sure = sum((seen_marks.decimal for seen_marks in seen.values()), Counter[str]())
    groups = sum((seen_marks.grouped for seen_marks in seen.values()), Counter[str]())
    odd: list[str] = []
    if decimal is None:
        decimal = "," if sure[","] > sure["."] or (sure["."] == 0 and groups["."] > 0) else "."
        if not sure[","] and not sure["."] and not groups:
            decimal = "." if separator == "," and _of_either(seen, []) == "," else _of_either(seen, odd)
    other = "." if decimal == "," else ","
    thousands = next((mark for mark in (other, "'", " ") if groups[mark]), "")
    apart = {
        n: other
        for n, seen_marks in seen.items()
        if seen_marks.decimal[other] > seen_marks.decimal[decimal] + seen_marks.grouped[other]
    }
    groups_alone = {
        name: seen_marks for name, seen_marks in seen.items() if name not in apart and seen_marks.either[other]
    }
    if not thousands and groups_alone:
        thousands = other
    if doubtful := [name for name, seen_marks in groups_alone.items() if _is_doubtful(seen_marks, other)]:
        column = doubtful[0]
        odd.append(
            f"{', '.join(doubtful)}: '{other}' with three digits behind it is read as parting thousands; if it is the "
            f'decimal mark, write layout.decimals = {{ "{column}" = "{other}" }}'
        )
    return Marks(decimal, thousands, _units(seen), apart, tuple(odd))


def _is_doubtful(seen_marks: _Seen, mark: str) -> bool:
    """Whether every number of a column has one mark and three digits behind it, so that it may be either."""
    return seen_marks.either[mark] >= seen_marks.cells and not seen_marks.grouped[mark]


def _of_either(seen: dict[str, _Seen], odd: list[str]) -> str:
    """The decimal mark where every marked cell has three digits behind the mark: 1.234 may be 1234."""
    for mark, other in ((".", ","), (",", ".")):
        doubtful = {name: seen_marks for name, seen_marks in seen.items() if seen_marks.either[mark]}
        for name, seen_marks in doubtful.items():
            if seen_marks.whole > max(2, 0.05 * seen_marks.either[mark]):
                odd.append(f"{name}: '{mark}' parts thousands, as whole numbers stand beside it")
                return other
        if doubtful:
            odd.append(f"{', '.join(doubtful)}: '{mark}' with three digits behind it is read as the decimal mark")
            return mark
    return "."


def _look(cells: pd.Series) -> _Seen | None:
    """What a column says of its marks; None for one that holds no numbers."""
    if cells.dtype.kind in "fiubM" or isinstance(cells.dtype, pd.DatetimeTZDtype):
        return None
    texts = dict.fromkeys(str(cell).strip() for cell in cells.tolist())
    distinct = _sample([text for text in texts if text.lower() not in BLANKS])
    if distinct and all(map(_PLAIN.fullmatch, distinct)):
        return _plain(distinct)
    if with_codes(distinct):
        return None
    matches = [re.fullmatch(_NUMBER, cell.translate(PLAIN_SIGNS)) for cell in distinct]
    numbers = [match for match in matches if match]
    if not numbers or len(numbers) < 0.5 * len(distinct):
        return None
    units = Counter(match[4] for match in numbers if match[4])
    named = bool(units) and not any(map(is_unit, units))
    if named and (max(units.values()) < 0.9 * sum(units.values()) or len({match[2] for match in numbers}) == 1):
        return None  # 1X and 2Y, 4-INFO and 7-WARNING, or 7900E-HVO in every row, are names
    decimal, grouped, either = Counter[str](), Counter[str](), Counter[str]()
    worded = [(match[2].strip(), match[4]) for match in numbers if match[4]]
    scale = scales([match[2].strip() for match in numbers if not match[4]], worded)
    for match in numbers:
        _count(match[2].strip(), bool(match[3]) or match[4] in scale, decimal, grouped, either)
    large = [match[2].strip() for match in numbers if re.fullmatch(r"\d{1,3} *", match[2])]
    whole = sum(len(digits) == 3 for digits in large)
    return _Seen(decimal, grouped, either, whole, units, len(numbers), scale)


def _sample(distinct: list[str]) -> list[str]:
    """Of many cells some from the beginning to the end, and those with marks or units, which may begin late."""
    if len(distinct) <= _MOST:
        return distinct
    marked = [text for text in distinct if not _PLAIN.fullmatch(text)]
    return list(dict.fromkeys([*distinct[:: -(-len(distinct) // _MOST)], *marked[:: -(-len(marked) // _MOST) or 1]]))


def with_codes(cells: list[str]) -> bool:
    """Whether cells hold a number of one width with one of few codes behind a comma, like `+0173,1`."""
    parts = [match for cell in cells if (match := _WITH_A_CODE.fullmatch(cell))]
    if not parts or len(parts) < 0.9 * len(cells) or len({len(part[1]) for part in parts}) > 1:
        return False
    padded = any(part[1].startswith("0") for part in parts)
    codes = {part[2] for part in parts}
    if padded:  # a decimal is any digit
        return len(codes) <= 5
    return len(parts) >= 20 and len(codes) <= 3 and "0" not in codes


def _plain(numbers: list[str]) -> _Seen:
    """What numbers say of their marks that have a point or none, and no other mark."""
    thirds = [number for number in numbers if number[-4:-3] == "."]
    either = sum(bool(re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", number)) for number in thirds)
    decimal = sum("." in number for number in numbers) - either
    whole = sum(len(number.lstrip("-")) == 3 and "." not in number for number in numbers)
    return _Seen(+Counter({".": decimal}), Counter(), +Counter({".": either}), whole, Counter(), len(numbers))


def _count(digits: str, exponent: bool, decimal: Counter[str], grouped: Counter[str], either: Counter[str]) -> None:
    """Count what one number's marks are."""
    digits = re.sub("[\u00a0\u202f]", " ", digits).replace("\u2019", "'")
    marks = re.findall(r"[.,' ]", digits)
    if not marks:
        return
    last = marks[-1]
    if len(set(marks)) == 2 and marks.count(last) == 1 and last in ".,":
        decimal[last] += 1
        grouped[marks[0]] += 1
    elif (
        len(marks) > 1 and re.fullmatch(rf"\d{{1,3}}(?:{re.escape(last)}\d{{2,3}})*{re.escape(last)}\d{{3}}", digits)
    ) or last in "' ":
        grouped[last] += 1
    elif len(marks) == 1 and re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", digits) and not exponent:
        either[last] += 1
    elif len(marks) == 1:
        decimal[last] += 1


def _units(seen: dict[str, _Seen]) -> dict[str, float]:
    """The units that stand in cells, each with what it is multiplied by: kW beside W in one column is 1000."""
    units: dict[str, float] = {}
    as_units = {unit for seen_marks in seen.values() if not seen_marks.scales for unit in seen_marks.units}
    for seen_marks in seen.values():
        if seen_marks.scales and not as_units & seen_marks.scales.keys():
            units |= seen_marks.scales
            continue
        usual = [unit for unit, count in seen_marks.units.most_common(4) if count >= max(1, 0.001 * seen_marks.cells)]
        if sum(seen_marks.units.values()) < 0.5 * seen_marks.cells:  # beside cells without one, a known unit alone
            usual = [
                unit for unit in usual if is_unit(unit) and seen_marks.units[unit] >= max(3, 0.02 * seen_marks.cells)
            ]
        if not usual:
            continue
        units |= factors(usual)
    return units
