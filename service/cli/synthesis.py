"""Draw synthetic images, judge them, try them, look at them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.jobs import JOBS
from sensors_data.settings import Settings
from service.cli.cameras import PANEL
from service.cli.jobs import add_job
from service.cli.options import CameraOption, DayOption, add_command, with_settings
from service.console import say
from service.schedule.request import day_from

if TYPE_CHECKING:
    import numpy as np

    from synthesis.generator_files import TrainedGenerator


def add_commands(app: typer.Typer) -> None:
    """Add them: the jobs that have options of their own, and two looks at a generator."""
    add_job(app, JOBS["draw-images"])(draw_images)
    add_job(app, JOBS["judge-images"])(judge_images)
    add_job(app, JOBS["try-augmentation"])(try_augmentation)
    add_command(app, PANEL, with_settings(interpolate_images), "interpolate-images --camera press --day 2026-11-21")
    add_command(app, PANEL, with_settings(mix_images), "mix-images --camera press --day 2026-11-21 --layers 2")
    add_command(app, PANEL, with_settings(vary_images), "vary-images --camera press --day 2026-11-21 --seed 3")
    add_command(app, PANEL, with_settings(expected_images), "expected-images --camera press --day 2026-11-21")
    add_command(app, PANEL, with_settings(invert_image), "invert-image --camera press --day 2026-11-21 --png part.png")
    add_command(app, PANEL, with_settings(redraw_image), "redraw-image --png drawn/0000/press@2026-11-20-7-0000001.png")


def draw_images(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    count: Annotated[
        int | None, typer.Option("--count", help="Number of images; by default as in the settings.")
    ] = None,
    label: Annotated[str | None, typer.Option("--class", help="One class; by default all.")] = None,
    truncation: Annotated[
        float | None, typer.Option("--truncation", help="Below 1: cleaner but less diverse images.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write PNGs to this folder instead of the store.")] = None,
) -> None:
    """Draw into the store, or into a folder."""
    wanted = day_from(day)
    if out is None:
        from synthesis import jobs

        say(jobs.draw_images(settings, wanted, camera, count, label, truncation))
    else:
        from service.show.drawn import write_pngs

        say(write_pngs(settings, wanted, camera, count, label, truncation, out))


def judge_images(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    inception: Annotated[
        Path | None, typer.Option("--inception", help="File of the published Inception weights; also prints the FID.")
    ] = None,
) -> None:
    """Judge, with the FID where there are weights."""
    from synthesis import jobs

    say(jobs.judge_images(settings, day_from(day), camera, inception))


def interpolate_images(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    first: Annotated[int, typer.Option("--from-seed", min=0, help="Seed of the first image.")] = 0,
    last: Annotated[int, typer.Option("--to-seed", min=0, help="Seed of the last one.")] = 1,
    steps: Annotated[int, typer.Option("--steps", min=2, max=100, help="Images in the strip.")] = 10,
    out: Annotated[Path, typer.Option("--out", help="The PNG to write.")] = Path("interpolation.png"),
) -> None:
    """Draw a strip of images that changes gradually from one seed's image to another's."""
    from synthesis.sampling import interpolate

    generator = _serving(settings, camera, day)
    images = interpolate(generator, first, last, steps)
    _write(out, images, steps, f"{generator.name}, seed {first} to {last}")
    say(f"drew {steps} images from seed {first} to {last} by {generator.name}: {out}")


def mix_images(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    coarse: Annotated[int, typer.Option("--style-from", min=0, help="Seed of the images that give shape.")] = 0,
    fine: Annotated[int, typer.Option("--style-to", min=0, help="Seed of the images that give details.")] = 1,
    layers: Annotated[int, typer.Option("--layers", min=1, help="Number of styles taken from the first seed.")] = 2,
    count: Annotated[int, typer.Option("--count", min=1, max=16, help="Images of each seed.")] = 6,
    out: Annotated[Path, typer.Option("--out", help="The PNG to write.")] = Path("mixed.png"),
) -> None:
    """Draw the shapes of one seed's images with the details of another's; the generator must have styles."""
    from synthesis.styles import mixed

    generator = _serving(settings, camera, day)
    square = mixed(generator, coarse, fine, layers, count)
    title = f"{generator.name}: rows give the first {layers} styles, columns the others"
    _write(out, square.reshape(-1, *square.shape[2:]), count + 1, title)
    say(f"drew {count} x {count} images by {generator.name}, shape of seed {coarse}, details of {fine}: {out}")


def vary_images(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the image that is changed.")] = 0,
    count: Annotated[int, typer.Option("--count", min=1, max=16, help="Directions, the strongest first.")] = 6,
    steps: Annotated[int, typer.Option("--steps", min=2, max=16, help="Images along each direction.")] = 7,
    out: Annotated[Path, typer.Option("--out", help="The PNG to write.")] = Path("varied.png"),
) -> None:
    """Draw an image changed along the directions in which its generator's styles vary most."""
    from synthesis.styles import varied

    generator = _serving(settings, camera, day)
    rows = varied(generator, seed, count, steps)
    names = [f"direction {number + 1}" for number in range(count)]
    _write(out, rows.reshape(-1, *rows.shape[2:]), steps, f"{generator.name}, seed {seed}", names)
    say(f"drew {count} directions by {generator.name} from seed {seed}: {out}")


def expected_images(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    image: Annotated[str | None, typer.Option("--image", help="One image's id; the worst ones if not given.")] = None,
    count: Annotated[int, typer.Option("--count", min=1, max=100, help="Images on the page.")] = 10,
    out: Annotated[Path, typer.Option("--out", help="The PNG to write.")] = Path("expected.png"),
) -> None:
    """Draw a day's anomalous images, each beside its heat map and a version with the anomalous places repaired."""
    from service.show.expected import show_expected

    say(show_expected(settings, day_from(day), camera, image, count, out))


def invert_image(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    png: Annotated[Path, typer.Option("--png", help="A picture of the camera.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the codes that are tried first.")] = 0,
    out: Annotated[Path, typer.Option("--out", help="The PNG to write.")] = Path("inverted.png"),
) -> None:
    """Find the code of a real picture: that of the nearest image its camera's generator can draw."""
    from service.show.expected import show_inversion

    say(show_inversion(settings, day_from(day), camera, png, seed, out))


def _serving(settings: Settings, camera: str, day: str) -> TrainedGenerator:
    """The generator that serves a day."""
    from sensors_data.store import Store
    from synthesis.generator_files import load_for

    return load_for(Store(settings.store), camera, day_from(day))


def _write(out: Path, images: np.ndarray, columns: int, title: str, rows: list[str] | None = None) -> None:
    """Write a sheet of images (N, C, H, W) to a file, in one rename."""
    from sensors_data.files import open_url, replace_file
    from service.figures.images import sheet

    replace_file(*open_url(str(out.resolve())), sheet(images, columns, title, rows))


def redraw_image(
    settings: Settings,
    png: Annotated[Path, typer.Option("--png", help="A PNG that draw-images made.")],
    painter: Annotated[
        Path | None, typer.Option("--painter", help="File of train-painter, for what a learned painter painted.")
    ] = None,
) -> None:
    """Draw or paint a synthetic image again from the metadata in its file, and compare it pixel by pixel."""
    from service.show.drawn import made_again, same_pixels

    if not png.is_file():
        raise NotThereError(f"there is no {png}", "name a PNG that draw-images or paint-defects made")
    data = png.read_bytes()
    again = made_again(settings, data, painter)
    if not same_pixels(again, data):
        reason = f"{png} differs from what is drawn from its text"
        raise UnusableError(reason, "it was changed, or drawn on another processor")
    say(f"{png} was drawn again, every pixel the same")


def try_augmentation(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    per_class: Annotated[
        int | None, typer.Option("--per-class", min=10, help="Real images of each class; by default all.")
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=2, help="Number of runs with the batch and without it.")] = 5,
    counts: Annotated[
        list[int] | None,
        typer.Option("--count", min=1, help="Also try so many drawn images; may be repeated. Shows how many pay."),
    ] = None,
) -> None:
    """Try a published batch: does it add to ordinary augmentation?"""
    from service import trials

    say(trials.try_augmentation(settings, day_from(day), camera, per_class, seeds, tuple(counts or ())))
