"""What 'worst assets of a month' costs: from the rows of `scores`, and from the table `asset_days`.

python -m benchmarks.scale.month --assets 1000 --shards 64
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from anomaly.series.night.asset_days import asset_days_of
from benchmarks.outputs import wide_console
from benchmarks.scale.measured import apart
from sensors_data.provenance import Provenance
from sensors_data.store import Store, shard_of

FIRST, DAYS, STEPS = date(2026, 3, 1), 31, 288
SOURCE = Provenance(job="benchmark")
OF_ASSET_DAYS = """
    SELECT asset, max(worst) AS worst, sum(rows_over) AS rows_over
    FROM read_parquet('{store}/asset_days/family=pump/*/data.parquet', hive_partitioning = true)
    WHERE day BETWEEN '2026-03-01' AND '2026-03-31'
    GROUP BY asset ORDER BY worst DESC LIMIT 20
"""
OF_SCORES = """
    SELECT asset, max(score) AS worst, count(*) FILTER (is_anomaly) AS rows_over
    FROM read_parquet('{store}/scores/family=pump/**/*.parquet', hive_partitioning = true)
    WHERE day BETWEEN '2026-03-01' AND '2026-03-31' AND NOT suppressed AND NOT isnan(score)
    GROUP BY asset ORDER BY worst DESC LIMIT 20
"""


def write_month(store: Store, assets: int, shards: int) -> None:
    """A month of simulated scores every five minutes, a file a shard, and its `asset_days`."""
    rng = np.random.default_rng(0)
    names = np.array(sorted(f"a{number:06d}" for number in range(assets)))
    shard = np.array([shard_of(str(name), shards) for name in names])
    for day in (FIRST + timedelta(days=back) for back in range(DAYS)):
        parts = []
        for number in range(shards):
            rows = _scores(day, names[shard == number], rng)
            store.write("scores", rows, SOURCE, family="pump", day=day, shard=number)
            parts.append(asset_days_of(day, rows))
        store.write("asset_days", pd.concat(parts), SOURCE, family="pump", day=day)


def _scores(day: date, names: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    score = rng.gamma(2.0, 0.3, len(names) * STEPS)
    times = pd.date_range(day, periods=STEPS, freq="5min", tz="UTC")
    rows = {"time": np.tile(times, len(names)), "asset": np.repeat(names, STEPS), "score": score, "threshold": 4.0}
    rows |= {"p_value": np.exp(-score), "is_anomaly": score > 4, "suppressed": False, "top_sensor": "s0"}
    frame = pd.DataFrame(rows | {"observed_share": 1.0, "model": "pump@2026-02-28", "evidence": 0.0})
    return frame.assign(time=pd.DatetimeIndex(frame["time"]).as_unit("us"))


def by_duckdb(store: str, question: str) -> list[str]:
    """The worst assets by a question in SQL, on one thread."""
    import duckdb

    rows = duckdb.connect(config={"threads": 1}).sql(question.format(store=store)).fetchall()
    return [str(row[0]) for row in rows]


def by_pandas(store: str) -> list[str]:
    """The worst assets by pandas from `asset_days`."""
    month = [("day", ">=", "2026-03-01"), ("day", "<=", "2026-03-31")]
    days = pd.read_parquet(f"{store}/asset_days/family=pump", filters=month)
    return list(days.groupby("asset")["worst"].max().nlargest(20).index)


def main() -> None:
    """Write a month, ask for its worst assets in each way, and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assets", type=int, default=1000)
    parser.add_argument("--shards", type=int, default=64)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        apart(lambda: write_month(Store(folder), arguments.assets, arguments.shards))
        queries: dict[str, Callable[[], list[str]]] = {
            "DuckDB, scores": lambda: by_duckdb(folder, OF_SCORES),
            "DuckDB, asset_days": lambda: by_duckdb(folder, OF_ASSET_DAYS),
            "pandas, asset_days": lambda: by_pandas(folder),
        }
        answers = {name: apart(query) for name, query in queries.items()}
        files = {table: len(list(Path(folder, table).rglob("*.parquet"))) for table in ("scores", "asset_days")}
    for name, (worst, cost) in answers.items():
        wide_console().print(f"{name}: {cost.cpu_s:.2f} CPU-s, {cost.peak_mb:,.0f} MB, worst {worst[0]}")
    wide_console().print(f"files: {files}, same answers: {len({tuple(worst) for worst, _ in answers.values()}) == 1}")


if __name__ == "__main__":
    main()
