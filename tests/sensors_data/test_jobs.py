"""The table of jobs: what it says of each is so."""

import ast
from pathlib import Path

import pytest

from sensors_data.jobs import JOBS, remedy
from sensors_data.tables import TABLES

ROOT = Path(__file__).parents[2]


def written_names(job):
    """The names under which a job's function, as it stands in its file, keeps its run."""
    module, _, name = job.function.partition(":")
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
    (function,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    return [call.args[1].value for call in calls if getattr(call.func, "id", "") == "run_job"]


@pytest.mark.parametrize("name", JOBS)
def test_a_job_its_function_and_its_row_in_runs_have_one_name(name):
    job = JOBS[name]
    assert job.name == name
    assert job.function.partition(":")[2] == name.replace("-", "_")
    assert written_names(job) == [name]


def test_no_function_keeps_a_run_of_another_name():
    named = []
    for package in ("sensors_data", "anomaly", "synthesis", "service"):
        for path in (ROOT / package).rglob("*.py"):
            calls = [
                node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
            ]
            named += [call.args[1].value for call in calls if getattr(call.func, "id", "") == "run_job"]
    assert sorted(named) == sorted([*JOBS, "rollback-images", "rollback-series"])  # people's decisions, no jobs


def test_every_table_is_written_by_the_jobs_that_say_so():
    written = {table for job in JOBS.values() for table in job.writes}
    assert written <= set(TABLES)
    assert set(TABLES) - written == {"runs", "incidents", "past_incidents"}
    owned = [
        table for job in JOBS.values() for table in job.writes if TABLES[table].partition[0] in ("family", "camera")
    ]
    assert all(TABLES[t].partition[0] == next(j for j in JOBS.values() if t in j.writes).owner for t in owned)


def test_what_is_missing_is_made_by_the_job_that_writes_it():
    assert remedy("grid") == "run: nightscore impute"
    assert remedy("sensor_scores") == "run: nightscore score-series"
    assert remedy("quality") == "run: nightscore judge-images"
    assert remedy("runs") == "run the job that writes it"
