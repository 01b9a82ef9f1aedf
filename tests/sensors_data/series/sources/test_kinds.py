"""The seam of sources: what a new kind costs, and what is said of a wrong one."""

import re
import tomllib
from datetime import date
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from sensors_data.errors import UnusableError
from sensors_data.provenance import settings_hash
from sensors_data.series.bridge.landing import folder_of
from sensors_data.series.bridge.run import bridge_of
from sensors_data.series.jobs import ingest
from sensors_data.series.sources import kinds as sources
from sensors_data.series.sources.delta import DeltaSource
from sensors_data.series.sources.duckdb import DuckdbSource
from sensors_data.series.sources.http import HttpSource
from sensors_data.series.sources.iceberg import IcebergSource
from sensors_data.series.sources.influx import InfluxSource
from sensors_data.series.sources.opcua import OpcuaSource
from sensors_data.series.sources.prometheus import PrometheusSource
from sensors_data.series.sources.sql import SqlSource
from sensors_data.settings import Family, Settings, parse
from sensors_data.store import Store

DAY = date(2026, 2, 14)
PLAIN = {"step": "1h", "sensors": {"flow": {}}}

TOY = """
from datetime import date

import pandas as pd

from sensors_data.series.intake.table_rows import checked_readings

DAY = date(2026, 2, 14)


def days(family):
    return [DAY]


def rows(family, day):
    times = pd.date_range(day, periods=24, freq="1h", tz="UTC")
    table = pd.DataFrame({"time": times, "asset": "p1", "sensor": "flow", "value": 1.5})
    return checked_readings(table, family, day, "toy")
"""


def test_a_new_kind_of_source_costs_one_file_and_one_line(tmp_path, monkeypatch):
    toy_source = ModuleType("toy_source")
    exec(TOY, toy_source.__dict__)  # noqa: S102
    monkeypatch.setitem(sources.KINDS, "toy", toy_source)
    family = PLAIN | {"source": {"kind": "toy"}}
    settings = Settings.model_validate({"store": str(tmp_path), "families": {"pump": family}})
    assert sources.days_in(settings.family("pump")) == [DAY]
    assert ingest(settings, DAY, "pump") == f"ingested pump {DAY}: 24 values, 1 asset, 1 sensor, 0 rejects"
    readings = Store(settings.store).read("readings", family="pump", day=DAY)
    assert readings["flow"].tolist() == [1.5] * 24
    assert readings["time"].iloc[-1] == pd.Timestamp("2026-02-14T23:00Z")


def test_an_unknown_kind_names_the_known_ones():
    family = Family.model_validate(PLAIN | {"source": {"kind": "tape"}})
    with pytest.raises(
        UnusableError, match="no source of kind 'tape'; write one of files, sql, prometheus, http, influxdb"
    ):
        sources.days_in(family)


def test_files_are_a_kind_like_the_others(tmp_path):
    inbox = str(tmp_path / "{day}.csv")
    (tmp_path / f"{DAY}.csv").write_text("time,flow\n" + "".join(f"{DAY}T{hour:02}:00Z,{hour}\n" for hour in range(24)))
    plain, named = (
        Family.model_validate(PLAIN | where)
        for where in ({"inbox": inbox}, {"source": {"kind": "files", "inbox": inbox}})
    )
    assert named == plain
    assert len(sources.read_day(named, DAY)[0]) == 24


@pytest.mark.parametrize("where", [{}, {"inbox": "a.csv", "source": {"kind": "sql"}}, {"source": {"url": "x"}}])
def test_a_family_has_one_place_where_its_readings_come_from(where):
    with pytest.raises(ValueError, match="inbox"):
        Family.model_validate(PLAIN | where)


def test_the_place_of_readings_is_no_part_of_what_was_made_of_them():
    here, there = (
        Family.model_validate(PLAIN | where) for where in ({"inbox": "a.csv"}, {"source": {"kind": "sql", "url": "u"}})
    )
    assert settings_hash(here) == settings_hash(there)


SECTIONS = {
    "sql": SqlSource,
    "prometheus": PrometheusSource,
    "http": HttpSource,
    "influxdb": InfluxSource,
    "opcua": OpcuaSource,
    "duckdb": DuckdbSource,
    "delta": DeltaSource,
    "iceberg": IcebergSource,
}


def test_every_kind_of_source_is_documented_with_settings_that_are_read():
    shown = set()
    for page in (Path(__file__).parents[4] / "docs" / "how-to" / "sources").glob("*.md"):
        for block in re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            family = parse(Family, tomllib.loads(block)["families"]["pump"], page.name)
            shown.add(family.source_kind)
            if family.source:
                parse(SECTIONS[family.source_kind], family.source, page.name)
            if family.bridge:
                assert bridge_of(family, page.name).reader.topic
                assert folder_of(family) == "landed/{day}"
    assert shown == set(sources.KINDS) == {"files", *SECTIONS}
