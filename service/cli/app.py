"""The `nightscore` command: one command a job, and what a person needs around them."""

from __future__ import annotations

import logging
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from anomaly.monitoring.jobs import export_metrics
from anomaly.series.find_job import find_anomalies_of
from anomaly.series.score_job import score_series
from anomaly.series.train_job import train_series
from sensors_data.errors import NightscoreError
from sensors_data.series.jobs import impute_day, ingest
from service.cli import datasets, doctor, evaluate, images, incidents, init, monitoring, serve, synthesis
from service.cli.doctor_camera import examine_camera
from service.cli.options import (
    SETTINGS_PATH,
    DayOption,
    FamilyOption,
    SettingsOption,
    ShardOption,
    SomeFamilyOption,
    StoreOption,
    families_of,
    settings_from,
)
from service.console import console, say, training_progress
from service.demo import plant
from service.schedule import nights
from service.schedule.request import day_from
from service.show.series import show_asset

log = logging.getLogger("nightscore")
app = typer.Typer(
    help="Learns what is normal in sensor series and scores every night what is not.\n\n"
    "From a file to a picture: nightscore init --from FILE, nightscore backfill, nightscore show",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(init.app)
app.add_typer(incidents.app, name="incidents")
app.add_typer(datasets.app, name="datasets")
app.add_typer(images.app)
app.add_typer(evaluate.app)
app.add_typer(synthesis.app)
app.add_typer(monitoring.app)
app.add_typer(serve.app)


def _print_version(wanted: bool) -> None:
    if wanted:
        console.print(f"nightscore {version('nightscore')}", markup=False)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Options of the command itself."""


def main() -> None:
    """Run the command line: a refusal is one sentence and exit code 2, a fault of ours a logged traceback and 1."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        app()  # exits by itself: 0, 2 for words it does not know, 130 for Ctrl-C
    except (NightscoreError, OSError) as error:  # the disk or the network refuses in words of its own
        Console(stderr=True, highlight=False).print(f"error: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(2)
    except Exception:
        log.exception("a fault of nightscore, not of what was asked; please report it with the lines below")
        sys.exit(1)


def _say_all(lines: list[str]) -> None:
    for line in lines:
        say(line)


@app.command("ingest")
def ingest_command(
    day: DayOption, family: FamilyOption, settings: SettingsOption = SETTINGS_PATH, store: StoreOption = None
) -> None:
    """Read a day from the inbox into `readings`; what cannot be used goes to `rejects` with its reason."""
    say(ingest(settings_from(settings, store), day_from(day), family))


@app.command("impute")
def impute_command(
    day: DayOption,
    family: FamilyOption,
    shard: ShardOption = 0,
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Put a day's readings on the family's clock and fill gaps from the day itself and earlier ones."""
    say(impute_day(settings_from(settings, store), day_from(day), family, shard))


@app.command("train-series")
def train_series_command(
    day: DayOption, family: FamilyOption, settings: SettingsOption = SETTINGS_PATH, store: StoreOption = None
) -> None:
    """Learn a family's detector from the days before a day, and accept or reject it."""
    with training_progress() as progress:
        line = train_series(settings_from(settings, store), day_from(day), family, progress)
    say(line)


@app.command("score-series")
def score_series_command(
    day: DayOption,
    family: FamilyOption,
    shard: ShardOption = 0,
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Score a day by the newest accepted detector trained before it."""
    say(score_series(settings_from(settings, store), day_from(day), family, shard))


@app.command("find-anomalies")
def find_anomalies_command(
    day: DayOption, family: FamilyOption, settings: SettingsOption = SETTINGS_PATH, store: StoreOption = None
) -> None:
    """Turn a day's scores into anomalies: intervals with a severity and the sensors that carry them."""
    say(find_anomalies_of(settings_from(settings, store), day_from(day), family))


@app.command("export-metrics")
def export_metrics_command(
    day: DayOption, family: FamilyOption, settings: SettingsOption = SETTINGS_PATH, store: StoreOption = None
) -> None:
    """Write a night's outcome as a Prometheus text file, and push it where a Pushgateway is set."""
    say(export_metrics(settings_from(settings, store), day_from(day), family))


@app.command("nightly", epilog="Example: nightscore nightly --day 2026-11-21")
def nightly_command(
    day: DayOption,
    family: SomeFamilyOption = None,
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """One night, start to end: ingest, impute, train where it is due, score, find anomalies, export metrics."""
    given = settings_from(settings, store)
    nights.night(given, day_from(day), families_of(given, family), say)


@app.command("backfill", epilog="Example: nightscore backfill --from 2026-10-01 --to 2026-10-31 --jobs 4")
def backfill_command(
    first: Annotated[str | None, typer.Option("--from", help="First day; the inbox's own if not given.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day; the inbox's own if not given.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=64, help="Processes side by side.")] = 1,
    family: SomeFamilyOption = None,
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Every night of a span, detectors trained on the way: what single nights would have given, byte for byte."""
    given = settings_from(settings, store)
    start, end = (None if text is None else day_from(text) for text in (first, last))
    for name in families_of(given, family):
        days, scored = nights.backfill(given, name, start, end, jobs, say)
        say(f"backfilled {name}: {len(days)} days from {days[0]} to {days[-1]}, {len(scored)} of them scored")
        if scored:
            doctor.print_found(console, given, name, scored)
        else:
            _say_all(doctor.examine(given, name))


@app.command("show", epilog="Example: nightscore show --asset pump-3 --day 2026-11-21")
def show_command(
    asset: Annotated[str | None, typer.Option("--asset", help="The asset; the worst one if not given.")] = None,
    day: Annotated[str | None, typer.Option("--day", help="The UTC day; the asset's worst if not given.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=60, help="Days to draw, the last of them --day.")] = 1,
    family: SomeFamilyOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="The PNG to write.")] = None,
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Draw an asset's day: values, expected band, score, threshold, anomalies, as a PNG."""
    given = settings_from(settings, store)
    wanted = None if day is None else day_from(day)
    say(show_asset(given, families_of(given, family), asset, wanted, days, out))


@app.command("doctor")
def doctor_command(
    family: SomeFamilyOption = None, settings: SettingsOption = SETTINGS_PATH, store: StoreOption = None
) -> None:
    """Say in words what a family or camera still lacks to be scored: its state, why, and what to run next."""
    given = settings_from(settings, store)
    for name in families_of(given, family) if family or not given.cameras else sorted(given.families):
        _say_all(doctor.examine(given, name))
    for name in sorted(given.cameras) if family is None else []:
        _say_all(examine_camera(given, name))


@app.command("demo", epilog="Example: nightscore demo --folder demo --seed 1")
def demo_command(
    folder: Annotated[Path, typer.Option("--folder", help="Where the plant and its store go.")] = Path("demo"),
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed is another plant.")] = 0,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=64, help="Processes side by side.")] = 2,
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Simulate a plant's 30 days, train, score the last nights, and set what was found beside what was injected."""
    plant.run_demo(console, folder, seed, jobs, store)
