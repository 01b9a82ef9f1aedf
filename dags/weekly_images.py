"""
Every Monday at 03:00 UTC: a batch of synthetic images for every camera that has a section `generator`, drawn for the
Sunday, judged, published only if it passes the gate, and tried. `weekly_detectors`, three hours later, learns from
batches that raised a figure.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import nightscore_tasks as tasks
from airflow.sdk import CronDataIntervalTimetable, TaskGroup, dag
from nightscore_run import defaults, drawing, images, outcome, published, words

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
    first = {images(camera): [f"{images(camera)}.draw-images"] for camera in drawing(SETTINGS)}
    plan, drawn = tasks.plan(first), outcome("drawn")
    for camera in drawing(SETTINGS):
        with TaskGroup(images(camera)):
            draw = tasks.job_task("draw-images", camera)
            judge = tasks.job_task("judge-images", camera, (published("synthetic_images", camera),))
            trial = tasks.job_task("try-augmentation", camera)
            plan >> draw >> judge >> trial >> drawn
            [draw, judge, trial] >> tasks.keep_killed_rows()


weekly_images()
