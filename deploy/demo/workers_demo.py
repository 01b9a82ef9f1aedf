"""`make airflow-workers`: a family of 16 shards scored by two Celery workers that share a store on S3, PostgreSQL and
Redis, and nothing else. One of them is killed in the middle; the night ends with the bytes of a single machine.
"""

from __future__ import annotations

import argparse
import shutil
import time
from datetime import UTC, date, datetime
from pathlib import Path
from subprocess import Popen
from typing import Any

import demo_plant
import torch
from airflow_rest import ask, sign_in
from as_script import run_as_script, say
from comparing import check_same
from local_airflow import DAGS, USER, Airflow, check_alive, prepare, running
from nights_demo import fresh_folder, wait_for_dags
from two_machines import WORKERS, Between, between, namespaces, power_cut, workers
from watching import follow, task_instances

from anomaly.series.night.drift_job import drift
from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from anomaly.series.training.train_job import train_series
from sensors_data.series.jobs import impute, ingest
from sensors_data.settings import load
from sensors_data.store import Store

FAMILY, SHARDS, ASSETS, DAYS = "oven", 16, 48, 12
QUICK = {
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "5",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "45",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "10",
    "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "5",
}
"""A dead worker is noticed within seconds here, not minutes."""


def main() -> None:
    """Run the demonstration; exit code 1 when the bytes differ or the night is not green in time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("demo-airflow-workers"))
    folder = parser.parse_args().folder.resolve()
    fresh_folder(folder)
    night = one_machine(folder / "single")
    with namespaces() as (address, under), between(folder / "shared", address) as shared:
        airflow = prepare(
            folder / "home", folder / "single/settings.toml", shared.database, shared.environment | QUICK, address
        )
        places = {worker: place_of(folder, worker) for worker in WORKERS}
        store = filled(folder / "single/store", shared, night)
        with running(airflow) as parts, workers(airflow, places, under) as processes:
            where = "network namespaces" if under["a"] else "processes on the loopback interface"
            say(f"two Celery workers in {where}; Airflow at {airflow.url}")
            tasks = the_night(airflow, night, parts, processes)
        tell(tasks)
        same = check_same(Store(str(folder / "single/store")), store)
        say("", f"{same} files of the store, those of {night} among them: the bytes of one machine")


def one_machine(folder: Path) -> date:
    """A plant in `folder`, its history, its detector, and its last night by one process: what is to come out."""
    torch.set_num_threads(1)  # as every task has it
    night = demo_plant.write_wide(folder, datetime.now(UTC).date(), ASSETS, SHARDS, DAYS)[-1]
    settings = load(folder / "settings.toml")
    for day in demo_plant.days_before(night, DAYS - 1):
        ingest(settings, day, FAMILY)
        for shard in range(SHARDS):
            impute(settings, day, FAMILY, shard)
    say(train_series(settings, night, FAMILY))
    ingest(settings, night, FAMILY)
    for job in (impute, score_series):
        for shard in range(SHARDS):
            job(settings, night, FAMILY, shard)
    say(find_anomalies(settings, night, FAMILY))
    drift(settings, night, FAMILY)
    return night


def place_of(folder: Path, worker: str) -> Path:
    """A worker's own folder: DAGs, settings and inbox copied; no store."""
    place = folder / f"worker-{worker}"
    shutil.copytree(DAGS, place / "dags", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(folder / "single/inbox", place / "inbox")
    shutil.copy(folder / "single/settings.toml", place)
    return place


def filled(single: Path, shared: Between, night: date) -> Store:
    """The store on S3 with all that was there before the night."""
    import os

    import s3fs

    os.environ.update({name: value for name, value in shared.environment.items() if name.startswith("AWS")})
    s3fs.S3FileSystem().mkdir("plant")
    store = Store("s3://plant/store")
    for path in sorted(p for p in single.rglob("*") if p.is_file() and str(night) not in str(p)):
        where = path.relative_to(single).as_posix()
        if not where.startswith("runs/"):
            store.write_bytes(where, path.read_bytes())
    return store


def the_night(
    airflow: Airflow, night: date, parts: list[Popen[bytes]], processes: dict[str, Popen[bytes]]
) -> list[dict[str, Any]]:
    """The night through both workers; the second is killed when it is in the middle of scoring."""
    rest = sign_in(airflow.url, USER, airflow.password)
    wait_for_dags(rest, ("nightly",))
    ask(rest, "PATCH", "/dags/nightly", {"is_paused": False})
    until = time.monotonic() + 900
    while not in_the_middle(tasks := task_instances(rest, "nightly")):
        check_alive([*parts, *processes.values()])
        if time.monotonic() > until:
            raise TimeoutError("the second worker never scored")
        time.sleep(0.5)
    done, hit = scored(tasks, "success"), scored(tasks, "running", "worker-b")
    count = power_cut(processes["b"])
    say(f"kill -9 of worker-b, {count} processes, with {len(done)} shards scored and its shards {hit} under way")
    return follow(rest, "nightly", 1, 900, say, [*parts, processes["a"]])


def in_the_middle(tasks: list[dict[str, Any]]) -> bool:
    """Whether some shards are scored, by either worker, and the second worker is at others."""
    hosts = {task["hostname"] for task in tasks if task["map_index"] in scored(tasks, "success")}
    return len(scored(tasks, "success")) >= 4 and "worker-b" in hosts and bool(scored(tasks, "running", "worker-b"))


def scored(tasks: list[dict[str, Any]], state: str, host: str = "") -> list[int]:
    """The shards whose scoring is in a state, on one host where one is named."""
    scorings = [t for t in tasks if t["task_id"].endswith("score-series") and t["state"] == state]
    return sorted(t["map_index"] for t in scorings if host in ("", t["hostname"]))


def tell(tasks: list[dict[str, Any]]) -> None:
    """Which worker scored which shard, at which try."""
    say("", "shard  worker    try")
    scorings = [t for t in tasks if t["task_id"].endswith("score-series")]
    for task in sorted(scorings, key=lambda t: int(t["map_index"])):
        say(f"{task['map_index']:5d}  {task['hostname']}  {task['try_number']:3d}")


if __name__ == "__main__":
    run_as_script(main)
