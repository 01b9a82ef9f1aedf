"""Files of a folder whose numbers have the other decimal mark than those of the first one."""

from __future__ import annotations

import re

import pandas as pd

from sensors_data.layout import Layout


def in_decimal_of(values: pd.Series, layout: Layout) -> pd.Series:
    """A file's values with the layout's decimal mark, where all of them that show a decimal mark show the other one."""
    if not layout.decimal_by_file or values.dtype.kind in "fiub":
        return values
    mark, other = (r"\.", ",") if layout.decimal == "." else (",", r"\.")
    texts = pd.Series(values.unique(), dtype="str").str.strip()
    unit = r"\s*(?:[^\s\d.,][^\d,]*)?"
    if not texts.str.fullmatch(_decimal(other) + unit).any() or texts.str.fullmatch(_decimal(mark) + unit).any():
        return values
    number = re.compile(rf"([+-]?\d{{1,3}}(?:{mark}\d{{3}})+|[+-]?\d+)(?:{other}(\d+))?({unit})")
    plain = {text: _plain(match, layout) for text in texts if (match := number.fullmatch(text))}
    return values.map(lambda cell: plain.get(str(cell).strip(), cell))


def _decimal(mark: str) -> str:
    """The pattern of a number whose mark can only be a decimal one."""
    return rf"[+-]?\d+{mark}(?:\d{{1,2}}|\d{{4,}})"


def _plain(match: re.Match[str], layout: Layout) -> str:
    """A number without a mark between thousands, and with the layout's decimal mark."""
    whole = match[1].replace(layout.decimal, "")
    return f"{whole}{layout.decimal}{match[2]}{match[3]}" if match[2] else f"{whole}{match[3]}"
