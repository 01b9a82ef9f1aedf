"""At what share of the rate of pyarrow's own typed read of the day's file `ingest` and `impute` run together.

python -m benchmarks.scale.share [--plants 300x6,1000x1] [--dirty 0,0.05] [--form wide] [--rounds 15]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.table import Table

from benchmarks.outputs import wide_console
from benchmarks.scale.peers import typed_rows
from benchmarks.scale.plant import DAY, FAMILY, Plant, make_plant
from sensors_data.series.intake import long_file, wide_file
from sensors_data.series.jobs import impute, ingest

WORKS = ("pyarrow reads", "ingest", "impute")


def rounds_of(plant: Plant, count: int) -> list[dict[str, float]]:
    """CPU-seconds of pyarrow's read and of each job, round after round in this process: neighbours slow all alike."""
    works: dict[str, Callable[[], object]] = {
        "pyarrow reads": lambda: typed_rows(plant.file),
        "ingest": lambda: ingest(plant.settings, DAY, FAMILY),
        "impute": lambda: impute(plant.settings, DAY, FAMILY),
    }
    rounds = []
    for _ in range(count + 1):
        wide_file._wide_file.cache_clear()  # a night reads its file once
        long_file._long_file.cache_clear()
        rounds.append({name: _cpu_s(work) for name, work in works.items()})
    return rounds[1:]  # the first one also loads libraries


def _cpu_s(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def share(costs: dict[str, float]) -> float:
    """How many values the two jobs take in while pyarrow reads one."""
    return costs["pyarrow reads"] / (costs["ingest"] + costs["impute"])


def row_of(name: str, rounds: list[dict[str, float]]) -> list[str]:
    """A plant's line: the least of each work, the share of those, and the rounds' own shares (middle, quartiles)."""
    least = {work: min(each[work] for each in rounds) for work in WORKS}
    low, middle, high = statistics.quantiles(map(share, rounds), n=4)
    return [
        name,
        *(f"{least[work]:.3f}" for work in WORKS),
        f"{share(least):.1%}",
        f"{middle:.1%} ({low:.1%} to {high:.1%})",
    ]


def main() -> None:
    """Measure each plant, clean and dirty, and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plants", default="300x6,1000x1", help="assets x sensors, with commas between")
    parser.add_argument("--dirty", default="0,0.05", help="shares of the rows with a cell that is no number")
    parser.add_argument("--form", default="wide", choices=("wide", "long", "parquet"), help="of the day's file")
    parser.add_argument("--step", default="1min")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    table = Table("assets x sensors, dirty rows", title=f"CPU-s, least of {arguments.rounds} rounds in one process")
    for heading in (*WORKS, "share of pyarrow's rate", "of single rounds: middle (quartiles)"):
        table.add_column(heading, justify="right")
    for size in arguments.plants.split(","):
        assets, sensors = map(int, size.split("x"))
        for dirty in map(float, arguments.dirty.split(",")):
            with tempfile.TemporaryDirectory() as folder:
                plain = (assets, sensors, arguments.step, 1, 0.0, dirty, arguments.form)
                plant = make_plant(Path(folder), *plain, detector=False)
                table.add_row(*row_of(f"{size}, {dirty:.0%}", rounds_of(plant, arguments.rounds)))
    wide_console().print(table)


if __name__ == "__main__":
    main()
