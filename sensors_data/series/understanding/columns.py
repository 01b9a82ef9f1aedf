"""What each column of a table holds: blank cells, numbers, words or times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sensors_data.series.dates.forms import DateForm
from sensors_data.series.dates.several_forms import form_of_files
from sensors_data.series.files.value_types import typed_values
from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.values.marks import Marks, with_codes
from sensors_data.series.values.numbers import BLANKS, is_blank, numbers_in, parse_numbers

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
    beside: tuple[str, ...] = ()
    """Texts of this column in other files of the folder."""

    @cached_property
    def _is_text(self) -> bool:
        """Whether its cells are texts, not values of another type."""
        return self.cells.dtype == object or isinstance(self.cells.dtype, pd.StringDtype)

    @cached_property
    def _words(self) -> tuple[np.ndarray, list[str], np.ndarray]:
        """Each cell's place among its different texts, (N,), those texts (M,), and which of them are blank (M + 1,).

        The last place, -1, is that of a missing cell.
        """
        places, distinct = pd.factorize(self.cells)
        texts = [str(text).strip() for text in distinct.tolist()]
        return places, texts, np.array([*(text.lower() in BLANKS for text in texts), True])

    @cached_property
    def blank(self) -> np.ndarray:
        """Which cells are blank, (N,) bool."""
        if not self._is_text:
            return np.asarray(is_blank(self.cells))
        places, _, blank = self._words
        return np.asarray(blank[places])

    @cached_property
    def filled(self) -> pd.Series:
        """The cells that are not blank, as text without blanks around."""
        filled = ~self.blank
        if not self._is_text:
            return self.cells[filled].astype(str).str.strip()
        places, texts, _ = self._words
        cells = np.array([*texts, ""], dtype=object)[places[filled]]
        return pd.Series(cells, index=self.cells.index[filled], name=self.name, dtype="str")

    @cached_property
    def typed_times(self) -> bool:
        """Whether the file itself says that these are times."""
        return self.cells.dtype.kind == "M" or isinstance(self.cells.dtype, pd.DatetimeTZDtype)

    @cached_property
    def number(self) -> np.ndarray:
        """The cells as numbers, NaN where they are none, (N,) float64."""
        if self.typed_times:
            return np.full(len(self.cells), np.nan)
        layout = self.marks.layout.of_column(self.name)
        if not self._is_text:
            return np.asarray(parse_numbers(self.cells, layout))
        places, texts, blank = self._words
        number = np.full(len(texts) + 1, np.nan)
        number[~blank] = numbers_in([text for text, none in zip(texts, blank, strict=False) if not none], layout)
        return np.asarray(number[places])

    @cached_property
    def numeric(self) -> bool:
        """Whether most filled cells are numbers, or many are and all others hold one word for no value."""
        known = np.isfinite(self.number)
        if self._is_text and _are_hex(self.distinct):
            return False
        if known.sum() >= MOSTLY * max(1, (~self.blank).sum()):
            return bool(known.any())
        mixed = self.called(WORDS["value"]) and known.sum() >= 0.1 * (~self.blank).sum()
        if mixed and len(np.unique(self.values)) >= 10:
            return True  # of some names the values are words
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
        if not self._is_text:
            typed: pd.Index[str] = pd.Index(self.filled.unique())
            return typed
        _, texts, blank = self._words
        return pd.Index(list(dict.fromkeys(t for t, none in zip(texts, blank, strict=False) if not none)), dtype="str")

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
        texts = self.filled
        if len(self.distinct) <= 20 <= len(texts):  # a word below the rows is none of them
            counts = texts.value_counts()
            texts = texts[texts.isin(counts.index[counts > 0.02 * len(texts)])]
        return form_of_files(texts, self.beside)

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
    typed = typed_values([column.name for column in columns])
    parts = [c for c in columns if c.name in typed and c.blank.any() and not c.blank.all()]
    filled = sum((~column.blank).astype(int) for column in parts) if len(parts) > 1 else np.zeros(1)
    return [column.name for column in parts] if (np.asarray(filled) == 1).mean() > 0.99 else []


def _are_hex(texts: pd.Index[str]) -> bool:
    """Whether texts are hexadecimal digits of one length, some of them letters: a message's bytes, or an address."""
    some = texts[:200].tolist()
    if not some or len(some[0]) < 4 or "." in some[0] or len({len(text) for text in some}) > 1:
        return False
    letters = any(re.search(r"[a-dfA-DF]", text) for text in some)
    return letters and all(re.fullmatch(r"[0-9a-fA-F]+", text) for text in some)


def rising(values: np.ndarray, share: float = 0.99) -> bool:
    """Whether numbers never fall but for a few of them, or never rise."""
    steps = np.diff(values)
    return bool(len(steps) and max((steps >= 0).mean(), (steps <= 0).mean()) >= share and np.ptp(values) > 0)
