"""Simulated plants through the product's nights: which faults are told, when, of which sensor, and at how many alarms.

python -m benchmarks.nights.plants [--plants factory,weak] [--seeds 0,1] [--weeks 0] [--budget 0.25] [--linear]
    [--out FILE]

The faults are the truth, never shown to a detector. The settings are those of the demo for every plant.
"""

import time
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.table import Table

from benchmarks.nights.plants_run import run_plant
from benchmarks.outputs import make_folders, wide_console
from sensors_data.simulation.kinds import KINDS

console = wide_console(markup=True)


def of_plants(faults: pd.DataFrame) -> pd.DataFrame:
    """Figures of found faults by plant, and by kind of fault within each: means, onsets as medians."""
    every = pd.concat([faults.assign(kind="all"), faults]) if len(faults) else faults
    first = every["kind"] != "all"
    grouped = every.groupby(["plant", first, "kind"], sort=True)
    figures = grouped.agg(
        faults=("found", "size"),
        found=("found", "mean"),
        overlap=("overlap", "mean"),
        onset_rows=("onset_rows", "median"),
        onset_minutes=("onset_minutes", "median"),
        length=("length_ratio", "median"),
        first_sensor=("first_right", "mean"),
    )
    return figures.droplevel(1).reset_index()


def of_budget(families: pd.DataFrame) -> pd.DataFrame:
    """Alarms of normal nights over those that the budget allows, and false ones of the faulty days, by family."""
    keys = ["plant", "family", "budget"]
    sums = families.groupby(keys)[["normal_weeks", "normal_alarms", "faulty_weeks", "false_alarms"]].sum().reset_index()
    stated = sums["normal_weeks"] * sums["budget"]
    return sums.assign(found_over_stated=sums["normal_alarms"] / stated.where(stated > 0))


def run(
    plants: list[str], seeds: list[int], weeks: int, budget: float, recurrent: bool, out: Path | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Faults and families of every plant and seed; the files are renewed at every plant."""
    faults, families = [], []
    for plant in plants:
        for seed in seeds:
            started = time.process_time()
            one = run_plant(KINDS[plant], seed, weeks, budget, recurrent)
            faults.append(one.faults.assign(plant=plant, seed=seed, budget=budget))
            families.append(one.families.assign(plant=plant, seed=seed, budget=budget))
            n_found, spent = int(one.faults["found"].sum()), time.process_time() - started
            console.print(f"{plant} {seed}: {n_found} of {len(one.faults)} faults, {spent:.0f} CPU-s")
            if out is not None:
                pd.concat(faults).to_csv(out, index=False)
                pd.concat(families).to_csv(out.with_suffix(".families.csv"), index=False)
    return pd.concat(faults), pd.concat(families)


def report(frame: pd.DataFrame) -> None:
    """A frame as a table."""
    table = Table(*frame.columns)
    for row in frame.itertuples(index=False):
        table.add_row(*(f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row))
    console.print(table)


def main(
    plants: Annotated[str, typer.Option(help="Names, separated by commas.")] = ",".join(KINDS),
    seeds: Annotated[str, typer.Option(help="Whole numbers, separated by commas.")] = "0",
    weeks: Annotated[int, typer.Option(min=0, help="Normal weeks between the first training and the faults.")] = 0,
    budget: Annotated[float, typer.Option(min=0.001, help="False alarms an asset-week that are put up with.")] = 0.25,
    linear: Annotated[bool, typer.Option("--linear", help="Without the LSTMs: a tenth of the time.")] = False,
    out: Annotated[Path | None, typer.Option(help="CSV of the faults; the families lie beside it.")] = None,
) -> None:
    """Every plant and seed; one configuration for all."""
    chosen = list(dict.fromkeys(plants.split(",")))
    try:
        if unknown := sorted(set(chosen) - set(KINDS)):
            raise ValueError(f"no plant is called '{unknown[0]}'; there are {', '.join(KINDS)}")
        numbers = [int(seed) for seed in seeds.split(",")]
    except ValueError as error:
        console.print(f"[red]{error}[/red]", soft_wrap=True)
        raise typer.Exit(2) from error
    make_folders(out)
    faults, families = run(chosen, numbers, weeks, budget, not linear, out)
    report(of_plants(faults))
    report(of_budget(families))


if __name__ == "__main__":
    typer.run(main)
