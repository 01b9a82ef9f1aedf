"""The table of jobs: each is a function of one partition, and the command, the Airflow task and the run of its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

Owner = Literal["family", "camera", "plant"]
"""Whose partition a job works on; the plant's is the night of all families and cameras."""
Rhythm = Literal["nightly", "weekly", "monthly", "by hand"]


@dataclass(frozen=True)
class Job:
    """One job. Its function is called with the settings, the day and, unless it is the plant's, its owner's name."""

    name: str
    owner: Owner
    function: str
    """The function as `package.module:name`, imported when the job runs and not before."""
    help: str
    rhythm: Rhythm
    writes: tuple[str, ...] = ()
    """The tables that it writes a partition of."""
    sharded: bool = False
    """Whether it runs once a shard; its function then takes the shard too."""
    trains: str = ""
    """The kind of model that it trains; its day is the first that the model may serve."""
    needs: str = ""
    """The kind of model without which a schedule leaves it out."""
    needs_table: str = ""
    """The table without whose partition of the day a schedule leaves it out."""
    is_watched: bool = True
    """Whether its runs are exported as metrics."""
    hours: float = 1
    """How long a scheduled run may take, hours."""


JOBS = {
    job.name: job
    for job in (
        Job(
            "revise",
            "family",
            "service.schedule.revisions:revise",
            "Ingest changed days of the grace period again, and redo what depends on them.",
            "nightly",
            hours=6,
        ),
        Job(
            "ingest",
            "family",
            "sensors_data.series.jobs:ingest",
            "Read a day from the inbox into `readings`; unusable values go to `rejects` with the reason.",
            "nightly",
            writes=("readings", "rejects"),
        ),
        Job(
            "impute",
            "family",
            "sensors_data.series.jobs:impute",
            "Put a day's readings on the family's regular clock, and fill gaps from this day and earlier ones.",
            "nightly",
            writes=("grid",),
            sharded=True,
        ),
        Job(
            "train-series",
            "family",
            "anomaly.series.training.train_job:train_series",
            "Train a family's detector on the days before a day, and accept or reject it.",
            "weekly",
            writes=("training", "scales"),
            trains="series",
            hours=12,
        ),
        Job(
            "score-series",
            "family",
            "anomaly.series.night.score_job:score_series",
            "Score a day with the newest accepted detector trained before it.",
            "nightly",
            writes=("scores", "sensor_scores", "completeness", "self_tests"),
            sharded=True,
            needs="series",
            hours=2,
        ),
        Job(
            "find-anomalies",
            "family",
            "anomaly.series.night.find_job:find_anomalies",
            "Turn a day's scores into anomalies: intervals with a severity and their main sensors.",
            "nightly",
            writes=("anomalies", "asset_days"),
        ),
        Job(
            "drift",
            "family",
            "anomaly.series.night.drift_job:drift",
            "Compare a family's newest days with its model's training span; say whether to retrain.",
            "nightly",
            writes=("drift",),
        ),
        Job(
            "accept-threshold",
            "family",
            "anomaly.series.replay:accept_threshold",
            "Fit the threshold again on past nights, as `replay` shows it, and use it from the next night on.",
            "by hand",
            is_watched=False,
        ),
        Job(
            "export-metrics",
            "family",
            "anomaly.monitoring.jobs:export_metrics",
            "Write a night's outcome as a Prometheus text file, and push it if a Pushgateway is set.",
            "nightly",
            is_watched=False,
            hours=0.5,
        ),
        Job(
            "ingest-images",
            "camera",
            "sensors_data.camera_job:ingest_images",
            "Read a day's images from the inbox into `images`; unusable files go to `image_rejects` with the reason.",
            "nightly",
            writes=("images", "image_rejects"),
        ),
        Job(
            "train-images",
            "camera",
            "anomaly.images.jobs:train_images",
            "Train a camera's detector on its normal images of the days before a day, and accept or reject it.",
            "weekly",
            writes=("training",),
            trains="images",
            hours=12,
        ),
        Job(
            "score-images",
            "camera",
            "anomaly.images.jobs:score_images",
            "Score a day's images with the newest accepted detector trained before it, and draw heat maps.",
            "nightly",
            writes=("image_scores", "camera_drift", "image_self_tests"),
            needs="images",
            hours=2,
        ),
        Job(
            "train-dcgan",
            "camera",
            "synthesis.jobs:train_dcgan",
            "Train a camera's generator on its images of the days before a day, and keep the best snapshot.",
            "monthly",
            writes=("generator_training",),
            trains="generators",
            hours=48,
        ),
        Job(
            "draw-images",
            "camera",
            "synthesis.jobs:draw_images",
            "Draw a day's batch with the day's generator; it waits in the store for judge-images.",
            "weekly",
            writes=("drawn_images",),
            needs="generators",
            hours=6,
        ),
        Job(
            "judge-images",
            "camera",
            "synthesis.jobs:judge_images",
            "Measure a day's drawn batch: it is published if it passes the gate, else kept apart with the reason.",
            "weekly",
            writes=("quality", "synthetic_images", "rejected_synthetic_images"),
            hours=6,
        ),
        Job(
            "paint-defects",
            "camera",
            "synthesis.defects.job:paint_defects",
            "Paint defects, each with its mask, on a camera's good parts from the days before a day.",
            "weekly",
            writes=("painted_images",),
            hours=6,
        ),
        Job(
            "try-augmentation",
            "camera",
            "service.trials:try_augmentation",
            "Train with and without a published batch: does it improve on ordinary augmentation? The verdict goes to "
            "`quality`.",
            "weekly",
            needs_table="synthetic_images",
            is_watched=False,
            hours=6,
        ),
        Job(
            "train-upscaler",
            "camera",
            "synthesis.upscaling.job:train_upscaler",
            "Train a network that enlarges a camera's images, on the days before a day; accept it if it beats bicubic.",
            "by hand",
            trains="upscalers",
            is_watched=False,
            hours=6,
        ),
        Job(
            "export-camera-metrics",
            "camera",
            "anomaly.monitoring.jobs:export_camera_metrics",
            "Write the outcome of a camera's night as a Prometheus text file, and push it if a Pushgateway is set.",
            "nightly",
            is_watched=False,
            hours=0.5,
        ),
        Job(
            "report",
            "plant",
            "service.report:report",
            "Write a night as one HTML file: anomalies, worst first, with pictures, data quality, drift and models.",
            "nightly",
            is_watched=False,
        ),
        Job(
            "clean",
            "plant",
            "sensors_data.upkeep.cleaning:clean",
            "Remove files that `retention` no longer keeps and leftovers of killed writers; join small files.",
            "weekly",
            is_watched=False,
        ),
    )
}


def function_of(job: Job) -> Callable[..., str]:
    """A job's function, imported now."""
    module, _, name = job.function.partition(":")
    function: Any = getattr(import_module(module), name)
    made: Callable[..., str] = function
    return made


def remedy(table: str) -> str:
    """What to run when a partition of a table is missing."""
    writer = next((job for job in JOBS.values() if table in job.writes), None)
    return f"run: nightscore {writer.name}" if writer else "run the job that writes it"
