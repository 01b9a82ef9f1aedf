"""The commands of jobs, made from the table of jobs; a job with options of its own has its command elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

from sensors_data.jobs import JOBS, Job, function_of
from sensors_data.settings import Settings
from service.cli.options import CameraOption, DayOption, FamilyOption, ShardOption, with_settings
from service.console import say, training_progress
from service.schedule.request import day_from

PANELS = {"family": "Jobs of a family", "camera": "Jobs of a camera", "plant": "Look and decide"}
"""Where a job's command stands in `nightscore --help`, by its owner."""
ELSEWHERE = (
    "accept-threshold",
    "clean",
    "draw-images",
    "judge-images",
    "paint-defects",
    "report",
    "train-upscaler",
    "try-augmentation",
)
"""Jobs whose commands have further options and are written by hand."""


def add_commands(app: typer.Typer) -> None:
    """Add the command of every job that takes its partition and nothing else."""
    for name, job in JOBS.items():
        if name not in ELSEWHERE:
            add_job(app, job)(command_of(job))


def add_job(
    app: typer.Typer, job: Job, days: str = "--day 2026-11-21"
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add a command under a job's name, with its help, in its owner's panel, with --settings and --store.

    `days` are the options of its example that say for which days it runs.
    """
    owner = {"family": " --family pump", "camera": " --camera press", "plant": ""}[job.owner]
    example = f"Example: nightscore {job.name}{owner} {days}"

    def add(command: Callable[..., None]) -> Callable[..., None]:
        app.command(job.name, help=job.help, epilog=example, rich_help_panel=PANELS[job.owner])(with_settings(command))
        return command

    return add


def command_of(job: Job) -> Callable[..., None]:
    """A command that runs a job of one partition and says what it did."""

    def of_shard(settings: Settings, day: DayOption, family: FamilyOption, shard: ShardOption = 0) -> None:
        _run(job, settings, day, family, shard)

    def of_family(settings: Settings, day: DayOption, family: FamilyOption) -> None:
        _run(job, settings, day, family)

    def of_camera(settings: Settings, day: DayOption, camera: CameraOption) -> None:
        _run(job, settings, day, camera)

    def of_plant(settings: Settings, day: DayOption) -> None:
        _run(job, settings, day)

    commands: dict[str, Callable[..., None]] = {"family": of_family, "camera": of_camera, "plant": of_plant}
    return of_shard if job.sharded else commands[job.owner]


def _run(job: Job, settings: Settings, day: str, *partition: Any) -> None:
    function, when = function_of(job), day_from(day)
    if not job.trains:
        say(function(settings, when, *partition))
        return
    with training_progress() as progress:
        line = function(settings, when, *partition, progress)
    say(line)
