"""What a DAG run is asked for, and how its failures are kept. Nothing here is rendered or run as text."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import Asset, Param, get_current_context
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from sensors_data.jobs import JOBS, Job
from sensors_data.settings import Settings, from_environment

if TYPE_CHECKING:
    from service.schedule.request import RunRequest

TRAINING = "training"
"""The pool of one slot that trainings take in turn."""

EARLIER, TURN = "earlier", "turn"
"""The markers at which a family waits for the night before: one with a grace until that is scored, and each until its
anomalies are found.
"""


def series(family: str) -> str:
    """The group of a family's tasks."""
    return f"series-{family}"


def images(camera: str) -> str:
    """The group of a camera's tasks."""
    return f"images-{camera}"


def words(settings: Settings) -> dict[str, Param]:
    """What a run by hand may name; the web page offers the families and cameras that there are."""
    return {
        "day": Param(
            None,
            type=["null", "string"],
            pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            description="A UTC day like 2026-11-21; the schedule's own if not given.",
        ),
        "family": Param(None, enum=[None, *settings.families], description="One family; all if not given."),
        "camera": Param(None, enum=[None, *settings.cameras], description="One camera; all if not given."),
    }


def drawing(settings: Settings) -> list[str]:
    """The cameras that synthetic images are drawn for: those with a section `generator`, be it empty."""
    return [name for name, camera in settings.cameras.items() if "generator" in camera.model_fields_set]


def batches(settings: Settings) -> dict[str, list[str]]:
    """The jobs by which a week's batches of each camera begin: drawn by its generator, painted where settings ask."""
    jobs = {name: ["draw-images"] for name in drawing(settings)}
    for name, camera in settings.cameras.items():
        if camera.painted:
            jobs.setdefault(name, []).append("paint-defects")
    return jobs


def defaults() -> dict[str, Any]:
    """What every task of ours has; the first delay is Airflow's own setting, five minutes if nobody changed it."""
    return {
        "owner": "nightscore",
        "retries": 3,
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(hours=1),
        "on_failure_callback": keep_failed,
    }


def in_order(task_id: str) -> EmptyOperator:
    """A marker: the tasks before it are over, well or not, on this day and on every earlier one."""
    return EmptyOperator(task_id=task_id, trigger_rule="all_done", depends_on_past=True)


def in_turn(task_id: str, reached: EmptyOperator) -> tuple[EmptyOperator, EmptyOperator]:
    """Two markers: one until `reached` was reached on the day before, and one behind which tasks run from then on."""
    waits = EmptyOperator(task_id=task_id, depends_on_past=True, wait_for_downstream=True)
    goes_on = EmptyOperator(task_id=f"{task_id}-{reached.task_id.rpartition('.')[2]}")
    waits >> [goes_on, reached]  # both are markers: a job that failed must not hold up the days after it
    return waits, goes_on


def outcome(task_id: str) -> EmptyOperator:
    """The last marker of a run: it fails, and the run with it, where any task before it failed."""
    return EmptyOperator(task_id=task_id, trigger_rule="none_failed")


def request_of(job: str, context: Any) -> tuple[Settings, RunRequest]:
    """The settings, and the partitions that this run is asked for; its own day is the last whole one of its interval.

    Trainings have the day after that. NightscoreError for a run by hand that asks for what cannot be.
    """
    from service.schedule.request import run_request

    run = context["dag_run"]
    end = (run.data_interval_end or run.run_after).astimezone(UTC).date()
    last_whole_day = end if job in JOBS and JOBS[job].trains else end - timedelta(days=1)
    settings = from_environment()
    return settings, run_request(settings, run.conf or {}, last_whole_day, run.run_after.astimezone(UTC).date())


def partition() -> tuple[Settings, date]:
    """The settings and the day of the task that is running."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # one process of many: torch would take every core
    context = get_current_context()
    settings, request = request_of(_job(context["ti"].task_id), context)
    return settings, request.day


def skip_without_model(settings: Settings, kind: str, name: str, day: date) -> None:
    """Leave the task that is running out while no model of this kind was accepted for its family or camera."""
    from sensors_data.model_files import ModelCatalogue
    from sensors_data.store import Store

    if ModelCatalogue(Store(settings.store)).serving(kind, name, day) is None:
        raise AirflowSkipException(f"nothing done for {name} {day}: no model of {kind} was accepted before it")


def skip_without_table(settings: Settings, job: Job, owner: str, day: date) -> None:
    """Leave the task that is running out where nothing stands in the table that it works on."""
    from sensors_data.store import Store

    if day not in Store(settings.store).days(job.needs_table, **{job.owner: owner}):
        raise AirflowSkipException(f"nothing done for {owner} {day}: {job.needs_table} has nothing of it")


def importance(settings: Settings) -> dict[str, dict[str, Any]]:
    """What the tasks of each family have beside the defaults: where time is short, the more important go first."""
    if settings.night.budget is None and not settings.night.first:
        return {family: {} for family in settings.families}
    last_first = reversed(settings.night.ordered(settings.families))
    return {f: {"priority_weight": 100 + place, "weight_rule": "absolute"} for place, f in enumerate(last_first)}


def announce(settings: Settings, request: RunRequest) -> None:
    """Say, where the night has a budget, which families fit into it by their last nights."""
    from service.schedule.budget import budget_of

    if settings.night.budget is not None:
        print(
            budget_of(settings, request.day, settings.night.ordered(request.families)).announcement()
        )  # the task's log


def leave_out_without_room(settings: Settings, family: str, day: date) -> None:
    """Fail the running task, with which a family's night begins, where the night's budget has no room for it.

    One that is tried again has begun, or somebody cleared it.
    """
    from service.schedule.budget import no_room

    context = get_current_context()
    begun = context["dag_run"].start_date
    if context["ti"].try_number == 1 and begun and (why := no_room(settings, day, family, begun)):
        raise AirflowFailException(f"{why}; when there is time, clear this task and those behind it")


def published(table: str, name: str) -> Asset:
    """A table's part of one family or camera, for lineage; each event says of which day it is."""
    return Asset(name=f"{table} of {name}", uri=f"x-nightscore://{table}/{name}", group="nightscore")


def publish(day: date) -> None:
    """Say of which day the running task's assets now are."""
    context = get_current_context()
    for asset in context["task"].outlets:
        context["outlet_events"][asset].extra = {"day": str(day)}


def keep_failed(context: Any) -> None:
    """Callback: a task that failed for good leaves a failed row in `runs`, if its job could not."""
    ti = context["ti"]
    group, _, job = ti.task_id.rpartition(".")
    if group:
        shard = ti.map_index if ti.map_index >= 0 else None
        reason = context.get("exception") or "killed: no sign of life from its worker"
        _keep(
            context,
            group,
            job,
            shard,
            f"{type(reason).__name__}: {reason}" if isinstance(reason, BaseException) else reason,
        )


def keep_killed() -> None:
    """Failed rows for the tasks of the running task's group whose process was killed before any callback."""
    context = get_current_context()
    ti, run = context["ti"], context["dag_run"]
    group = ti.task_id.rpartition(".")[0]
    states = ti.get_task_states(dag_id=ti.dag_id, task_group_id=group, run_ids=[run.run_id])
    for name, state in states.get(run.run_id, {}).items():
        if state == "failed":
            job, _, shard = name.rpartition(".")[2].partition("_")
            _keep(context, group, job, int(shard) if shard else None, "killed: its process ended without a word")


def _keep(context: Any, group: str, job: str, shard: int | None, reason: str) -> None:
    from sensors_data.runs import keep_failure
    from sensors_data.store import Store

    settings, request = request_of(job, context)
    since = context["dag_run"].start_date or datetime.now(UTC)
    keep_failure(Store(settings.store), job, request.day, group.partition("-")[2], reason, since, shard)


def _job(task_id: str) -> str:
    return task_id.rpartition(".")[2]
