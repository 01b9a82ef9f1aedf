"""What the command line knows of cameras: ingest, train, score, show, explore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anomaly.images.jobs import score_camera, train_images
from anomaly.images.vae import PRESETS
from sensors_data.images.jobs import ingest_images
from service.cli.options import SETTINGS_PATH, DayOption, SettingsOption, StoreOption, settings_from
from service.console import say, training_progress
from service.schedule.request import day_from
from service.show.images import explore, show_day

app = typer.Typer(help="Cameras.", no_args_is_help=True)
CameraOption = Annotated[str, typer.Option("--camera", help="The camera's name in the settings.")]


@app.command("ingest-images")
def ingest_images_command(
    day: DayOption, camera: CameraOption, settings: SettingsOption = SETTINGS_PATH, store: StoreOption = None
) -> None:
    """Read a day's images from the inbox into `images`; what cannot be used goes to `image_rejects` with its reason."""
    say(ingest_images(settings_from(settings, store), day_from(day), camera))


@app.command("train-images")
def train_images_command(
    day: DayOption, camera: CameraOption, settings: SettingsOption = SETTINGS_PATH, store: StoreOption = None
) -> None:
    """Learn a camera's detector from its normal images of the days before a day, and accept or reject it."""
    with training_progress() as progress:
        line = train_images(settings_from(settings, store), day_from(day), camera, progress(camera))
    say(line)


@app.command("score-images")
def score_images_command(
    day: DayOption, camera: CameraOption, settings: SettingsOption = SETTINGS_PATH, store: StoreOption = None
) -> None:
    """Score a day's images by the newest accepted detector trained before it; a heat map for each anomaly."""
    say(score_camera(settings_from(settings, store), day_from(day), camera))


@app.command("show-image", epilog="Example: nightscore show-image --camera press --day 2026-11-21")
def show_image_command(
    day: DayOption,
    camera: CameraOption,
    image: Annotated[str | None, typer.Option("--image", help="One image's id; the worst ones if not given.")] = None,
    count: Annotated[int, typer.Option("--count", min=1, max=100, help="Images on the page.")] = 20,
    out: Annotated[Path | None, typer.Option("--out", help="The PNG to write.")] = None,
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Draw a day's worst images beside their heat maps, all on one scale, as a PNG page."""
    say(show_day(settings_from(settings, store), day_from(day), camera, image, count, out))


@app.command("explore-images", epilog="Example: nightscore explore-images --camera press --day 2026-11-21 --out looks")
def explore_images_command(
    day: DayOption,
    camera: CameraOption,
    preset: Annotated[str, typer.Option("--preset", help=f"A VAE over pixels: {', '.join(PRESETS)}.")] = "conv",
    steps: Annotated[int, typer.Option("--steps", min=1, help="Training steps.")] = 1500,
    out: Annotated[Path, typer.Option("--out", help="The folder for the PNGs.")] = Path("explored"),
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Fit a VAE over pixels to a camera's images before a day: a map of its codes, a strip from one image to another,
    samples, reconstructions with noise on the code.
    """
    for line in explore(settings_from(settings, store), day_from(day), camera, preset, steps, out):
        say(line)
