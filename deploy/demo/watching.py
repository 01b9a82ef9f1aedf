"""Runs of a DAG as they go: each task told when it is over, and at the end what they took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from subprocess import Popen
from typing import Any

from airflow_rest import Rest, ask
from local_airflow import check_alive

from sensors_data.store import Store

OVER = ("success", "failed", "skipped", "upstream_failed", "removed")


@dataclass(frozen=True)
class Took:
    """One task that ran: how long it waited and worked, seconds; `job` is the part that was the job's own."""

    task: str
    waited: float
    worked: float
    job: float


def follow(
    rest: Rest, dag: str, count: int, seconds: float, say: Callable[[str], None], processes: Iterable[Popen[bytes]]
) -> list[dict[str, Any]]:
    """The task instances of a DAG's runs, once `count` runs are over, each told when it is.

    TimeoutError when they are not after `seconds`, ValueError when a run failed, OSError when a process ended.
    """
    until, reported = time.monotonic() + seconds, set()
    while True:
        check_alive(processes)
        runs = ask(rest, "GET", f"/dags/{dag}/dagRuns?limit=100")["dag_runs"]
        tasks = task_instances(rest, dag)
        for task in sorted((t for t in tasks if t["state"] in OVER), key=lambda t: str(t["end_date"])):
            if task["id"] not in reported and task["hostname"]:
                say(line_of(task))
            reported.add(task["id"])
        ended = [run for run in runs if run["state"] in ("success", "failed")]
        if len(ended) >= count:
            failed = [run["dag_run_id"] for run in ended if run["state"] == "failed"]
            if failed:
                raise ValueError(f"{dag}: {len(failed)} of {len(ended)} runs failed: {', '.join(failed)}")
            return tasks
        if time.monotonic() > until:
            raise TimeoutError(f"{dag}: {len(ended)} of {count} runs were over after {seconds:.0f} s")
        time.sleep(3)


def task_instances(rest: Rest, dag: str) -> list[dict[str, Any]]:
    """Every task instance of a DAG's runs."""
    instances: list[dict[str, Any]] = []
    while True:
        page = ask(rest, "GET", f"/dags/{dag}/dagRuns/~/taskInstances?limit=100&offset={len(instances)}")
        instances += page["task_instances"]
        if len(instances) >= page["total_entries"] or not page["task_instances"]:
            return instances


def line_of(task: dict[str, Any]) -> str:
    """A task that is over in one line."""
    shard = f" {task['map_index']}" if task["map_index"] >= 0 else ""
    took = f"{task['duration'] or 0:5.1f} s"
    tries = f", try {task['try_number']}" if task["try_number"] > 1 else ""
    return f"  {took}  {task['state']:8} {night_of(task)}  {task['task_id']}{shard}{tries}"


def night_of(task: dict[str, Any]) -> str:
    """The date in a task's run."""
    return str(task["logical_date"] or task["run_after"])[:10]


def times(tasks: list[dict[str, Any]], store: Store) -> list[Took]:
    """What each task took that a worker ran, beside what its job told in `runs`."""
    took = []
    for task in tasks:
        if task["state"] != "success" or not task["hostname"]:
            continue
        night, (group, _, job) = night_of(task), task["task_id"].rpartition(".")
        name = group.partition("-")[2]
        run = f"{job}-{name}-{task['map_index']}" if task["map_index"] >= 0 else f"{job}-{name}"
        rows = store.read_days("runs", [date.fromisoformat(night)], run=run) if name else store.read_files("runs", [])
        own = float(rows["seconds"].iloc[0]) if len(rows) else float("nan")
        started = datetime.fromisoformat(task["start_date"])
        waited = (started - datetime.fromisoformat(task["scheduled_when"])).total_seconds()
        took.append(Took(task["task_id"], waited, task["duration"], own))
    return took


def table(took: list[Took]) -> list[str]:
    """Times per task, medians over its runs, as lines of text."""
    lines = [f"{'task':32} {'runs':>4} {'waited':>7} {'worked':>7} {'job':>6}   seconds, medians"]
    for task in dict.fromkeys(t.task for t in took):
        runs = [t for t in took if t.task == task]
        waited, worked, job = (median(getattr(t, key) for t in runs) for key in ("waited", "worked", "job"))
        lines.append(f"{task:32} {len(runs):4d} {waited:7.1f} {worked:7.1f} {job:6.1f}")
    return lines
