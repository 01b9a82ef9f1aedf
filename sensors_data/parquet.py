"""Tables as the bytes of Parquet files: every page has a checksum, and there is room for the hash of the whole."""

from __future__ import annotations

import io
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sensors_data.seal import BLANK

PART = 131_072
"""Rows of a file that are read at a time where its whole is not wanted."""

GROUP = PART
"""Rows of a row group: few enough that one asset's question passes over most of a large family's file.
A quarter of it would be no quicker, and readings two thirds larger."""

SMALL = 1_024
"""Rows that are read in one piece on this thread: starting others would take longer."""

SAMPLED = 4_096

_KEYS = ["time", "asset"]
"""Columns of readings and grids whose least and largest values a file tells: nobody looks for a value in them."""


def parquet_bytes(rows: pa.Table) -> bytes:
    """A table as a Parquet file, to be sealed."""
    rows = rows.replace_schema_metadata({**(rows.schema.metadata or {}), "seal": BLANK})
    buffer, listed = io.BytesIO(), repeating(rows)
    coded = any(pa.types.is_dictionary(field.type) for field in rows.schema)
    with pq.ParquetWriter(
        buffer,
        rows.schema,
        compression="zstd",
        write_page_checksum=True,
        write_batch_size=GROUP,
        max_rows_per_page=GROUP,  # a page has a fixed cost, and of codes each batch looks for its least and largest
        use_dictionary=listed,
        write_statistics=_KEYS if coded else True,
        store_schema=not coded,  # the file's own types say all, and a reader in Python sees text for codes
    ) as writer:
        for begin in range(0, max(1, rows.num_rows), GROUP):
            part = rows[begin : begin + GROUP]
            writer.write_table(_with_own_codes(part) if coded else part)
        if coded:
            writer.add_key_value_metadata(rows.schema.metadata)  # which stands in the schema otherwise
    return buffer.getvalue()


def _with_own_codes(rows: pa.Table) -> pa.Table:
    """Rows whose columns of codes list no more values than lie between theirs: a file lists them for each row group."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_dictionary(field.type) and rows.num_rows:
            column = rows[field.name].combine_chunks()
            codes = column.indices.to_numpy()
            low, high = int(codes.min()), int(codes.max())
            coded = pa.DictionaryArray.from_arrays(
                pa.array(codes - codes.dtype.type(low)), column.dictionary[low : high + 1]
            )
            rows = rows.set_column(place, field, coded)
    return rows


def repeating(rows: pa.Table) -> bool | list[str]:
    """The columns that a file lists the distinct values of; true is all.

    Not numbers that hardly repeat: their lists take a third more room, and most of the time of writing. Nor times:
    zstd sees that they come again for each asset, in a quarter of the time, and times of an asset's own repeat nowhere.
    """
    if any(pa.types.is_nested(field.type) for field in rows.schema):
        return True
    others = [field for field in rows.schema if not pa.types.is_timestamp(field.type)]
    return [f.name for f in others if not pa.types.is_floating(f.type) or _repeats(rows[f.name])]


def _repeats(numbers: pa.ChunkedArray) -> bool:
    """Whether at most half of some SAMPLED numbers of a column, evenly spaced, are distinct."""
    sample = numbers.to_numpy()[:: max(1, len(numbers) // SAMPLED)]
    return 2 * len(np.unique(sample)) <= len(sample)


def open_parquet(data: bytes, texts: list[str] | None = None) -> pq.ParquetFile:
    """A file's bytes, opened; its columns `texts` are read as codes of their distinct values.

    ArrowException or OSError when it is none; reading rows from it raises OSError where a page's checksum is wrong.
    """
    return pq.ParquetFile(io.BytesIO(data), read_dictionary=texts, page_checksum_verification=True)


@dataclass(frozen=True)
class Opened:
    """An open file, or the row groups of it that one of the files joined in it had."""

    path: str
    """Where the store has it, or had it before it was joined."""
    file: pq.ParquetFile
    groups: tuple[int, ...]

    def read(self, columns: list[str] | None = None) -> pa.Table:
        """All of its rows."""
        return self.file.read_row_groups(list(self.groups), columns=columns)


def parts_of(opened: Opened, assets: pa.Array | None, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """A file's rows, or those of some sorted `assets`, PART of the file's at a time; those of `columns` it has."""
    schema = opened.file.schema_arrow
    there = None if columns is None else [name for name in columns if name in schema.names]
    groups = _groups_of(opened, assets)
    if not any(opened.file.metadata.row_group(group).num_rows for group in groups):
        none = schema.empty_table()
        yield none if there is None else none.select(there)
        return
    if sum(opened.file.metadata.row_group(group).num_rows for group in groups) <= SMALL:
        yield chosen(opened.file.read_row_groups(groups, columns=there, use_threads=False), assets)
        return
    for part in opened.file.iter_batches(PART, row_groups=groups, columns=there):
        yield chosen(pa.Table.from_batches([part]), assets)


def chosen(rows: pa.Table, assets: pa.Array | None, columns: list[str] | None = None) -> pa.Table:
    """The rows of some sorted `assets`, all of them where none are named; those of `columns` there are."""
    if columns is not None:
        rows = rows.select([name for name in columns if name in rows.column_names])
    if assets is None:
        return rows
    wanted = _among(pa.concat_arrays(rows["asset"].chunks) if rows.num_rows else rows["asset"].combine_chunks(), assets)
    return rows if wanted.all() else rows.filter(wanted)


def _among(names: pa.Array, assets: pa.Array) -> np.ndarray:
    """Which of some names, in codes or not, are those of `assets`, (N,)."""
    if not pa.types.is_dictionary(names.type):
        return np.asarray(pc.is_in(names, assets).to_numpy(zero_copy_only=False))
    known = pc.is_in(names.dictionary, assets).to_numpy(zero_copy_only=False)
    return np.asarray(known[names.indices.to_numpy()])


def _groups_of(opened: Opened, assets: pa.Array | None) -> list[int]:
    """The row groups of a file that may hold a row of some assets, by the first and last asset of each; else all."""
    about, names = opened.file.metadata, opened.file.schema_arrow.names
    if assets is None:
        return list(opened.groups)
    wanted = assets.to_pylist()
    ends = [about.row_group(group).column(names.index("asset")).statistics for group in opened.groups]
    return [
        group
        for group, end in zip(opened.groups, ends, strict=True)
        if end is None or not end.has_min_max or bisect_left(wanted, end.min) < bisect_right(wanted, end.max)
    ]
