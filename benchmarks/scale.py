"""What a night costs as assets grow: CPU-seconds, peak memory and bytes of each job, and how they grow.

python -m benchmarks.scale --assets 10,100 --sensors 6 --step 1min
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any, TypeVar

from rich.table import Table

from anomaly.monitoring.jobs import export_metrics
from anomaly.series.night.drift_job import drift
from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from benchmarks.outputs import wide_console
from benchmarks.scale_calls import counting_calls
from benchmarks.scale_peers import peers
from benchmarks.scale_plant import DAY, FAMILY, Plant, make_plant
from sensors_data.series.jobs import impute, ingest
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.report import report

JOBS = ("ingest", "impute", "score-series", "find-anomalies", "drift", "export-metrics", "write-report")
TABLES = {
    "ingest": ("readings", "rejects"),
    "impute": ("grid",),
    "score-series": ("scores", "sensor_scores"),
    "find-anomalies": ("anomalies",),
    "drift": ("drift",),
}
"""What a job writes, so that its bytes can be counted."""


KB_OF_RSS = 1024 if sys.platform != "darwin" else 1024**2
"""Units of the system's peak memory in a MB."""
SHORTEST_S = 0.5
"""A job that took less shows no growth: its fixed part outweighs the rest."""
T = TypeVar("T")


@dataclass(frozen=True)
class Cost:
    """One measured piece of work."""

    cpu_s: float
    peak_mb: float
    written_mb: float = 0.0
    calls: int = 0
    """Calls to the store's file system."""


def night_of(settings: Settings) -> dict[str, Callable[[], object]]:
    """A night's jobs by name, each of all shards."""
    shards = range(settings.family(FAMILY).shards)
    return {
        "ingest": lambda: ingest(settings, DAY, FAMILY),
        "impute": lambda: [impute(settings, DAY, FAMILY, shard) for shard in shards],
        "score-series": lambda: [score_series(settings, DAY, FAMILY, shard) for shard in shards],
        "find-anomalies": lambda: find_anomalies(settings, DAY, FAMILY),
        "drift": lambda: drift(settings, DAY, FAMILY),
        "export-metrics": lambda: export_metrics(settings, DAY, FAMILY),
        "write-report": lambda: report(settings, DAY),
    }


@dataclass(frozen=True)
class Begun:
    """Some work in a process of its own, which has everything imported, and where its outcome comes from."""

    process: ForkProcess
    outcome: Connection


def begin(work: Callable[[], object]) -> Begun:
    """Start some work in a process of its own."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)

    def run() -> None:
        started = time.process_time()
        outcome, calls = counting_calls(work)
        spent = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KB_OF_RSS
        theirs.send((outcome, Cost(spent, peak, calls=calls)))

    process = context.Process(target=run)
    process.start()
    return Begun(process, ours)


def end(begun: Begun) -> tuple[Any, Cost]:
    """The outcome of work once it is done, and its cost. OSError when it failed."""
    begun.process.join()
    if begun.process.exitcode != 0 or not begun.outcome.poll():
        raise OSError(f"the measured process ended with {begun.process.exitcode}")
    outcome, cost = begun.outcome.recv()
    return outcome, cost


def apart(work: Callable[[], T]) -> tuple[T, Cost]:
    """The outcome of some work and its cost, in a process of its own. OSError when it fails."""
    return end(begin(work))


def written_mb(settings: Settings, job: str) -> float:
    """Size of what a job wrote of the measured day, MB."""
    store = Store(settings.store)
    paths = [p for table in TABLES.get(job, ()) for p in store.files(f"{table}/family={FAMILY}/day={DAY}")]
    return sum(len(store.read_bytes(path)) for path in paths) / 1e6


def typical(work: Callable[[], object], times: int) -> Cost:
    """The cost of some work: of so many runs the middle one by CPU-seconds."""
    return sorted((apart(work)[1] for _ in range(times)), key=lambda cost: cost.cpu_s)[times // 2]


def measure(plant: Plant, jobs: tuple[str, ...], folder: Path, times: int) -> dict[str, Cost]:
    """A night of a plant, job after job, the last of `jobs` so many `times`; beside it what others take for the same
    ingest and grid.
    """
    costs = {"(imported)": apart(lambda: None)[1]}
    costs |= {name: apart(work)[1] for name, work in peers(plant, folder).items()}
    for job, work in night_of(plant.settings).items():
        if job in jobs:
            cost = typical(work, times if job == jobs[-1] else 1)
            costs[job] = replace(cost, written_mb=written_mb(plant.settings, job))
    return costs


def share_of_read(costs: dict[str, Cost]) -> str:
    """How `ingest` and `impute` together compare with pyarrow's own read of the file, in words."""
    both = costs["ingest"].cpu_s + costs["impute"].cpu_s
    return f"ingest and impute take {both:.2f} CPU-s: {costs['(pyarrow read)'].cpu_s / both:.0%} of pyarrow's rate"


def exponent(small: tuple[int, float], large: tuple[int, float]) -> float:
    """How a cost grows: b of cost = a * size ** b through two (size, cost); 1 is linear."""
    return math.log(max(large[1], 1e-3) / max(small[1], 1e-3)) / math.log(large[0] / small[0])


def table_of(costs: dict[int, dict[str, Cost]], values: dict[int, int]) -> Table:
    """The costs of each job by number of assets, and the exponent from each size to the next."""
    table = Table("job", title="a night by number of assets")
    for name in ("assets", "values", "CPU-s", "us a value", "peak MB", "written MB", "calls", "exponent"):
        table.add_column(name, justify="right")
    sizes = sorted(costs)
    for job in costs[sizes[0]]:
        for before, size in zip([None, *sizes], sizes, strict=False):
            cost = costs[size][job]
            grows = "" if before is None else f"{exponent((before, costs[before][job].cpu_s), (size, cost.cpu_s)):.2f}"
            table.add_row(
                job,
                f"{size:,}",
                f"{values[size]:,}",
                f"{cost.cpu_s:.2f}",
                f"{1e6 * cost.cpu_s / values[size]:.2f}",
                f"{cost.peak_mb:,.0f}",
                f"{cost.written_mb:.1f}" if cost.written_mb else "",
                f"{cost.calls:,}" if cost.calls else "",
                grows if cost.cpu_s > SHORTEST_S else "",
            )
    return table


def main() -> None:
    """Measure plants of each size and print what a night of them costs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assets", default="10,100", help="numbers of assets, with commas between")
    parser.add_argument("--sensors", type=int, default=1)
    parser.add_argument("--step", default="1min")
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--gaps", type=float, default=0.0, help="share of the assets with an hour missing in the day")
    parser.add_argument("--dirty", type=float, default=0.0, help="share of the rows with a cell that is no number")
    parser.add_argument("--form", default="wide", choices=("wide", "long", "parquet"), help="of the day's file")
    parser.add_argument("--jobs", default=",".join(JOBS), help="jobs to measure; each needs those before it")
    parser.add_argument("--times", type=int, default=1, help="runs of the last of the jobs; the middle one counts")
    parser.add_argument("--lstm", action="store_true", help="keep the detector's LSTMs, which here add nothing")
    arguments = parser.parse_args()
    costs, values, jobs = {}, {}, tuple(arguments.jobs.split(","))
    for assets in sorted(int(number) for number in arguments.assets.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            size = (assets, arguments.sensors, arguments.step, arguments.shards, arguments.gaps, arguments.dirty)
            taught = not set(jobs) <= {"ingest", "impute"}
            plant, _ = apart(
                partial(make_plant, Path(folder), *size, arguments.form, detector=taught, lstm=arguments.lstm)
            )
            costs[assets], values[assets] = measure(plant, jobs, Path(folder), arguments.times), plant.values
    wide_console().print(table_of(costs, values))
    if {"ingest", "impute"} <= set(jobs):
        wide_console().print(share_of_read(costs[max(costs)]))


if __name__ == "__main__":
    main()
