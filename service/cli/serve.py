"""What the command line knows of the service: the morning report, the server, past nights under a new threshold."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from anomaly.series.replay import accept, replay
from sensors_data.errors import NotThereError
from service.cli.options import SETTINGS_PATH, DayOption, FamilyOption, SettingsOption, StoreOption, settings_from
from service.console import console, say
from service.report import write_report
from service.schedule.request import day_from
from service.views.words import carried_by, interval, replay_summary

app = typer.Typer(help="The service.", no_args_is_help=True)
SERVICE_PACKAGES = ("fastapi", "gradio", "orjson", "plotly", "python_multipart", "uvicorn")
"""What the extra `service` brings."""


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
    if missing := [name for name in SERVICE_PACKAGES if find_spec(name) is None]:
        raise NotThereError(
            f"the service wants packages that are not installed: {', '.join(missing)}",
            "install them with: pip install 'nightscore[service]'",
        )
    from service.server import serve  # FastAPI and Gradio take seconds to import: only here

    given = settings_from(settings, store)
    serve(given, host, port, token_file or settings.resolve().parent / "nightscore.token", tuple(name or ()), say)


@app.command("replay", epilog="Example: nightscore replay --family pump --from 2026-11-14 --to 2026-11-21")
def replay_command(
    family: FamilyOption,
    first: Annotated[str, typer.Option("--from", help="The first night.")],
    last: Annotated[str, typer.Option("--to", help="The last night.")],
    budget: Annotated[
        float | None, typer.Option("--budget", help="False alarms an asset-week; the settings' own if not given.")
    ] = None,
    take: Annotated[bool, typer.Option("--accept", help="Let it serve the nights after these.")] = False,
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Past nights under a threshold fitted again: dismissed intervals are normal, confirmed ones are not."""
    given = settings_from(settings, store)
    found = replay(given, family, day_from(first), day_from(last), budget)
    say(replay_summary(found))
    table = Table("change", "severity", "asset", "when", "carried by")
    for row in found.anomalies.to_dict("records"):
        steps = dict.fromkeys(filter(None, (row["severity_before"], row["severity_after"])))
        cells = (row["change"], " to ".join(steps), row["asset"], interval(row["start"], row["end"]))
        table.add_row(*cells, carried_by(row["sensors"]))
    console.print(table)
    if take:
        say(accept(given, found))
