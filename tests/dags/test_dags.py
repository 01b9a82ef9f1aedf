"""The DAGs as Airflow reads them: light, serialisable, each task one job."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from sensors_data.jobs import JOBS, Job

pytestmark = pytest.mark.filterwarnings("ignore")

DAGS = Path(__file__).parents[2] / "dags"
MARKERS = {
    "ingested",
    "imputed",
    "scored",
    "turn",
    "turn-found",
    "found",
    "plan",
    "done",
    "over",
    "night",
    "trained",
    "drawn",
    "keep-killed",
}
HEAVY = ("torch", "pandas", "pyarrow", "numpy", "scipy", "sklearn", "anomaly", "synthesis", "service")
LOOK = f"""
import json, sys
import airflow.sdk, airflow.providers.standard.operators.empty, airflow.dag_processing.dagbag as reading
sys.path.insert(0, {str(DAGS)!r})  # as the dag-processor does
bag = reading.DagBag({str(DAGS)!r})
print("\\n" + json.dumps([[m for m in {HEAVY!r} if m in sys.modules], bag.import_errors, sorted(bag.dags)]))
"""


BY_GRACE = {"revise"}
"""Jobs of families with a grace alone."""


def jobs(dag):
    return {task.task_id.rpartition(".")[2] for task in dag.tasks}


def test_the_dags_are_read_without_a_heavy_package(airflow):
    told = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    heavy, wrong, names = json.loads(told.stdout.splitlines()[-1])
    assert (heavy, wrong) == ([], {})
    assert names == ["monthly_dcgan", "nightly", "weekly_clean", "weekly_detectors", "weekly_images"]


def test_the_tasks_are_the_scheduled_jobs_of_the_table(dags):
    scheduled = {job.name for job in JOBS.values() if job.rhythm != "by hand"}
    assert set().union(*map(jobs, dags.values())) - MARKERS == scheduled - BY_GRACE


def test_nights_of_a_family_with_a_grace_wait_until_the_one_before_is_scored(forgiving):
    tasks = {task.task_id.partition(".")[2]: task for task in forgiving[1].tasks if "oven" in task.task_id}
    earlier = tasks["earlier"]
    assert (earlier.depends_on_past, earlier.wait_for_downstream, earlier.upstream_task_ids) == (True, True, {"plan"})
    assert earlier.downstream_task_ids == {"series-oven.earlier-scored", "series-oven.scored"}
    assert {tasks[name].task_type for name in ("earlier", "earlier-scored", "scored")} == {"EmptyOperator"}
    assert tasks["revise"].downstream_task_ids == {"series-oven.ingest", "night"}


def test_a_job_that_is_new_in_the_table_is_a_task_with_its_limit_and_help(dags, monkeypatch):
    import nightscore_tasks
    from airflow.sdk import DAG

    monkeypatch.setitem(JOBS, "count", Job("count", "family", "toy:count", "Count.", "nightly", sharded=True, hours=3))
    with DAG("toy") as dag:
        nightscore_tasks.job_task("count", "oven")
        nightscore_tasks.shard_tasks("count", "oven", 2)
    found = [(task.task_id, task.execution_timeout, task.doc_md) for task in dag.tasks]
    assert found == [(name, timedelta(hours=3), "Count.") for name in ("count", "count__1")]


def test_every_dag_has_an_interval_words_and_an_owner(dags):
    for dag in dags.values():
        assert type(dag.timetable).__name__ == "CronDataIntervalTimetable"
        assert not dag.catchup
        assert set(dag.params) == {"day", "family", "camera"}
        assert dag.doc_md
        assert "nightscore" in dag.tags
        for task in dag.tasks:
            assert task.owner == "nightscore"


def test_every_job_is_retried_with_growing_waits_bounded_in_time_and_kept_when_it_fails(dags):
    for dag in dags.values():
        for task in dag.tasks:
            if task.task_type == "EmptyOperator":
                continue
            assert task.retries >= 1
            assert task.retry_exponential_backoff == 2.0
            assert task.execution_timeout is not None
            kept = task.on_failure_callback
            assert [f.__name__ for f in (kept if isinstance(kept, list) else [kept])] == ["keep_failed"]


def test_trainings_take_turns_in_their_pool(dags):
    pools = {task.task_id: task.pool for dag in dags.values() for task in dag.tasks}
    assert {pool for name, pool in pools.items() if ".train-" in name} == {"training"}
    assert {pool for name, pool in pools.items() if ".train-" not in name} <= {"default_pool", "training"}


def test_families_named_first_have_the_greater_weight_in_all_their_tasks(with_settings):
    nightly = with_settings("[families.oven]", '[night]\nfirst = ["oven"]\n\n[families.oven]')[1]
    weights = {t.priority_weight for t in nightly.tasks if t.task_id.startswith("series-oven")}
    assert weights == {100}
    assert max(t.priority_weight for t in nightly.tasks if t.task_id.startswith("images")) < 100


def test_a_night_waits_for_earlier_ones_at_markers_that_cost_no_process(dags):
    waiting = {t.task_id.rpartition(".")[2]: t.task_type for t in dags["nightly"].tasks if t.depends_on_past}
    assert waiting == dict.fromkeys(("ingested", "imputed", "scored", "turn", "found"), "EmptyOperator")


def test_anomalies_of_a_night_are_found_after_those_of_the_night_before(dags):
    tasks = {t.task_id.partition(".")[2]: t for t in dags["nightly"].tasks if t.task_id.startswith("series-oven")}
    turn, found = tasks["turn"], tasks["found"]
    assert (turn.depends_on_past, turn.wait_for_downstream) == (True, True)
    assert turn.downstream_task_ids == {"series-oven.turn-found", "series-oven.found"}
    assert "series-oven.turn-found" in tasks["find-anomalies"].upstream_task_ids
    assert found.upstream_task_ids == {"series-oven.turn", "series-oven.find-anomalies"}
    assert {tasks[name].task_type for name in ("turn", "turn-found", "found")} == {"EmptyOperator"}


def test_a_dag_is_the_same_after_it_was_serialised(dags):
    from airflow.serialization.serialized_objects import DagSerialization

    for dag in dags.values():
        told = DagSerialization.serialize_dag(dag)
        again = DagSerialization.deserialize_dag(json.loads(json.dumps(told)))
        assert [task.task_id for task in again.tasks] == [task.task_id for task in dag.tasks]


def test_ruff_finds_nothing_that_airflow_3_dropped(airflow):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--preview", "--select", "AIR3", str(DAGS)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
