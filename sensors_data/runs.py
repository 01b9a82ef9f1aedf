"""What ran: every job leaves one row of the `runs` table and one line of log with numbers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from sensors_data.provenance import Provenance
from sensors_data.store import Store
from sensors_data.tables import TABLES

LOOK_BACK = 31
"""Days with runs that are looked at for a newest one."""
log = logging.getLogger("nightscore")


@dataclass(frozen=True)
class Done:
    """What a job did: rows written, a sentence with numbers, and what is to be known of the outcome beside."""

    rows: int
    line: str
    note: str = ""


def run_job(
    store: Store, job: str, day: date, family: str, action: Callable[[], Done], shard: int | None = None
) -> str:
    """Run one job of one partition and keep its row in `runs`, failed or done; its sentence.

    Whatever the job raises goes on up after it was kept.
    """
    started = time.perf_counter()
    partition = f"{family}-{shard}" if shard is not None else family
    row = {"job": job, "partition": partition, "family": family, "rows": 0, "state": "failed", "reason": ""}
    try:
        done = action()
        row |= {"rows": done.rows, "state": "done", "reason": done.note[:1000]}
    except BaseException as error:  # a time-out or Ctrl-C is a failure with a reason too
        row["reason"] = f"{type(error).__name__}: {error}"[:1000]
        raise
    finally:
        row |= {"seconds": time.perf_counter() - started, "finished": datetime.now(UTC)}
        _keep(store, job, day, partition, row)
    log.info(done.line, extra={"job": job, "family": partition, "day": str(day)})
    return done.line


def keep_failure(
    store: Store, job: str, day: date, family: str, reason: str, since: datetime, shard: int | None = None
) -> bool:
    """Keep a failed row in `runs` for a job that was killed before it could; False where it did so itself `since`."""
    partition = f"{family}-{shard}" if shard is not None else family
    known = store.read_days("runs", [day], run=f"{job}-{partition}")
    if (known["finished"] >= since).any():
        return False
    now = datetime.now(UTC)
    row = {"job": job, "partition": partition, "family": family, "rows": 0, "state": "failed", "reason": reason[:1000]}
    _keep(store, job, day, partition, row | {"seconds": (now - since).total_seconds(), "finished": now})
    return True


@dataclass(frozen=True)
class RunLog:
    """What ran for the newest LOOK_BACK days with runs; the files are listed once."""

    store: Store
    days: dict[date, list[str]]
    """The runs of each day, by the name of their file."""

    def newest(self, job: str, partitions: Iterable[str]) -> list[dict[str, Any]]:
        """The row of each partition's newest run of a job, with the `day` that it was for."""
        newest: dict[str, dict[str, Any]] = {}
        wanted = {f"{job}-{partition}" for partition in partitions}
        for day, runs in self.days.items():
            paths = [self.store.path("runs", day=day, run=run) for run in runs if run in wanted]
            for row in self.store.read_files("runs", paths).to_dict("records"):
                before = newest.get(row["partition"])
                if before is None or before["finished"] < row["finished"]:
                    newest[row["partition"]] = {**{str(k): v for k, v in row.items()}, "day": day}
        return list(newest.values())


def run_log(store: Store) -> RunLog:
    """What ran, by a store's files as they are now."""
    newest = store.days("runs")[-LOOK_BACK:]
    return RunLog(store, {day: [part["run"] for part in store.partitions("runs", day=day)] for day in newest})


def newest_runs(store: Store, job: str, partitions: Iterable[str]) -> list[dict[str, Any]]:
    """The row of each partition's newest run of a job, as `RunLog` has it."""
    return run_log(store).newest(job, partitions)


def _keep(store: Store, job: str, day: date, partition: str, row: dict[str, object]) -> None:
    """Write the run's row; a store that cannot be written to must not hide the job's own error."""
    try:
        rows = pa.Table.from_pylist([row], TABLES["runs"].schema)
        store.write_rows("runs", rows, Provenance(job=job), day=day, run=f"{job}-{partition}")
    except OSError as error:
        log.warning("could not keep the run of %s for %s %s: %s", job, partition, day, error)
