"""
Every night at 00:00 UTC, for the day that has just ended: readings and images in, imputed, scored, anomalies found,
metrics exported, a report written.

A group of tasks a family and a camera, side by side: what fails in one does not keep the others from their night.
Every task is one job of one partition and may be run again, cleared or backfilled: the bytes are the same. The markers
`ingested`, `imputed`, `scored` and `found` cost no process; they let a day go on once every earlier day got as far, so
that nights that run side by side give what one after the other gives. Anomalies are found one night after the other:
those of the night before keep their ids.

A family with a grace first does its late days again (`revise`). Its nights run one after the other: each waits at the
marker `earlier` until the night before is scored.

Where `[night]` has a budget, `plan` says which families fit by their last nights, and important families come first. A
family for which there is no room when it would begin is left out: its first task fails and says so.

By hand: `day`, `family`, `camera`. Without a detector a family is taken in and not scored;
`weekly_detectors` trains it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import nightscore_tasks as tasks
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import CronDataIntervalTimetable, TaskGroup, dag
from nightscore_run import (
    EARLIER,
    TURN,
    defaults,
    images,
    importance,
    in_order,
    in_turn,
    outcome,
    published,
    series,
    words,
)

from sensors_data.settings import Family, from_environment

SETTINGS = from_environment()


def family_night(family: str, spec: Family) -> None:
    """A family's chain."""
    ingested, imputed, scored, found = (in_order(name) for name in ("ingested", "imputed", "scored", "found"))
    ingest = tasks.job_task("ingest", family)
    impute = tasks.shard_tasks("impute", family, spec.shards)
    score = tasks.shard_tasks("score-series", family, spec.shards)
    find = tasks.job_task("find-anomalies", family, (published("anomalies", family),))
    drift = tasks.job_task("drift", family)
    done = EmptyOperator(task_id="done", trigger_rule="all_done")
    if spec.grace:
        in_turn(EARLIER, scored)[1] >> tasks.job_task("revise", family) >> ingest
    turn, may_find = in_turn(TURN, found)
    ingest >> ingested >> impute >> imputed >> score >> scored >> [turn, drift]
    may_find >> find >> found
    ingest >> impute >> score >> [find, drift] >> done
    done >> tasks.job_task("export-metrics", family)


def first_tasks(family: str, spec: Family) -> list[str]:
    """The tasks of a family's chain that wait for no task of it, and the one that always runs."""
    begins = EARLIER if spec.grace else "ingest"
    return [f"{series(family)}.{begins}", f"{series(family)}.export-metrics"]


def camera_night(camera: str) -> None:
    """A camera's chain."""
    score = tasks.job_task("score-images", camera, (published("image_scores", camera),))
    done = EmptyOperator(task_id="done", trigger_rule="all_done")
    ingest = tasks.job_task("ingest-images", camera)
    ingest >> score >> done >> tasks.job_task("export-camera-metrics", camera)


@dag(
    schedule=CronDataIntervalTimetable("0 0 * * *", "UTC"),
    start_date=datetime(2020, 1, 1),
    catchup=False,
    max_active_runs=8,
    dagrun_timeout=timedelta(days=1),
    default_args=defaults(),
    params=words(SETTINGS),
    doc_md=__doc__,
    tags=["nightscore", "scores"],
)
def nightly() -> None:
    """The night's groups, after the plan."""
    first = {series(f): first_tasks(f, spec) for f, spec in SETTINGS.families.items()}
    first |= {images(c): [f"{images(c)}.ingest-images", f"{images(c)}.export-camera-metrics"] for c in SETTINGS.cameras}
    plan, night = tasks.plan(first, always=("report",)), outcome("night")
    groups = []
    weights = importance(SETTINGS)
    for family, spec in SETTINGS.families.items():
        with TaskGroup(series(family), default_args=weights[family]) as group:  # type: ignore[arg-type]  # a converter hides it
            family_night(family, spec)
        groups.append(group)
    for camera in SETTINGS.cameras:
        with TaskGroup(images(camera)) as group:
            camera_night(camera)
        groups.append(group)
    over = EmptyOperator(task_id="over", trigger_rule="all_done")
    report = tasks.job_task("report")
    for group in groups:
        plan >> [group.children[task_id] for task_id in first[str(group.group_id)]]
        # a red night must not hold up the markers that wait for what is behind them
        waiting = {f"{group.group_id}.{name}" for name in (EARLIER, TURN)}
        [task for task in group.iter_tasks() if task.task_id not in waiting] >> night
        group >> over
    [plan, over] >> report >> night


nightly()
