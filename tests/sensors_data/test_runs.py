import logging
from datetime import date

import pytest

from sensors_data.runs import Done, run_job
from sensors_data.store import Store

DAY = date(2026, 11, 21)


def rows(store):
    return store.read_files("runs", store.files("runs"))


def test_a_job_that_is_done_leaves_one_row_and_one_line_of_log(store, caplog):
    caplog.set_level(logging.INFO, "nightscore")
    said = run_job(store, "score", DAY, "pump", lambda: Done(12, "scored 12 rows"), shard=3)
    assert said == "scored 12 rows"
    assert caplog.messages == ["scored 12 rows"]
    row = rows(store).iloc[0]
    assert (row["job"], row["partition"], row["family"]) == ("score", "pump-3", "pump")
    assert (row["rows"], row["state"], row["reason"]) == (12, "done", "")


def test_a_job_that_fails_leaves_its_reason_and_fails(store):
    def action():
        raise ZeroDivisionError("x" * 2000)

    with pytest.raises(ZeroDivisionError):
        run_job(store, "score", DAY, "pump", action)
    row = rows(store).iloc[0]
    assert (row["state"], row["rows"]) == ("failed", 0)
    assert row["reason"] == ("ZeroDivisionError: " + "x" * 2000)[:1000]


def test_a_rerun_replaces_its_row_and_another_partition_keeps_its_own(store):
    for shard in (0, 1, 1, None):
        run_job(store, "score", DAY, "pump", lambda: Done(1, "done"), shard)
    assert sorted(rows(store)["partition"]) == ["pump", "pump-0", "pump-1"]


def test_a_store_that_takes_no_rows_does_not_hide_what_the_job_said(tmp_path, caplog):
    (tmp_path / "file").write_text("no folder")

    def action():
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        run_job(Store(str(tmp_path / "file")), "score", DAY, "pump", action)
    assert "could not keep the run of score for pump 2026-11-21" in caplog.text
