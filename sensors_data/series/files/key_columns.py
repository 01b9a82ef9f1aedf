"""Columns of a text that name the time and machine of each row, as codes of their distinct cells."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

WORD = pa.dictionary(pa.int32(), pa.string())
_LEAST = 8
"""Rows that a run of equal cells must have on average, for cells to be looked at run by run."""
_SAMPLE = 4_096


def coded(keys: pa.Table) -> pa.Table:
    """Columns of texts as codes. Cells that stand in runs or in turns, as programs write them, are hashed once each."""
    columns = {name: _whole(keys[name]) for name in keys.column_names}
    runs = {name: pc.run_end_encode(cells, pa.int32()) for name, cells in columns.items() if _stands_in_runs(cells)}
    turns = {int(run.run_ends[1].as_py() - run.run_ends[0].as_py()) for run in runs.values() if len(run.run_ends) > 2}
    codes = []
    for name, cells in columns.items():
        if name in runs:
            codes.append(_by_runs(runs[name]))
        elif period := next((turn for turn in sorted(turns) if _stands_in_turns(cells, turn)), 0):
            first = cells[:period].dictionary_encode()
            codes.append(_dictionary(np.resize(first.indices.to_numpy(), len(cells)), first.dictionary))
        else:
            codes.append(cells.dictionary_encode())
    return pa.table(codes, keys.column_names)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays([pa.array([], pa.string()), *column.chunks])


def _stands_in_runs(cells: pa.Array) -> bool:
    """Whether the first cells repeat the one before them, most of them."""
    sample = cells[:_SAMPLE]
    return len(sample) > _LEAST and len(pc.run_end_encode(sample).run_ends) * _LEAST <= len(sample)


def _stands_in_turns(cells: pa.Array, period: int) -> bool:
    """Whether every cell is the one that stands `period` rows before it."""
    if not period < len(cells):
        return False
    ends = np.frombuffer(cells.buffers()[1], np.int32)[cells.offset : cells.offset + len(cells) + 1]
    letters = np.frombuffer(cells.buffers()[2], np.uint8)[ends[0] : ends[-1]]
    width = int(ends[period] - ends[0])
    same_widths = bool((ends[period:] - ends[:-period] == width).all())
    return same_widths and bool(np.array_equal(letters[width:], letters[: len(letters) - width]))


def _by_runs(runs: pa.RunEndEncodedArray) -> pa.DictionaryArray:
    distinct = runs.values.dictionary_encode()
    lengths = np.diff(runs.run_ends.to_numpy(), prepend=0)
    return _dictionary(np.repeat(distinct.indices.to_numpy(), lengths), distinct.dictionary)


def _dictionary(codes: np.ndarray, distinct: pa.Array) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32, copy=False)), distinct)
