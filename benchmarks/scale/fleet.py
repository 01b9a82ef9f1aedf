"""A whole night of a fleet in several families, tasks side by side, beside what `nightscore plan` says of it.

python -m benchmarks.scale.fleet --assets 10000 --sensors 6 --families 9 --shards 2 --cores 2
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path

from rich.table import Table

from anomaly.monitoring.jobs import export_metrics
from anomaly.series.night.drift_job import drift
from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from benchmarks.outputs import wide_console
from benchmarks.scale.measured import Begun, Cost, apart, begin, end
from benchmarks.scale.plant import DAY, FAMILY, WEEK, make_plant, teach
from sensors_data.series.jobs import impute, ingest
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.report import report
from service.schedule.costs import LOADS_TORCH, START_MB, START_S
from service.schedule.plan import Fleet, Plan, plan_of
from service.schedule.speed import speed_here

MINUTE = timedelta(minutes=1)
Work = Callable[[], object]


def make_fleet(folder: Path, families: int, size: tuple[int, int, int], lstm: bool) -> Settings:
    """So many families of `size` (assets, sensors, shards) that read one file, each with its own week and detector."""
    assets, sensors, shards = size
    plant = make_plant(folder, assets, sensors, "1min", shards, 0.0, 0.0, "wide", lstm=lstm)
    names = [FAMILY, *(f"{FAMILY}-{number}" for number in range(1, families))]
    settings = plant.settings.model_copy(update={"families": dict.fromkeys(names, plant.settings.family(FAMILY))})
    newest = DAY - timedelta(days=1)  # its grid has all assets, and none of them learns from it
    days = [newest - timedelta(days=back) for back in range(1, WEEK)]
    for name in names[1:]:
        for day in days:
            _shared(Path(settings.store), name, day)
        teach(settings, name, lstm)
        _shared(Path(settings.store), name, newest)
    return settings


def _shared(store: Path, name: str, day: date) -> None:
    """Give a family the first one's readings and grid of a day."""
    for path in store.glob(f"*/family={FAMILY}/day={day}/*.parquet"):
        target = Path(str(path).replace(f"family={FAMILY}/", f"family={name}/"))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.hardlink_to(path)


def tasks_of(settings: Settings) -> dict[str, list[Work]]:
    """The night's tasks by job, in the order in which jobs follow each other."""
    whole: list[tuple[str, Callable[..., object]]] = [
        ("find-anomalies", find_anomalies),
        ("drift", drift),
        ("export-metrics", export_metrics),
    ]
    shards = [(name, shard) for name, spec in settings.families.items() for shard in range(spec.shards)]
    tasks: dict[str, list[Work]] = {"ingest": [partial(ingest, settings, DAY, name) for name in settings.families]}
    tasks["impute"] = [partial(impute, settings, DAY, name, shard) for name, shard in shards]
    tasks["score-series"] = [partial(score_series, settings, DAY, name, shard) for name, shard in shards]
    tasks |= {job: [partial(work, settings, DAY, name) for name in settings.families] for job, work in whole}
    return tasks | {"write-report": [partial(report, settings, DAY)]}


def side_by_side(tasks: list[Work], cores: int) -> list[Cost]:
    """The cost of each task, each in a process of its own, so many at a time."""
    costs, running, waiting = list[Cost](), list[Begun](), list(tasks)
    while running or waiting:
        while waiting and len(running) < cores:
            running.append(begin(waiting.pop(0)))
        done = wait([begun.process.sentinel for begun in running])
        costs += [end(begun)[1] for begun in running if begun.process.sentinel in done]
        running = [begun for begun in running if begun.process.sentinel not in done]
    return costs


def table_of(costs: dict[str, list[Cost]], plan: Plan, held_mb: float, speed: float) -> Table:
    """What each job took beside what the plan says of it at a machine's speed, what starts its processes apart.

    Memory is that of a process that has loaded what the job needs, in place of the `held_mb` of one that has all.
    """
    planned = {job.name: job for job in plan.jobs}
    table = Table("job", title="a night")
    for name in ("tasks", "CPU-s", "planned", "largest MB", "planned"):
        table.add_column(name, justify="right")
    for name, each in costs.items():
        spent, torch = sum(cost.cpu_s for cost in each), name in LOADS_TORCH
        peak = max(cost.peak_mb for cost in each) - held_mb + START_MB[torch]
        job = planned.get(name)
        work = f"{job.cpu_s - job.tasks * START_S[torch] / speed:.1f}" if job else ""
        table.add_row(name, f"{len(each)}", f"{spent:.1f}", work, f"{peak:,.0f}", f"{job.peak_mb:,.0f}" if job else "")
    return table


def main() -> None:
    """Make a fleet, run its night, and print what it took beside what was planned."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assets", type=int, default=10_000)
    parser.add_argument("--sensors", type=int, default=6)
    parser.add_argument("--families", type=int, default=9)
    parser.add_argument("--shards", type=int, default=2)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--lstm", action="store_true", help="keep the detectors' LSTMs, which here add nothing")
    arguments = parser.parse_args()
    size = (-(-arguments.assets // arguments.families), arguments.sensors, arguments.shards)
    fleet = Fleet(
        assets=size[0] * arguments.families,
        sensors=arguments.sensors,
        step=MINUTE,
        cores=arguments.cores,
        linear=not arguments.lstm,
    )
    speed, _ = apart(speed_here)
    plan = plan_of(fleet, arguments.families, arguments.shards, speed)
    wide_console().print(f"{speed:.2f} times as fast as the machine of the costs")
    wide_console().print(f"planned: {plan.cpu_s:.0f} CPU-s, of which the processes' starts are in none below")
    with tempfile.TemporaryDirectory() as folder:
        settings, _ = apart(partial(make_fleet, Path(folder), arguments.families, size, arguments.lstm))
        held_mb = apart(lambda: None)[1].peak_mb
        begun = time.monotonic()
        costs = {name: side_by_side(tasks, arguments.cores) for name, tasks in tasks_of(settings).items()}
        minutes = (time.monotonic() - begun) / 60
        written = sum(Store(settings.store).sizes().values()) / 1e6
    wide_console().print(table_of(costs, plan, held_mb, speed))
    spent = sum(cost.cpu_s for each in costs.values() for cost in each)
    wide_console().print(f"{spent:.0f} CPU-s, {minutes:.1f} min of wall time; the store holds {written:,.0f} MB")


if __name__ == "__main__":
    main()
