"""What docs/explanation/scale.md tells a reader to run runs, and both ways give the same answer."""

import re
from datetime import date
from pathlib import Path

import pandas as pd

from anomaly.series.night.asset_days import asset_days_of
from sensors_data.arrow_rows import as_table
from sensors_data.provenance import Provenance
from sensors_data.store import Store

PAGE = (Path(__file__).parents[1] / "docs" / "explanation" / "scale.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


def rows(day: date, p1: float, p2: float) -> pd.DataFrame:
    """A row of `scores` each of two assets."""
    row = {"time": pd.Timestamp(day, tz="UTC"), "threshold": 2.0, "p_value": 0.1, "suppressed": False}
    row |= {"top_sensor": "flow", "observed_share": 1.0, "model": "pump@x", "evidence": 0.0}
    scores = pd.DataFrame([row | {"asset": "p1", "score": p1}, row | {"asset": "p2", "score": p2}])
    return as_table("scores", scores.assign(is_anomaly=scores["score"] > 2))


def test_the_worst_assets_of_a_month_are_the_same_by_duckdb_and_by_pandas(tmp_path, monkeypatch, capsys):
    store = Store("store")
    monkeypatch.chdir(tmp_path)
    for day, p1, p2 in ((1, 5.0, 1.0), (30, 2.5, 6.0), (31, 3.0, 1.0)):
        night = asset_days_of(date(2026, 3, day), rows(date(2026, 3, day), p1, p2))
        store.write("asset_days", night, Provenance(job="test"), family="pump", day=date(2026, 3, day))
    april = asset_days_of(date(2026, 4, 1), rows(date(2026, 4, 1), 99.0, 99.0))
    store.write("asset_days", april, Provenance(job="test"), family="pump", day=date(2026, 4, 1))
    for snippet in SNIPPETS:
        exec(compile(snippet, "scale.md", "exec"), {})  # noqa: S102
    by_duckdb, by_pandas = capsys.readouterr().out.split("asset\n", 1)
    assert re.findall(r"(p\d) .* (\d\.0) .* (\d)", by_duckdb) == [("p2", "6.0", "1"), ("p1", "5.0", "3")]
    assert re.findall(r"(p\d) +(\d\.0)", by_pandas) == [("p2", "6.0"), ("p1", "5.0")]
