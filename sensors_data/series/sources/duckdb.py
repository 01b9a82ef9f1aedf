"""The source `duckdb`: a query of a DuckDB file, or of files that DuckDB reads, with `:start` and `:end`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from sensors_data.errors import NotThereError, StorageError, not_installed
from sensors_data.series.dates.parsing import read_times
from sensors_data.series.intake.table_rows import checked_day
from sensors_data.series.sources.day_bounds import EVER, check_query, midnight
from sensors_data.series.sources.retries import with_retries
from sensors_data.settings import Family, Section, parse

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class DuckdbSource(Section):
    """A DuckDB file and a query, with times from `:start` up to but excluding `:end`."""

    kind: Literal["duckdb"]
    """The kind of source."""
    database: str = ":memory:"
    """The file; not needed if the query reads files itself, as with `from read_parquet('plant/*.parquet')`."""
    query: str
    """The query, like `select time, asset, flow from readings where time >= :start and time < :end`. Times without a
    zone are UTC."""


def days(family: Family) -> list[date]:
    """Every UTC day of which the query gives a row, sorted."""
    source = _source(family)
    name = family.layout.time[0]
    with _connected(source) as connection:
        times = connection.sql(_query(source), params=_bounds(*EVER)).project(f'"{name}" as time').distinct()
        table = times.to_arrow_table().to_pandas()
    return sorted(read_times(table["time"], family.layout).dropna().dt.date.unique())


def rows(family: Family, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A UTC day's readings and rejects, as the query gives them."""
    source = _source(family)
    with _connected(source) as connection:
        result = connection.sql(_query(source), params=_bounds(day, day + timedelta(days=1)))
        table = result.to_arrow_table().to_pandas()
    return checked_day(table, family, day, "duckdb")


def _source(family: Family) -> DuckdbSource:
    """The family's source. UnusableError for a wrong key or a query without the day's bounds."""
    source = parse(DuckdbSource, family.source, "source")
    check_query(source.query, "time >= :start and time < :end")
    return source


@contextmanager
def _connected(source: DuckdbSource) -> Iterator[DuckDBPyConnection]:
    """A connection that only reads, in UTC. StorageError when the file is locked or the query is refused."""
    try:
        import duckdb
    except ImportError as error:
        raise not_installed("a source of kind duckdb", "DuckDB", "duckdb") from error
    beside = source.database != ":memory:"
    if beside and not Path(source.database).is_file():
        raise NotThereError(f"there is no DuckDB file at {source.database}", "correct `database` of the source")
    try:
        opened = with_retries(
            lambda: duckdb.connect(source.database, read_only=beside), lambda error: "lock" in str(error)
        )
        with opened as connection:
            connection.execute("set timezone = 'UTC'")
            yield connection
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise StorageError(f"DuckDB ({source.database}) failed: {reason}", "correct `query` of the source") from None


def _query(source: DuckdbSource) -> str:
    """The query with its bounds as DuckDB writes them."""
    return source.query.rstrip("; \n").replace(":start", "$start").replace(":end", "$end")


def _bounds(first: date, last: date) -> dict[str, datetime]:
    """The start of one day and that of another; times without a zone are compared as UTC."""
    return {"start": midnight(first), "end": midnight(last)}
