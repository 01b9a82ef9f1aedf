"""Train an upscaler of a camera, and enlarge pictures by it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sensors_data.errors import NightscoreError, NotThereError
from sensors_data.jobs import JOBS
from sensors_data.settings import Settings
from service.cli.cameras import PANEL
from service.cli.jobs import add_job
from service.cli.options import CameraOption, DayOption, add_command, with_settings
from service.console import say, training_progress
from service.schedule.request import day_from


def add_commands(app: typer.Typer) -> None:
    """Add both commands."""
    add_job(app, JOBS["train-upscaler"])(train_upscaler)
    add_command(
        app,
        PANEL,
        with_settings(upscale_images),
        "upscale-images --camera press --day 2026-11-21 --from small --out large",
    )


def train_upscaler(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    factor: Annotated[int, typer.Option("--factor", help="2 or 4.")] = 2,
    perceptual: Annotated[
        bool,
        typer.Option("--perceptual", help="Use a discriminator: sharper, but farther from the true pixels."),
    ] = False,
    images: Annotated[int, typer.Option("--images", min=1, help="Images shown in training, with repeats.")] = 200_000,
) -> None:
    """Train an upscaler."""
    from synthesis.upscaling.job import train_upscaler as job
    from synthesis.upscaling.learning import UpscalingSettings

    wanted = UpscalingSettings(factor=factor, perceptual=perceptual, images=images)
    with training_progress() as progress:
        outcome = job(settings, day_from(day), camera, progress, wanted)
    say(outcome)


def upscale_images(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    source: Annotated[Path, typer.Option("--from", help="A picture, or a folder of them.")],
    out: Annotated[Path, typer.Option("--out", help="A folder for the PNGs.")],
) -> None:
    """Enlarge pictures with a day's upscaler; those that cannot be read or are too large are reported."""
    from sensors_data.images.files import decode_image, encode_png, read_image_file
    from sensors_data.images.understanding.discover import pictures_at
    from sensors_data.store import Store
    from synthesis.upscaling.files import load_for
    from synthesis.upscaling.job import enlarged

    upscaler = load_for(Store(settings.store), camera, day_from(day))
    card = upscaler.card
    about = {"software": "nightscore", "enlarged": str(card.network.factor), "upscaler": upscaler.name}
    paths = pictures_at(source)
    out.mkdir(parents=True, exist_ok=True)
    written = 0
    for path in paths:
        try:
            image = enlarged(upscaler.network, decode_image(read_image_file(path), card.network.channels))
        except NightscoreError as error:
            say(f"{path} was passed over: {error}")
            continue
        (out / f"{path.stem}.png").write_bytes(encode_png(image, about))
        written += 1
    if not written:
        raise NotThereError(f"none of {len(paths)} files at {source} was enlarged", "the lines above say why of each")
    say(f"enlarged {written} of {len(paths)} pictures {card.network.factor} times by {upscaler.name} into {out}")
