"""Folders with a file a sensor: names of files that are quantities or tags, and files with a column of their own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sensors_data.layout import Layout
from sensors_data.series.files.file_names import sensor_of
from sensors_data.series.intake.readings import read_day
from sensors_data.series.understanding.discover import discover

TIMES = pd.date_range("2026-02-02", periods=288, freq="15min")


def written(folder, headers, behind=""):
    """A folder with a file a header, all of the same times."""
    folder.mkdir()
    random = np.random.default_rng(0)
    for number, (name, header) in enumerate(headers.items()):
        rows = [f"{time},{20 * (number + 1) + random.normal():.2f}{behind}" for time in TIMES]
        (folder / name).write_text("\n".join([header, *rows]) + "\n")
    return folder


def test_files_called_as_quantities_are_sensors_of_one_machine(tmp_path):
    names = ("flow.csv", "pressure.csv", "Supply temperature.csv")
    found = discover(written(tmp_path / "in", dict.fromkeys(names, "time,value,unit"), ",bar"))
    assert found.assets == ("asset",)
    assert list(found.family.sensors) == ["Supply temperature", "flow", "pressure"]
    assert (found.used, found.refused, found.unsure) == (3 * 288, {}, ())
    readings, rejects = read_day(found.family, TIMES[0].date())
    assert (len(readings), len(rejects)) == (3 * 96, 0)
    assert readings.groupby("sensor", observed=True)["value"].mean().round(-1).to_dict() == {
        "Supply temperature": 60,
        "flow": 20,
        "pressure": 40,
    }


def test_files_called_as_tags_keep_the_whole_tag(tmp_path):
    names = ("21FI105.PV.csv", "21PI110.PV.csv", "21TI107.PV.csv")
    found = discover(written(tmp_path / "in", dict.fromkeys(names, "Timestamp,Value,Status"), ",Good"))
    assert list(found.family.sensors) == ["21FI105.PV", "21PI110.PV", "21TI107.PV"]
    assert found.family.layout.quality == "Status"
    assert found.used == 3 * 288


def test_units_in_headers_do_not_part_the_files(tmp_path):
    headers = {"co2.csv": "time,value (ppm)", "humidity.csv": "time,value (%)", "temperature.csv": "time,value (°C)"}
    found = discover(written(tmp_path / "in", headers))
    assert list(found.family.sensors) == ["co2", "humidity", "temperature"]
    assert found.used == 3 * 288


def test_a_machine_stands_before_its_quantity(tmp_path):
    names = ("P101_Flow.csv", "P101_Temp.csv", "P102_Flow.csv", "P102_Temp.csv")
    found = discover(written(tmp_path / "in", dict.fromkeys(names, "time,value")))
    assert found.assets == ("P101", "P102")
    assert list(found.family.sensors) == ["Flow", "Temp"]
    readings, _ = read_day(found.family, TIMES[0].date())
    assert len(readings) == 4 * 96


def test_files_with_a_column_of_their_own_are_joined_by_time(tmp_path):
    headers = {name: f"time,{name.split('.')[0]}" for name in ("co2.csv", "humidity.csv", "x7.csv")}
    found = discover(written(tmp_path / "in", headers))
    assert found.assets == ("asset",)
    assert list(found.family.sensors) == ["co2", "humidity", "x7"]
    assert (found.used, found.unsure) == (3 * 288, ())
    assert any("3 sensors are joined by time" in text for text in found.odd)


@pytest.mark.parametrize("names", [("kiln-1.csv", "kiln-2.csv"), ("P101.csv", "P102.csv"), ("HX10.csv", "PU11.csv")])
def test_files_called_as_machines_stay_machines(tmp_path, names):
    found = discover(written(tmp_path / "in", dict.fromkeys(names, "time,value")))
    assert found.assets == tuple(name.removesuffix(".csv") for name in names)
    assert list(found.family.sensors) == ["value"]


def test_a_part_of_the_name_may_be_the_sensor():
    assert sensor_of("P101_Temp.csv.gz", Layout(sensor_from_file="_([^_]+)$")) == "Temp"
    assert sensor_of("line/21TI107.PV.csv", Layout(sensor_from_file=True)) == "21TI107.PV"


def test_several_columns_beside_the_time_are_refused_with_the_remedy(tmp_path):
    found = discover(written(tmp_path / "in", dict.fromkeys(("flow.csv", "level.csv"), "time,value")))
    (tmp_path / "in" / "speed.csv").write_text("time,value,other\n2026-02-02 00:00,1,2\n2026-02-02 00:15,1,2\n")
    _, rejects = read_day(found.family, TIMES[0].date())
    assert rejects["reason"].str.contains("sensor_from_file wants one").sum() == 1
