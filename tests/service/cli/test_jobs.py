"""Commands made from the table of jobs: a new row is a command, and what it does is a row in `runs`."""

import typer
from typer.testing import CliRunner

from sensors_data.jobs import JOBS, Job
from sensors_data.store import Store
from service.cli.jobs import add_commands

TOY = """
from sensors_data.runs import Done, run_job
from sensors_data.store import Store

def count(settings, day, family, shard):
    store = Store(settings.store)
    return run_job(store, "count", day, family, lambda: Done(3, f"counted {family} {day} {shard}"), shard)
"""


def test_a_toy_job_is_a_function_and_a_row_of_the_table(tmp_path, monkeypatch, copied, inbox):
    (tmp_path / "toy.py").write_text(TOY)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(JOBS, "count", Job("count", "family", "toy:count", "Count rows.", "nightly", sharded=True))
    app = typer.Typer()
    add_commands(app)
    words = ["count", "--family", "oven", "--day", "2026-03-08", "--shard", "1"]
    where = ["--settings", str(inbox / "settings.toml"), "--store", copied.store]
    ended = CliRunner().invoke(app, [*words, *where])
    assert (ended.exit_code, ended.output) == (0, "counted oven 2026-03-08 1\n")
    (row,) = Store(copied.store).read("runs", day="2026-03-08", run="count-oven-1").to_dict("records")
    assert (row["job"], row["rows"], row["state"]) == ("count", 3, "done")
    assert "Count rows." in CliRunner().invoke(app, ["count", "--help"]).output
