"""What the command line knows of the service: the morning report, the server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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


@app.command("serve", epilog="Example: nightscore serve --port 8080")
def serve_command(
    host: Annotated[str, typer.Option("--host", help="Address to listen on; off loopback all takes the token.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 8080,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", help="Holds the token; made where there is none.")
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="A further host name that it is called by, behind a proxy.")
    ] = None,
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Serve REST and pages over a store, one process, until Ctrl-C."""
    from service.serving import serve  # FastAPI and Gradio take seconds to import: only here

    given = settings_from(settings, store)
    serve(given, host, port, token_file or settings.resolve().parent / "nightscore.token", tuple(name or ()), say)
