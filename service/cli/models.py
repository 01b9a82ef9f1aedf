"""`nightscore models`: what was trained, what serves, and back to an earlier one."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from sensors_data.errors import UnusableError
from sensors_data.settings import Settings
from service.cli.options import JsonOption, with_settings
from service.console import add_cells, say, show_json, show_table
from service.schedule.request import day_from

app = typer.Typer(help="Trained models: which ones are in use, and roll back to an earlier one.", no_args_is_help=True)
ANY_FAMILY = typer.Option("--family", help="A family's name in the settings.")
ANY_CAMERA = typer.Option("--camera", help="A camera's name in the settings.")


def list_models(
    settings: Settings,
    family: Annotated[str | None, ANY_FAMILY] = None,
    camera: Annotated[str | None, ANY_CAMERA] = None,
    as_json: JsonOption = False,
) -> None:
    """List the detectors: their training span, whether they were accepted, and why."""
    from rich.table import Table

    from sensors_data.model_files import ModelCatalogue
    from sensors_data.store import Store

    if family is not None:
        settings.family(family)  # refuses an unknown one
    if camera is not None:
        settings.camera(camera)
    catalogue = ModelCatalogue(Store(settings.store))
    wanted = (("series", family), ("images", camera))
    rows = [
        {
            "kind": model.kind,
            "name": model.name,
            "through": model.through,
            "serves": model == catalogue.serving(model.kind, model.name, date.max),
            "accepted": model.accepted,
            "verdict": catalogue.card(model).get("verdict", ""),
        }
        for kind, name in wanted
        if name or not (family or camera)
        for model in catalogue.models(kind, name or "")
    ]
    if as_json:
        show_json(rows)
        return
    table = Table("name", "learned through", "state", "verdict", box=None)
    for row in rows:
        state = "serves" if row["serves"] else "accepted" if row["accepted"] else "rejected"
        add_cells(table, row["name"], row["through"], state, row["verdict"])
    show_table(table)


def rollback(
    settings: Settings,
    to: Annotated[str, typer.Option("--to", help="Last training day of the model to return to.")],
    family: Annotated[str | None, ANY_FAMILY] = None,
    camera: Annotated[str | None, ANY_CAMERA] = None,
    day: Annotated[
        str | None, typer.Option("--day", help="Use it after this day; by default the newest scored.")
    ] = None,
) -> None:
    """Use an earlier model again from the next day on; earlier scores stay as they are."""
    from anomaly.rollback import newest_scored, rollback_images, rollback_series

    if (family is None) == (camera is None):
        raise UnusableError("one model is rolled back at a time", "give --family or --camera")
    when = day_from(day) if day else newest_scored(settings, family, camera)
    if family is not None:
        say(rollback_series(settings, when, family, day_from(to)))
    elif camera is not None:
        say(rollback_images(settings, when, camera, day_from(to)))


app.command("list")(with_settings(list_models))
app.command("rollback", epilog="Example: nightscore models rollback --family pump --to 2026-11-14")(
    with_settings(rollback)
)
