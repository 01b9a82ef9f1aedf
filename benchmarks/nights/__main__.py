"""The product itself, night by night, over a folder of dated labelled series: what a team would have been told.

python -m benchmarks.nights --data FOLDER [--methods a,b] [--series a,b] [--budget 0.25] [--seeds 1] [--out FILE]

Labels are read for the count alone. Rows [0, train_end) are for the first training; the settings are the defaults.
"""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.table import Table

from benchmarks.nights.figures import measure
from benchmarks.nights.methods import METHODS
from benchmarks.nights.run import read_dated
from benchmarks.outputs import wide_console
from benchmarks.series.data import Listed, read_manifest

console = wide_console(markup=True)
SHOWN = (
    "event_recall",
    "precision",
    "false_alarms_per_week",
    "found_over_stated",
    "onset_error_rows",
    "end_error_rows",
    "overlap",
    "affiliation_f",
    "nab",
)


def run(listed: list[Listed], methods: list[str], budget: float, seeds: int, out: Path | None) -> pd.DataFrame:
    """A row a series, method and seed; the file is renewed at every row."""
    rows = []
    for one in listed:
        series = read_dated(one)
        for method in methods:
            for seed in range(seeds if method == "nightscore" else 1):
                started = time.process_time()
                intervals = METHODS[method](series, budget, seed)
                spent = time.process_time() - started
                figures = asdict(measure(series, intervals, budget))
                rows.append(
                    {"name": one.name, "source": one.source, "method": method, "seed": seed, **figures, "cpu_s": spent}
                )
                counts = f"{figures['reported']} reported, {figures['events']} events"
                console.print(f"{one.name} {method}: {counts}, {spent:.0f} CPU-s")
                if out is not None:
                    pd.DataFrame(rows).to_csv(out, index=False)
    return pd.DataFrame(rows)


def report(rows: pd.DataFrame) -> None:
    """Means over the series a source and method, events and hours added up."""
    table = Table("source", "method", "series", *SHOWN, "hours reported / of events")
    for (source, method), part in rows.groupby(["source", "method"], sort=True):
        means = [f"{part[name].mean():.2f}" for name in SHOWN]
        hours = f"{part['hours_reported'].sum():.0f} / {part['hours_of_events'].sum():.0f}"
        table.add_row(str(source), str(method), str(part["name"].nunique()), *means, hours)
    console.print(table)


def main(
    data: Annotated[Path, typer.Option(help="Folder with manifest.csv and one Parquet file a series.")],
    methods: Annotated[str, typer.Option(help="Names, separated by commas.")] = ",".join(METHODS),
    series: Annotated[str, typer.Option(help="Series to run, separated by commas; all where empty.")] = "",
    budget: Annotated[float, typer.Option(min=0.001, help="False alarms an asset-week that are put up with.")] = 0.25,
    seeds: Annotated[int, typer.Option(min=1, help="Runs of the product.")] = 1,
    out: Annotated[Path | None, typer.Option(help="CSV of the results.")] = None,
) -> None:
    """Every night of every series; one configuration for all."""
    wanted, chosen = {name for name in series.split(",") if name}, list(dict.fromkeys(methods.split(",")))
    try:
        listed = [one for one in read_manifest(data) if not wanted or one.name in wanted]
        if unknown := sorted(set(chosen) - set(METHODS)):
            raise ValueError(f"no method is called {unknown[0]}; there are {', '.join(METHODS)}")
        if missing := sorted(wanted - {one.name for one in listed}):
            raise ValueError(f"{data} lists no series {missing[0]}")
    except (OSError, ValueError) as error:
        console.print(f"[red]{error}[/red]", soft_wrap=True)
        raise typer.Exit(2) from error
    report(run(listed, chosen, budget, seeds, out))


if __name__ == "__main__":
    typer.run(main)
