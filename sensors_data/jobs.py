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
            "Take in again the days of the grace whose values changed, and do again what depends on them.",
            "nightly",
            hours=6,
        ),
        Job(
            "ingest",
            "family",
            "sensors_data.series.jobs:ingest",
            "Read a day from the inbox into `readings`; what cannot be used goes to `rejects` with its reason.",
            "nightly",
            writes=("readings", "rejects"),
        ),
        Job(
            "impute",
            "family",
            "sensors_data.series.jobs:impute",
            "Put a day's readings on the family's clock and fill gaps from the day itself and earlier ones.",
            "nightly",
            writes=("grid",),
            sharded=True,
        ),
        Job(
            "train-series",
            "family",
            "anomaly.series.training.train_job:train_series",
            "Learn a family's detector from the days before a day, and accept or reject it.",
            "weekly",
            writes=("training", "scales"),
            trains="series",
            hours=12,
        ),
        Job(
            "score-series",
            "family",
            "anomaly.series.night.score_job:score_series",
            "Score a day by the newest accepted detector trained before it.",
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
            "Turn a day's scores into anomalies: intervals with a severity and the sensors that carry them.",
            "nightly",
            writes=("anomalies", "asset_days"),
        ),
        Job(
            "drift",
            "family",
            "anomaly.series.night.drift_job:drift",
            "Hold a family's newest days against what its model learned from; say whether to retrain.",
            "nightly",
            writes=("drift",),
        ),
        Job(
            "accept-threshold",
            "family",
            "anomaly.series.replay:accept_threshold",
            "Fit the threshold again on past nights, as `replay` shows it, and let it serve the nights after them.",
            "by hand",
            is_watched=False,
        ),
        Job(
            "export-metrics",
            "family",
            "anomaly.monitoring.jobs:export_metrics",
            "Write a night's outcome as a Prometheus text file, and push it where a Pushgateway is set.",
            "nightly",
            is_watched=False,
            hours=0.5,
        ),
        Job(
            "ingest-images",
            "camera",
            "sensors_data.images.jobs:ingest_images",
            "Read a day's images from the inbox into `images`; what cannot be used goes to `image_rejects` with its "
            "reason.",
            "nightly",
            writes=("images", "image_rejects"),
        ),
        Job(
            "train-images",
            "camera",
            "anomaly.images.jobs:train_images",
            "Learn a camera's detector from its normal images of the days before a day, and accept or reject it.",
            "weekly",
            writes=("training",),
            trains="images",
            hours=12,
        ),
        Job(
            "score-images",
            "camera",
            "anomaly.images.jobs:score_images",
            "Score a day's images by the newest accepted detector trained before it; a heat map for each anomaly.",
            "nightly",
            writes=("image_scores", "camera_drift", "image_self_tests"),
            needs="images",
            hours=2,
        ),
        Job(
            "train-dcgan",
            "camera",
            "synthesis.jobs:train_dcgan",
            "Learn a camera's generator from its images of the days before a day; the best snapshot serves.",
            "monthly",
            writes=("generator_training",),
            trains="generators",
            hours=48,
        ),
        Job(
            "draw-images",
            "camera",
            "synthesis.jobs:draw_images",
            "Draw a day's batch with the generator that serves it; it waits in the store for judge-images.",
            "weekly",
            writes=("drawn_images",),
            needs="generators",
            hours=6,
        ),
        Job(
            "judge-images",
            "camera",
            "synthesis.jobs:judge_images",
            "Measure a day's drawn batch: what passes the gate is published, what does not is kept apart with the "
            "reason.",
            "weekly",
            writes=("quality", "synthetic_images", "rejected_synthetic_images"),
            hours=6,
        ),
        Job(
            "paint-defects",
            "camera",
            "synthesis.defects.job:paint_defects",
            "Paint defects, each with its mask, on a camera's good parts of the days before a day.",
            "by hand",
            writes=("painted_images",),
        ),
        Job(
            "try-augmentation",
            "camera",
            "service.trials:try_augmentation",
            "Does a published batch add to ordinary augmentation? Train with and without it; the verdict in `quality` "
            "says whether it is for augmentation or to look at.",
            "weekly",
            needs_table="synthetic_images",
            is_watched=False,
            hours=6,
        ),
        Job(
            "train-upscaler",
            "camera",
            "synthesis.upscaling.job:train_upscaler",
            "Learn to enlarge a camera's images from those of the days before a day; accept it if it beats bicubic.",
            "by hand",
            trains="upscalers",
            is_watched=False,
            hours=6,
        ),
        Job(
            "export-camera-metrics",
            "camera",
            "anomaly.monitoring.jobs:export_camera_metrics",
            "Write a camera's night, its generator and its batches as a Prometheus text file, and push it where one is "
            "set.",
            "nightly",
            is_watched=False,
            hours=0.5,
        ),
        Job(
            "report",
            "plant",
            "service.report:report",
            "Write a night as one HTML file: what was found, worst first, with pictures, data quality, drift, models.",
            "nightly",
            is_watched=False,
        ),
        Job(
            "clean",
            "plant",
            "sensors_data.upkeep.cleaning:clean",
            "Remove what `retention` keeps no longer and what killed writers left; join small files of earlier days.",
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
