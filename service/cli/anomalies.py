"""What was found, as a list with ids, and one of it in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sensors_data.settings import Settings
from service.cli.jobs import PANELS
from service.cli.options import JsonOption, SomeFamilyOption, add_command, families_of, with_settings
from service.console import say, show, show_json
from service.schedule.request import day_from


def add_commands(app: typer.Typer) -> None:
    """Add them."""
    add_command(app, PANELS["plant"], with_settings(anomalies), "anomalies --family pump --from 2026-11-14")
    add_command(app, PANELS["plant"], with_settings(explain), "explain 3f09a1")


def anomalies(
    settings: Settings,
    family: SomeFamilyOption = None,
    first: Annotated[str | None, typer.Option("--from", help="The first night; by default the last fourteen.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last night; by default the newest.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the anomalies of the last nights, worst first, each with the id that `explain` takes."""
    from sensors_data.store import Store
    from service.show import found

    start, end = (None if text is None else day_from(text) for text in (first, last))
    store, names = Store(settings.store), families_of(settings, family)
    spans = {name: found.nights_of(store.days("scores", family=name), start, end) for name in names}
    lists = {name: found.found_in(store, name, days) for name, days in spans.items()}
    if as_json:
        show_json([found.as_json(name, row) for name, rows in lists.items() for row in rows.to_dict("records")])
    else:
        for name, rows in lists.items():
            found.show_anomalies(name, rows)


def explain(
    settings: Settings,
    anomaly: Annotated[
        str | None, typer.Argument(help="Its id in `anomalies`, or the beginning of it; by default the worst one.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Also draw the anomaly into this PNG.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Explain an anomaly in words: what deviates, what was expected, how sure it is, what people said of it."""
    from sensors_data.store import Store
    from service.show.explain import anomaly_that_begins, picture, the_worst
    from service.views.story import story_of

    store, families = Store(settings.store), families_of(settings, None)
    family, known = the_worst(store, families) if anomaly is None else anomaly_that_begins(store, families, anomaly)
    story = story_of(settings, store, family, known)
    if as_json:
        show_json([{"anomaly": known, "family": family, "lines": story.lines, "history": story.history}])
    else:
        show(*story.lines)
    if out is not None:
        out.write_bytes(picture(store, settings, family, story))
        say(f"drew it: {out}")
