"""The source `delta`: the newest version of a Delta table, in a folder or in an object store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sensors_data.errors import NotThereError, StorageError, not_installed
from sensors_data.series.intake.table_rows import checked_day
from sensors_data.series.sources.lake_times import bounds, days_of, time_field
from sensors_data.settings import Family, Section, parse

if TYPE_CHECKING:
    from pyarrow.dataset import Dataset


class DeltaSource(Section):
    """A Delta table; its columns are those of the family's layout, its times are timestamps."""

    kind: Literal["delta"]
    """The kind of source."""
    url: str
    """Folder or URL, like `s3://plant/readings`; secrets come from the environment, as `AWS_SECRET_ACCESS_KEY`."""
    options: dict[str, str] = {}
    """Options for the object store, like `{ AWS_REGION = "eu-west-1" }`; no secrets."""


def days(family: Family) -> list[date]:
    """Every UTC day of which the table has a row, sorted."""
    source = parse(DeltaSource, family.source, "source")
    with _opened(source) as table:
        field = time_field(family, table.schema, source.url)
        return days_of(table.to_batches(columns=[field.name]))


def rows(family: Family, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A UTC day's readings and rejects, as the table's newest version has them."""
    source = parse(DeltaSource, family.source, "source")
    with _opened(source) as table:
        field = time_field(family, table.schema, source.url)
        start, end = (pa.scalar(moment, field.type) for moment in bounds(field, day))
        of_day = (pc.field(field.name) >= start) & (pc.field(field.name) < end)
        rows_of_day = table.to_table(filter=of_day).to_pandas()
    return checked_day(rows_of_day, family, day, "delta")


@contextmanager
def _opened(source: DeltaSource) -> Iterator[Dataset]:
    """The newest version of the table. StorageError when it is not there or cannot be read."""
    try:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError, TableNotFoundError
    except ImportError as error:
        raise not_installed("a source of kind delta", "deltalake", "delta") from error
    try:
        yield DeltaTable(source.url, storage_options=source.options).to_pyarrow_dataset()
    except TableNotFoundError:
        raise NotThereError(f"there is no Delta table at {source.url}", "correct `url` of the source") from None
    except (DeltaError, OSError, pa.ArrowException) as error:
        raise StorageError(f"the Delta table {source.url} cannot be read: {str(error).splitlines()[0]}") from None
