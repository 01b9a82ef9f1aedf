"""What the command line knows of incidents: faults, planned work, what somebody said of an anomaly."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from sensors_data.errors import UnusableError
from sensors_data.series.incidents import LABELS, Incident, add_incident, label, read_incidents, withdraw
from sensors_data.settings import parse
from sensors_data.store import Store
from service.cli.options import (
    SETTINGS_PATH,
    FamilyOption,
    SettingsOption,
    SomeFamilyOption,
    StoreOption,
    settings_from,
)
from service.console import console, say

app = typer.Typer(help="Known faults and planned work.", no_args_is_help=True)


@app.command("add", epilog="Example: nightscore incidents add --family pump --start 2026-11-21T06:00Z ...")
def incidents_add_command(
    family: FamilyOption,
    start: Annotated[str, typer.Option("--start", help="With a zone, like 2026-11-21T06:00Z.")],
    end: Annotated[str, typer.Option("--end", help="With a zone; not part of the incident.")],
    kind: Annotated[str, typer.Option("--kind", help="fault, planned, dismissed or confirmed.")],
    asset: Annotated[str | None, typer.Option("--asset", help="All assets if not given.")] = None,
    sensor: Annotated[str | None, typer.Option("--sensor", help="All sensors if not given.")] = None,
    note: Annotated[str, typer.Option("--note", help="What happened.")] = "",
    author: Annotated[str, typer.Option("--author", help="Who says so.")] = "",
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Keep a known interval: what is planned is never alarmed on, what was a fault is never learned from."""
    given = settings_from(settings, store)
    given.family(family)
    told = {"family": family, "kind": kind, "asset": asset, "sensor": sensor, "note": note, "author": author}
    said = {**told, "start": _moment(start), "end": _moment(end), "told": datetime.now(UTC)}
    incident = parse(Incident, said, "incident")
    keep = label if kind in LABELS else add_incident
    say(f"kept incident {keep(Store(given.store), incident)} of {family}: {kind}, {start} to {end}")


@app.command("withdraw")
def incidents_withdraw_command(
    incident: Annotated[str, typer.Argument(help="Its id, as `incidents add` and `incidents list` tell it.")],
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Take back what was said of an interval."""
    withdraw(Store(settings_from(settings, store).store), incident)
    say(f"withdrew incident {incident}")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UnusableError(f"'{text[:40]}' is no time", "write it like 2026-11-21T06:00Z") from error


@app.command("list")
def incidents_list_command(
    family: SomeFamilyOption = None, settings: SettingsOption = SETTINGS_PATH, store: StoreOption = None
) -> None:
    """List the known intervals."""
    given = settings_from(settings, store)
    found = read_incidents(Store(given.store), family)
    if found.empty:
        console.print("no incidents")
        return
    columns = ("incident", "family", "asset", "sensor", "kind", "start", "end", "note", "author")
    table = Table(*columns)
    found = found.assign(**{at: found[at].dt.strftime("%Y-%m-%d %H:%M") for at in ("start", "end")})
    for row in found.astype(object).where(found.notna(), "all").to_dict("records"):
        table.add_row(*(str(row[column]) for column in columns))
    console.print(table)
