"""Numbers of a column as its writer wrote them: decimal and thousands marks, units in the cells, words for states."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sensors_data.layout import Layout, Sensor

_MARKS = {".": r"\.", ",": ",", " ": r"[ \u00a0\u202f]", "'": "['\u2019]"}
BLANKS = frozenset((
    "", "na", "n/a", "nan", "null", "none", "<na>", "-", "--", "---", "----", "-----", "?", "*", "**", "***", "****",
    ".", "#n/a", "#nv", "n.a.", "(null)", "\\n",
))  # fmt: skip
"""Cells, in small letters, that hold no value."""


PLAIN_SIGNS = {0x2212: "-", 0x066B: ".", 0x066C: ","} | {
    zero + digit: str(digit) for zero in (0x0660, 0x06F0, 0x0966, 0xFF10) for digit in range(10)
}
"""A typeset minus, the Arabic marks, and Arabic, Persian, Indian and wide digits, as every reader knows them."""
_BELOW = r"\([\d.,' ]+\)|\d[\d.,' ]*-"
"""A number below zero as accounts write it: in brackets, or with its sign behind it."""
_DOUBLE = r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)[dD][+-]\d{1,3}"
"""A number of Fortran's double precision: 5.02D+01."""


def is_blank(values: pd.Series) -> pd.Series:
    """Which cells hold no value: empty, NaN, or one of the usual words for it."""
    if values.dtype.kind in "fiub":
        return values.isna()
    text = values.astype(str).str.strip().str.lower()
    return values.isna() | text.isin(BLANKS)


def quality_word(cell: object) -> str:
    """A quality as it is compared: small letters, `192` for 192.0."""
    text = str(cell).strip().strip("{}[]()").casefold()
    return text.removesuffix(".0")


def parse_numbers(values: pd.Series, layout: Layout) -> pd.Series:
    """Values as float64, NaN where they are no numbers by the layout's marks; with a decimal comma, a point makes none.

    A unit that the layout names may stand behind the number, which is multiplied by the unit's factor.
    """
    if values.dtype.kind in "fiub":
        return values.astype(np.float64)
    place, texts = pd.factorize(values.astype(str).str.strip())
    numbers = numbers_in(texts.tolist(), layout)
    return pd.Series(np.append(numbers, np.nan)[place], index=values.index, name=values.name)


def numbers_in(texts: list[str], layout: Layout) -> np.ndarray:
    """Texts without blanks around as numbers, as `parse_numbers` gives those of cells, (N,) float64."""
    if layout.decimal == "." and not layout.thousands and not layout.cell_units:
        number = np.asarray(pd.to_numeric(np.array(texts, dtype=object), errors="coerce"), dtype=np.float64)
        if not np.isnan(number).any():
            return number
    return _parsed(pd.Series(texts, dtype="str"), layout).to_numpy(dtype=np.float64)


def _parsed(text: pd.Series, layout: Layout) -> pd.Series:
    """Different texts as numbers, as `parse_numbers` tells them."""
    if not layout.cell_units:
        number = _plain(text, layout)
        if not number.isna().any():
            return number
        apart = number.isna() & text.str.fullmatch(r"[+-] +[\d.,]+(?:[eE][+-]?\d+)?").fillna(False)
        number = number.mask(apart, _plain(text[apart].str.replace(" ", ""), layout)) if apart.any() else number
        double = number.isna() & text.str.fullmatch(_DOUBLE).fillna(False)
        if double.any():
            number = number.mask(double, _plain(text[double].str.replace(r"[dD]", "e", regex=True), layout))
        below = number.isna() & text.str.fullmatch(_BELOW).fillna(False)
        number = number.mask(below, -_plain(text[below].str.strip("()-"), layout)) if below.any() else number
        money = number.isna() & text.str.fullmatch(r"[$€£¥] ?[-\d].*").fillna(False)
        return number.mask(money, _plain(text[money].str.strip("$€£¥ "), layout)) if money.any() else number
    cut = text.str.extract(
        rf"^(.*?)\s*({'|'.join(map(re.escape, sorted(layout.cell_units, key=len, reverse=True)))})?$"
    )
    return _plain(cut[0], layout) * cut[1].map(layout.cell_units).astype("float64").fillna(1.0)


def numbers_of(raw: pd.DataFrame, layout: Layout) -> pd.Series:
    """The values of rows (sensor, value) as `parse_numbers` gives them, each by the marks of its own column."""
    number = parse_numbers(raw["value"], layout)
    for column in layout.decimals:
        rows = raw["sensor"] == column
        if rows.any():
            number = number.mask(rows, parse_numbers(raw["value"][rows], layout.of_column(column)))
    return number


def _plain(text: pd.Series, layout: Layout) -> pd.Series:
    """Texts without units as numbers."""
    if layout.decimal == "." and not layout.thousands:
        number = pd.to_numeric(text, errors="coerce").astype(np.float64)
        if not number.isna().any():
            return number
        odd = number.isna() & text.str.contains(r"[^\x00-\x7f]").fillna(False)
        return (
            number.mask(odd, pd.to_numeric(text.str.translate(PLAIN_SIGNS), errors="coerce")) if odd.any() else number
        )
    text = text.str.translate(PLAIN_SIGNS)
    if layout.thousands:
        mark = _MARKS[layout.thousands]
        grouped = text.str.contains(mark).fillna(False)
        groups = rf"(?:\d{{1,3}}(?:{mark}\d{{3}})+|\d{{1,2}}(?:{mark}\d{{2}})+{mark}\d{{3}})"  # 1,234,567 or 12,34,567
        right = text.str.fullmatch(rf"[+-]?{groups}(?:{_MARKS[layout.decimal]}\d*)?").fillna(False)
        text = text.mask(grouped & ~right).mask(grouped & right, text.str.replace(mark, "", regex=True))
    if layout.decimal == ",":
        text = text.mask(text.str.contains(".", regex=False).fillna(False)).str.replace(",", ".", regex=False)
    return pd.to_numeric(text, errors="coerce").astype(np.float64)


def with_states(value: pd.Series, cells: pd.Series, sensor: pd.Series, sensors: dict[str, Sensor]) -> pd.Series:
    """Values in which the words of a sensor of states are its numbers, row by row of (cells, sensor)."""
    for name, spec in sensors.items():
        if spec.states:
            rows = (sensor == name) & value.isna()
            numbers = {word.casefold(): number for word, number in spec.states.items()}
            value = value.mask(rows, cells[rows].astype(str).str.strip().str.casefold().map(numbers))
    return value
