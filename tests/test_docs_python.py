"""The Python of the README, the tutorials and the how-to pages runs as it stands."""

import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sensors_data.provenance import Provenance
from sensors_data.store import Store
from sensors_data.tables import TABLES

ROOT = Path(__file__).parents[1]
FAMILIES = "name,step,sensors,assets,shards\npump,15min,flow;pressure;speed,12,1\noven,1min,temperature;power,900,8\n"


def blocks(page: str) -> list[str]:
    """The Python blocks of a page."""
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


def run_blocks(page: str, **names: object) -> dict[str, object]:
    """Run a page's blocks one after the other, with some names given; all names afterwards."""
    space = dict(names)
    for number, block in enumerate(blocks(page)):
        exec(compile(block, f"{page}, block {number}", "exec"), space)  # noqa: S102
    return space


def frame(first: str, days: int) -> pd.DataFrame:
    """Readings of pump-1 every five minutes, wide."""
    times = pd.date_range(first, periods=days * 288, freq="5min", tz="UTC")
    random = np.random.default_rng(days)
    speed = 1500 + 40 * np.sin(2 * np.pi * np.arange(len(times)) / 96) + random.normal(0, 4, len(times))
    return pd.DataFrame(
        {"time": times, "asset": "pump-1", "speed": speed, "flow": 0.06 * speed + random.normal(0, 1, len(times))}
    )


def anomalies(peaks: dict[float, bool]) -> pd.DataFrame:
    """Rows of `anomalies` by their peak score, true where they lie in planned work."""
    empty = TABLES["anomalies"].schema.empty_table().to_pandas()
    row = {
        "asset": "pump-1",
        "start": pd.Timestamp("2026-03-26", tz="UTC"),
        "severity": "info",
        "rows": 3,
        "model": "m",
        "sensors": [{"sensor": "flow", "share": 1.0}],
    }
    row |= dict.fromkeys(("end", "cleared"), pd.Timestamp("2026-03-27", tz="UTC"))
    row |= {
        "detected": row["start"],
        "run_start": row["start"],
        "peak_time": pd.Timestamp("2026-03-26 05:00", tz="UTC"),
        "state": "ended",
    }
    rows = [{**row, "anomaly_id": f"{peak:g}", "peak_score": peak, "suppressed": s} for peak, s in peaks.items()]
    return pd.DataFrame(rows).reindex(columns=empty.columns)


@pytest.fixture
def store(tmp_path, monkeypatch) -> Path:
    """A folder with a store as the README speaks of it: an anomaly, and a worse one in planned work."""
    monkeypatch.chdir(tmp_path)
    found = anomalies({83.8: True, 4.85: False})
    where = {"family": "pump", "day": date(2026, 3, 26)}
    Store("demo/store").write("anomalies", found, Provenance(job="find-anomalies"), **where)
    return tmp_path


def test_the_readme_s_python_fits_scores_saves_and_never_ranks_planned_work_first(store, capsys):
    space = run_blocks("README.md", readings=frame("2026-03-01", 6), new=frame("2026-03-07", 1))
    assert len(space["scored"].rows) == 288
    assert (store / "pump.safetensors").exists()
    said = capsys.readouterr().out
    assert "4.85" in said
    assert "83.8" not in said


def test_the_python_tutorial_finds_the_leak_and_names_the_flow(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    space = run_blocks("docs/tutorials/python.md")
    worst = space["scored"].anomalies().iloc[0]
    assert (worst["asset"], worst["sensors"][0]["sensor"]) == ("pump-2", "flow")
    assert (tmp_path / "pump-2.png").read_bytes().startswith(b"\x89PNG")


def test_settings_that_the_operations_tutorial_makes_are_read(tmp_path, monkeypatch):
    from sensors_data.settings import load

    monkeypatch.chdir(tmp_path)
    (tmp_path / "families.csv").write_text(FAMILIES)
    run_blocks("docs/tutorials/operations.md")
    settings = load(tmp_path / "settings.toml")
    assert {name: spec.shards for name, spec in settings.families.items()} == {"pump": 1, "oven": 8}
    assert settings.families["pump"].sensor_names == ("flow", "pressure", "speed")
