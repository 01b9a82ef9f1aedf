"""Cells of numbers: their values, and which of them are neither numbers nor blank."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sensors_data.wide_rows import is_full

BLANKS = (
    "",
    "na",
    "NA",
    "nan",
    "NaN",
    "NAN",
    "n/a",
    "N/A",
    "null",
    "NULL",
    "Null",
    "none",
    "None",
    "<na>",
    "<NA>",
    "-",
)
"""The usual spellings of a blank cell; a rarer one is looked at as text."""

_NUMBER = r"^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"


def numbers_of(column: pa.Array) -> tuple[np.ndarray, np.ndarray | None]:
    """A column's values, NaN where it is blank, and which cells say in another way that they are no number.

    None where no cell does.
    """
    values = column.to_numpy(zero_copy_only=False)
    if is_full(values):
        return values, None
    strange = np.isnan(values) & column.is_valid().to_numpy(zero_copy_only=False)
    return values, strange if strange.any() else None


def numbers_of_text(column: pa.Array, decimal: str) -> tuple[np.ndarray, np.ndarray]:
    """The same of cells as text."""
    cells = pc.ascii_trim_whitespace(column)
    if decimal != ".":  # a point makes no number there
        cells = pc.replace_substring(pc.replace_substring(cells, ".", "?"), decimal, ".")
    plain = pc.match_substring_regex(cells, _NUMBER)
    values = pc.if_else(plain, cells, pa.scalar(None, pa.string())).cast(pa.float64()).to_numpy(zero_copy_only=False)
    strange = pc.invert(pc.or_(plain, pc.is_in(cells, pa.array(BLANKS))))
    return values, strange.to_numpy(zero_copy_only=False)
