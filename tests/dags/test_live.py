"""Airflow for real: a scheduler, workers, another database, a killed machine. Minutes each: make test-live."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from sensors_data.settings import load
from sensors_data.store import Store

pytestmark = [pytest.mark.live, pytest.mark.timeout(3600)]
SCRIPTS = Path(__file__).parents[2] / "deploy/demo"
HOSTILE = ["{{ 7 * 7 }}", "$(touch canary)", "../..", "oven\n", "", "p" * 100_000, 0, ["oven"], {"a": 1}, "ovens"]


def said(script: str, *words: str, **environment: str) -> str:
    """What a script prints; its failure is the test's."""
    command = [sys.executable, SCRIPTS / script, *words]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout


@pytest.fixture
def passable() -> Iterator[Path]:
    """A folder that PostgreSQL's own user can reach too, under which no server runs as root.

    It is none of pytest's, which shuts its own to others whenever a run begins.
    """
    with tempfile.TemporaryDirectory(prefix="nightscore-live-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.mark.parametrize("database", ["", "postgresql"], ids=["SQLite", "PostgreSQL"])
def test_a_training_and_nights_by_rest_and_by_schedule_are_green(passable, program, database):
    if database:
        program("initdb")
    told = said("nights_demo.py", "--folder", str(passable / "demo"), NIGHTSCORE_AIRFLOW_DB=database)
    assert "4 nights green" in told


def test_two_machines_and_a_power_cut_give_the_bytes_of_one(passable, program):
    for name in ("initdb", "redis-server"):
        program(name)
    told = said("workers_demo.py", "--folder", str(passable / "demo"))
    assert "kill -9 of worker-b" in told
    assert "the bytes of one machine" in told


def test_a_backfill_side_by_side_gives_the_bytes_of_one_night_after_the_other(passable, program):
    program("initdb")
    told = said("backfill_demo.py", "--folder", str(passable / "demo"), "--days", "30", "--side-by-side", "8")
    assert "30 nights, 8 side by side" in told
    assert "byte for byte" in told


@pytest.fixture(scope="module")
def live(places, tmp_path_factory) -> Iterator[SimpleNamespace]:
    """A running Airflow over a plant, quick to try again: ask, store, nights, home and its processes."""
    from airflow_rest import ask, sign_in
    from demo_plant import prepared
    from local_airflow import USER, prepare, running
    from nights_demo import wait_for_dags

    folder = tmp_path_factory.mktemp("live")
    settings, nights = prepared(folder, datetime.now(UTC).date())
    (folder / f"inbox/oven/oven-{nights[0]}.csv").unlink()
    airflow = prepare(folder / "home", settings, None, {"AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "1"})
    with running(airflow) as processes:
        rest = sign_in(airflow.url, USER, airflow.password)
        wait_for_dags(rest, ("nightly",))
        ask(rest, "PATCH", "/dags/nightly", {"is_paused": False})
        store = Store(load(settings).store)
        yield SimpleNamespace(ask=partial(ask, rest), store=store, nights=nights, home=folder, processes=processes)


def ended(live, run, seconds=600):
    """A run's state and its tasks by name, when it is over."""
    until = time.monotonic() + seconds
    while True:
        state = live.ask("GET", f"/dags/nightly/dagRuns/{run}")["state"]
        found = live.ask("GET", f"/dags/nightly/dagRuns/{run}/taskInstances?limit=100")["task_instances"]
        if state in ("success", "failed"):
            return state, {f"{t['task_id']} {t['map_index']}".removesuffix(" -1"): t for t in found}
        assert time.monotonic() < until, {t["task_id"]: t["state"] for t in found}
        time.sleep(1)


def started(live, **conf):
    words = {"logical_date": None, "conf": conf}
    return live.ask("POST", "/dags/nightly/dagRuns", words)["dag_run_id"]


def failed_row(live, job):
    rows = live.store.read_days("runs", [live.nights[0]])
    return rows[(rows["job"] == job) & (rows["state"] == "failed")].iloc[0]


def test_a_missing_inbox_file_is_tried_again_then_told_and_keeps_nobody_else_from_the_night(live):
    run = started(live, day=str(live.nights[0]))
    state, tasks = ended(live, run)
    assert state == "failed"
    assert (tasks["series-oven.ingest"]["state"], tasks["series-oven.ingest"]["try_number"]) == ("failed", 4)
    assert tasks["series-oven.find-anomalies"]["state"] == "upstream_failed"
    for name in ("series-oven.export-metrics", "images-press.ingest-images", "report"):
        assert tasks[name]["state"] == "success"
    assert "the inbox of oven holds no usable value" in failed_row(live, "ingest")["reason"]
    metrics = live.store.read_bytes("metrics/nightscore-oven.prom").decode()
    assert [line for line in metrics.splitlines() if "ingest" in line and "failed" in line]


def test_a_task_whose_process_is_killed_each_time_leaves_a_failed_row(live):
    import psutil

    run = started(live, day=str(live.nights[0]), camera="press")
    until = time.monotonic() + 600
    while time.monotonic() < until:
        path = f"/dags/nightly/dagRuns/{run}/taskInstances/images-press.ingest-images"
        task = live.ask("GET", path)
        if task["state"] == "failed":
            break
        for process in psutil.Process(live.processes[1].pid).children(recursive=True):
            try:
                mine = task["id"] in " ".join(process.cmdline())
                for child in process.children() if mine else []:
                    child.kill()
            except psutil.NoSuchProcess:
                continue
        time.sleep(0.05)
    state, tasks = ended(live, run)
    assert (state, tasks["images-press.ingest-images"]["state"]) == ("failed", "failed")
    assert failed_row(live, "ingest-images")["reason"].startswith("killed")


def test_hostile_words_over_rest_are_refused_and_nothing_of_them_is_run(live):
    before = live.store.files("")
    runs = []
    for word in ("family", "camera", "day", "shard"):
        for value in HOSTILE:
            try:
                runs.append(started(live, **{word: value}))
            except OSError as error:
                assert ": 400 " in str(error) or ": 422 " in str(error)  # noqa: PT017 - many at once
    for run in runs:
        state, tasks = ended(live, run)
        assert (state, tasks["plan"]["state"]) == ("failed", "failed")
    assert live.store.files("") == before
    assert not list(live.home.rglob("canary"))
