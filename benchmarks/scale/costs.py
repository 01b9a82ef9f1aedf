"""What `nightscore plan` reckons with: the cost of each job, fitted to small plants alone.

python -m benchmarks.scale.costs --assets 100,300 --sensors 1,6
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
from rich.table import Table
from scipy.optimize import nnls

from benchmarks.outputs import wide_console
from benchmarks.scale.measured import Cost, apart, typical
from benchmarks.scale.night import night_of, written_mb
from benchmarks.scale.plant import make_plant
from service.schedule.speed import sample_s

ROWS = 1440
"""Of an asset's day, by the minute."""
JOBS = ("ingest", "impute", "score-series", "find-anomalies", "drift", "export-metrics")


@dataclass(frozen=True)
class Sized:
    """What a job took of a plant, beside the memory that its process held before."""

    assets: int
    sensors: int
    cost: Cost
    held_mb: float

    @property
    def rows(self) -> int:
        """Times of all assets."""
        return self.assets * ROWS


def measured(assets: int, sensors: int, lstm: bool, jobs: tuple[str, ...], times: int) -> dict[str, Sized]:
    """A night of a plant in one shard; of `times` runs of each job the middle one by CPU-seconds."""
    with tempfile.TemporaryDirectory() as folder:
        make = partial(make_plant, Path(folder), assets, sensors, "1min", 1, 0.0, 0.0, "wide", lstm=lstm)
        plant, _ = apart(make)
        held = apart(lambda: None)[1].peak_mb
        costs = {
            name: replace(typical(work, times), written_mb=written_mb(plant.settings, name))
            for name, work in night_of(plant.settings).items()
            if name in jobs
        }
    return {name: Sized(assets, sensors, cost, held) for name, cost in costs.items()}


def fitted(runs: list[Sized]) -> tuple[float, float, float]:
    """CPU-seconds of a task, CPU-microseconds a row and a value, none under 0; errors count by their share."""
    wanted = np.array([run.cost.cpu_s for run in runs])
    parts = np.array([[1.0, 1e-6 * run.rows, 1e-6 * run.rows * run.sensors] for run in runs])
    task, row, value = nnls(parts / wanted[:, None], np.ones(len(runs)))[0]
    return float(task), float(row), float(value)


def memory(runs: list[Sized]) -> tuple[float, float, float]:
    """MB of a task beside what its process holds, bytes a row and a value, in the same way."""
    wanted = np.array([max(run.cost.peak_mb - run.held_mb, 1.0) for run in runs])
    parts = np.array([[1.0, 1e-6 * run.rows, 1e-6 * run.rows * run.sensors] for run in runs])
    task, row, value = nnls(parts / wanted[:, None], np.ones(len(runs)))[0]
    return float(task), float(row), float(value)


def main() -> None:
    """Measure small plants and print each job's costs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assets", default="100,300", help="numbers of assets, with commas between")
    parser.add_argument("--sensors", default="1,6", help="numbers of sensors, with commas between")
    parser.add_argument("--times", type=int, default=3, help="runs of a job, of which the middle one counts")
    arguments = parser.parse_args()
    sizes = [[int(number) for number in text.split(",")] for text in (arguments.assets, arguments.sensors)]
    table = Table("job", title="fitted")
    for name in (
        "CPU-s a task",
        "us a row",
        "us a value",
        "MB a task",
        "bytes a row",
        "bytes a value",
        "written a value",
    ):
        table.add_column(name, justify="right")
    for lstm, jobs in ((False, JOBS), (True, ("ingest", "impute", "score-series"))):
        runs = [measured(assets, sensors, lstm, jobs, arguments.times) for assets, sensors in product(*sizes)]
        for job in ("score-series",) if lstm else jobs:
            every = [run[job] for run in runs]
            for run in every:
                cost = f"{run.cost.cpu_s:.2f} CPU-s, {run.cost.peak_mb:,.0f} MB over {run.held_mb:,.0f}"
                wide_console().print(f"{job}{' with LSTMs' if lstm else ''}, {run.assets} x {run.sensors}: {cost}")
            written = max(1e6 * run.cost.written_mb / (run.rows * run.sensors) for run in every)
            figures = (*fitted(every), *memory(every), written)
            table.add_row(f"{job}{' with LSTMs' if lstm else ''}", *(f"{figure:.3g}" for figure in figures))
    wide_console().print(table)
    wide_console().print(f"the sample by which a machine's speed is measured takes {apart(sample_s)[0]:.3f} CPU-s")


if __name__ == "__main__":
    main()
