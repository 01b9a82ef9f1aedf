"""A table of a data lake by its column of times: the rows of a day, and the days that it has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sensors_data.errors import UnreadableError, UnusableError
from sensors_data.settings import Family


def time_field(family: Family, schema: pa.Schema, where: str) -> pa.Field:
    """The column of the layout's time. UnreadableError when it is not there, UnusableError when it holds no times."""
    name = family.layout.time[0]
    if name not in schema.names:
        raise UnreadableError(f"{where} has no column '{name}'; it has {schema.names[:12]}", "correct `layout.time`")
    field = schema.field(name)
    if not pa.types.is_timestamp(field.type):
        raise UnusableError(f"column '{name}' of {where} is {field.type}, no timestamp", "read it with kind = 'duckdb'")
    return field


def bounds(field: pa.Field, day: date) -> tuple[datetime, datetime]:
    """A UTC day's start and end as the column has its times: with a zone, or in UTC without one."""
    start = datetime.combine(day, datetime.min.time(), UTC if field.type.tz else None)
    return start, start + timedelta(days=1)


def days_of(batches: Iterable[pa.RecordBatch]) -> list[date]:
    """Every UTC day in the first column of some batches of times, sorted."""
    days: set[date] = set()
    for batch in batches:
        moments = pc.drop_null(batch.column(0)).cast(pa.timestamp("us", batch.schema.field(0).type.tz), safe=False)
        numbers = np.unique(moments.cast(pa.int64()).to_numpy() // 86_400_000_000)
        days.update(number.astype("datetime64[D]").item() for number in numbers)
    return sorted(days)
