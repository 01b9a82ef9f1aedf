"""A backfill by Airflow, several nights at a time, beside the same nights one after the other in one process: the same
bytes, and what Airflow costs a task.
"""

from __future__ import annotations

import argparse
import os
import shutil
import time
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

import demo_plant
import torch
from airflow_rest import Rest, ask, sign_in
from as_script import run_as_script, say
from comparing import check_same
from databases import database
from local_airflow import USER, prepare, running
from nights_demo import fresh_folder, wait_for_dags
from watching import follow, table, times

from anomaly.series.night.drift_job import drift
from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from anomaly.series.training.train_job import train_series
from sensors_data.series.jobs import impute, ingest
from sensors_data.settings import Settings, load
from sensors_data.store import Store

FAMILY, HISTORY, ASSETS = "oven", 14, 3


def main() -> None:
    """Run both; exit code 1 when a byte differs or the backfill is not green in time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("demo-airflow-backfill"))
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--side-by-side", type=int, default=8)
    parser.add_argument("--minutes", type=int, default=60)
    words = parser.parse_args()
    folder = words.folder.resolve()
    fresh_folder(folder)
    days = demo_plant.write_wide(folder, datetime.now(UTC).date(), ASSETS, 1, HISTORY + words.days)
    settings, nights = load(folder / "settings.toml"), days[HISTORY:]
    for day in days[:HISTORY]:
        ingest(settings, day, FAMILY)
        impute(settings, day, FAMILY)
    say(train_series(settings, nights[0], FAMILY))
    shutil.copytree(folder / "store", folder / "serial")
    alone = one_by_one(settings.model_copy(update={"store": str(folder / "serial")}), nights)
    with database(folder / "home", os.environ.get("NIGHTSCORE_AIRFLOW_DB", "postgresql")) as url:
        at_once = {"AIRFLOW__CORE__PARALLELISM": str(words.side_by_side)}
        airflow = prepare(folder / "home", folder / "settings.toml", url, at_once)
        with running(airflow) as processes:
            rest, started = sign_in(airflow.url, USER, airflow.password), time.monotonic()
            wait_for_dags(rest, ("nightly",))
            backfill(rest, nights[:-1], words.side_by_side)
            ask(rest, "PATCH", "/dags/nightly", {"is_paused": False})  # the last night comes by the schedule
            tasks = follow(rest, "nightly", len(nights), words.minutes * 60, say, processes)
            wall = time.monotonic() - started
    took = times(tasks, Store(settings.store))
    say("", *table(took), "")
    same = check_same(Store(settings.store), Store(str(folder / "serial")))
    say(f"{len(nights)} nights, {words.side_by_side} side by side: {len(took)} tasks in {wall:.0f} s")
    say(f"{same} files, byte for byte those of the same nights one by one in one process ({alone:.0f} s)")
    extra = [t.worked - t.job for t in took if t.job == t.job]
    say(f"beyond its job a task takes {median(extra):.1f} s (median of {len(extra)})")


def backfill(rest: Rest, nights: list[date], side_by_side: int) -> None:
    """Ask for nights as `airflow backfill create` does, those that were there already too."""
    span = {"from_date": f"{nights[0]}T00:00:00Z", "to_date": f"{nights[-1]}T00:00:00Z"}
    how = {"max_active_runs": side_by_side, "reprocess_behavior": "completed"}
    ask(rest, "POST", "/backfills", {"dag_id": "nightly", **span, **how})


def one_by_one(settings: Settings, nights: list[date]) -> float:
    """The nights' jobs in this process, in order; the seconds."""
    torch.set_num_threads(1)  # as every task has it: sums over two threads differ in the ninth digit
    started = time.monotonic()
    for night in nights:
        for job in (ingest, impute, score_series, find_anomalies, drift):
            job(settings, night, FAMILY)
    return time.monotonic() - started


if __name__ == "__main__":
    run_as_script(main)
