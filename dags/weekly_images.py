"""
Every Monday at 03:00 UTC: a batch of synthetic images for every camera that has a section `generator`, drawn for the
Sunday, judged, published only if it passes the gate, and tried. `weekly_detectors`, three hours later, learns from
batches that raised a figure. A camera whose settings say how many defects are `painted` gets these too.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import nightscore_tasks as tasks
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import CronDataIntervalTimetable, TaskGroup, XComArg, dag
from nightscore_run import batches, defaults, images, outcome, published, words

from sensors_data.settings import from_environment

SETTINGS = from_environment()


@dag(
    schedule=CronDataIntervalTimetable("0 3 * * 1", "UTC"),
    start_date=datetime(2020, 1, 6),
    catchup=False,
    max_active_runs=4,
    dagrun_timeout=timedelta(days=1),
    default_args=defaults(),
    params=words(SETTINGS),
    doc_md=__doc__,
    tags=["nightscore", "synthesis"],
)
def weekly_images() -> None:
    """A batch a camera, after the plan."""
    first = {images(camera): [f"{images(camera)}.{job}" for job in jobs] for camera, jobs in batches(SETTINGS).items()}
    plan, drawn = tasks.plan(first), outcome("drawn")
    for camera, jobs in batches(SETTINGS).items():
        with TaskGroup(images(camera)):
            last = [painted_batch(camera, plan, drawn)] if "paint-defects" in jobs else []
            if "draw-images" in jobs:
                last += drawn_batch(camera, plan, drawn)
            last >> tasks.keep_killed_rows()


def painted_batch(camera: str, plan: XComArg, drawn: EmptyOperator) -> XComArg:
    """The task that paints a camera's batch, between the plan and the end."""
    paint = tasks.job_task("paint-defects", camera, (published("painted_images", camera),))
    plan >> paint >> drawn
    return paint


def drawn_batch(camera: str, plan: XComArg, drawn: EmptyOperator) -> list[XComArg]:
    """The tasks of a camera's drawn batch, between the plan and the end."""
    draw = tasks.job_task("draw-images", camera)
    judge = tasks.job_task("judge-images", camera, (published("synthetic_images", camera),))
    trial = tasks.job_task("try-augmentation", camera)
    plan >> draw >> judge >> trial >> drawn
    return [draw, judge, trial]


weekly_images()
