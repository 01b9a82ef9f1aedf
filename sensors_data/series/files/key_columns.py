"""Columns of a text that name the time and machine of each row, as codes of their distinct cells."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

WORD = pa.dictionary(pa.int32(), pa.string())
_LEAST = 8
"""Rows that a run of equal cells must have on average, for cells to be looked at run by run."""
_SAMPLE = 4_096
_AT_ONCE = 2**17
"""Bytes that are compared at once: more would leave the processor's cache."""


def coded(keys: pa.Table) -> pa.Table:
    """Columns of texts as codes. Cells that stand in runs or in turns, as programs write them, are hashed once each."""
    columns = {name: whole(keys[name]) for name in keys.column_names}
    runs = {name: _run_starts(cells) for name, cells in columns.items() if _stands_in_runs(cells)}
    turns = {int(starts[2] - starts[1]) for starts in runs.values() if len(starts) > 2}  # the first is a part of one
    codes = []
    for name, cells in columns.items():
        if name in runs:
            codes.append(_by_runs(cells, runs[name]))
        elif period := next((turn for turn in sorted(turns) if _stands_in_turns(cells, turn)), 0):
            first = cells[:period].dictionary_encode()
            codes.append(_dictionary(np.resize(first.indices.to_numpy(), len(cells)), first.dictionary))
        else:
            codes.append(cells.dictionary_encode())
    return pa.table(codes, keys.column_names)


def whole(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece; not copied where it lies in one."""
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays([pa.array([], column.type), *column.chunks])


def _stands_in_runs(cells: pa.Array) -> bool:
    """Whether the first cells repeat the one before them, most of them."""
    sample = cells[:_SAMPLE]
    return len(sample) > _LEAST and len(pc.run_end_encode(sample).run_ends) * _LEAST <= len(sample)


def _stands_in_turns(cells: pa.Array, period: int) -> bool:
    """Whether every cell is the one that stands `period` rows before it."""
    if not period < len(cells):
        return False
    ends, letters = _letters(cells)
    width = int(ends[period] - ends[0])
    same_widths = bool((ends[period:] - ends[:-period] == width).all())
    return same_widths and bool(np.array_equal(letters[width:], letters[: len(letters) - width]))


def _run_starts(cells: pa.Array) -> np.ndarray:
    """The rows, the first among them, at which a cell is another than the one before it."""
    ends, letters = _letters(cells)
    width = int(ends[1] - ends[0])
    if not width or not (ends[1:] - ends[:-1] == width).all():
        return np.append(0, pc.run_end_encode(cells, pa.int32()).run_ends.to_numpy()[:-1])
    later, sooner = letters[width:], letters[:-width]  # bytes take a third of the time of texts
    parts = range(0, len(later), _AT_ONCE)
    changed = [np.flatnonzero(later[at : at + _AT_ONCE] != sooner[at : at + _AT_ONCE]) + at for at in parts]
    rows = np.concatenate([[-1], *(places // width for places in changed)])
    return np.asarray(rows[np.append(True, rows[1:] > rows[:-1])] + 1)


def _letters(cells: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Where each cell ends in the text of all, the first one's begin before them, and that text."""
    ends = np.frombuffer(cells.buffers()[1], np.int32)[cells.offset : cells.offset + len(cells) + 1]
    return ends - ends[0], np.frombuffer(cells.buffers()[2], np.uint8)[ends[0] : ends[-1]]


def _by_runs(cells: pa.Array, starts: np.ndarray) -> pa.DictionaryArray:
    distinct = cells.take(pa.array(starts)).dictionary_encode()
    lengths = np.diff(starts, append=len(cells))
    return _dictionary(np.repeat(distinct.indices.to_numpy(), lengths), distinct.dictionary)


def _dictionary(codes: np.ndarray, distinct: pa.Array) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32, copy=False)), distinct)
