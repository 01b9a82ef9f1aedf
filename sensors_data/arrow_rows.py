"""A frame as a table's own Arrow rows."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sensors_data.tables import Table


def to_arrow(spec: Table, frame: pd.DataFrame) -> pa.Table:
    """A frame as the table's Arrow rows, sorted. ValueError names the column that does not fit."""
    missing = [name for name in spec.schema.names if name not in frame.columns]
    if missing:
        raise ValueError(f"table {spec.name} wants columns {spec.schema.names}, missing {missing}")
    rows = pa.Table.from_arrays([_column(spec, frame[field.name], field) for field in spec.schema], schema=spec.schema)
    order = pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in spec.order])  # a stable sort
    return rows.take(order).combine_chunks()


def _column(spec: Table, values: pd.Series, field: pa.Field) -> pa.Array:
    """A frame's column in the type of its field; no rows fit any type."""
    try:
        if values.empty:
            return pa.array([], type=field.type)
        if isinstance(values.dtype, pd.DatetimeTZDtype) and pa.types.is_timestamp(field.type):
            return pa.array(values.dt.tz_convert(None).to_numpy()).cast(field.type)
        return pa.array(values, type=field.type, from_pandas=True)
    except (pa.ArrowException, OverflowError) as error:
        what = f"column {field.name} must be {field.type}, found {values.dtype}"
        raise ValueError(f"table {spec.name}: {what}: {error}") from error
