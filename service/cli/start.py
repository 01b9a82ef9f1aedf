"""The commands that a person starts with: from a file to settings, a backfill, a picture; the demo."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sensors_data.settings import Settings
from service.cli.options import (
    SETTINGS_PATH,
    DayOption,
    JsonOption,
    SettingsOption,
    SomeFamilyOption,
    StoreOption,
    add_command,
    families_of,
    with_settings,
)
from service.console import say, show, show_json
from service.schedule.request import day_from

PANEL = "Start here"


def add_commands(app: typer.Typer) -> None:
    """Add them in the order in which they are met."""
    add_command(app, PANEL, init, "init --from machine.csv --zone Europe/Berlin")
    add_command(app, PANEL, with_settings(backfill), "backfill --from 2026-10-01 --to 2026-10-31 --jobs 4")
    add_command(app, PANEL, with_settings(nightly), "nightly --day 2026-11-21")
    add_command(app, PANEL, with_settings(show_asset), "show --asset pump-3 --day 2026-11-21")
    add_command(app, PANEL, with_settings(doctor), "doctor --family pump")
    add_command(app, PANEL, demo, "demo --folder demo --seed 1")


def init(
    source: Annotated[
        Path, typer.Option("--from", help="A file (CSV, Excel, zip, ...) or a folder of them, or of pictures.")
    ],
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
    family: Annotated[str | None, typer.Option("--family", help="Name of the family; by default the file's.")] = None,
    time: Annotated[
        list[str] | None, typer.Option("--time", help="The column with the time; repeat it if the time is in several.")
    ] = None,
    style: Annotated[str | None, typer.Option("--format", help="Format of the times, like '%d.%m.%Y %H:%M'.")] = None,
    zone: Annotated[str | None, typer.Option("--zone", help="Zone of times without one; by default UTC.")] = None,
    separator: Annotated[str | None, typer.Option("--separator", help="The character between two cells.")] = None,
    decimal: Annotated[str | None, typer.Option("--decimal", help="The decimal mark, . or ,")] = None,
    asset: Annotated[
        list[str] | None, typer.Option("--asset", help="The column that names the machine; repeat it for several.")
    ] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Encoding of the text, like cp1252.")] = None,
    start: Annotated[str | None, typer.Option("--start", help="The date from which relative times count.")] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", help="The workbook's sheet; by default all with the same columns.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; note in the settings what is unsure.")] = False,
) -> None:
    """Inspect your readings or pictures and write settings for them; report what each column or folder is."""
    from sensors_data.series.understanding.wishes import Wishes
    from service.cli.init import write_settings

    wishes = Wishes(tuple(time or ()), style, zone, separator, decimal, encoding, tuple(asset or ()), start, sheet)
    write_settings(source, settings, store, family, wishes, not yes)


def backfill(
    settings: Settings,
    first: Annotated[str | None, typer.Option("--from", help="First day; by default the first in the inbox.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day; by default the last in the inbox.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=64, help="Processes that run in parallel.")] = 1,
    family: SomeFamilyOption = None,
) -> None:
    """Run every night of a span and train detectors on the way; the result is that of single nights, byte for byte."""
    from sensors_data.store import Store
    from service.cli.doctor import examine
    from service.schedule import nights
    from service.show.found import found_in, show_anomalies

    start, end = (None if text is None else day_from(text) for text in (first, last))
    for name in families_of(settings, family):
        days, scored = nights.backfill(settings, name, start, end, jobs, say)
        say(f"backfilled {name}: {len(days)} days from {days[0]} to {days[-1]}, {len(scored)} of them scored")
        if scored:
            show_anomalies(name, found_in(Store(settings.store), name, scored))
        else:
            show(*examine(settings, name).lines)


def nightly(settings: Settings, day: DayOption, family: SomeFamilyOption = None) -> None:
    """Run one night from start to end: ingest, impute, train if due, score, find anomalies, export metrics."""
    from service.schedule import nights

    nights.night(settings, day_from(day), families_of(settings, family), say)


def show_asset(
    settings: Settings,
    asset: Annotated[str | None, typer.Option("--asset", help="The asset; by default the worst one.")] = None,
    day: Annotated[str | None, typer.Option("--day", help="The UTC day; by default the asset's worst.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=60, help="Days to draw, the last of them --day.")] = 1,
    family: SomeFamilyOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="The PNG to write.")] = None,
) -> None:
    """Draw an asset's day: values, expected band, score, threshold, anomalies, as a PNG."""
    wanted = None if day is None else day_from(day)
    from service.show import series

    say(series.show_asset(settings, families_of(settings, family), asset, wanted, days, out))


def doctor(settings: Settings, family: SomeFamilyOption = None, as_json: JsonOption = False) -> None:
    """Report the state of each family and camera: whether it can be scored, why not, and what to run next."""
    from service.cli.doctor import examine
    from service.cli.doctor_camera import examine_camera

    cameras = sorted(settings.cameras) if family is None else []
    families = families_of(settings, family) if family or not cameras else sorted(settings.families)
    states = [examine(settings, name) for name in families] + [examine_camera(settings, name) for name in cameras]
    if as_json:
        show_json([asdict(state) for state in states])
    else:
        show(*(line for state in states for line in state.lines))


def demo(
    folder: Annotated[Path, typer.Option("--folder", help="Where the plant and its store go.")] = Path("demo"),
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed is another plant.")] = 0,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=64, help="Processes that run in parallel.")] = 2,
    store: StoreOption = None,
) -> None:
    """Simulate 30 days of a plant, train, score the last nights, and compare the anomalies with the injected faults."""
    from service.demo import plant

    plant.run_demo(folder, seed, jobs, store)
