"""
Every Monday at 06:00 UTC, when the night of Sunday is over: a new detector for every family and camera, learned from
the days before, accepted or rejected. It serves from the night of Monday on.

Trainings take turns in the pool `training` (one slot). One that was killed goes on where it was. A family's first
detector waits until it has `training.first_after` days of readings, or is trained before: by hand, with `day`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import nightscore_tasks as tasks
from airflow.sdk import CronDataIntervalTimetable, TaskGroup, dag
from nightscore_run import TRAINING, defaults, images, outcome, series, words

from sensors_data.settings import from_environment

SETTINGS = from_environment()


@dag(
    schedule=CronDataIntervalTimetable("0 6 * * 1", "UTC"),
    start_date=datetime(2020, 1, 6),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(days=5),
    default_args=defaults() | {"pool": TRAINING},
    params=words(SETTINGS),
    doc_md=__doc__,
    tags=["nightscore", "models"],
)
def weekly_detectors() -> None:
    """One training a family and camera, after the plan."""
    first = {series(family): [f"{series(family)}.train-series"] for family in SETTINGS.families}
    first |= {images(camera): [f"{images(camera)}.train-images"] for camera in SETTINGS.cameras}
    jobs = {series(family): ("train-series", family) for family in SETTINGS.families}
    jobs |= {images(camera): ("train-images", camera) for camera in SETTINGS.cameras}
    plan, trained = tasks.plan.override(pool="default_pool")(first), outcome("trained")
    for group, (job, whose) in jobs.items():
        with TaskGroup(group):
            train = tasks.job_task(job, whose)
            plan >> train >> [tasks.keep_killed_rows(), trained]


weekly_detectors()
