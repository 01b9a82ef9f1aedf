"""Write a camera's pictures of a day as a folder of files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sensors_data.images.folder_paths import Pictures
from sensors_data.settings import Settings
from service.cli.cameras import PANEL
from service.cli.options import CameraOption, DayOption, add_command, with_settings
from service.console import say
from service.schedule.request import day_from


def add_commands(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, PANEL, with_settings(export_images), "export-images --camera press --day 2026-11-21 --out batch")


def export_images(
    settings: Settings,
    day: DayOption,
    camera: CameraOption,
    out: Annotated[Path, typer.Option("--out", help="The folder to write; new or empty.")],
    table: Annotated[Pictures, typer.Option("--table", help="The table whose pictures are written.")] = (
        Pictures.synthetic
    ),
) -> None:
    """Write a published batch, painted defects or real pictures as PNGs, a folder a label, with masks and a list."""
    from service.show.exported import export_images as export

    say(export(settings, day_from(day), camera, table, out))
