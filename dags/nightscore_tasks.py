"""The tasks of the DAGs beside: each is one job of one partition, imported when it runs and not before.

Tasks are made from the table of jobs, so a task is called what its job is called in the table `runs` and on the command
line. Its group says whose it is: `series-pump` of the family pump, `images-press` of the camera press.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from airflow.sdk import Asset, XComArg, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from nightscore_run import (
    announce,
    images,
    keep_killed,
    leave_out_without_room,
    partition,
    publish,
    request_of,
    series,
    skip_without_model,
    skip_without_table,
)

from sensors_data.errors import NightscoreError
from sensors_data.jobs import JOBS, Job, function_of
from sensors_data.settings import Settings

LAST = ("export-metrics", "export-camera-metrics")
"""Jobs that run when all tasks of their group are over; they first keep the rows of tasks that were killed."""


@task.branch(task_id="plan", retries=1, execution_timeout=timedelta(minutes=10))
def plan(first: dict[str, list[str]], always: tuple[str, ...] = ()) -> list[str]:
    """With which of each group's `first` tasks, and `always`, it goes on; refuses a day or name that cannot be."""
    try:
        settings, request = request_of("plan", get_current_context())
        announce(settings, request)
    except NightscoreError as error:
        raise AirflowFailException(str(error)) from error  # a retry would not help
    groups = [*map(series, request.families), *map(images, request.cameras)]
    return [*always, *(task_id for group in groups for task_id in first.get(group, []))]


def job_task(name: str, owner: str = "", outlets: tuple[Asset, ...] = ()) -> XComArg:
    """The task of a job, for a family, a camera or, without a name, the plant; `outlets` say what it publishes."""
    made: XComArg = _decorated(JOBS[name], outlets)(*([owner] if owner else []))
    return made


def shard_tasks(name: str, owner: str, shards: int) -> XComArg:
    """A sharded job's tasks of a family, one a shard."""
    made: XComArg = _decorated(JOBS[name], ()).partial(whose=owner).expand(shard=list(range(shards)))
    return made


def _decorated(job: Job, outlets: tuple[Asset, ...]) -> Any:
    """A job as something that makes tasks."""

    def run(whose: str = "", shard: int | None = None) -> str:
        settings, day = partition()
        if job.name in LAST:
            keep_killed()
        _skip(job, settings, day, whose)
        if job.owner == "family" and job.name == ("revise" if settings.family(whose).grace else "ingest"):
            leave_out_without_room(settings, whose, day)  # its night begins
        part = [value for value in (whose, shard) if value not in ("", None)]
        line = function_of(job)(settings, day, *part)
        publish(day)
        return line

    limit = timedelta(hours=job.hours)
    return task(task_id=job.name, execution_timeout=limit, doc_md=job.help, outlets=list(outlets))(run)


def _skip(job: Job, settings: Settings, day: date, owner: str) -> None:
    """Leave the running task out while its model or table is missing, or a family's first training is not due."""
    if job.needs:
        skip_without_model(settings, job.needs, owner, day)
    if job.needs_table:
        skip_without_table(settings, job, owner, day)
    if job.trains == "series":
        from anomaly.series.training.train_job import waits_for_readings

        if wait := waits_for_readings(settings, day, owner):
            raise AirflowSkipException(wait)


@task(task_id="keep-killed", trigger_rule="one_failed", execution_timeout=timedelta(minutes=10))
def keep_killed_rows() -> None:
    """A failed row for a task before it whose process was killed; nothing to do on any other day."""
    keep_killed()
