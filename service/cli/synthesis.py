"""What the command line knows of synthesis: train a DCGAN, draw with it, judge what was drawn, look at presets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.files import open_url, replace_file
from sensors_data.store import Store
from service.cli.images import CameraOption
from service.cli.options import SETTINGS_PATH, DayOption, SettingsOption, StoreOption, settings_from
from service.cli.presets import described, preset_table, same_pixels, write_pngs
from service.console import console, say, training_progress
from service.figures.images import sheet
from service.schedule.request import day_from
from service.trials import try_augmentation
from synthesis.generator_files import load_for
from synthesis.jobs import draw_images, judge_images, train_dcgan
from synthesis.presets.catalogue import preset
from synthesis.sampling import drawn_again, interpolate

app = typer.Typer(help="Synthetic images.", no_args_is_help=True)
presets_app = typer.Typer(help="DCGANs by name.", no_args_is_help=True)
app.add_typer(presets_app, name="presets")


@app.command("train-dcgan", epilog="Example: nightscore train-dcgan --camera press --day 2026-11-21")
def train_dcgan_command(
    day: DayOption, camera: CameraOption, settings: SettingsOption = SETTINGS_PATH, store: StoreOption = None
) -> None:
    """Learn a camera's generator from its images of the days before a day; the best snapshot serves."""
    with training_progress() as progress:
        line = train_dcgan(settings_from(settings, store), day_from(day), camera, progress(camera))
    say(line)


@app.command("draw-images", epilog="Example: nightscore draw-images --camera press --day 2026-11-21 --count 5000")
def draw_images_command(
    day: DayOption,
    camera: CameraOption,
    count: Annotated[int | None, typer.Option("--count", help="Images; the settings' own number if not given.")] = None,
    label: Annotated[str | None, typer.Option("--class", help="One class; all of them if not given.")] = None,
    truncation: Annotated[
        float | None, typer.Option("--truncation", help="Below 1: cleaner images, fewer kinds.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="A folder for PNGs; then nothing goes into the store.")
    ] = None,
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Draw a day's batch with the generator that serves it; it waits in the store for judge-images."""
    given, wanted = settings_from(settings, store), day_from(day)
    if out is None:
        say(draw_images(given, wanted, camera, count, label, truncation))
    else:
        say(write_pngs(given, wanted, camera, count, label, truncation, out))


@app.command("judge-images")
def judge_images_command(
    day: DayOption,
    camera: CameraOption,
    inception: Annotated[
        Path | None, typer.Option("--inception", help="The published Inception weights; then the FID is told too.")
    ] = None,
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Measure a day's drawn batch: what passes the gate is published, what does not is kept apart with the reason."""
    say(judge_images(settings_from(settings, store), day_from(day), camera, inception))


@app.command("interpolate-images")
def interpolate_images_command(
    day: DayOption,
    camera: CameraOption,
    first: Annotated[int, typer.Option("--from-seed", min=0, help="Seed of the first image.")] = 0,
    last: Annotated[int, typer.Option("--to-seed", min=0, help="Seed of the last one.")] = 1,
    steps: Annotated[int, typer.Option("--steps", min=2, max=100, help="Images in the strip.")] = 10,
    out: Annotated[Path, typer.Option("--out", help="The PNG to write.")] = Path("interpolation.png"),
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Draw a strip of images from one seed's to another's, through what lies between them."""
    generator = load_for(Store(settings_from(settings, store).store), camera, day_from(day))
    images = interpolate(generator, first, last, steps)
    replace_file(*open_url(str(out.resolve())), sheet(images, steps, f"{generator.name}, seed {first} to {last}"))
    say(f"drew {steps} images from seed {first} to {last} by {generator.name}: {out}")


@app.command("redraw-image")
def redraw_image_command(
    png: Annotated[Path, typer.Option("--png", help="A PNG that draw-images made.")],
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Draw a synthetic image once more from what its file says of itself, and compare the two pixel by pixel."""
    if not png.is_file():
        raise NotThereError(f"there is no {png}", "name a PNG that draw-images made")
    data = png.read_bytes()
    again = drawn_again(Store(settings_from(settings, store).store), data)
    if not same_pixels(again, data):
        raise UnusableError(
            f"{png} differs from what its generator draws", "it was changed, or drawn on another processor"
        )
    say(f"{png} was drawn again, every pixel the same")


@app.command("try-augmentation", epilog="Example: nightscore try-augmentation --camera press --day 2026-11-21")
def try_augmentation_command(
    day: DayOption,
    camera: CameraOption,
    per_class: Annotated[int, typer.Option("--per-class", min=10, help="Real images of each class.")] = 100,
    seeds: Annotated[int, typer.Option("--seeds", min=2, help="Runs with and without.")] = 5,
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Does a published batch help? Train with and without it on few real images; the verdict goes into `quality`."""
    say(try_augmentation(settings_from(settings, store), day_from(day), camera, per_class, seeds))


@presets_app.command("list")
def list_command(settings: SettingsOption = SETTINGS_PATH, store: StoreOption = None) -> None:
    """Every preset, what it is and how many numbers it learns."""
    console.print(preset_table())


@presets_app.command("show")
def show_command(
    name: Annotated[str, typer.Option("--name", help="The preset's name.")] = "default",
    size: Annotated[int, typer.Option("--size", help="Pixels a side.")] = 28,
    channels: Annotated[int, typer.Option("--channels", min=1, max=3, help="1 grey, 3 colour.")] = 1,
    classes: Annotated[int, typer.Option("--classes", min=0, help="Classes that it is told; 0 for none.")] = 0,
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """A preset's layers and how it is trained."""
    for line in described(preset(name, (channels, size, size), classes)):
        say(line)
