"""Rows of a text with their numbers read as numbers, block by block; as text only where a cell is no number."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from sensors_data.series.files.cells import Body, is_utf8, mended_rows, table_of
from sensors_data.series.files.header_names import named_cells
from sensors_data.series.files.key_columns import whole
from sensors_data.series.files.text_lines import joined, lines_and_quotes
from sensors_data.series.files.typed_blocks import Block, Kinds, block_of, block_of_texts, with_numbers, with_texts

_FAILED = 3
"""Blocks whose numbers had to be read as text after which every block is at once."""
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


def typed_rows(
    body: Body, keys: tuple[str, ...], numbers: tuple[str, ...], others: tuple[str, ...], blank_rows: bool = False
) -> TypedRows | None:
    """A body's rows, `numbers` read as such; None for a text that must be read as a whole, cell by cell.

    A row with anything in a column of `others` is odd. So is one without a number where `blank_rows` stay.
    """
    kinds = Kinds(keys, numbers, others, blank_rows)
    blocks, failed, first, rows = [], 0, body.first, 0
    values = np.empty((len(numbers), 0))
    words: tuple[str, ...] = ()
    for data in body.blocks():
        lines, quotes = lines_and_quotes(data)
        if quotes % 2 or not is_utf8(data):
            return None
        table, aside, words = (None, [], words) if failed >= _FAILED else with_numbers(data, body, kinds, words)
        if table is None:
            failed += 1
            table, aside = with_texts(data, body, kinds)
        if table is None or table.num_rows + len(aside) != lines:
            return None  # a line ends within a cell, or the lines cannot be told apart
        values = _with_room(values, rows, lines, len(body.text) / len(data))
        block = block_of(table, aside, first, body, kinds, words, values[:, rows:])
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
        blocks.append(block_of_texts(mended, kinds))
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


def _joined(
    body: Body, blocks: list[Block], columns: np.ndarray, mended: pd.DataFrame | None, bad: pd.DataFrame
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
