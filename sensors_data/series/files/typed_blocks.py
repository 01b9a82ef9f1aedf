"""One block of a text with its cells of numbers as numbers, or as text where too many are none."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sensors_data.series.files.cells import Aside, Body, row_numbers, table_of
from sensors_data.series.files.key_columns import WORD, coded, whole
from sensors_data.series.files.number_cells import BLANKS, numbers_of, numbers_of_text
from sensors_data.series.files.text_lines import joined
from sensors_data.series.values.numbers import is_blank
from sensors_data.wide_rows import is_full

_MOST_WORDS = 12
"""Different cells that are no numbers up to which the others are still read as numbers."""
_BAD_WORD = re.compile(r"invalid value '(.*)'$", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """Some of a text's lines, read; what of them is no number."""

    line: np.ndarray
    keys: pa.Table
    odd: np.ndarray
    aside: Aside


@dataclass(frozen=True)
class Kinds:
    """Which columns of a text are keys, numbers, and neither."""

    keys: tuple[str, ...]
    numbers: tuple[str, ...]
    others: tuple[str, ...]
    blank_rows: bool

    def types(self, number: pa.DataType) -> dict[str, pa.DataType]:
        """The type that each column is read in."""
        texts = dict.fromkeys((*self.keys, *self.others), pa.string())
        return texts | dict.fromkeys(self.numbers, number)


def with_numbers(
    data: bytes | memoryview, body: Body, kinds: Kinds, words: tuple[str, ...]
) -> tuple[pa.Table | None, Aside, tuple[str, ...]]:
    """A block with its numbers as such, null where a cell is blank or one of `words`, and the words with those met.

    None in place of the block where it has too many cells that are no numbers.
    """
    while len(words) <= _MOST_WORDS:
        try:
            return *table_of(data, body, kinds.types(pa.float64()), (*BLANKS, *words)), words
        except pa.ArrowInvalid as error:
            word = _BAD_WORD.search(str(error))
            if word is None or word[1] in words:
                break
            words = (*words, word[1])
    return None, [], words


def with_texts(data: bytes | memoryview, body: Body, kinds: Kinds) -> tuple[pa.Table | None, Aside]:
    """A block with its numbers as text; None where its rows cannot be read at all."""
    try:
        return table_of(data, body, kinds.types(pa.string()))
    except pa.ArrowInvalid:
        return None, []


def block_of(
    table: pa.Table,
    aside: Aside,
    first: int,
    body: Body,
    kinds: Kinds,
    words: tuple[str, ...],
    into: np.ndarray,
) -> Block:
    """The rows of a block whose first line has the number `first`, those of blank cells alone left out.

    Their numbers are put `into` the first places of the columns (D, any).
    """
    columns = [whole(table[name]) for name in kinds.numbers]
    read = [numbers_of_text(c, body.decimal) if pa.types.is_string(c.type) else numbers_of(c) for c in columns]
    line = row_numbers(table.num_rows, aside) + (first - 1)
    odd = np.zeros(table.num_rows, dtype=bool)
    for _, strange in read:
        if strange is not None:
            odd |= strange
    for name in kinds.others:
        odd |= ~pc.is_in(table[name], pa.array(BLANKS)).to_numpy()
    values = [value for value, _ in read]
    if words and not pa.types.is_string(columns[0].type) and not all(map(is_full, values)):
        empty = np.stack([np.isnan(value) for value in values])  # (D, N)
        doubtful = np.flatnonzero(empty.any(axis=0))
        odd[doubtful] |= _has_word(line[doubtful], empty[:, doubtful], body, kinds)
    aside = [(number + first - 1, text) for number, text in aside]
    keys = coded(table.select(kinds.keys))
    full = any(map(is_full, values))
    blank = None if full else np.logical_and.reduce([np.isnan(value) for value in values])
    if blank is not None and not kinds.blank_rows:
        filled = odd | ~blank
        line, keys, odd = line[filled], keys.filter(filled), odd[filled]
        values = [value[filled] for value in values]
    elif blank is not None:
        odd |= blank
    for column, value in zip(into, values, strict=True):
        column[: len(line)] = value  # while the processor's cache has it
    return Block(line, keys, odd, aside)


def _has_word(lines: np.ndarray, empty: np.ndarray, body: Body, kinds: Kinds) -> np.ndarray:
    """Which of some lines have a cell that is not blank among those of numbers that are `empty` (D, N)."""
    unknown = {name: cells for name, cells in zip(kinds.numbers, empty, strict=True) if cells.any()}
    table, _ = table_of(joined(body.lines, lines - 1), body, dict.fromkeys(unknown, pa.string()))
    words = np.zeros(len(lines), dtype=bool)
    for name, cells in unknown.items():
        blank = pc.is_in(pc.ascii_trim_whitespace(table[name]), pa.array(BLANKS))
        words |= cells & ~blank.to_numpy()
    return words


def block_of_texts(rows: pd.DataFrame, kinds: Kinds) -> Block:
    """Rows of which all that is not a key is looked at as text."""
    table = pa.table({name: pa.array(rows[name].astype(str)).dictionary_encode().cast(WORD) for name in kinds.keys})
    odd = ~np.logical_and.reduce([is_blank(rows[name]).to_numpy() for name in (*kinds.numbers, *kinds.others)])
    odd |= kinds.blank_rows
    return Block(rows.index.to_numpy(), table, odd, [])
