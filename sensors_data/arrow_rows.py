"""A frame as a table's own Arrow rows, and the rows of a file as the table has them today."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sensors_data.tables import TABLES, Table
from sensors_data.tables.sensor_columns import OBSERVED, column_of
from sensors_data.tables.shares import SHARES, shares_of_text
from sensors_data.tables.table import Column
from sensors_data.wide_rows import of_values, table_of


def to_arrow(spec: Table, frame: pd.DataFrame) -> pa.Table:
    """A frame as the table's Arrow rows, sorted; columns of later generations are null where the frame lacks them.

    A table with a column a sensor takes a frame of values as well (time, asset, sensor, value). ValueError names the
    column that does not fit.
    """
    if spec.a_value and {"sensor", "value"} <= set(frame.columns) and frame["sensor"].dtype.kind not in "fi":
        return as_wide(spec, _columns(spec, frame, [*spec.a_value]))
    late = {c.name: None for c in spec.columns if c.since > 1 and c.name not in frame.columns}
    rows = _columns(spec, frame.assign(**late), [*spec.columns, *_of_sensors(spec, frame)])
    return _sorted(rows, spec.order).cast(pa.schema([(f.name, _plain(f.type)) for f in rows.schema])).combine_chunks()


def _columns(spec: Table, frame: pd.DataFrame, columns: list[Column]) -> pa.Table:
    """Some columns of a frame, in their types."""
    names = [column.name for column in columns]
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise ValueError(f"table {spec.name} wants columns {names}, missing {missing}")
    return pa.table([_column(spec, frame[c.name], pa.field(c.name, c.type)) for c in columns], names)


def _of_sensors(spec: Table, frame: pd.DataFrame) -> list[Column]:
    """The columns of each sensor that a frame has."""
    names = [column_of(sensor) for sensor in spec.sensors_in(list(frame.columns))] if spec.a_sensor else []
    return [replace(c, name=c.name.format(sensor=name)) for c in spec.a_sensor for name in names]


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type of a column at rest: text is no code."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def from_arrow(spec: Table, rows: pa.Table) -> pa.Table:
    """The rows of a file of any generation with all of the table's columns; those that it lacks are null.

    Columns of text stay as codes where they are.
    """
    if spec.a_sensor:
        return pa.table(rows.columns, rows.column_names)  # columns of keys may be null in one file and not in another
    return pa.table([_column_of(rows, field) for field in spec.schema], spec.schema.names)


def as_wide(spec: Table, values: pa.Table) -> pa.Table:
    """The rows of a file of revision 1, a row a value, as the table has them today."""
    return table_of(spec, of_values(values))


def together(spec: Table, parts: list[pa.Table]) -> pa.Table:
    """Parts of a table's files as one; what one of them does not know of a sensor is null, and not observed."""
    if not spec.a_sensor:
        return pa.concat_tables([spec.schema.empty_table(), *parts])
    sensors = tuple(dict.fromkeys(sensor for part in parts for sensor in spec.sensors_in(part.column_names)))
    schema = spec.schema_of(sensors)
    return pa.concat_tables([schema.empty_table(), *(_with_all(part, schema) for part in parts)])


def _with_all(part: pa.Table, schema: pa.Schema) -> pa.Table:
    none = {f.name: pa.nulls(part.num_rows, f.type) for f in schema if f.name not in part.column_names}
    none = {name: column.fill_null(False) if name.startswith(OBSERVED) else column for name, column in none.items()}
    return pa.table([none[f.name] if f.name in none else part[f.name] for f in schema], schema=schema)


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
