"""What docs/how-to/store.md tells a reader to run registers a table as Delta or Iceberg, also after a rerun."""

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from anomaly.series.night.asset_days import asset_days_of
from sensors_data.arrow_rows import as_table
from sensors_data.provenance import Provenance
from sensors_data.store import Store
from sensors_data.upkeep.verify import paths_of, verify

PAGE = (Path(__file__).parents[1] / "docs" / "how-to" / "store.md").read_text(encoding="utf-8")
REGISTER, READ, REGISTER_ICEBERG, READ_ICEBERG = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


def write(store: Store, day: date, worst: float) -> None:
    """A day of two assets, the second of which is the worse one."""
    row = {"time": pd.Timestamp(day, tz="UTC"), "threshold": 2.0, "p_value": 0.1, "suppressed": False}
    row |= {"top_sensor": "flow", "observed_share": 1.0, "model": "pump@x", "evidence": 0.0, "is_anomaly": False}
    rows = as_table(
        "scores", pd.DataFrame([row | {"asset": "p1", "score": 0.5}, row | {"asset": "p2", "score": worst}])
    )
    store.write("scores", rows, Provenance(job="test"), family="pump", day=day, shard=0)
    store.write("asset_days", asset_days_of(day, rows), Provenance(job="test"), family="pump", day=day)


def run(block: str) -> None:
    exec(compile(block, "store.md", "exec"), {})  # noqa: S102


def test_a_table_registered_as_delta_is_read_again_after_a_rerun_and_its_files_stay(tmp_path, monkeypatch, capsys):
    pytest.importorskip("deltalake", reason="the extra delta is not installed")
    pytest.importorskip("polars", reason="polars is not installed")
    monkeypatch.chdir(tmp_path)
    store, days = Store("store"), [date(2026, 3, 1), date(2026, 3, 2)]
    for day in days:
        write(store, day, 3.0)
    before = {path: store.read_bytes(path) for path in store.files("asset_days")}
    run(REGISTER)
    run(READ)
    assert re.findall(r"(p\d) +┆ (\d\.\d)", capsys.readouterr().out) == [("p2", "3.0"), ("p1", "0.5")]
    assert {path: store.read_bytes(path) for path in before} == before
    write(store, days[1], 7.0)
    run(REGISTER)
    run(READ)
    assert re.findall(r"(p\d) +┆ (\d\.\d)", capsys.readouterr().out) == [("p2", "7.0"), ("p1", "0.5")]
    assert store.days("asset_days", family="pump") == days
    assert store.days("asset_days") == days
    assert len(store.written("asset_days")) == 2
    assert not list(filter(None, verify(store, paths_of(store, None))))


def test_a_table_registered_as_iceberg_is_read_again_after_a_rerun_and_its_files_stay(tmp_path, monkeypatch, capsys):
    pytest.importorskip("pyiceberg", reason="the extra iceberg is not installed")
    monkeypatch.chdir(tmp_path)
    store, days = Store("store"), [date(2026, 3, 1), date(2026, 3, 2)]
    for day, worst in zip(days, (9.0, 3.0), strict=True):
        write(store, day, worst)
    before = {path: store.read_bytes(path) for path in store.files("scores")}
    run(REGISTER_ICEBERG)
    run(READ_ICEBERG)
    assert re.findall(r"(p\d) +(\d\.\d)", capsys.readouterr().out) == [("p2", "3.0"), ("p1", "0.5")]
    assert {path: store.read_bytes(path) for path in store.files("scores")} == before
    write(store, days[1], 7.0)
    run(REGISTER_ICEBERG)
    run(READ_ICEBERG)
    assert re.findall(r"(p\d) +(\d\.\d)", capsys.readouterr().out) == [("p2", "7.0"), ("p1", "0.5")]
    assert not list(filter(None, verify(store, paths_of(store, None))))
