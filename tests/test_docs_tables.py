"""docs/tables.md is written from the tables' own columns, and what it tells a reader to run runs."""

import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sensors_data.provenance import Provenance
from sensors_data.store import Store
from sensors_data.tables import TABLES
from sensors_data.tables_page import page, section

TEXT = (Path(__file__).parents[1] / "docs" / "tables.md").read_text(encoding="utf-8")
SECTIONS = {part.split("\n", 1)[0].strip(): part for part in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]}
SNIPPETS = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)


def cells(section: str) -> list[list[str]]:
    """The rows of a section's table, without its head."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_page_is_what_its_script_writes():
    assert page(TEXT) == TEXT
    assert set(SECTIONS) - {"Read them", "Provenance"} == set(TABLES)


def test_a_section_states_columns_types_units_meanings_path_and_order():
    drift = section(TABLES["drift"])
    assert "Path `drift/family=pump/day=2026-11-21/data.parquet`, sorted by sensor, measure." in drift
    assert cells(drift)[4] == ["limit", "double", "", "the limit it is compared with"]
    assert cells(section(TABLES["scores"]))[2][2] == "nats per observed value"


def test_every_column_has_its_meaning_and_new_ones_stand_last():
    for table in TABLES.values():
        assert all(column.meaning for column in (*table.columns, *table.a_sensor))
        assert [column.since for column in table.columns] == sorted(column.since for column in table.columns)


def test_the_provenance_keys_are_those_that_are_written():
    assert [row[0] for row in cells(SECTIONS["Provenance"])] == list(Provenance.model_fields)


def score_rows() -> pd.DataFrame:
    """Ten rows of two assets, three of them over the threshold."""
    score = np.array([1.0, 2, 9, 1, 2, 1, 8, 7, 1, np.nan])
    times = pd.date_range("2026-11-21", periods=5, freq="5min", tz="UTC", unit="us")
    over = {"is_anomaly": score > 5, "suppressed": score == 8, "top_sensor": "flow", "model": "pump@2026-11-20"}
    frame = pd.DataFrame({"time": times.append(times), "asset": ["p1"] * 5 + ["p2"] * 5, "score": score})
    return frame.assign(threshold=5.0, p_value=0.5 / (1 + score), observed_share=1.0, evidence=0.0, **over)


@pytest.fixture
def small_store(tmp_path, monkeypatch):
    """A store in ./store with a family's scores, as the snippets expect it."""
    monkeypatch.chdir(tmp_path)
    store, rows = Store("store"), score_rows()
    where = {"family": "pump", "day": date(2026, 11, 21), "shard": 0}
    job = Provenance(job="score-series", model="pump@2026-11-20")
    store.write("scores", rows.sample(frac=1, random_state=0), job, **where)
    value = {"value": 1.0, "expected": 2.0, "low": 0.0, "high": 3.0, "observed": True}
    parts = [
        rows[["time", "asset", "score"]].assign(sensor=s, share=x, **value) for s, x in (("flow", 0.7), ("speed", 0.3))
    ]
    store.write("sensor_scores", pd.concat(parts), job, **where)
    wide = rows[["time", "asset"]].assign(flow=np.arange(10.0), speed=[np.nan, *range(9)])
    store.write("readings", wide, Provenance(job="ingest"), family="pump", day=date(2026, 11, 21))
    observed = {"observed_flow": wide["flow"] > 3, "observed_speed": wide["speed"].notna()}
    store.write("grid", wide.assign(**observed), Provenance(job="impute"), **where)
    (tmp_path / "store/scores/family=pump/day=2026-11-21/.shard-0.parquet.7-ab.tmp").write_bytes(b"half")
    return store


def test_every_snippet_runs_on_a_store(small_store, capsys):
    said = []
    for number, snippet in enumerate(SNIPPETS):
        exec(compile(snippet, f"snippet {number}", "exec"), {})  # noqa: S102
        said.append(capsys.readouterr().out)
    pandas_said, arrow_said, duckdb_said, joined, hourly, imputed, values, provenance = said
    assert [float(line.split()[-3]) for line in pandas_said.splitlines()[1:]] == [9.0, 7.0]
    assert [line.split()[-2] for line in arrow_said.splitlines()[1:]] == ["9.0", "8.0", "7.0"]
    assert re.findall(r"pump .* (p\d) .* (\d) .* (\d\.0)", duckdb_said) == [("p1", "1", "9.0"), ("p2", "1", "7.0")]
    assert len(re.findall(r"flow|speed", joined)) == 6
    assert re.findall(r"00:00:00\+00:00 +([\d.]+) +([\d.]+)", hourly) == [("2.0", "1.5")]
    assert re.findall(r"(True|False) +([\d.]+) +(\d)", imputed) == [("False", "1.5", "4"), ("True", "6.5", "6")]
    assert re.findall(r"(p\d) +│ (\w+) +│ +(\d) │ +([\d.]+)", values) == [
        ("p1", "flow", "5", "2.0"),
        ("p1", "speed", "4", "1.5"),
        ("p2", "flow", "5", "7.0"),
        ("p2", "speed", "5", "6.0"),
    ]
    assert "'job': 'score-series', 'model': 'pump@2026-11-20'" in provenance
    assert "'rows': 10, 'revision': 1" in provenance


def test_rows_of_one_file_come_sorted_to_any_reader(small_store):
    import duckdb
    import pyarrow.parquet as pq

    path = "store/scores/family=pump/day=2026-11-21/shard-0.parquet"
    expected = score_rows()[["asset", "time"]].astype(str).to_numpy().tolist()
    for found in (pd.read_parquet(path), pq.ParquetFile(path).read().to_pandas()):
        assert found[["asset", "time"]].astype(str).to_numpy().tolist() == expected
    assert duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchall() == [(10,)]  # noqa: S608
