"""Rows of a Parquet file as arrays, as `typed_text` gives those of a text."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sensors_data.series.values.numbers import is_blank


@dataclass(frozen=True)
class ParquetRows:
    """The rows of a Parquet file in their order."""

    table: pa.Table
    line: np.ndarray  # (N,) the file's rows, from 1; one without a value may be left out
    keys: dict[str, tuple[np.ndarray, pd.Series]]
    """Each key column as places (N,) among its distinct values, which have the column's type."""
    values: np.ndarray  # (N, D) float64, NaN where there is none; a column after the other in memory
    odd: np.ndarray  # (N,) whether a row has anything in a column of no use, or has no value and stays
    bad: pd.DataFrame
    """No lines: a Parquet file has none that are no rows."""

    @property
    def names(self) -> list[str]:
        """The file's columns."""
        return list(self.table.column_names)

    def texts(self, lines: np.ndarray, without: Collection[str] = ()) -> pd.DataFrame:
        """The cells of some rows in their types, but for some columns; the row in the file as index."""
        frame: pd.DataFrame = self.table.drop_columns(list(without)).take(pa.array(lines - 1)).to_pandas()
        return frame.set_axis(lines)


def whole_table(path: Path) -> pa.Table | None:
    """A Parquet file's table; None for one with rare contents, which is read cell by cell.

    OSError or ArrowException when it is none.
    """
    table = pq.read_table(path, partitioning=None).replace_schema_metadata(None)
    table.validate(full=True)
    names = table.column_names
    if len(set(names)) < len(names) or any(name.startswith("__index_level_") for name in names) or not table.num_rows:
        return None
    return pa.table([_as_pandas_has_it(column) for column in table.columns], names)


def parquet_rows(
    table: pa.Table, keys: tuple[str, ...], numbers: tuple[str, ...], others: tuple[str, ...], blank_rows: bool
) -> ParquetRows | None:
    """A table's rows with `numbers` as float64; None where a column's type or an unknown key wants a closer look.

    A row with anything in a column of `others` is odd. So is one without a number where `blank_rows` stay.
    """
    plain = all(_is_plain_key(table[name]) for name in keys) and _are_plain_numbers(
        [table[name].type for name in (*numbers, *others)], len(numbers)
    )
    if not plain:
        return None
    values = np.stack([table[name].to_numpy().astype(np.float64) for name in numbers])  # (D, N)
    odd = np.zeros(table.num_rows, dtype=bool)
    for name in others:
        odd |= ~is_blank(table[name].to_pandas()).to_numpy()
    empty = np.isnan(values).all(axis=0)
    if blank_rows:
        odd |= empty
    filled = np.flatnonzero(odd | ~empty)
    places = {name: _places(table[name]) for name in keys}
    if len(filled) < len(odd):
        values, odd = np.take(values, filled, axis=1), odd[filled]
        places = {name: (place[filled], distinct) for name, (place, distinct) in places.items()}
    return ParquetRows(table, filled + 1, places, values.T, odd, pd.DataFrame({"line": [], "raw": []}))


def _as_pandas_has_it(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column in the type in which pandas holds the whole of it, so that any of its cells reads the same alone."""
    if pa.types.is_integer(column.type) and column.null_count:
        return column.cast(pa.float64(), safe=False)
    if pa.types.is_dictionary(column.type) and pa.types.is_string(column.type.value_type):
        return column.cast(pa.string())
    return column


def _is_plain_key(column: pa.ChunkedArray) -> bool:
    kind = column.type
    known = pa.types.is_timestamp(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return bool((known or pa.types.is_integer(kind)) and not column.null_count)


def _are_plain_numbers(kinds: list[pa.DataType], count: int) -> bool:
    """Whether columns, the first `count` of them numbers, turn to float64 one by one as they do beside each other."""
    if not all(pa.types.is_integer(kind) or kind in (pa.float32(), pa.float64()) for kind in kinds[:count]):
        return False
    return len(set(kinds)) == 1 or pa.float32() not in kinds


def _places(column: pa.ChunkedArray) -> tuple[np.ndarray, pd.Series]:
    """A column as places among its distinct values."""
    whole = column.combine_chunks()
    coded = (whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole).dictionary_encode()
    return coded.indices.to_numpy(), coded.dictionary.to_pandas()
