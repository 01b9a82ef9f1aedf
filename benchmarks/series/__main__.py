"""How well, how fast: every method over a folder of labelled series, beside the published figures.

python -m benchmarks.series --data FOLDER [--methods a,b] [--seeds 3] [--out FILE] [--jobs N]

The exit status is 1 when random scores beat nightscore in a track, 2 when the folder or an option is wrong.
"""

import os
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from benchmarks.outputs import wide_console
from benchmarks.series.data import Listed, read_manifest, read_published
from benchmarks.series.methods import NAMES, SEEDED, check_name
from benchmarks.series.run import Row, Unit, read_rows, run_units, write_rows
from benchmarks.series.tables import beaten_by_random, failure_table, published_tables, quality_tables, speed_table

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
console = wide_console(markup=True)


def units_of(listed: list[Listed], methods: list[str], seeds: int) -> list[Unit]:
    """One unit per series, method and seed; one seed for a method that draws nothing."""
    return [
        Unit(series, method, seed)
        for series in listed
        for method in methods
        for seed in range(seeds if method in SEEDED else 1)
    ]


def run(units: list[Unit], rows: list[Row], out: Path | None, jobs: int) -> list[Row]:
    """The rows of `units`, those in `rows` taken over unless they failed; the file is renewed at every row."""
    wanted = {unit.key for unit in units}
    rows_of = {(row.name, row.method, row.seed): row for row in rows if not row.reason}
    todo = [unit for unit in units if unit.key not in rows_of]
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    )
    with bar:
        task = bar.add_task("series", total=len(units), completed=len(units) - len(todo))
        for row in run_units(todo, jobs):
            rows_of[row.name, row.method, row.seed] = row
            if out is not None:
                write_rows(out, list(rows_of.values()))
            bar.update(task, advance=1, description=f"{row.method} {row.name}"[:50])
    return [row for key, row in rows_of.items() if key in wanted]


def report(rows: list[Row], published: pd.DataFrame, splits: dict[str, str]) -> list[str]:
    """Print every table; the tracks in which random beats nightscore."""
    table = pd.DataFrame(rows)
    for part in quality_tables(table):
        console.print(part)
    for part in published_tables(table, published, splits):
        console.print(part)
    console.print(speed_table(table))
    if (table["reason"] != "").any():
        console.print(failure_table(table))
    return beaten_by_random(table)


def main(
    data: Annotated[Path, typer.Option(help="Folder with manifest.csv and one Parquet file a series.")],
    methods: Annotated[str, typer.Option(help="Names, separated by commas.")] = ",".join(NAMES),
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each method that draws random numbers.")] = 3,
    out: Annotated[Path | None, typer.Option(help="CSV of the results; its rows are not computed again.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes, one thread each.")] = os.cpu_count() or 1,
    resume: Annotated[bool, typer.Option(help="Take over the rows that --out already holds.")] = True,
) -> None:
    """Fit on rows [0, train_end), score the whole series, read the labels for the evaluation alone."""
    os.environ.update(dict.fromkeys(THREADS, "1"))  # for the processes to come
    try:
        listed, published = read_manifest(data), read_published(data)
        chosen = list(dict.fromkeys(methods.split(",")))
        for name in chosen:
            check_name(name)
        rows = read_rows(out) if out is not None and resume else []
    except (LookupError, OSError, ValueError) as error:
        console.print(f"[red]{error}[/red]", soft_wrap=True)
        raise typer.Exit(2) from error
    done = run(units_of(listed, chosen, seeds), rows, out, jobs)
    beaten = report(done, published, {series.name: series.split for series in listed})
    if beaten:
        console.print(f"[red]random beats nightscore in track {', '.join(beaten)}[/red]")
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
