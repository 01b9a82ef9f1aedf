"""The command that estimates what a night will take, for any number of assets."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Column, Table

from sensors_data.settings import parse
from service.cli.options import JsonOption, add_command
from service.console import add_cells, show, show_json, show_table


def add_commands(app: typer.Typer) -> None:
    """Add it beside the commands that look."""
    add_command(app, "Look and decide", plan_night, "plan --assets 10000 --sensors 6 --step 1min --cores 2")


def plan_night(
    assets: Annotated[int, typer.Option("--assets", min=1, help="Number of machines.")],
    sensors: Annotated[int, typer.Option("--sensors", min=1, help="Sensors of each machine.")] = 1,
    step: Annotated[str, typer.Option("--step", help="Time between two readings, like 1min.")] = "1min",
    cores: Annotated[int, typer.Option("--cores", min=1, help="Cores that the night may use.")] = 2,
    memory: Annotated[int, typer.Option("--memory", min=100, help="MB that one task may take.")] = 2000,
    linear: Annotated[
        bool, typer.Option("--linear", help="Assume that all detectors use the linear path alone; their cards say so.")
    ] = False,
    measure: Annotated[bool, typer.Option("--measure", help="Measure this machine first, for some seconds.")] = False,
    json: JsonOption = False,
) -> None:
    """Estimate what a night takes for a number of assets: families, shards, CPU, memory, disk and minutes.

    The costs were measured on one machine; --measure scales them to this one.
    """
    from service.schedule.plan import Fleet, plan
    from service.schedule.speed import speed_here

    words = {"assets": assets, "sensors": sensors, "step": step, "cores": cores, "memory_mb": memory, "linear": linear}
    fleet = parse(Fleet, words, "the plan")
    speed = speed_here() if measure else 1.0
    night = plan(fleet, speed)
    if json:
        figures = {name: getattr(night, name) for name in ("cpu_s", "minutes", "peak_mb")}
        show_json([asdict(night) | figures | {"speed": speed}])
        return
    table = Table("job", *(Column(name, justify="right") for name in ("tasks", "CPU-s", "MB a task", "minutes")))
    for job in night.jobs:
        add_cells(table, job.name, f"{job.tasks:,}", f"{job.cpu_s:,.0f}", f"{job.peak_mb:,.0f}", f"{job.minutes:,.1f}")
    show_table(table)
    each = -(-assets // night.families)
    several = f"{night.families:,} families of {each:,} assets" if night.families > 1 else "1 family"
    values = assets * fleet.rows_an_asset * sensors / 1e6
    show(f"{several}, shards = {night.shards:,}; {values:,.1f} million values a day")
    times = f"{night.minutes:,.0f} min on {cores:,} cores, {night.cpu_s:,.0f} CPU-s"
    show(f"a night takes {times}, and {night.peak_mb:,.0f} MB in its largest task")
    show(f"it writes {night.night_mb:,.0f} MB in {night.files:,} files: {night.night_mb * 365 / 1e3:,.0f} GB a year")
    if measure:
        show(f"this machine is {speed:.2f} times as fast as the one that was measured")
