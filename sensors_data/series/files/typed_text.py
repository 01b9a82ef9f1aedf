"""Rows of a text with their numbers read as numbers, block by block; as text only where a cell is no number."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sensors_data.series.files.cells import Aside, Body, is_utf8, mended_rows, row_numbers, table_of
from sensors_data.series.files.header_names import named_cells
from sensors_data.series.files.key_columns import WORD, coded, whole
from sensors_data.series.files.number_cells import BLANKS, numbers_of, numbers_of_text
from sensors_data.series.files.text_lines import joined, lines_and_quotes
from sensors_data.series.values.numbers import is_blank
from sensors_data.wide_rows import is_full

_FAILED = 3
"""Blocks whose numbers had to be read as text after which every block is at once."""
_MOST_WORDS = 12
"""Different cells that are no numbers up to which the others are still read as numbers."""
_BAD_WORD = re.compile(r"invalid value '(.*)'$", re.DOTALL)


_NONE_BAD = pd.DataFrame({"line": [], "raw": []})


@dataclass(frozen=True)
class TypedRows:
    """The rows of a text in the order of their lines."""

    body: Body
    line: np.ndarray  # (N,) the text's lines, from 1; a row of blank cells alone is left out
    keys: dict[str, tuple[np.ndarray, pd.Series]]
    """Each key column as places (N,) among its distinct texts."""
    values: np.ndarray  # (N, D) float64, NaN where a cell is blank or odd; a column after the other in memory
    odd: np.ndarray  # (N,) whether a cell is neither blank nor a number, or stands in a column of no use
    mended: pd.DataFrame | None
    """Rows of another number of cells than the header's that could be read all the same, as text."""
    bad: pd.DataFrame
    """The lines that are no rows (line, raw)."""

    @property
    def names(self) -> list[str]:
        """The text's columns."""
        return self.body.names

    def texts(self, lines: np.ndarray, without: Collection[str] = ()) -> pd.DataFrame:
        """The cells of some rows as text, but for some columns; the line as index."""
        names = [name for name in self.names if name not in without]
        if self.mended is None:
            return named_cells(self._as_written(lines, names))
        mended = self.mended.loc[self.mended.index.isin(lines), names]
        if len(mended) == len(lines):
            return named_cells(mended)
        written = self._as_written(np.setdiff1d(lines, mended.index.to_numpy()), names)
        return named_cells(pd.concat([written, mended]).sort_index() if len(mended) else written)

    def _as_written(self, lines: np.ndarray, names: list[str]) -> pd.DataFrame:
        types = dict.fromkeys(names, pa.string())
        none = pa.schema(types.items()).empty_table()
        table = table_of(joined(self.body.lines, lines - 1), self.body, types)[0] if len(lines) else none
        rows: pd.DataFrame = table.to_pandas()
        return rows.set_axis(lines)


@dataclass(frozen=True)
class _Block:
    """Some of a text's lines, read; what of them is no number."""

    line: np.ndarray
    keys: pa.Table
    odd: np.ndarray
    aside: Aside


@dataclass(frozen=True)
class _Kinds:
    """Which columns of a text are keys, numbers, and neither."""

    keys: tuple[str, ...]
    numbers: tuple[str, ...]
    others: tuple[str, ...]
    blank_rows: bool

    def types(self, number: pa.DataType) -> dict[str, pa.DataType]:
        """The type that each column is read in."""
        texts = dict.fromkeys((*self.keys, *self.others), pa.string())
        return texts | dict.fromkeys(self.numbers, number)


def typed_rows(
    body: Body, keys: tuple[str, ...], numbers: tuple[str, ...], others: tuple[str, ...], blank_rows: bool = False
) -> TypedRows | None:
    """A body's rows, `numbers` read as such; None for a text that must be read as a whole, cell by cell.

    A row with anything in a column of `others` is odd. So is one without a number where `blank_rows` stay.
    """
    kinds = _Kinds(keys, numbers, others, blank_rows)
    blocks, failed, first, rows = [], 0, body.first, 0
    values = np.empty((len(numbers), 0))
    words: tuple[str, ...] = ()
    for data in body.blocks():
        lines, quotes = lines_and_quotes(data)
        if quotes % 2 or not is_utf8(data):
            return None
        table, aside, words = (None, [], words) if failed >= _FAILED else _with_numbers(data, body, kinds, words)
        if table is None:
            failed += 1
            table, aside = _with_texts(data, body, kinds)
        if table is None or table.num_rows + len(aside) != lines:
            return None  # a line ends within a cell, or the lines cannot be told apart
        values = _with_room(values, rows, lines, len(body.text) / len(data))
        block = _block(table, aside, first, body, kinds, words, values[:, rows:])
        first, rows = first + lines, rows + len(block.line)
        blocks.append(block)
    if not blocks:
        return None
    aside = [row for block in blocks for row in block.aside]
    mended, bad = mended_rows(aside, Body(b"", 0, body.names, body.separator, 1)) if aside else (None, _NONE_BAD)
    if mended is not None and len(mended):
        values = _with_room(values, rows, len(mended), 1.0)
        values[:, rows : rows + len(mended)] = np.nan
        rows += len(mended)
        blocks.append(_of_texts(mended, kinds))
    read = _joined(body, blocks, values[:, :rows], mended, bad)
    return _without_empty_lines(read) if blank_rows else read


def _with_room(values: np.ndarray, rows: int, more: int, blocks: float) -> np.ndarray:
    """Columns (D, any), of which `rows` rows count, with room for `more`; the first time for so many such `blocks`."""
    if rows + more <= values.shape[1]:
        return values
    roomy = np.empty((len(values), max(rows + more, 2 * rows, int(1.1 * more * blocks) if not rows else 0)))
    roomy[:, :rows] = values[:, :rows]
    return roomy


def _without_empty_lines(rows: TypedRows) -> TypedRows:
    """The rows without those of empty cells alone, where the text has empty lines or lines that are no rows."""
    empty = np.flatnonzero(rows.odd)
    for place, words in rows.keys.values():
        empty = empty[(words == "").to_numpy()[place[empty]]]
    if not len(empty) or not (len(rows.bad) or re.search(rb"(?:^|\n)\r?\n", rows.body.data)):
        return rows
    texts, stays = rows.texts(rows.line[empty]), np.ones(len(rows.line), dtype=bool)
    stays[empty] = (texts != "").any(axis=1).to_numpy()
    keys = {name: (place[stays], words) for name, (place, words) in rows.keys.items()}
    values = np.compress(stays, rows.values.T, axis=1).T
    return replace(rows, line=rows.line[stays], keys=keys, values=values, odd=rows.odd[stays])


def _with_numbers(
    data: bytes | memoryview, body: Body, kinds: _Kinds, words: tuple[str, ...]
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


def _with_texts(data: bytes | memoryview, body: Body, kinds: _Kinds) -> tuple[pa.Table | None, Aside]:
    """A block with its numbers as text; None where its rows cannot be read at all."""
    try:
        return table_of(data, body, kinds.types(pa.string()))
    except pa.ArrowInvalid:
        return None, []


def _block(
    table: pa.Table,
    aside: Aside,
    first: int,
    body: Body,
    kinds: _Kinds,
    words: tuple[str, ...],
    into: np.ndarray,
) -> _Block:
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
    return _Block(line, keys, odd, aside)


def _has_word(lines: np.ndarray, empty: np.ndarray, body: Body, kinds: _Kinds) -> np.ndarray:
    """Which of some lines have a cell that is not blank among those of numbers that are `empty` (D, N)."""
    unknown = {name: cells for name, cells in zip(kinds.numbers, empty, strict=True) if cells.any()}
    table, _ = table_of(joined(body.lines, lines - 1), body, dict.fromkeys(unknown, pa.string()))
    words = np.zeros(len(lines), dtype=bool)
    for name, cells in unknown.items():
        blank = pc.is_in(pc.ascii_trim_whitespace(table[name]), pa.array(BLANKS))
        words |= cells & ~blank.to_numpy()
    return words


def _of_texts(rows: pd.DataFrame, kinds: _Kinds) -> _Block:
    """Rows of which all that is not a key is looked at as text."""
    table = pa.table({name: pa.array(rows[name].astype(str)).dictionary_encode().cast(WORD) for name in kinds.keys})
    odd = ~np.logical_and.reduce([is_blank(rows[name]).to_numpy() for name in (*kinds.numbers, *kinds.others)])
    odd |= kinds.blank_rows
    return _Block(rows.index.to_numpy(), table, odd, [])


def _joined(
    body: Body, blocks: list[_Block], columns: np.ndarray, mended: pd.DataFrame | None, bad: pd.DataFrame
) -> TypedRows:
    """The rows of all blocks with their numbers, `columns`; mended ones, the last block, where their lines are."""
    line, values = np.concatenate([block.line for block in blocks]), columns.T
    table = pa.concat_tables([block.keys for block in blocks]).unify_dictionaries().combine_chunks()
    odd = np.concatenate([block.odd for block in blocks])
    keys = {name: _places(table[name]) for name in table.column_names}
    if mended is not None:
        order = np.argsort(line, kind="stable")
        line, values, odd = line[order], np.take(values.T, order, axis=1).T, odd[order]
        keys = {name: (places[order], texts) for name, (places, texts) in keys.items()}
    return TypedRows(body, line, keys, values, odd, mended, bad)


def _places(column: pa.ChunkedArray) -> tuple[np.ndarray, pd.Series]:
    """A column of words as places among its distinct ones."""
    coded = whole(column)
    return coded.indices.to_numpy(), pd.Series(coded.dictionary.to_pylist(), dtype="str")
