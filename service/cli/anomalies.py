"""What was found, as a list with ids, and one of it in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from anomaly.series.night.anomalies import SEVERITIES
from sensors_data.errors import NotThereError
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.tables.shares import shares_in_words
from service.cli.jobs import PANELS
from service.cli.options import JsonOption, SomeFamilyOption, families_of, with_settings
from service.console import add_cells, say, show, show_json, show_table
from service.schedule.request import day_from
from service.show.worst import worst_anomaly

NIGHTS = 14
"""Nights that are listed unless a span is given, as on the overview."""
MOST = 30
"""Rows of a table, at most."""
ID = 8
"""Digits of an id in a table; `explain` takes them."""


def add_commands(app: typer.Typer) -> None:
    """Add them."""
    commands: dict[str, tuple[Callable[..., None], str]] = {
        "anomalies": (anomalies, "nightscore anomalies --family pump --from 2026-11-14"),
        "explain": (explain, "nightscore explain 3f09a1"),
    }
    for name, (command, example) in commands.items():
        epilog = f"Example: {example}"
        app.command(name, epilog=epilog, rich_help_panel=PANELS["plant"])(with_settings(command))


def anomalies(
    settings: Settings,
    family: SomeFamilyOption = None,
    first: Annotated[str | None, typer.Option("--from", help="The first night; the last fourteen if unset.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last night; the newest if unset.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List what was found in the last nights, worst first, each with the id that `explain` takes."""
    start, end = (None if text is None else day_from(text) for text in (first, last))
    store, names = Store(settings.store), families_of(settings, family)
    found = {name: worst_first(store, name, _span(store.days("scores", family=name), start, end)) for name in names}
    if as_json:
        show_json([_as_json(name, row) for name, rows in found.items() for row in rows.to_dict("records")])
    else:
        for name, rows in found.items():
            show_anomalies(name, rows)


def explain(
    settings: Settings,
    anomaly: Annotated[
        str | None, typer.Argument(help="Its id as `anomalies` lists it, or how it begins; the worst if not given.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="A PNG to draw it into.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say in words why something was found: what is odd, what was expected, how sure, what people said."""
    from service.show.explain import anomaly_that_begins, picture
    from service.views.story import story_of

    store, families = Store(settings.store), families_of(settings, None)
    family, known = _worst(store, families) if anomaly is None else anomaly_that_begins(store, families, anomaly)
    story = story_of(settings, store, family, known)
    if as_json:
        show_json([{"anomaly": known, "family": family, "lines": story.lines, "history": story.history}])
    else:
        show(*story.lines)
    if out is not None:
        out.write_bytes(picture(store, settings, family, story))
        say(f"drew it: {out}")


def _worst(store: Store, families: list[str]) -> tuple[str, str]:
    """The family and id of the worst anomaly. NotThereError where nothing was found."""
    if (worst := worst_anomaly(store, families)) is None:
        raise NotThereError(f"nothing was found in {', '.join(families)}", "look at its state: nightscore doctor")
    return str(worst["family"]), str(worst["anomaly_id"])


def worst_first(store: Store, family: str, days: list[date]) -> pd.DataFrame:
    """A family's anomalies of some nights, each once as the last of them has it, planned work last."""
    found = store.read_days("anomalies", days, family=family).drop_duplicates("anomaly_id", keep="last")
    order = pd.Categorical(found["severity"], SEVERITIES[::-1], ordered=True)
    ranked = found.assign(order=order).sort_values(["suppressed", "order", "peak_score"], ascending=[True, True, False])
    return ranked.drop(columns="order")


def show_anomalies(family: str, rows: pd.DataFrame) -> None:
    """A family's anomalies, worst first, as a table."""
    from rich.table import Table

    if rows.empty:
        show(f"no anomalies found in {family}")
        return
    table = Table("severity", "asset", "start", "end", "peak", "sensors", title=f"anomalies in {family}")
    table.add_column("id", no_wrap=True)
    for row in rows.head(MOST).to_dict("records"):
        mark = " (planned)" if row["suppressed"] else ""
        times = (f"{row[at]:%Y-%m-%d %H:%M}" for at in ("start", "end"))
        about = (f"{row['peak_score']:.2f}", shares_in_words(row["sensors"]), row["anomaly_id"][:ID])
        add_cells(table, f"{row['severity']}{mark}", row["asset"], *times, *about)
    show_table(table)
    if len(rows) > MOST:
        show(f"and {len(rows) - MOST:,} more: nightscore anomalies --family {family} --json lists them all")


def _span(scored: list[date], first: date | None, last: date | None) -> list[date]:
    """The scored nights of a span; the last NIGHTS days of it where it has no beginning."""
    known = [day for day in scored if last is None or day <= last]
    begin = first or (known[-1] - timedelta(days=NIGHTS - 1) if known else date.min)
    return [day for day in known if day >= begin]


def _as_json(family: str, row: dict[Any, Any]) -> dict[str, Any]:
    """An anomaly for programs: its columns in the table `anomalies`, and its family."""
    about = {str(name): None if value is pd.NaT else value for name, value in row.items()}
    times = {name: f"{value:%Y-%m-%dT%H:%M:%SZ}" for name, value in about.items() if isinstance(value, pd.Timestamp)}
    return about | times | {"family": family, "sensors": list(row["sensors"])}
