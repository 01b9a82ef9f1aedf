"""Rows of a text with their numbers read as numbers, block by block; as text only where a cell is no number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sensors_data.series.cells import BLOCK, Aside, Body, mended_rows, named_cells, row_numbers, table_of
from sensors_data.series.numbers import is_blank

_BLANKS = (
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
_FAILED = 3
"""Blocks with a cell that is no number after which every block is read as text at once."""

_WORD = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class TypedRows:
    """The rows of a text in the order of their lines."""

    body: Body
    line: np.ndarray  # (N,) the text's lines, from 1; a row of blank cells alone is left out
    keys: dict[str, tuple[np.ndarray, list[str]]]
    """Each key column as places (N,) among its distinct texts."""
    values: np.ndarray  # (N, D) float64, NaN where a cell is blank or odd
    odd: np.ndarray  # (N,) whether a cell is neither blank nor a number, or stands in a column of no use
    mended: pd.DataFrame
    """Rows of another number of cells than the header's that could be read all the same, as text."""
    bad: pd.DataFrame
    """The lines that are no rows (line, raw)."""

    def texts(self, lines: np.ndarray) -> pd.DataFrame:
        """The cells of some rows as text, the line as index."""
        plain = np.setdiff1d(lines, self.mended.index.to_numpy()) - self.body.first
        data, ends = self.body.data, self._ends
        texts = b"".join(data[ends[row] + 1 : ends[row + 1]].rstrip(b"\r") + b"\n" for row in plain)
        parts = [self.mended[self.mended.index.isin(lines)]]
        if len(plain):
            rows = table_of(texts, self.body, dict.fromkeys(self.body.names, pa.string()))[0].to_pandas()
            parts.insert(0, rows.set_axis(plain + self.body.first))
        return named_cells(pd.concat(parts).sort_index() if len(parts[-1]) else parts[0])

    @cached_property
    def _ends(self) -> np.ndarray:
        """Where each line ends in the body's data, one that ends before them first."""
        ends = np.flatnonzero(np.frombuffer(self.body.data, dtype=np.uint8) == ord("\n"))
        return np.concatenate([[-1], ends, [len(self.body.data)]])


@dataclass(frozen=True)
class _Block:
    """Some of a text's lines, read."""

    line: np.ndarray
    keys: pa.Table
    values: np.ndarray
    odd: np.ndarray
    aside: Aside


def typed_rows(
    body: Body, keys: tuple[str, ...], numbers: tuple[str, ...], others: tuple[str, ...]
) -> TypedRows | None:
    """A body's rows, `numbers` read as such; None for a text that must be read as a whole, cell by cell.

    A row with anything in a column of `others` is odd.
    """
    blocks, failed = [], 0
    for data, lines, first in _blocks(body.data, body.first):
        block, as_text = _read(data, lines, first, body, (keys, numbers, others), at_once=failed >= _FAILED)
        if block is None:
            return None
        failed += as_text
        blocks.append(block)
    if not blocks:
        return None
    aside = [row for block in blocks for row in block.aside]
    mended, bad = mended_rows(aside, Body(b"", body.names, body.separator, 1))
    if len(mended):
        blocks.append(_of_texts(mended, keys, numbers, others))
    return _joined(body, blocks, mended, bad)


def _blocks(data: bytes, first: int) -> Iterator[tuple[bytes, int, int]]:
    """Runs of whole lines, each with their count and the number of its first."""
    place = 0
    while place < len(data):
        end = data.find(b"\n", min(place + BLOCK, len(data)) - 1) + 1 or len(data)
        block = data[place:end]
        lines = int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n"))) + (block[-1:] != b"\n")
        yield block, lines, first
        first, place = first + lines, end


def _read(
    data: bytes, lines: int, first: int, body: Body, columns: tuple[tuple[str, ...], ...], at_once: bool
) -> tuple[_Block | None, bool]:
    """A block's rows, and whether its numbers had to be read as text; None where its lines cannot be told apart."""
    keys, numbers, others = columns
    if b'"' in data and data.count(b'"') % 2:
        return None, False
    words = dict.fromkeys(keys, _WORD) | dict.fromkeys(others, pa.string())
    as_text = at_once
    try:
        if not at_once:
            try:
                table, aside = table_of(data, body, words | dict.fromkeys(numbers, pa.float64()), _BLANKS)
            except pa.ArrowInvalid:
                as_text = True
        if as_text:
            table, aside = table_of(data, body, words | dict.fromkeys(numbers, pa.string()))
    except pa.ArrowInvalid:
        return None, as_text
    if table.num_rows + len(aside) != lines:
        return None, as_text  # a line ends within a cell
    read = [(_numbers_of_text if as_text else _numbers)(table[name].combine_chunks()) for name in numbers]
    odd = np.zeros(table.num_rows, dtype=bool)
    for _, strange in read:
        odd |= strange
    for name in others:
        odd |= ~pc.is_in(table[name], pa.array(_BLANKS)).to_numpy()
    line = row_numbers(table.num_rows, aside) + (first - 1)
    values = np.column_stack([value for value, _ in read])
    aside = [(number + first - 1, text) for number, text in aside]
    filled = odd | ~np.isnan(values).all(axis=1)
    if filled.all():
        return _Block(line, table.select(keys), values, odd, aside), as_text
    return _Block(line[filled], table.select(keys).filter(filled), values[filled], odd[filled], aside), as_text


def _numbers(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """A column's values, NaN where it is blank, and which cells say in another way that they are no number."""
    values = column.to_numpy(zero_copy_only=False)
    unknown = np.isnan(values)
    return values, unknown & column.is_valid().to_numpy(zero_copy_only=False) if unknown.any() else unknown


def _numbers_of_text(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The same of cells as text."""
    cells = pc.ascii_trim_whitespace(column)
    plain = pc.match_substring_regex(cells, _NUMBER)
    values = pc.if_else(plain, cells, pa.scalar(None, pa.string())).cast(pa.float64()).to_numpy(zero_copy_only=False)
    strange = pc.invert(pc.or_(plain, pc.is_in(cells, pa.array(_BLANKS))))
    return values, strange.to_numpy(zero_copy_only=False)


def _of_texts(rows: pd.DataFrame, keys: tuple[str, ...], numbers: tuple[str, ...], others: tuple[str, ...]) -> _Block:
    """Rows of which all that is not a key is looked at as text."""
    table = pa.table({name: pa.array(rows[name].astype(str)).dictionary_encode().cast(_WORD) for name in keys})
    odd = ~np.logical_and.reduce([is_blank(rows[name]).to_numpy() for name in (*numbers, *others)])
    return _Block(rows.index.to_numpy(), table, np.full((len(rows), len(numbers)), np.nan), odd, [])


def _joined(body: Body, blocks: list[_Block], mended: pd.DataFrame, bad: pd.DataFrame) -> TypedRows:
    """The rows of all blocks; those of the last one, which were mended, at the place of their lines."""
    line = np.concatenate([block.line for block in blocks])
    table = pa.concat_tables([block.keys for block in blocks]).unify_dictionaries().combine_chunks()
    values, odd = np.concatenate([b.values for b in blocks]), np.concatenate([b.odd for b in blocks])
    keys = {name: _places(table[name]) for name in table.column_names}
    if len(mended):
        order = np.argsort(line, kind="stable")
        line, values, odd = line[order], values[order], odd[order]
        keys = {name: (places[order], texts) for name, (places, texts) in keys.items()}
    return TypedRows(body, line, keys, values, odd, mended, bad)


def _places(column: pa.ChunkedArray) -> tuple[np.ndarray, list[str]]:
    """A column of words as places among its distinct ones."""
    whole = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0)
    return whole.indices.to_numpy(), whole.dictionary.to_pylist()
