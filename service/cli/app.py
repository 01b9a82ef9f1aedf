"""The `nightscore` command: one command a job, and what a person needs around them."""

from __future__ import annotations

import logging
import sys
from importlib.metadata import version
from typing import Annotated

import typer
from rich.console import Console

from sensors_data.errors import NightscoreError
from service.cli import (
    anomalies,
    bridge,
    cameras,
    datasets,
    exporting,
    incidents,
    jobs,
    models,
    painting,
    plan,
    presets,
    review,
    start,
    synthesis,
    translation,
    upscaling,
)
from service.cli.upkeep import add_commands as add_upkeep
from service.cli.users import app as users_app
from service.console import aside, show
from service.log import LogForm, start_log

log = logging.getLogger("nightscore")
app = typer.Typer(
    help="Learns what normal looks like in sensor series and images, and scores every night what deviates from it.\n\n"
    "From a file to a picture: nightscore init --from FILE, nightscore backfill, nightscore show",
    epilog="Exit codes: 0 done; 1 an internal error of nightscore; 2 refused, with the reason and the remedy on "
    "standard error; 3 a figure below the requested limit, or a damaged store; 130 stopped by Ctrl-C.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
for room in (
    start,
    anomalies,
    review,
    plan,
    jobs,
    bridge,
    synthesis,
    painting,
    exporting,
    upscaling,
    translation,
    cameras,
):
    room.add_commands(app)
for name, group in (
    ("incidents", incidents.app),
    ("models", models.app),
    ("datasets", datasets.app),
    ("presets", presets.app),
):
    app.add_typer(group, name=name, rich_help_panel="Lists")
add_upkeep(app)
app.add_typer(users_app, name="users", rich_help_panel="Lists")


def _print_version(wanted: bool) -> None:
    if wanted:
        show(f"nightscore {version('nightscore')}")
        raise typer.Exit


@app.callback()
def options(
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet",
            "-q",
            envvar="NIGHTSCORE_QUIET",
            help="Print only the requested output and errors: no progress, no warnings.",
        ),
    ] = False,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            "-v",
            envvar="NIGHTSCORE_VERBOSE",
            help="Log every job on standard error, with time, level, job, family and day.",
        ),
    ] = False,
    log_form: Annotated[
        LogForm, typer.Option("--log", envvar="NIGHTSCORE_LOG", help="Write log lines as text or as JSON.")
    ] = LogForm.text,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options of nightscore itself; they come before the name of the command."""
    aside.quiet = quiet
    start_log(logging.ERROR if quiet else logging.INFO if verbose else logging.WARNING, log_form)


def main() -> None:
    """Run the command line: a refusal is one sentence and exit code 2, an internal error a logged traceback and 1."""
    try:
        app()  # exits by itself: 0, 2 for words it does not know, 130 for Ctrl-C
    except (NightscoreError, OSError) as error:  # the disk or the network refuses in words of its own
        Console(stderr=True, highlight=False).print(f"error: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(2)
    except Exception:
        log.exception("internal error of nightscore; please report it with the lines below")
        sys.exit(1)
