"""What the command line knows of the service: the morning report."""

from __future__ import annotations

import typer
from rich.console import Console

from service.options import SETTINGS_PATH, DayOption, SettingsOption, StoreOption, day_from, settings_from
from service.report import write_report

app = typer.Typer(help="The service.", no_args_is_help=True)
console = Console(highlight=False)


def say(line: str) -> None:
    """One line for a person."""
    console.print(line, markup=False, soft_wrap=True)


@app.command("report", epilog="Example: nightscore report --day 2026-11-21")
def report_command(day: DayOption, settings: SettingsOption = SETTINGS_PATH, store: StoreOption = None) -> None:
    """Write a night as one HTML file: what was found, worst first, with pictures, data quality, drift, models."""
    say(write_report(settings_from(settings, store), day_from(day)))
