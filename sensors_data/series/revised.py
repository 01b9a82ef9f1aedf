"""Days whose tables are of two revisions for a while: taken in or made again, and what depends on that not yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from sensors_data.store import Store

STAGES = ("ingest", "impute", "score-series", "find-anomalies")
"""The jobs that follow one another; what one writes, the next reads."""
SHARDED = ("impute", "score-series")
"""Those that run once a shard."""
MOST = 31
"""Days that are looked at, the newest ones."""


def days_being_revised(store: Store, family: str, days: Iterable[date]) -> list[date]:
    """The days of which a job's outcome is newer than what was made of it, by the table `runs`; sorted.

    Late rows, a job that was run again, or one that was stopped before the next had run: until that is done, readings
    of one revision lie beside scores or anomalies of another.
    """
    newest = sorted(days)[-MOST:]
    return [day for day in newest if _is_mixed(_finished(store, family, day))]


def in_words(days: list[date], family: str) -> str:
    """What that means to a reader, and what to do if it lasts; empty for no day."""
    if not days:
        return ""
    span = f"{days[0]}" if len(days) == 1 else f"{len(days)} days from {days[0]}"
    again = f"nightscore backfill --family {family} --from {days[0]} --to {days[-1]}"
    return f"being revised: {span}, what is shown is of two revisions; if no job runs now: {again}"


def _finished(store: Store, family: str, day: date) -> dict[str, pd.Series]:
    """When the runs of each stage ended that came to their end, a time a shard."""
    jobs = {f"{job}-{family}": job for job in STAGES}
    of_run: dict[str, str] = {}
    for run in (part["run"] for part in store.partitions("runs", day=day)):
        stem, _, shard = run.rpartition("-")
        if run in jobs:
            of_run[run] = jobs[run]
        elif shard.isdigit() and jobs.get(stem) in SHARDED:
            of_run[run] = jobs[stem]
    rows = store.read_files("runs", [store.path("runs", day=day, run=run) for run in of_run])
    done = rows[rows["state"] == "done"]
    ended = {job: done.loc[done["job"] == job, "finished"] for job in STAGES}
    return {job: times for job, times in ended.items() if len(times)}


def _is_mixed(finished: dict[str, pd.Series]) -> bool:
    """Whether a stage ended later than one that comes after it."""
    ends = list(finished.values())
    return any(before.max() > after.min() for n, before in enumerate(ends) for after in ends[n + 1 :])
