"""What a night costs as assets grow: CPU-seconds, peak memory and bytes of each job, and how they grow.

python -m benchmarks.scale --assets 10,100 --sensors 6 --step 1min
"""

from __future__ import annotations

import argparse
import math
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.table import Table

from benchmarks.outputs import wide_console
from benchmarks.scale.measured import Cost, apart, typical
from benchmarks.scale.night import JOBS, night_of, written_mb
from benchmarks.scale.peers import peers
from benchmarks.scale.plant import Plant, make_plant

SHORTEST_S = 0.5
"""A job that took less shows no growth: its fixed part outweighs the rest."""


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
