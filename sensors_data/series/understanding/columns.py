"""What each column of a table holds: blank cells, numbers, words or times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sensors_data.layout import Layout
from sensors_data.series.dates.forms import DateForm, date_form
from sensors_data.series.values.marks import Marks, with_codes
from sensors_data.series.values.numbers import is_blank, parse_numbers

_SHORT = re.compile(r"[+-]?\d{1,5}(?:[.,]\d*)?(?:[eE][+-]?\d+)?")
"""A number that is no date in digits."""
RARELY = 0.02
"""A column of numbers and of words for no value alone has at least this share of numbers."""
_NO_VALUE = frozenset((
    "mm", "m", "x", "bad", "missing", "miss", "no data", "nodata", "no value", "invalid", "unavailable", "unknown",
    "offline", "error", "err", "fault", "bad input", "i/o timeout", "nan", "nd", "n.d.", "kein wert", "ungültig",
))  # fmt: skip
"""Words that stand where no value is, though numbers are the rarer ones."""
MOSTLY = 0.5
"""A column of numbers has at least this share of them among its filled cells; status words may be the rest."""


@dataclass(frozen=True)
class Column:
    """A column's cells, and what they hold."""

    name: str
    place: int
    cells: pd.Series
    marks: Marks

    @cached_property
    def blank(self) -> np.ndarray:
        """Which cells are blank, (N,) bool."""
        return np.asarray(is_blank(self.cells))

    @cached_property
    def filled(self) -> pd.Series:
        """The cells that are not blank, as text without blanks around."""
        return self.cells[~self.blank].astype(str).str.strip()

    @cached_property
    def typed_times(self) -> bool:
        """Whether the file itself says that these are times."""
        return self.cells.dtype.kind == "M" or isinstance(self.cells.dtype, pd.DatetimeTZDtype)

    @cached_property
    def number(self) -> np.ndarray:
        """The cells as numbers, NaN where they are none, (N,) float64."""
        if self.typed_times:
            return np.full(len(self.cells), np.nan)
        return np.asarray(parse_numbers(self.cells, Layout.model_validate(self.marks.keys()).of_column(self.name)))

    @cached_property
    def numeric(self) -> bool:
        """Whether most filled cells are numbers, or many are and all others hold one word for no value."""
        known = np.isfinite(self.number)
        if known.sum() >= MOSTLY * max(1, (~self.blank).sum()):
            return bool(known.any())
        if known.sum() < 3 or known.sum() < RARELY * (~self.blank).sum() or len(np.unique(self.values)) < 3:
            return False
        return bool(pd.Series(self.filled[~known[~self.blank]].unique()).str.casefold().isin(_NO_VALUE).all())

    @cached_property
    def whole(self) -> bool:
        """Whether all its numbers are whole."""
        values = self.values
        return bool(len(values) and (values == np.round(values)).all())

    @cached_property
    def values(self) -> np.ndarray:
        """Its finite numbers in the file's order."""
        return np.asarray(self.number[np.isfinite(self.number)])

    @cached_property
    def distinct(self) -> pd.Index[str]:
        """The different texts that it holds."""
        words: pd.Index[str] = pd.Index(self.filled.unique())
        return words

    @cached_property
    def coded(self) -> bool:
        """Whether its cells hold a number of fixed width with a code behind a comma, like `+0173,1`."""
        return with_codes([str(cell) for cell in self.distinct[:200]])

    @cached_property
    def form(self) -> DateForm | None:
        """The format of its texts as times."""
        if (
            self.cells.dtype.kind in "fiubM"
            or self.typed_times
            or all(map(_SHORT.fullmatch, self.distinct[:200].tolist()))
        ):
            return None
        return date_form(self.filled)

    @property
    def lower(self) -> str:
        """Its name in small letters, words parted by blanks."""
        return " ".join(re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name).lower()))

    def called(self, words: frozenset[str]) -> bool:
        """Whether its name, without what stands in brackets, is nothing but some words."""
        bare = re.sub(r"[\[(].*?[\])]", "", self.name).lower()
        parts = re.findall(r"[^\W_]+", bare)
        return bool(parts) and ("".join(parts) in words or all(part in words for part in parts))

    def named(self, words: frozenset[str]) -> bool:
        """Whether its name, or a word of it, is among some words."""
        joined = self.lower.replace(" ", "")
        return joined in words or any(word in words for word in self.lower.split())


def values_by_type(columns: list[Column]) -> list[str]:
    """The columns of which each row fills one, as databases keep numbers by their type; empty for other tables."""
    parts = [
        c
        for c in columns
        if re.search(r"value|val$|wert", c.name, re.IGNORECASE) and c.blank.any() and not c.blank.all()
    ]
    filled = sum((~column.blank).astype(int) for column in parts) if len(parts) > 1 else np.zeros(1)
    return [column.name for column in parts] if (np.asarray(filled) == 1).mean() > 0.99 else []


def rising(values: np.ndarray, share: float = 0.99) -> bool:
    """Whether numbers never fall but for a few of them, or never rise."""
    steps = np.diff(values)
    return bool(len(steps) and max((steps >= 0).mean(), (steps <= 0).mean()) >= share and np.ptp(values) > 0)
