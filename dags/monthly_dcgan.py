"""
On the first of a month at 09:00 UTC: a new generator for every camera that has a section `generator`, learned from the
days before, accepted or rejected. It draws from that day on (`weekly_images`).

Trainings take turns in the pool `training` (one slot). One that was killed goes on where it was.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import nightscore_tasks as tasks
from airflow.sdk import CronDataIntervalTimetable, TaskGroup, dag
from nightscore_run import TRAINING, defaults, drawing, images, outcome, words

from sensors_data.settings import from_environment

SETTINGS = from_environment()


@dag(
    schedule=CronDataIntervalTimetable("0 9 1 * *", "UTC"),
    start_date=datetime(2020, 1, 1),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(days=14),
    default_args=defaults() | {"pool": TRAINING},
    params=words(SETTINGS),
    doc_md=__doc__,
    tags=["nightscore", "models", "synthesis"],
)
def monthly_dcgan() -> None:
    """One training a camera, after the plan."""
    first = {images(camera): [f"{images(camera)}.train-dcgan"] for camera in drawing(SETTINGS)}
    plan, trained = tasks.plan.override(pool="default_pool")(first), outcome("trained")
    for camera in drawing(SETTINGS):
        with TaskGroup(images(camera)):
            train = tasks.job_task("train-dcgan", camera)
            plan >> train >> [tasks.keep_killed_rows(), trained]


monthly_dcgan()
