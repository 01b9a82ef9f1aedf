"""The tasks of the DAGs beside: each is one job of one partition, imported when it runs and not before.

A task is called what its job is called in the table `runs` and on the command line. Its group says whose it is:
`series-pump` of the family pump, `images-press` of the camera press.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from nightscore_run import asked_for, images, keep_killed, partition, publish, series, skip_without_model

from sensors_data.errors import NightscoreError


@task.branch(task_id="plan", retries=1, execution_timeout=timedelta(minutes=10))
def plan(first: dict[str, list[str]], always: tuple[str, ...] = ()) -> list[str]:
    """With which of each group's `first` tasks, and `always`, it goes on; refuses a day or name that cannot be."""
    try:
        _, wanted = asked_for("plan", get_current_context())
    except NightscoreError as error:
        raise AirflowFailException(str(error)) from error  # a retry would not help
    groups = [*map(series, wanted.families), *map(images, wanted.cameras)]
    return [*always, *(task_id for group in groups for task_id in first.get(group, []))]


@task(task_id="ingest", execution_timeout=timedelta(hours=1))
def ingest(family: str) -> str:
    """A family's readings of the day, from its inbox."""
    settings, day = partition()
    from sensors_data.series.jobs import ingest as job

    return job(settings, day, family)


@task(task_id="impute", execution_timeout=timedelta(hours=1))
def impute(family: str, shard: int) -> str:
    """A shard's readings on the family's clock, gaps filled."""
    settings, day = partition()
    from sensors_data.series.jobs import impute_day as job

    return job(settings, day, family, shard)


@task(task_id="score-series", execution_timeout=timedelta(hours=2))
def score_series(family: str, shard: int) -> str:
    """A shard's scores; skipped while no detector was accepted."""
    settings, day = partition()
    skip_without_model(settings, "series", family, day)
    from anomaly.series.score_job import score_series as job

    return job(settings, day, family, shard)


@task(task_id="find-anomalies", execution_timeout=timedelta(hours=1))
def find_anomalies(family: str) -> str:
    """A family's anomalies, from the scores of all its shards."""
    settings, day = partition()
    from anomaly.series.find_job import find_anomalies_of as job

    line = job(settings, day, family)
    publish(day)
    return line


@task(task_id="drift", execution_timeout=timedelta(hours=1))
def drift(family: str) -> str:
    """How far a family's last days lie from what its detector learned from."""
    settings, day = partition()
    from anomaly.series.drift_job import measure_drift as job

    return job(settings, day, family)


@task(task_id="export-metrics", execution_timeout=timedelta(minutes=30))
def export_metrics(family: str) -> str:
    """A family's night as metrics, when all its tasks are over; never an older night's after a newer one's."""
    settings, day = partition()
    keep_killed()
    from anomaly.monitoring.jobs import export_metrics as job

    return job(settings, day, family)


@task(task_id="export-camera-metrics", execution_timeout=timedelta(minutes=30))
def export_camera_metrics(camera: str) -> str:
    """A camera's night, generator and batches as metrics, when all its tasks are over, as export-metrics."""
    settings, day = partition()
    keep_killed()
    from anomaly.monitoring.jobs import export_camera_metrics as job

    return job(settings, day, camera)


@task(task_id="report", execution_timeout=timedelta(hours=1))
def report() -> str:
    """The night of all families and cameras as one page, also of what failed."""
    settings, day = partition()
    from service.report import write_report as job

    return job(settings, day)


@task(task_id="ingest-images", execution_timeout=timedelta(hours=1))
def ingest_images(camera: str) -> str:
    """A camera's images of the day, from its inbox."""
    settings, day = partition()
    from sensors_data.images.jobs import ingest_images as job

    return job(settings, day, camera)


@task(task_id="score-images", execution_timeout=timedelta(hours=2))
def score_images(camera: str) -> str:
    """A camera's image scores and heat maps; skipped while no detector was accepted."""
    settings, day = partition()
    skip_without_model(settings, "images", camera, day)
    from anomaly.images.jobs import score_camera as job

    line = job(settings, day, camera)
    publish(day)
    return line


@task(task_id="train-series", execution_timeout=timedelta(hours=12))
def train_series(family: str) -> str:
    """A family's detector, accepted or rejected; skipped while the first one is not due."""
    settings, day = partition()
    from anomaly.series.files import serving
    from anomaly.series.train_job import training_due
    from sensors_data.store import Store

    if serving(Store(settings.store), family, day) is None and not training_due(settings, day, family):
        wait = settings.family(family).training.first_after
        raise AirflowSkipException(
            f"not trained {family} for {day}: the first detector waits for {wait} days of readings"
        )
    from anomaly.series.train_job import train_series as job

    return job(settings, day, family)


@task(task_id="train-images", execution_timeout=timedelta(hours=12))
def train_images(camera: str) -> str:
    """A camera's detector, accepted or rejected."""
    settings, day = partition()
    from anomaly.images.jobs import train_images as job

    return job(settings, day, camera)


@task(task_id="train-dcgan", execution_timeout=timedelta(days=2))
def train_dcgan(camera: str) -> str:
    """A camera's generator, accepted or rejected."""
    settings, day = partition()
    from synthesis.jobs import train_dcgan as job

    return job(settings, day, camera)


@task(task_id="draw-images", execution_timeout=timedelta(hours=6))
def draw_images(camera: str) -> str:
    """A batch of a camera's generator, to be judged; skipped while no generator was accepted."""
    settings, day = partition()
    skip_without_model(settings, "generators", camera, day)
    from synthesis.jobs import draw_images as job

    return job(settings, day, camera)


@task(task_id="judge-images", execution_timeout=timedelta(hours=6))
def judge_images(camera: str) -> str:
    """The batch measured, and published if it passes the gate."""
    settings, day = partition()
    from synthesis.jobs import judge_images as job

    line = job(settings, day, camera)
    publish(day)
    return line


@task(task_id="keep-killed", trigger_rule="one_failed", execution_timeout=timedelta(minutes=10))
def keep_killed_rows() -> None:
    """A failed row for a task before it whose process was killed; nothing to do on any other day."""
    keep_killed()
