"""The source `iceberg`: the current snapshot of an Iceberg table, found by a catalogue or by its metadata file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Literal

import pandas as pd
from pydantic import model_validator

from sensors_data.errors import NotThereError, StorageError, UnusableError, not_installed
from sensors_data.series.intake.table_rows import checked_day
from sensors_data.series.sources.credentials import Secret, without_secret
from sensors_data.series.sources.lake_times import bounds, days_of, time_field
from sensors_data.settings import Family, Section, parse

if TYPE_CHECKING:
    from pyiceberg.table import Table


class IcebergSource(Section):
    """An Iceberg table; its columns are those of the family's layout, its times are timestamps."""

    kind: Literal["iceberg"]
    """The kind of source."""
    table: str = ""
    """The table's name in its catalogue, like `plant.readings`."""
    catalog: dict[str, str] = {}
    """The catalogue, like `{ name = "plant", type = "rest", uri = "http://catalog:8181" }`."""
    metadata: str = ""
    """Without a catalogue: the table's metadata file, like `s3://plant/readings/metadata/00003.metadata.json`."""
    token: Secret | None = None
    """Where to read the catalogue's token."""

    @model_validator(mode="after")
    def _one_way(self) -> IcebergSource:
        if bool(self.metadata) == bool(self.table and self.catalog):
            raise UnusableError("an Iceberg table is named by `table` and `catalog`, or by `metadata`")
        return self


def days(family: Family) -> list[date]:
    """Every UTC day of which the table has a row, sorted."""
    source = parse(IcebergSource, family.source, "source")
    with _opened(source) as table:
        field = time_field(family, table.schema().as_arrow(), _name(source))
        return days_of(table.scan(selected_fields=(field.name,)).to_arrow_batch_reader())


def rows(family: Family, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A UTC day's readings and rejects, as the table's current snapshot has them."""
    source = parse(IcebergSource, family.source, "source")
    with _opened(source) as table:
        from pyiceberg.expressions import And, GreaterThanOrEqual, LessThan, Reference

        field = time_field(family, table.schema().as_arrow(), _name(source))
        start, end = (moment.isoformat() for moment in bounds(field, day))
        time = Reference(field.name)
        of_day = And(GreaterThanOrEqual(term=time, value=start), LessThan(term=time, value=end))
        rows_of_day = table.scan(row_filter=of_day).to_arrow().to_pandas()
    return checked_day(rows_of_day, family, day, "iceberg")


def _name(source: IcebergSource) -> str:
    return source.table or source.metadata


@contextmanager
def _opened(source: IcebergSource) -> Iterator[Table]:
    """The table. StorageError when its catalogue does not answer or it cannot be read."""
    try:
        from pyiceberg.catalog import load_catalog
        from pyiceberg.exceptions import NoSuchTableError
        from pyiceberg.table import StaticTable
    except ImportError as error:
        raise not_installed("a source of kind iceberg", "pyiceberg", "iceberg") from error
    secret = source.token.read() if source.token else ""
    try:
        if source.metadata:
            yield StaticTable.from_metadata(source.metadata)
        else:
            keys = source.catalog | ({"token": secret} if secret else {})
            yield load_catalog(keys.pop("name", None), **keys).load_table(source.table)
    except (NoSuchTableError, FileNotFoundError):
        raise NotThereError(f"there is no Iceberg table {_name(source)}", "correct `table` or `metadata`") from None
    except (OSError, ValueError) as error:
        if isinstance(error, UnusableError):
            raise
        reason = without_secret(str(error), secret).splitlines()[0]
        raise StorageError(f"the Iceberg table {_name(source)} cannot be read: {reason}", "check `catalog`") from None
