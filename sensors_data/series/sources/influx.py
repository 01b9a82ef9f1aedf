"""The source `influxdb`: a query of InfluxDB 1 (InfluxQL), 2 (Flux) or 3 (SQL), for a part of the day at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import pandas as pd
from pydantic import model_validator

from sensors_data.errors import UnreadableError, UnusableError
from sensors_data.series.intake.table_rows import checked_day
from sensors_data.series.sources.credentials import Secret
from sensors_data.series.sources.day_bounds import check_query, day_bounds
from sensors_data.series.sources.web import Server
from sensors_data.settings import Duration, Family, Layout, Section, parse

FIRST_ROW = {1: "{query} limit 1", 2: "{query}\n  |> limit(n: 1)", 3: "select * from ({query}) limit 1"}
"""What is asked to learn whether a span has a row."""
FRAME = ("result", "table", "_start", "_stop", "_measurement")
"""What version 2 adds to each row."""


class InfluxSource(Section):
    """An InfluxDB and a query, in which `:start` and `:end` stand for the requested times."""

    kind: Literal["influxdb"]
    """The kind of source."""
    version: Literal[1, 2, 3]
    """Version of the server: 1 is queried in InfluxQL, 2 in Flux, 3 in SQL."""
    url: str
    """Address of the server, like `http://influx:8086`."""
    query: str
    """The query, like `select flow, speed from pump where time >= :start and time < :end group by machine`."""
    since: date
    """The first day to request."""
    database: str = ""
    """Versions 1 and 3: the database."""
    org: str = ""
    """Version 2: the organisation; the bucket is named in the query."""
    page: Duration = timedelta(hours=6)
    """How much of a day to request at once."""
    token: Secret | None = None
    """Where to read a token (versions 2 and 3)."""
    user: str = ""
    """User name for the password (version 1)."""
    password: Secret | None = None
    """Where to read the password."""
    timeout: Duration = timedelta(minutes=2)
    """Time-out of a request."""

    @model_validator(mode="after")
    def _complete(self) -> InfluxSource:
        example = "|> range(start: :start, stop: :end)" if self.version == 2 else "time >= :start and time < :end"
        check_query(self.query, example)
        wanted = "org" if self.version == 2 else "database"
        if not getattr(self, wanted):
            raise UnusableError(f"InfluxDB {self.version} is asked with `{wanted}`", f'write {wanted} = "..."')
        return self


def days(family: Family) -> list[date]:
    """Every UTC day since the source's `since` of which the query gives a row, sorted; a request a day."""
    source = parse(InfluxSource, family.source, "source")
    first_row = source.model_copy(update={"query": FIRST_ROW[source.version].format(query=source.query.rstrip("; \n"))})
    many = (datetime.now(UTC).date() - source.since).days + 1
    every = [source.since + timedelta(days=number) for number in range(many)]
    return [day for day in every if len(_table(first_row, *day_bounds(day)))]


def rows(family: Family, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A UTC day's readings and rejects, as the query gives them. UnreadableError for an answer that was cut short."""
    source = parse(InfluxSource, family.source, "source")
    tables = [table for start, end in _pages(source, day) if len(table := _table(source, start, end))]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return checked_day(_without_frame(table, family.layout), family, day, "influxdb")


def _pages(source: InfluxSource, day: date) -> Iterator[tuple[datetime, datetime]]:
    """The spans of a day that are asked for one after the other."""
    start, end = day_bounds(day)
    while start < end:
        until = min(start + source.page, end)
        yield start, until
        start = until


def _table(source: InfluxSource, start: datetime, end: datetime) -> pd.DataFrame:
    """The rows of a span as one table: of version 2 in text, of the others in the answer's types."""
    scheme = "Token" if source.version == 2 else "Bearer"
    server = Server(source.url, source.timeout, source.token, source.user, source.password, scheme=scheme)
    root, mark = source.url.rstrip("/"), "" if source.version == 2 else "'"
    query = source.query
    for name, moment in ((":start", start), (":end", end)):
        query = query.replace(name, f"{mark}{moment:%Y-%m-%dT%H:%M:%SZ}{mark}")
    if source.version == 1:
        return _series(server.ask(f"{root}/query", {"db": source.database, "q": query}))
    if source.version == 2:
        question = {"query": query, "type": "flux", "dialect": {"header": True, "annotations": []}}
        return _csv(server.post(f"{root}/api/v2/query", {"org": source.org}, question))
    answer = server.ask(f"{root}/api/v3/query_sql", {"db": source.database, "q": query, "format": "json"})
    if not isinstance(answer, list):
        raise UnreadableError(f"InfluxDB gives no list of rows: {str(answer)[:200]}")
    return pd.DataFrame(answer)


def _series(answer: Any) -> pd.DataFrame:
    """The series of an answer in InfluxQL's form, their tags as columns. UnreadableError where one is cut short."""
    (result,) = answer["results"] if isinstance(answer, dict) and len(answer.get("results", [])) == 1 else [None]
    if result is None or "error" in result:
        raise UnreadableError(f"InfluxDB gives no rows: {str(result or answer)[:200]}", "correct `query`: one `select`")
    series = result.get("series", [])
    if result.get("partial") or any(part.get("partial") for part in series):
        raise UnreadableError("InfluxDB returns only a part of the rows (max-row-limit)", "make `page` shorter")
    parts = [pd.DataFrame(part["values"], columns=part["columns"]).assign(**part.get("tags", {})) for part in series]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _csv(body: bytes) -> pd.DataFrame:
    """The tables of an answer in CSV, which are apart by an empty line, each with a header of its own."""
    blocks = [block for block in body.decode("utf-8").replace("\r\n", "\n").split("\n\n") if block.strip()]
    parts = [pd.read_csv(io.StringIO(block), dtype=str, keep_default_na=False) for block in blocks]
    for part in parts:
        if "error" in part.columns:
            raise UnreadableError(f"InfluxDB broke off: {part['error'].iloc[0][:200]}", "correct `query`, or ask again")
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _without_frame(table: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """A table without what a server adds to each row, but for what the layout names."""
    named = {*layout.time, *(layout.asset or ()), *layout.sensor, layout.value}
    added = [name for name in table.columns if name in FRAME or str(name).startswith("Unnamed")]
    return table.drop(columns=[name for name in added if name not in named])
