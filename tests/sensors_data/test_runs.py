import logging
from datetime import UTC, date, datetime, timedelta

import pytest

from sensors_data.runs import Done, keep_failure, run_job
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


def test_a_time_out_is_a_failure_with_its_reason(store):
    class TimeOutError(BaseException):
        pass

    def action():
        raise TimeOutError("after 2 h")

    with pytest.raises(TimeOutError):
        run_job(store, "score", DAY, "pump", action)
    assert rows(store)[["state", "reason"]].iloc[0].tolist() == ["failed", "TimeOutError: after 2 h"]


def test_a_job_that_was_killed_gets_its_failed_row_from_who_saw_it(store):
    since = datetime.now(UTC) - timedelta(seconds=30)
    assert keep_failure(store, "score", DAY, "pump", "killed", since, shard=3)
    row = rows(store).iloc[0]
    assert (row["partition"], row["state"], row["reason"]) == ("pump-3", "failed", "killed")
    assert row["seconds"] == pytest.approx(30, abs=5)


def test_a_failure_that_the_job_kept_itself_is_not_overwritten(store):
    since = datetime.now(UTC)

    def action():
        raise LookupError("no file")

    with pytest.raises(LookupError):
        run_job(store, "score", DAY, "pump", action)
    assert not keep_failure(store, "score", DAY, "pump", "killed", since)
    assert rows(store)["reason"].tolist() == ["LookupError: no file"]
    assert keep_failure(store, "score", DAY, "pump", "killed in the second try", datetime.now(UTC))
