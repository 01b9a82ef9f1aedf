"""The benchmark of a night's cost, on a plant of four assets and one of eight.

It forks, and a fork of a process in which a library has started threads may hang: it runs in fresh processes here.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.scale import __main__ as scale

ROOT = Path(__file__).parents[3]


def in_fresh_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What Python with these arguments does at the root of the checkout."""
    environment = {**os.environ, "COLUMNS": "160", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240
    )


def test_a_night_is_measured_job_by_job_at_each_size():
    options = ["--assets", "4,8", "--sensors", "2", "--step", "15min", "--gaps", "0.5"]
    measured = in_fresh_process("-m", "benchmarks.scale", *options)
    assert measured.returncode == 0, measured.stderr
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in measured.stdout.splitlines()]
    by_job = {(row[0], row[1]): row for row in rows if len(row) == 9}
    ours = {job for job, _ in by_job if not job.startswith("(polars")}
    peers = {"(pyarrow read)", "(duckdb ingest)", "(duckdb grid)"}
    assert ours == {"(imported)", *peers, *scale.JOBS}
    assert int(by_job["impute", "4"][7]) > 3
    assert by_job["ingest", "4"][2] == str(4 * 96 * 2 - 4 * 2)  # one asset lacks an hour
    assert all(float(by_job[job, size][3]) > 0 for job in scale.JOBS for size in "48")
    assert float(by_job["score-series", "8"][6]) > 0


@pytest.mark.parametrize(("costs", "expected"), [((3, 6), 1.0), ((3, 12), 2.0), ((3, 3), 0.0)])
def test_an_exponent_tells_linear_from_quadratic(costs, expected):
    assert scale.exponent((10, costs[0]), (20, costs[1])) == pytest.approx(expected)


def test_work_that_fails_in_its_process_is_told():
    failed = in_fresh_process("-c", "from benchmarks.scale.measured import apart; apart(lambda: 1 / 0)")
    assert failed.returncode == 1
    assert "OSError: the measured process ended with 1" in failed.stderr
