"""Where a family's readings come from: each kind of source is a module that offers `days` and `rows`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

import pandas as pd

from sensors_data.errors import UnusableError
from sensors_data.series.intake import readings
from sensors_data.series.intake.readings_table import in_columns
from sensors_data.series.sources import delta as delta_source
from sensors_data.series.sources import duckdb as duckdb_source
from sensors_data.series.sources import http as http_source
from sensors_data.series.sources import iceberg as iceberg_source
from sensors_data.series.sources import inbox as inbox_source
from sensors_data.series.sources import influx as influx_source
from sensors_data.series.sources import opcua as opcua_source
from sensors_data.series.sources import prometheus as prometheus_source
from sensors_data.series.sources import sql as sql_source
from sensors_data.settings import Family
from sensors_data.wide_rows import WideRows


class Kind(Protocol):
    """What a module offers to be a source."""

    def days(self, family: Family) -> list[date]:
        """Every UTC day of which the source has a value, sorted."""
        ...

    def rows(self, family: Family, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
        """A UTC day's readings (time, asset, sensor, value) and its rejects (source, line, raw, reason, used)."""
        ...


KINDS: Mapping[str, Kind] = {
    "files": inbox_source,
    "sql": sql_source,
    "prometheus": prometheus_source,
    "http": http_source,
    "influxdb": influx_source,
    "opcua": opcua_source,
    "duckdb": duckdb_source,
    "delta": delta_source,
    "iceberg": iceberg_source,
}
"""A new kind is one new module and one line here."""


def source_of(family: Family) -> Kind:
    """The source that a family's settings name. UnusableError when there is no such kind."""
    if family.source_kind not in KINDS:
        known = ", ".join(KINDS)
        raise UnusableError(f"there is no source of kind '{family.source_kind}'", f"write one of {known}")
    return KINDS[family.source_kind]


def days_in(family: Family) -> list[date]:
    """Every UTC day of which a family's source has a value, sorted."""
    return source_of(family).days(family)


def take_day(family: Family, day: date) -> tuple[WideRows, pd.DataFrame]:
    """A family's readings of a UTC day, a column a sensor, and its rejects; errors as `read_day` raises them."""
    if family.source_kind == "files":
        return readings.take_day(family, day)
    rows, rejects = source_of(family).rows(family, day)
    return in_columns(rows, family.sensor_names), rejects


def read_day(family: Family, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A family's readings (time, asset, sensor, value) of a UTC day, and its rejects (source, line, raw, reason, used).

    NotThereError when there is nothing of the day, UnreadableError when it cannot be read, StorageError when a server
    does not answer.
    """
    return source_of(family).rows(family, day)
