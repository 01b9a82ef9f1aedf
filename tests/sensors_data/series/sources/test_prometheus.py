"""The source of Prometheus, tried on one that runs beside with the plant's samples in it."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sensors_data.errors import StorageError, UnreadableError, UnusableError
from sensors_data.series.sources import prometheus as prometheus_source
from sensors_data.series.sources.kinds import days_in, read_day
from sensors_data.settings import Family

pytest.importorskip("urllib3", reason="the extra http is not installed")
sys.path.insert(0, str(Path(__file__).parents[4] / "deploy" / "demo"))
from servers import running_prometheus

DAY = date(2026, 2, 14)
QUERIES = {"flow": "plant_flow", "speed": "plant_speed"}


def family_of(address, **changes):
    source = {
        "kind": "prometheus",
        "url": f"http://{address}",
        "queries": QUERIES,
        "since": "2026-02-10",
        "asset": "machine",
    }
    return Family.model_validate({"step": "5min", "sensors": {"flow": {}, "speed": {}}, "source": source | changes})


def metrics(rows: pd.DataFrame) -> str:
    """Rows in the OpenMetrics format, as promtool reads history."""
    lines = []
    for sensor, part in rows.groupby("sensor"):
        lines.append(f"# TYPE plant_{sensor} gauge")
        seconds = part["time"].astype("int64") / 1e6
        lines += [
            f'plant_{sensor}{{machine="{asset}",line="{line}"}} {value!r} {second}'
            for asset, line, value, second in zip(part["asset"], part["line"], part["value"], seconds, strict=True)
        ]
    return "\n".join([*lines, "# EOF", ""])


@pytest.fixture
def started(tmp_path, program):
    """A starter of a Prometheus that holds some rows."""
    program("prometheus")

    def start(rows: pd.DataFrame):
        (tmp_path / "history.txt").write_text(metrics(rows))
        command = [program("promtool"), "tsdb", "create-blocks-from", "openmetrics", "history.txt", "data"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        (tmp_path / "prometheus.yml").write_text("global: {}\n")
        return running_prometheus(tmp_path)

    return start


def test_prometheus_gives_the_partition_that_the_csv_gives(plant, started, monkeypatch):
    monkeypatch.setattr(prometheus_source, "POINTS", 100)  # three pages of the day's 288 steps
    with started(plant.rows.assign(line="a")) as address:
        source = family_of(address).source
        assert plant.take_in(source=source) == plant.expected
        assert days_in(family_of(address)) == [DAY]
        readings, rejects = read_day(family_of(address), DAY + timedelta(days=1))
        assert (len(readings), len(rejects)) == (0, 0)


def test_a_step_takes_its_own_last_sample_and_no_other_steps(started):
    moments = ["00:00:00", "00:04:59.998", "00:10:00", "23:59:59.999"]
    times = pd.to_datetime([f"{DAY}T{moment}Z" for moment in moments], format="ISO8601").as_unit("us")
    rows = pd.DataFrame({"time": times, "asset": "p1", "sensor": "flow", "value": [1.0, 2.0, 3.0, 4.0], "line": "a"})
    with started(rows) as address:
        readings, _ = read_day(family_of(address, queries={"flow": "plant_flow"}), DAY)
    assert readings["time"].dt.strftime("%H:%M").tolist() == ["00:00", "00:10", "23:55"]
    assert readings["value"].tolist() == [2.0, 3.0, 4.0]


def test_two_series_of_one_asset_and_a_wrong_expression_are_refused(started):
    times = pd.date_range(DAY, periods=3, freq="5min", tz="UTC", unit="us")
    rows = pd.DataFrame({"time": times, "asset": "p1", "sensor": "flow", "value": np.arange(3.0)})
    with started(pd.concat([rows.assign(line="a"), rows.assign(line="b")]).sort_values("line")) as address:
        with pytest.raises(UnusableError, match="query of flow gives several series of p1; make it one"):
            read_day(family_of(address, queries={"flow": "plant_flow"}), DAY)
        with pytest.raises(UnusableError, match="no label 'machine'"):
            read_day(family_of(address, queries={"flow": "sum(plant_flow)"}), DAY)
        with pytest.raises(StorageError, match=r"answers 400.*parse error"):
            read_day(family_of(address, queries={"flow": "plant_flow{"}), DAY)
        one = family_of(address, queries={"flow": "sum by (machine) (plant_flow)"})
        assert read_day(one, DAY)[0]["value"].tolist() == [0.0, 2.0, 4.0]


def test_a_server_that_warns_of_a_missing_part_is_not_taken_for_whole():
    part = {"status": "success", "warnings": ["store 2 did not answer"], "data": {"resultType": "matrix", "result": []}}
    with pytest.raises(UnreadableError, match="a part of `flow` alone: store 2 did not answer"):
        prometheus_source._series(part, "flow")


def test_a_query_of_an_unknown_sensor_is_refused():
    with pytest.raises(UnusableError, match=r"does not have: \['depth'\]"):
        read_day(family_of("127.0.0.1:9", queries={"depth": "plant_depth"}), DAY)
