"""Looks at a camera's images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sensors_data.settings import Settings
from service.cli.options import (
    BELOW_LIMIT,
    CameraOption,
    DayOption,
    FirstOption,
    JsonOption,
    LastOption,
    add_command,
    with_settings,
)
from service.console import add_cells, say, show, show_table
from service.schedule.request import day_from

PANEL = "Look at images"


def add_commands(app: typer.Typer) -> None:
    """Add them."""
    add_command(app, PANEL, with_settings(show_image), "show-image --camera press --day 2026-11-21")
    add_command(app, PANEL, with_settings(explore_images), "explore-images --camera press --day 2026-11-21 --out looks")
    add_command(
        app,
        PANEL,
        with_settings(judge_picture),
        "judge-picture --camera press --day 2026-11-21 --image a.png --kind dismissed",
    )
    add_command(
        app,
        PANEL,
        with_settings(replay_images),
        "replay-images --camera press --from 2026-11-14 --to 2026-11-21 --rate 0.02",
    )
    add_command(app, PANEL, with_settings(evaluate_images), "evaluate-images --camera press --least-auroc 0.9")


def show_image(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    image: Annotated[str | None, typer.Option("--image", help="Id of one image; by default the worst ones.")] = None,
    count: Annotated[int, typer.Option("--count", min=1, max=100, help="Images on the page.")] = 20,
    out: Annotated[Path | None, typer.Option("--out", help="The PNG to write.")] = None,
) -> None:
    """Draw a day's worst images beside their heat maps, all on one scale, as a PNG page."""
    from service.show.images import show_day

    say(show_day(settings, day_from(day), camera, image, count, out))


def explore_images(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    preset: Annotated[
        str, typer.Option("--preset", help="A VAE over pixels: conv, dense-six or conv-logistic.")
    ] = "conv",
    steps: Annotated[int, typer.Option("--steps", min=1, help="Training steps.")] = 1500,
    out: Annotated[Path, typer.Option("--out", help="The folder for the PNGs.")] = Path("explored"),
) -> None:
    """Fit a pixel VAE to a camera's images before a day; draw a map of its codes, an interpolation between two images,
    samples, and reconstructions with noise on the code.
    """
    from service.show.images import explore

    for line in explore(settings, day_from(day), camera, preset, steps, out):
        say(line)


def judge_picture(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    image: Annotated[str, typer.Option("--image", help="The picture's id, as show-image names it.")],
    kind: Annotated[str, typer.Option("--kind", help="confirmed: a real defect. dismissed: a false alarm.")],
    place: Annotated[
        str | None,
        typer.Option("--place", help="Only this place in it: left,top,width,height in pixels, like 40,12,18,18."),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="What the picture shows.")] = "",
    author: Annotated[str, typer.Option("--author", help="Your name.")] = "",
) -> None:
    """Say what a picture or a place in it shows: the next training learns dismissed pictures as normal and leaves
    confirmed ones out.
    """
    from sensors_data.settings import parse
    from sensors_data.store import Store
    from sensors_data.verdicts import PictureVerdict, keep_picture_verdict, verdict_by_image

    settings.camera(camera)
    store, about = Store(settings.store), {"camera": camera, "day": day_from(day), "image": image, "place": place}
    verdict = parse(PictureVerdict, {**about, "kind": kind, "note": note, "author": author}, "the verdict")
    key = keep_picture_verdict(store, verdict)
    what = f"place {verdict.place} of {image}" if place else image
    say(f"kept verdict {key} on {what} of {camera}: {kind}; `incidents withdraw` takes it back")
    if verdict_by_image(store, camera)[image] != kind:
        say(f"training still leaves {image} out: somebody confirmed it or another place in it")


def replay_images(
    settings: Settings,
    camera: CameraOption,
    first: FirstOption,
    last: LastOption,
    rate: Annotated[
        float | None,
        typer.Option("--rate", min=0.0001, max=0.5, help="Share of good parts that may be over; by default as set."),
    ] = None,
) -> None:
    """Show which pictures past nights would have reported under a limit that is fitted again with today's verdicts."""
    from rich.table import Table

    from anomaly.images import replay as past

    outcome = past.replay_images(settings, camera, day_from(first), day_from(last), rate)
    show(str(outcome))
    table = Table("change", "day", "picture", "label", "verdict", "nats")
    for row in outcome.pictures.to_dict("records"):
        texts = [str(row[name]) for name in ("change", "day", "image_id", "label", "verdict")]
        add_cells(table, *texts, f"{row['score']:.1f}")
    show_table(table)
    say("nothing was changed: the next training takes the verdicts, and `false_alarm_rate` in the settings the rate")


def evaluate_images(
    settings: Settings,
    camera: CameraOption,
    day: Annotated[str | None, typer.Option("--day", help="Use this day's detector; by default the newest.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The PNG of the worst misses and false alarms.")] = None,
    least_auroc: Annotated[
        float | None, typer.Option("--least-auroc", min=0, max=1, help="Exit status 3 below this image AUROC.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare a camera's verdicts with the labels and masks of pictures that its detector did not learn from."""
    from service.cli.evaluate import evaluate

    if not evaluate(settings, camera, day_from(day) if day else None, out, as_json, least_auroc):
        raise typer.Exit(BELOW_LIMIT)
