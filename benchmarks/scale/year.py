"""A year at many shards: how many files it has, and what a night and questions of it cost, before and after `clean`.

python -m benchmarks.scale.year --days 365 --shards 64
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anomaly.monitoring.jobs import export_metrics
from benchmarks.outputs import wide_console
from benchmarks.scale.measured import apart
from benchmarks.scale.month import OF_ASSET_DAYS, OF_SCORES, by_duckdb
from benchmarks.scale.plant import DAY, FAMILY, WEEK, make_plant
from sensors_data.parquet import open_parquet, parquet_bytes
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.tables import TABLES
from sensors_data.upkeep.cleaning import clean
from service.cli.doctor import examine
from service.schedule.nights import night

MOVED = 14
QUIET = timedelta(days=MOVED - 2)
"""Days further back have no alarm, so that none is followed into those whose times are not moved."""
MONTH = date(2025, 12, 1), date(2025, 12, 31)
"""A month whose days have been joined by then."""


def make_year(settings: Settings, days: int) -> None:
    """A night by the jobs, and its files again under each of the days before it.

    Their times are moved for the MOVED days before; older files are as those.
    """
    night(settings, DAY, [FAMILY], lambda line: None)
    store = Store(settings.store)
    paths = [p for p in store.files("", suffix=".parquet") if f"day={DAY}/" in p and p.split("/", 1)[0] in TABLES]
    of_a_day = {path: open_parquet(store.read_bytes(path)).read(use_threads=False) for path in paths}
    moved = _before(DAY, min(MOVED, days - 1))
    for day in moved:
        for path, rows in of_a_day.items():
            calm = _calm(rows) if path.startswith("scores/") and day <= DAY - QUIET else rows
            store.write_bytes(path.replace(str(DAY), str(day)), parquet_bytes(_moved(calm, DAY - day)))
    for day in _before(moved[-1], days - 1 - len(moved)):
        _again(Path(settings.store), moved[-1], day)


def _calm(rows: pa.Table) -> pa.Table:
    """Rows of `scores` without one over the threshold."""
    place = rows.schema.get_field_index("is_anomaly")
    return rows.set_column(place, rows.schema.field(place), pa.array(np.zeros(rows.num_rows, dtype=bool)))


def _moved(rows: pa.Table, back: timedelta) -> pa.Table:
    """Rows of some days before."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            earlier = pc.subtract(rows[field.name], pa.scalar(back, pa.duration("us"))).cast(field.type)
            rows = rows.set_column(place, field, earlier)
    return rows


def clean_week(settings: Settings, days: int) -> str:
    """A cleaning that joins the first week."""
    first, age = DAY - timedelta(days=days - 1), settings.retention.join_after or 0
    return clean(settings, first + timedelta(days=age + WEEK - 1))


def join_year(settings: Settings, days: int) -> None:
    """What that made, again under each of the days after it that would be joined by DAY."""
    first, age = DAY - timedelta(days=days - 1), settings.retention.join_after or 0
    for day in _before(DAY - timedelta(days=age - 1), days - WEEK - age):
        for path in Path(settings.store).glob(f"**/day={day}/*"):
            path.unlink()
        _again(Path(settings.store), first, day)


def _before(day: date, count: int) -> list[date]:
    return [day - timedelta(days=back) for back in range(1, count + 1)]


def _again(store: Path, day: date, other: date) -> None:
    """The files of a day's tables under another day."""
    for path in store.glob(f"**/day={day}/*.parquet"):
        target = Path(str(path).replace(str(day), str(other)))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.hardlink_to(path)


def by_pandas(store: str) -> list[str]:
    """The worst assets by pandas, as the documented recipe asks."""
    import pandas as pd

    month = [("day", ">=", str(MONTH[0])), ("day", "<=", str(MONTH[1]))]
    rows = pd.read_parquet(f"{store}/asset_days/family={FAMILY}", filters=month)
    return list(rows.groupby("asset")["worst"].max().nlargest(20).index)


def questions(settings: Settings) -> dict[str, Callable[[], object]]:
    """What is asked of the year, by name; each gives what must not change."""
    store = settings.store

    def sql(question: str) -> list[str]:
        of_month = question.replace("2026-03-01", str(MONTH[0])).replace("2026-03-31", str(MONTH[1]))
        return by_duckdb(store, of_month.replace("family=pump", f"family={FAMILY}"))

    return {
        "doctor": lambda: examine(settings, FAMILY).lines,
        "nightly": lambda: night(settings, DAY, [FAMILY], lambda line: None),
        "export-metrics": lambda: export_metrics(settings, DAY, FAMILY),
        "worst of a month: DuckDB, asset_days": lambda: sql(OF_ASSET_DAYS),
        "worst of a month: pandas, asset_days": lambda: by_pandas(store),
        "worst of a month: DuckDB, scores": lambda: sql(OF_SCORES),
        "a month of scores by nightscore": lambda: len(
            Store(store).read_days("scores", [MONTH[0] + timedelta(days=d) for d in range(31)], family=FAMILY)
        ),
    }


def ask(settings: Settings, when: str) -> dict[str, object]:
    """Ask each question in a process of its own and print its cost; the answers."""
    answers = {}
    for name, question in questions(settings).items():
        answers[name], cost = apart(question)
        figures = f"{cost.cpu_s:.2f} CPU-s, {cost.peak_mb:,.0f} MB, {cost.calls:,} calls"
        wide_console().print(f"{when} {name}: {figures}")
    sizes = Store(settings.store).sizes()
    wide_console().print(f"{when}: {len(sizes):,} files, {sum(sizes.values()) / 1e6:,.0f} MB")
    return answers


def main() -> None:
    """Make a year, ask, clean, ask again, and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--shards", type=int, default=64)
    parser.add_argument("--assets", type=int, default=256)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        plant, _ = apart(lambda: make_plant(Path(folder), arguments.assets, 1, "15min", arguments.shards, 0, 0, "wide"))
        apart(lambda: make_year(plant.settings, arguments.days))
        before = ask(plant.settings, "before")
        done, cost = apart(lambda: clean_week(plant.settings, arguments.days))
        apart(lambda: join_year(plant.settings, arguments.days))
        wide_console().print(f"a week {done}: {cost.cpu_s:.1f} CPU-s, {cost.peak_mb:,.0f} MB")
        after = ask(plant.settings, "after")
    same = [name for name in before if before[name] == after[name]]
    wide_console().print(f"same answers: {len(same)} of {len(before)}")


if __name__ == "__main__":
    main()
