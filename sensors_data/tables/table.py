"""What a table and a column are: plain data, from which files, frames and docs/tables.md are made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import pyarrow as pa

from sensors_data.tables.sensor_columns import column_of, sensors_of

TIME = pa.timestamp("us", tz="UTC")
TEXT, FLAG, COUNT, BYTES = pa.string(), pa.bool_(), pa.int64(), pa.binary()
REAL, REAL32 = pa.float64(), pa.float32()

_FILE_KEYS = ("shard", "run", "incident")


@dataclass(frozen=True)
class Column:
    """A column: its type at rest, what it means, its unit. Every producer and every page takes it from here.

    `since` is the generation of the table that has it first; files of earlier generations read as null in it.
    `before` is the type that it had in earlier files, which are still read.
    """

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""
    since: int = 1
    before: pa.DataType | None = None


@dataclass(frozen=True)
class Table:
    """A table: its columns, and how its rows are partitioned and sorted.

    The partition's keys are folders (`family=pump/day=2026-11-21`); a shard, run or incident, always the last of
    them, names the file instead (`shard-0.parquet`). Where a table `may_shard`, its partition is one file or several,
    one a shard; while there is the one file, it alone counts.
    """

    name: str
    about: str
    partition: tuple[str, ...]
    order: tuple[str, ...]
    columns: tuple[Column, ...]
    note: str = ""
    may_shard: bool = False
    is_record: bool = False
    """Whether each file is a record of its own: a damaged one is logged and skipped, and never stops a family."""
    a_sensor: tuple[Column, ...] = ()
    """Columns that stand beside `columns` once for each sensor; `{sensor}` in their names is the sensor's column."""
    a_value: tuple[Column, ...] = ()
    """The columns of such a table in files of revision 1, which had a row a value."""

    @property
    def revision(self) -> int:
        """The revision of the table's layout."""
        return 2 if self.a_sensor else 1

    @property
    def file_key(self) -> str | None:
        """The partition's key that names the file, None where the file is called `data.parquet`."""
        return self.partition[-1] if self.partition[-1] in _FILE_KEYS else None

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns as Arrow fields."""
        return pa.schema([pa.field(column.name, column.type) for column in self.columns])

    def schema_of(self, sensors: Iterable[str]) -> pa.Schema:
        """The table's own columns and those of some sensors, in the order of a file."""
        names = [column_of(sensor) for sensor in sensors]
        fields = [pa.field(c.name.format(sensor=name), c.type) for c in self.a_sensor for name in names]
        return pa.schema([*self.schema, *fields])

    def sensors_in(self, names: list[str]) -> tuple[str, ...]:
        """The sensors of a file or frame with columns of these names, in their order."""
        return sensors_of([name for name in names if name not in self.schema.names])

    def reads(self, schema: pa.Schema) -> bool:
        """Whether a file of this schema can be read: it has the columns of one of the table's generations.

        Text may stand as codes.
        """
        types = [f.type.value_type if pa.types.is_dictionary(f.type) else f.type for f in schema]
        if self.a_sensor:
            columns = self.schema_of(self.sensors_in(schema.names))
            return self.has_a_row_a_value(schema) or (schema.names == columns.names and types == columns.types)
        for generation in {column.since for column in self.columns}:
            columns = [column for column in self.columns if column.since <= generation]
            if schema.names == [column.name for column in columns]:
                return all(kind in (c.type, c.before) for kind, c in zip(types, columns, strict=True))
        return False

    def has_a_row_a_value(self, schema: pa.Schema) -> bool:
        """Whether rows of this schema are values, as in files of revision 1 of a table with a column a sensor."""
        names = [column.name for column in self.a_value]
        return bool(names) and set(names) <= set(schema.names) and not _is_number(schema.field("sensor").type)

    def frame(self, rows: Sequence[dict[str, Any]] = ()) -> pd.DataFrame:
        """Rows as a frame with the table's columns; of no rows, every column in its own type."""
        empty: pd.DataFrame = self.schema.empty_table().to_pandas()
        return pd.DataFrame(rows, columns=self.schema.names) if rows else empty


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))
