"""What the command line knows of drift and of metrics of cameras."""

from __future__ import annotations

import typer

from anomaly.monitoring.jobs import export_camera_metrics
from anomaly.series.drift_job import measure_drift
from service.cli.images import CameraOption
from service.cli.options import SETTINGS_PATH, DayOption, FamilyOption, SettingsOption, StoreOption, settings_from
from service.console import say
from service.schedule.request import day_from

app = typer.Typer(help="Drift and metrics.", no_args_is_help=True)


@app.command("drift", epilog="Example: nightscore drift --family pump --day 2026-11-21")
def drift_command(
    day: DayOption, family: FamilyOption, settings: SettingsOption = SETTINGS_PATH, store: StoreOption = None
) -> None:
    """Hold a family's newest days against what its model learned from; say whether to retrain."""
    say(measure_drift(settings_from(settings, store), day_from(day), family))


@app.command(
    "export-camera-metrics", epilog="Example: nightscore export-camera-metrics --camera press --day 2026-11-21"
)
def export_camera_metrics_command(
    day: DayOption, camera: CameraOption, settings: SettingsOption = SETTINGS_PATH, store: StoreOption = None
) -> None:
    """Write a camera's night, its generator and its batches as a Prometheus text file, and push it where one is set."""
    line = export_camera_metrics(settings_from(settings, store), day_from(day), camera)
    say(line)
