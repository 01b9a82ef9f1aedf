"""Learn to paint defects from a few real ones; paint defects on good parts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sensors_data.jobs import JOBS
from sensors_data.settings import Settings
from service.cli.cameras import PANEL
from service.cli.jobs import add_job
from service.cli.options import CameraOption, DayOption, add_command, with_settings
from service.console import say, training_progress
from service.schedule.request import day_from


def add_commands(app: typer.Typer) -> None:
    """Add both commands."""
    add_job(app, JOBS["paint-defects"])(paint_defects)
    example = "train-painter --camera press --like real-defects --out painter.safetensors"
    add_command(app, PANEL, with_settings(train_painter), example)


def paint_defects(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    count: Annotated[
        int | None,
        typer.Option("--count", min=1, help="Number of images; the kinds alternate. By default as in the settings."),
    ] = None,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="A kind; may be repeated; by default all.")] = None,
    like: Annotated[Path | None, typer.Option("--like", help="Folder of real defects with masks to imitate.")] = None,
    painter: Annotated[Path | None, typer.Option("--painter", help="File of train-painter; it paints instead.")] = None,
) -> None:
    """Paint defects with their masks on good parts; a contact sheet goes into the store."""
    from sensors_data.defects.paint import KINDS
    from synthesis.defects.job import paint_defects as job

    say(job(settings, day_from(day), camera, count, tuple(kind) if kind else KINDS, like, painter))


def train_painter(
    settings: Settings,
    camera: CameraOption,
    like: Annotated[Path, typer.Option("--like", help="Folder of real defects with masks to learn from.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write the painter to.")],
    day: Annotated[
        str | None, typer.Option("--day", help="Learn from the 28 days before it; by default from the newest ones.")
    ] = None,
    images: Annotated[int, typer.Option("--images", min=1, help="Parts painted in training, with repeats.")] = 4_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the initial weights and of the order.")] = 0,
) -> None:
    """Train a painter that draws more defects like a few real ones; paint-defects --painter uses its file."""
    from synthesis.defects.painter_training import train_painter as train
    from synthesis.painter.learning import PainterSettings

    how = PainterSettings(images=images)
    with training_progress() as progress:
        outcome = train(
            settings, camera, None if day is None else day_from(day), like, out, how, seed, progress(camera)
        )
    say(outcome)
