"""The source `prometheus`: a PromQL expression a sensor, by range queries, the last sample of each step."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from sensors_data.errors import UnreadableError, UnusableError
from sensors_data.series.intake.table_rows import checked_readings
from sensors_data.series.sources.credentials import Secret
from sensors_data.series.sources.day_bounds import midnight
from sensors_data.series.sources.web import Server
from sensors_data.settings import Duration, Family, Label, Section, parse

POINTS = 10_000
"""Points of a series that are asked for at once; Prometheus refuses more than 11,000."""
HOUR = timedelta(hours=1)
MOMENT = timedelta(milliseconds=1)
"""Prometheus counts time in these."""


class PrometheusSource(Section):
    """A Prometheus, or a server with the same API, and the queries."""

    kind: Literal["prometheus"]
    """The kind of source."""
    url: str
    """Address of the server, like `http://prometheus:9090`."""
    queries: dict[Label, str] = Field(min_length=1)
    """The expression of each sensor, like `{ flow = "plant_flow" }`; it must give one series per asset."""
    since: date
    """The first day to request."""
    asset: str = "instance"
    """The label whose value is the asset."""
    token: Secret | None = None
    """Where to read a bearer token."""
    user: str = ""
    """User name for the password."""
    password: Secret | None = None
    """Where to read the password."""
    timeout: Duration = timedelta(minutes=2)
    """Time-out of a request."""


def days(family: Family) -> list[date]:
    """Every UTC day since the source's `since` in some hour of which a series has a sample, sorted."""
    source = _source(family)
    first, last = source.since, datetime.now(UTC).date()
    known: set[date] = set()
    for query in source.queries.values():
        for series in _range_query(source, f"count({query})", first, last, HOUR):
            known |= {datetime.fromtimestamp(moment, UTC).date() for moment, _ in series["values"]}
    return sorted(known)


def rows(family: Family, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A UTC day's readings and rejects: of each step the last sample, dated to the step's start.

    UnusableError when an expression gives two series of one asset.
    """
    source = _source(family)
    parts = [_sensor_rows(source, family, sensor, query, day) for sensor, query in source.queries.items()]
    table = pd.concat(parts, ignore_index=True)
    return checked_readings(table, family, day, "prometheus")


def _source(family: Family) -> PrometheusSource:
    """The family's source. UnusableError for a wrong key or an expression of a sensor that the family does not have."""
    source = parse(PrometheusSource, family.source, "source")
    if unknown := sorted(set(source.queries) - set(family.sensors)):
        raise UnusableError(f"the source has queries of sensors that the family does not have: {unknown}")
    return source


def _sensor_rows(source: PrometheusSource, family: Family, sensor: str, query: str, day: date) -> pd.DataFrame:
    """Rows (time, value, asset, sensor) of one sensor's day; a sample that is no number is none."""
    step = family.step
    parts, labels = [], dict[str, dict[str, str]]()
    for series in _range_query(source, query, day, day, step):
        asset = series["metric"].get(source.asset, "")
        if not asset:
            raise UnusableError(f"a series of {sensor} has no label '{source.asset}'", "name the label in `asset`")
        if labels.setdefault(asset, series["metric"]) != series["metric"]:
            remedy = f"make it one, like sum by ({source.asset}) (...)"
            raise UnusableError(f"the query of {sensor} gives several series of {asset}", remedy)
        moments = np.array([round(1000 * moment) for moment, _ in series["values"]], dtype=np.int64)
        ends = moments.astype("datetime64[ms]").astype("datetime64[us]")
        starts = ends - np.timedelta64(step, "us") + np.timedelta64(MOMENT, "us")
        values = np.array([float(value) for _, value in series["values"]])
        part = pd.DataFrame({"time": pd.DatetimeIndex(starts, tz="UTC"), "value": values})
        parts.append(part[~np.isnan(values)].assign(asset=asset, sensor=sensor))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _range_query(
    source: PrometheusSource, query: str, first: date, last: date, step: timedelta
) -> Iterator[dict[str, Any]]:
    """Series of an expression over the days [first, last], evaluated at the last moment of each step, page by page.

    Each evaluation looks back as far as its step and no farther, so that no sample stands for another step.
    """
    server = Server(source.url, source.timeout, source.token, source.user, source.password)
    begin, end = (midnight(day) for day in (first, last + timedelta(days=1)))
    steps = (end - begin) // step
    for page in range(math.ceil(steps / POINTS)):
        at = begin + (page * POINTS + 1) * step - MOMENT
        until = begin + min(steps, (page + 1) * POINTS) * step - MOMENT
        answer = server.ask(
            f"{source.url.rstrip('/')}/api/v1/query_range",
            {
                "query": query,
                "start": f"{at.timestamp():.3f}",
                "end": f"{until.timestamp():.3f}",
                "step": f"{step.total_seconds():g}",
                "lookback_delta": f"{step.total_seconds():g}",  # Prometheus 2 looks back a millisecond farther
                "timeout": f"{source.timeout.total_seconds():g}s",
            },
        )
        yield from _series(answer, query)


def _series(answer: Any, query: str) -> list[dict[str, Any]]:
    """The series in an answer. UnreadableError when it is none, or warns that a part is missing."""
    if not isinstance(answer, dict) or answer.get("status") != "success":
        raise UnreadableError(f"Prometheus gives no series of `{query}`: {str(answer)[:200]}")
    if answer.get("warnings"):
        raise UnreadableError(f"Prometheus gives a part of `{query}` alone: {'; '.join(answer['warnings'])[:200]}")
    data = answer["data"]
    if data["resultType"] != "matrix":
        raise UnusableError(f"`{query}` gives a {data['resultType']}, not a series for each asset")
    series: list[dict[str, Any]] = data["result"]
    return series
