"""`make airflow-demo`: a plant, its training and three nights through a real scheduler, asked for over REST; times per
task. A fourth night, yesterday's, is started by the schedule itself.
"""

from __future__ import annotations

import argparse
import os
import shutil
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from subprocess import Popen

from airflow_rest import Rest, ask, sign_in
from as_script import run_as_script, say
from databases import database
from demo_plant import prepared
from local_airflow import USER, Airflow, prepare, running
from watching import follow, table, times

from sensors_data.settings import load
from sensors_data.store import Store

MARKER = "nightscore-airflow-demo"
MINUTES = 25


def main() -> None:
    """Run the demonstration; exit code 1 when a night is not green in time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("demo-airflow"))
    folder = parser.parse_args().folder
    started = time.monotonic()
    settings, nights = fresh(folder)
    took = time.monotonic() - started
    say(f"{took:4.0f} s  a plant in {folder}, its history taken in; nights {nights[0]} to {nights[-1]}")
    with database(folder / "home", os.environ.get("NIGHTSCORE_AIRFLOW_DB")) as url:
        airflow = prepare(folder / "home", settings, url)
        with running(airflow) as processes:
            took = time.monotonic() - started
            say(f"{took:4.0f} s  Airflow at {airflow.url}, user admin, password {airflow.password}")
            demonstrate(airflow, processes, Store(load(settings).store), nights, started)


def demonstrate(
    airflow: Airflow, processes: list[Popen[bytes]], store: Store, nights: list[date], started: float
) -> None:
    """A training and the nights, told task by task. ValueError when one failed, TimeoutError when it takes too long."""
    rest, left = sign_in(airflow.url, USER, airflow.password), MINUTES * 60.0
    wait_for_dags(rest, ("nightly", "weekly_detectors"))
    ask(rest, "PATCH", "/dags/weekly_detectors", {"is_paused": False})
    ask(rest, "POST", "/dags/weekly_detectors/dagRuns", {"logical_date": None, "conf": {"day": str(nights[0])}})
    say(f"training for {nights[0]} by hand, and last Monday's by its schedule")
    follow(rest, "weekly_detectors", 2, left, say, processes)
    for night in nights[:-1]:
        ask(rest, "POST", "/dags/nightly/dagRuns", the_night_of(night))
    ask(rest, "PATCH", "/dags/nightly", {"is_paused": False})
    say(f"nights {nights[0]} to {nights[-2]} asked for; {nights[-1]} comes by its schedule")
    tasks = follow(rest, "nightly", len(nights), left, say, processes)
    say("", *table(times(tasks, store)), "")
    for night in nights:
        rows = store.read_days("scores", [night], family="oven")
        images = store.read("image_scores", camera="press", day=night)
        over = int(rows["is_anomaly"].sum())
        say(f"{night}: {len(rows):,} rows scored, {over} over the threshold; {len(images)} images scored")
    say(f"{len(nights)} nights green in {time.monotonic() - started:.0f} s")


def fresh(folder: Path) -> tuple[Path, list[date]]:
    """A new plant in `folder`, which is emptied of an earlier demonstration."""
    fresh_folder(folder)
    return prepared(folder, datetime.now(UTC).date())


def fresh_folder(folder: Path) -> None:
    """An empty `folder`. ValueError when it holds something that no demonstration made."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise ValueError(f"{folder} holds something else than this demonstration; name another --folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARKER).touch()


def the_night_of(night: date) -> dict[str, object]:
    """The body that asks for a night with the interval that its schedule would give it, so that it has its place."""
    start = f"{night}T00:00:00Z"
    return {
        "logical_date": start,
        "data_interval_start": start,
        "data_interval_end": f"{night + timedelta(days=1)}T00:00:00Z",
    }


def wait_for_dags(rest: Rest, names: tuple[str, ...], seconds: float = 120) -> None:
    """Until the dag-processor has read the DAGs. TimeoutError, with its import errors, when it has not."""
    until = time.monotonic() + seconds
    while missing := {*names} - {dag["dag_id"] for dag in ask(rest, "GET", "/dags?limit=100")["dags"]}:
        if time.monotonic() > until:
            wrong = [error["stack_trace"][-500:] for error in ask(rest, "GET", "/importErrors")["import_errors"]]
            raise TimeoutError(f"no DAG {sorted(missing)} after {seconds:.0f} s: {wrong}")
        time.sleep(1)


if __name__ == "__main__":
    run_as_script(main)
