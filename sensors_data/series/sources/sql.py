"""The source `sql`: a query with `:start` and `:end`, on any database that SQLAlchemy speaks to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from sensors_data.errors import NotThereError, StorageError, UnusableError, not_installed
from sensors_data.series.dates.parsing import read_times
from sensors_data.series.intake.table_rows import checked_day
from sensors_data.series.sources.credentials import Secret, without_secret
from sensors_data.series.sources.day_bounds import EVER, check_query, midnight
from sensors_data.series.sources.retries import with_retries
from sensors_data.settings import Duration, Family, Section, parse

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


class SqlSource(Section):
    """A query for a table in the family's layout, with times from `:start` up to but excluding `:end`."""

    kind: Literal["sql"]
    """The kind of source."""
    url: str
    """SQLAlchemy's URL of the database, without the password: `postgresql+psycopg2://user@host/plant`."""
    query: str
    """The query, like `select time, asset, flow from readings where time >= :start and time < :end`."""
    password: Secret | None = None
    """Where to read the password."""
    times: Literal["timestamp", "text", "s", "ms"] | None = None
    """Type of `:start` and `:end`; by default timestamps, on SQLite text."""
    time_format: str = "%Y-%m-%dT%H:%M:%SZ"
    """Format of times as text; it must compare with the text in the table."""
    timeout: Duration = timedelta(minutes=5)
    """Time-out of a query."""


def days(family: Family) -> list[date]:
    """Every UTC day of which the query gives a row, sorted."""
    source = _source(family)
    with _connected(source) as connection:
        first, last = _span(connection, source, family)
        if first is None or last is None:
            return []
        every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        return [day for day in every if _has_rows(connection, source, day)]


def rows(family: Family, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A UTC day's readings and rejects, as the query gives them."""
    import sqlalchemy

    source = _source(family)
    with _connected(source) as connection:
        parameters = _between(source, connection.dialect.name, day, day + timedelta(days=1))
        result = connection.execute(sqlalchemy.text(source.query), parameters)
        table = pd.DataFrame.from_records(result.fetchall(), columns=list(result.keys()), coerce_float=True)
    return checked_day(table, family, day, "sql")


def _source(family: Family) -> SqlSource:
    """The family's source. UnusableError for a wrong key, a query without the day's bounds, a password in the URL."""
    source = parse(SqlSource, family.source, "source")
    check_query(source.query, "time >= :start and time < :end")
    return source


@contextmanager
def _connected(source: SqlSource) -> Iterator[Connection]:
    """A connection that only reads. StorageError when the database does not answer or refuses the query."""
    engine, secret = _engine(source)
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with with_retries(engine.connect, _passes) as connection:
            yield connection
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        where = engine.url.render_as_string(hide_password=True)
        raise StorageError(f"the database {where} failed: {without_secret(reason, secret)}") from None
    finally:
        engine.dispose()


def _passes(error: Exception) -> bool:
    """Whether a database that could not be reached may be reached a moment later: it is down, starts, or is full."""
    reason = str(getattr(error, "orig", ""))
    return type(error).__name__ == "OperationalError" and (
        "FATAL" not in reason or any(word in reason for word in ("starting up", "shutting down", "too many"))
    )


def _engine(source: SqlSource) -> tuple[Engine, str]:
    """What connects to the database, and the password, so that no message shows it."""
    try:
        import sqlalchemy
    except ImportError as error:
        raise not_installed("a source of kind sql", "SQLAlchemy", "sql") from error
    try:
        url = sqlalchemy.make_url(source.url)
    except sqlalchemy.exc.ArgumentError:
        raise UnusableError("the source's url is not a URL", "write postgresql+psycopg2://user@host/database") from None
    if url.password:
        remedy = 'leave it out of the url and write password = { env = "NAME" }'
        raise UnusableError("the source's url holds a password", remedy)
    secret = source.password.read() if source.password else ""
    url = url.set(password=secret) if secret else url
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise NotThereError(f"there is no SQLite database at {url.database}", "correct `url` of the source")
    try:
        return sqlalchemy.create_engine(url, connect_args=_options(url.get_backend_name(), source.timeout)), secret
    except ImportError as error:
        raise NotThereError(f"the database's driver is not installed ({error.name})", "install it") from error


def _options(backend: str, timeout: timedelta) -> dict[str, Any]:
    """The options for a driver: its time-out, a read-only session, and times in UTC."""
    seconds = max(1, round(timeout.total_seconds()))
    if backend == "postgresql":
        words = {"statement_timeout": f"{seconds}s", "default_transaction_read_only": "on", "timezone": "UTC"}
        return {"connect_timeout": min(30, seconds), "options": " ".join(f"-c {k}={v}" for k, v in words.items())}
    return {"timeout": seconds} if backend == "sqlite" else {}


def _between(source: SqlSource, backend: str, first: date, last: date) -> dict[str, object]:
    """The bounds of a query in the form that the database compares with."""
    form = source.times or ("text" if backend == "sqlite" else "timestamp")
    bounds = {"start": midnight(first), "end": midnight(last)}
    if form == "text":
        return {name: moment.strftime(source.time_format) for name, moment in bounds.items()}
    if form == "timestamp":
        return dict(bounds)
    return {name: int(moment.timestamp() * (1000 if form == "ms" else 1)) for name, moment in bounds.items()}


def _span(connection: Connection, source: SqlSource, family: Family) -> tuple[date | None, date | None]:
    """The first and the last UTC day of the query's rows."""
    import sqlalchemy

    name = family.layout.time[0]
    column: sqlalchemy.ColumnClause[Any] = sqlalchemy.column(name)
    inner = sqlalchemy.text(source.query).columns(column).subquery("readings")
    parameters = _between(source, connection.dialect.name, *EVER)
    ends = sqlalchemy.select(sqlalchemy.func.min(inner.c[name]), sqlalchemy.func.max(inner.c[name]))
    bounds = pd.Series(list(connection.execute(ends, parameters).one()))
    times = read_times(bounds, family.layout) if bounds.notna().all() else pd.Series([pd.NaT, pd.NaT])
    if times.isna().any():
        return None, None
    return times.iloc[0].date(), times.iloc[1].date()


def _has_rows(connection: Connection, source: SqlSource, day: date) -> bool:
    """Whether the query gives a row of a day; only the first one is fetched."""
    import sqlalchemy

    parameters = _between(source, connection.dialect.name, day, day + timedelta(days=1))
    lazily = connection.execution_options(stream_results=True, max_row_buffer=1)
    with lazily.execute(sqlalchemy.text(source.query), parameters) as result:
        return result.first() is not None
