"""A frame as a table's own Arrow rows, and the rows of a file as the table has them today."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sensors_data.tables import TABLES, Table
from sensors_data.tables.shares import SHARES, shares_of_text


def to_arrow(spec: Table, frame: pd.DataFrame) -> pa.Table:
    """A frame as the table's Arrow rows, sorted; columns of later generations are null where the frame lacks them.

    ValueError names the column that does not fit.
    """
    late = {c.name: None for c in spec.columns if c.since > 1 and c.name not in frame.columns}
    frame = frame.assign(**late)
    missing = [name for name in spec.schema.names if name not in frame.columns]
    if missing:
        raise ValueError(f"table {spec.name} wants columns {spec.schema.names}, missing {missing}")
    columns = [_column(spec, frame[field.name], field) for field in spec.schema]
    return _sorted(pa.table(columns, spec.schema.names), spec.order).cast(spec.schema).combine_chunks()


def from_arrow(spec: Table, rows: pa.Table) -> pa.Table:
    """The rows of a file of any generation with all of the table's columns; those that it lacks are null.

    Columns of text stay as codes where they are.
    """
    return pa.table([_column_of(rows, field) for field in spec.schema], spec.schema.names)


def _column_of(rows: pa.Table, field: pa.Field) -> pa.Array:
    if field.name not in rows.column_names:
        return pa.nulls(rows.num_rows, field.type)
    if field.type == SHARES and pa.types.is_string(rows[field.name].type):
        return pa.array(map(shares_of_text, rows[field.name].to_pylist()), SHARES)
    return rows[field.name]


def as_table(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in the table's own order and types, as if they had been written and read again."""
    frame: pd.DataFrame = to_arrow(TABLES[table], rows).to_pandas()
    return frame


def _column(spec: Table, values: pd.Series, field: pa.Field) -> pa.Array:
    """A frame's column in the type of its field, text as codes where it comes so; no rows fit any type."""
    try:
        if values.empty:
            return pa.array([], type=field.type)
        if isinstance(values.dtype, pd.DatetimeTZDtype) and pa.types.is_timestamp(field.type):
            return pa.array(values.dt.tz_convert(None).to_numpy()).cast(field.type)
        if isinstance(values.dtype, pd.CategoricalDtype):
            codes = pa.array(values)
            return codes.cast(pa.dictionary(codes.type.index_type, field.type))
        return pa.array(values, type=field.type, from_pandas=True)
    except (pa.ArrowException, OverflowError) as error:
        what = f"column {field.name} must be {field.type}, found {values.dtype}"
        raise ValueError(f"table {spec.name}: {what}: {error}") from error


def _sorted(rows: pa.Table, order: tuple[str, ...]) -> pa.Table:
    """The rows in ascending order of some columns; rows that are equal in them stay as they stand."""
    keys = {name: _rank(rows[name]) for name in order}
    if all(key.null_count == 0 for key in keys.values()) and _in_order([key.to_numpy() for key in keys.values()]):
        return rows
    places = pc.sort_indices(pa.table(keys), sort_keys=[(name, "ascending") for name in order])  # a stable sort
    return rows.take(places)


def _rank(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column that sorts as the given one does; text gives way to the place of each value among the distinct ones."""
    if not (pa.types.is_string(column.type) or pa.types.is_dictionary(column.type)):
        return column
    whole = pa.concat_arrays(column.chunks) if column.num_chunks else column.combine_chunks()
    encoded = whole.dictionary_encode() if pa.types.is_string(whole.type) else whole
    place = np.empty(len(encoded.dictionary), dtype=np.int32)
    place[pc.sort_indices(encoded.dictionary).to_numpy()] = np.arange(len(place))
    return pa.chunked_array([pc.take(pa.array(place), encoded.indices)])


def _in_order(keys: list[np.ndarray]) -> bool:
    """Whether rows stand in ascending order of their keys, the first one leading."""
    ordered = np.ones(max(0, len(keys[0]) - 1), dtype=bool)
    for key in reversed(keys):
        ordered = (key[:-1] < key[1:]) | ((key[:-1] == key[1:]) & ordered)
    return bool(ordered.all())
