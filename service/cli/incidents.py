"""`nightscore incidents`: faults, planned work, what somebody said of an anomaly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from sensors_data.errors import UnusableError
from sensors_data.settings import Settings, parse
from service.cli.options import FamilyOption, JsonOption, SomeFamilyOption, families_of, with_settings
from service.console import add_cells, show, show_json, show_table
from service.schedule.request import day_from

OF_PICTURES = {"family": "family or camera", "asset": "asset or picture", "sensor": "sensor or place"}
"""What the columns hold that a verdict on a picture shares with intervals of families."""
app = typer.Typer(help="Known faults and planned work.", no_args_is_help=True)


def add(
    settings: Settings,
    family: FamilyOption,
    start: Annotated[str, typer.Option("--start", help="With a zone, like 2026-11-21T06:00Z.")],
    end: Annotated[str, typer.Option("--end", help="With a zone; the end is not part of the incident.")],
    kind: Annotated[str, typer.Option("--kind", help="fault, planned, dismissed or confirmed.")],
    asset: Annotated[str | None, typer.Option("--asset", help="The asset; by default all assets.")] = None,
    sensor: Annotated[str | None, typer.Option("--sensor", help="The sensor; by default all sensors.")] = None,
    note: Annotated[str, typer.Option("--note", help="What happened.")] = "",
    author: Annotated[str, typer.Option("--author", help="Your name.")] = "",
) -> None:
    """Record a known interval: planned work raises no alarm, and a fault is never learned from."""
    from sensors_data.series.incidents import LABELS, Incident, add_incident, label
    from sensors_data.store import Store

    settings.family(family)
    about = {"family": family, "kind": kind, "asset": asset, "sensor": sensor, "note": note, "author": author}
    when = {"start": _moment(start), "end": _moment(end), "told": datetime.now(UTC)}
    incident = parse(Incident, {**about, **when}, "incident")
    keep = label if kind in LABELS else add_incident
    show(f"kept incident {keep(Store(settings.store), incident)} of {family}: {kind}, {start} to {end}")


def import_calendar(
    settings: Settings,
    path: Annotated[Path, typer.Option("--from", help="An iCalendar file, like plant.ics.")],
    kind: Annotated[str, typer.Option("--kind", help="What its events are: planned or fault.")] = "planned",
    family: SomeFamilyOption = None,
    asset: Annotated[str | None, typer.Option("--asset", help="The asset; by default all assets.")] = None,
    first: Annotated[
        str | None, typer.Option("--from-day", help="First UTC day to look at; by default a week ago.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to-day", help="Last UTC day to look at; by default a year from today.")
    ] = None,
    author: Annotated[str, typer.Option("--author", help="Your name.")] = "",
) -> None:
    """Record a calendar's events as known intervals; a second import changes only what the calendar changed.

    Events of the span that the file no longer has are withdrawn.
    """
    from sensors_data.series.calendars import planned
    from sensors_data.series.calendars.calendar_file import events_in
    from sensors_data.store import Store

    told = datetime.now(UTC)
    start = day_from(first) if first else told.date() - timedelta(days=7)
    end = day_from(last) if last else told.date() + timedelta(days=366)
    about = {"calendar": path.name, "kind": kind, "asset": asset, "first": start, "last": end, "author": author}
    work = parse(planned.Work, about, "the import")
    families = {name: settings.family(name) for name in families_of(settings, family)}
    events = events_in(path)
    calendars = {name: planned.calendar_of(events, work, spec.layout) for name, spec in families.items()}
    for name, calendar in calendars.items():
        imported = planned.import_calendar(Store(settings.store), name, calendar, work, told)
        show(f"{path.name} for {name}, {start} to {end}: {imported}{planned.left_out(calendar)}")


def withdraw(
    settings: Settings,
    incident: Annotated[
        str, typer.Argument(help="Its id, as `incidents add` and `incidents list` print it, or the beginning of it.")
    ],
) -> None:
    """Withdraw an incident."""
    from sensors_data.series import incidents
    from sensors_data.store import Store

    store = Store(settings.store)
    known = incidents.incident_that_begins(store, incident)
    incidents.withdraw(store, known)
    show(f"withdrew incident {known}")


def list_incidents(settings: Settings, family: SomeFamilyOption = None, as_json: JsonOption = False) -> None:
    """List known faults, planned work, and what people said of anomalies and pictures."""
    from rich.table import Table

    from sensors_data.series.incidents import read_incidents
    from sensors_data.store import Store

    rows = read_incidents(Store(settings.store), family)
    columns = ("incident", "family", "asset", "sensor", "kind", "start", "end", "note", "author")
    if as_json:
        rows = rows.assign(**{at: rows[at].dt.strftime("%Y-%m-%dT%H:%M:%SZ") for at in ("start", "end")})
        every = [*columns, "camera", "image", "place"]
        show_json(rows[every].astype(object).where(rows.notna(), None).to_dict("records"))
        return
    if rows.empty:
        show("no incidents")
        return
    table = Table()
    for column in columns:
        heading = OF_PICTURES.get(column, column)
        table.add_column(heading, no_wrap=column == "incident", overflow="fold")
    rows = rows.assign(**{at: rows[at].dt.strftime("%Y-%m-%d %H:%M") for at in ("start", "end")})
    rows = rows.mask(
        rows["camera"].notna(), rows.assign(family=rows["camera"], asset=rows["image"], sensor=rows["place"])
    )
    for row in rows.astype(object).where(rows.notna(), "all").to_dict("records"):
        add_cells(table, *(row[column] for column in columns))
    show_table(table)


app.command("add", epilog="Example: nightscore incidents add --family pump --start 2026-11-21T06:00Z ...")(
    with_settings(add)
)
app.command("import", epilog="Example: nightscore incidents import --from plant.ics --family pump")(
    with_settings(import_calendar)
)
app.command("withdraw", epilog="Example: nightscore incidents withdraw 3f09a1")(with_settings(withdraw))
app.command("list", epilog="Example: nightscore incidents list --json")(with_settings(list_incidents))


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UnusableError(f"'{text[:40]}' is not a time", "write it like 2026-11-21T06:00Z") from error
