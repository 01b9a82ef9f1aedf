"""Draw synthetic images, judge them, try them, look at them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.jobs import JOBS
from sensors_data.settings import Settings
from service.cli.cameras import PANEL
from service.cli.jobs import add_job
from service.cli.options import CameraOption, DayOption, with_settings
from service.console import say
from service.schedule.request import day_from


def add_commands(app: typer.Typer) -> None:
    """Add them: the jobs that have options of their own, and two looks at a generator."""
    add_job(app, JOBS["draw-images"])(draw_images)
    add_job(app, JOBS["judge-images"])(judge_images)
    add_job(app, JOBS["try-augmentation"])(try_augmentation)
    add_job(app, JOBS["paint-defects"])(paint_defects)
    example = "Example: nightscore interpolate-images --camera press --day 2026-11-21"
    app.command("interpolate-images", epilog=example, rich_help_panel=PANEL)(with_settings(interpolate_images))
    example = "Example: nightscore redraw-image --png drawn/0000/press@2026-11-20-7-0000001.png"
    app.command("redraw-image", epilog=example, rich_help_panel=PANEL)(with_settings(redraw_image))


def draw_images(
    settings: Settings,
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
        Path | None, typer.Option("--inception", help="The published Inception weights; then the FID is told too.")
    ] = None,
) -> None:
    """Judge, with the FID where there are weights."""
    from synthesis import jobs

    say(jobs.judge_images(settings, day_from(day), camera, inception))


def paint_defects(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    count: Annotated[int, typer.Option("--count", min=1, help="Painted images; kinds take turns.")] = 150,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="A kind, may be repeated; all if not given.")] = None,
    like: Annotated[
        Path | None, typer.Option("--like", help="A folder of real defects with masks; paints more of their kind.")
    ] = None,
) -> None:
    """Paint defects with their masks on good parts; a contact sheet goes into the store."""
    from sensors_data.defects.paint import KINDS
    from synthesis.defects.job import paint_defects as job

    say(job(settings, day_from(day), camera, count, tuple(kind) if kind else KINDS, like))


def interpolate_images(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    first: Annotated[int, typer.Option("--from-seed", min=0, help="Seed of the first image.")] = 0,
    last: Annotated[int, typer.Option("--to-seed", min=0, help="Seed of the last one.")] = 1,
    steps: Annotated[int, typer.Option("--steps", min=2, max=100, help="Images in the strip.")] = 10,
    out: Annotated[Path, typer.Option("--out", help="The PNG to write.")] = Path("interpolation.png"),
) -> None:
    """Draw a strip of images from one seed's to another's, through what lies between them."""
    from sensors_data.files import open_url, replace_file
    from sensors_data.store import Store
    from service.figures.images import sheet
    from synthesis.generator_files import load_for
    from synthesis.sampling import interpolate

    generator = load_for(Store(settings.store), camera, day_from(day))
    images = interpolate(generator, first, last, steps)
    replace_file(*open_url(str(out.resolve())), sheet(images, steps, f"{generator.name}, seed {first} to {last}"))
    say(f"drew {steps} images from seed {first} to {last} by {generator.name}: {out}")


def redraw_image(
    settings: Settings,
    png: Annotated[Path, typer.Option("--png", help="A PNG that draw-images made.")],
) -> None:
    """Draw or paint a synthetic image once more from what its file says of itself, and compare pixel by pixel."""
    from service.show.drawn import made_again, same_pixels

    if not png.is_file():
        raise NotThereError(f"there is no {png}", "name a PNG that draw-images or paint-defects made")
    data = png.read_bytes()
    again = made_again(settings, data)
    if not same_pixels(again, data):
        reason = f"{png} differs from what is drawn from its text"
        raise UnusableError(reason, "it was changed, or drawn on another processor")
    say(f"{png} was drawn again, every pixel the same")


def try_augmentation(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    per_class: Annotated[int, typer.Option("--per-class", min=10, help="Real images of each class.")] = 100,
    seeds: Annotated[int, typer.Option("--seeds", min=2, help="Runs with and without.")] = 5,
) -> None:
    """Try a published batch."""
    from service import trials

    say(trials.try_augmentation(settings, day_from(day), camera, per_class, seeds))
