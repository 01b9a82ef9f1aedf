"""
Every Tuesday at 02:00 UTC, for the Monday: what the section `[retention]` of the settings keeps no longer is removed,
and with it the temporary files that killed writers left. Small files of earlier days are joined.
`nightscore clean --dry-run` lists what that is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import nightscore_tasks as tasks
from airflow.sdk import CronDataIntervalTimetable, dag
from nightscore_run import defaults, words

from sensors_data.settings import from_environment

SETTINGS = from_environment()


@dag(
    schedule=CronDataIntervalTimetable("0 2 * * 2", "UTC"),
    start_date=datetime(2020, 1, 7),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(days=1),
    default_args=defaults(),
    params=words(SETTINGS),
    doc_md=__doc__,
    tags=["nightscore", "store"],
)
def weekly_clean() -> None:
    """One task, of the whole plant."""
    plan = tasks.plan({}, always=("clean",))
    plan >> tasks.job_task("clean")


weekly_clean()
