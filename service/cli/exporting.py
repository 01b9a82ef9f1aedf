"""Write a camera's pictures of a day as a folder of files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from sensors_data.errors import UnusableError, not_installed
from sensors_data.images.paths.folder_paths import Pictures
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
    key: Annotated[
        Path | None,
        typer.Option("--sign-with", help="Private key, PEM: sign each synthetic PNG by C2PA."),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="Certificates for the key, PEM, the signer's first.")
    ] = None,
    timestamps: Annotated[
        str | None, typer.Option("--timestamps", help="Address of a time-stamp authority, called for each PNG.")
    ] = None,
) -> None:
    """Write a published batch, painted defects or real pictures as PNGs, a folder a label, with masks and a list."""
    from service.show.exported import export_images as export

    signing = _signing(key, certificate, timestamps)
    say(export(settings, day_from(day), camera, table, out, signing))


def _signing(key: Path | None, certificate: Path | None, timestamps: str | None) -> Callable[[bytes], bytes] | None:
    """What signs each PNG, None where nothing of it is asked for."""
    if key is None and certificate is None and timestamps is None:
        return None
    if key is None or certificate is None:
        raise UnusableError("a signature takes a key and its certificate", "give both --sign-with and --certificate")
    if find_spec("c2pa") is None:
        raise not_installed("--sign-with", "c2pa-python", "c2pa")
    from synthesis.credentials.identity import read_identity
    from synthesis.credentials.signing import signing_by

    return signing_by(read_identity(key, certificate, datetime.now(UTC)), timestamps)
