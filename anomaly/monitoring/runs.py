"""How the jobs of a family or camera are: their newest runs, when one last succeeded, and what the store has left."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from anomaly.monitoring.prometheus import Sample, sample
from sensors_data.files import is_local, open_url
from sensors_data.jobs import JOBS, Job, Owner
from sensors_data.model_files import ModelCatalogue
from sensors_data.store import Store
from sensors_data.tables import TABLES

LOOK_BACK = 35
"""Days over which a job's newest run is looked for; monthly jobs have one."""
STATES = ("done", "failed")


@dataclass(frozen=True)
class Subject:
    """Whose night it is: a family with its shards, or a camera; `scoring` is the job that makes a night a success."""

    label: str  # family or camera
    name: str
    jobs: dict[str, list[str]]  # each job's partitions
    scoring: str
    scores: str  # the table that a scored night has rows in

    @property
    def labels(self) -> dict[str, str]:
        """The label of all its samples."""
        return {self.label: self.name}


def family_subject(name: str, shards: int) -> Subject:
    """A family and its watched jobs."""
    each = [f"{name}-{shard}" for shard in range(shards)]
    jobs = {job.name: each if job.sharded else [name] for job in _watched("family")}
    return Subject("family", name, jobs, "find-anomalies", "scores")


def camera_subject(name: str) -> Subject:
    """A camera and its watched jobs, its generator's among them."""
    return Subject("camera", name, {job.name: [name] for job in _watched("camera")}, "score-images", "image_scores")


def _watched(owner: Owner) -> list[Job]:
    return [job for job in JOBS.values() if job.owner == owner and job.is_watched]


def job_samples(store: Store, subject: Subject, day: date) -> list[Sample]:
    """Every job's newest run up to a day; a job that did not run in LOOK_BACK days has no sample."""
    samples = []
    for job, partitions in subject.jobs.items():
        newest = next(_runs(store, job, partitions, day), None)
        if newest is None:
            continue
        _, runs = newest
        labels = {**subject.labels, "command": job}
        samples += [sample("job_runs", (runs["state"] == state).sum(), **labels, state=state) for state in STATES]
        samples.append(sample("job_seconds", runs["seconds"].sum(), **labels))
        samples.append(sample("job_rows", runs["rows"].sum(), **labels))
        failed = runs[runs["state"] == "failed"]
        samples += [sample("job_failure_info", 1, **labels, reason=str(reason)) for reason in failed["reason"].head(1)]
    for on, runs in _runs(store, subject.scoring, subject.jobs[subject.scoring], day):
        if (runs["state"] == "done").all() and _was_scored(store, subject, on):
            finished = runs["finished"].max().timestamp()
            samples.append(sample("last_success_timestamp_seconds", finished, **subject.labels))
            break
    return samples


def _was_scored(store: Store, subject: Subject, day: date) -> bool:
    """Whether some row of a day has a score."""
    paths = store.written(subject.scores, [day], **subject.labels)
    return any(bool(part["score"].notna().any()) for part in store.parts_of(subject.scores, paths))


def _runs(store: Store, job: str, partitions: list[str], day: date) -> Iterator[tuple[date, pd.DataFrame]]:
    """A day and the runs of a job's partitions of it, day after day back from `day`, days without any left out."""
    for back in range(LOOK_BACK + 1):
        on = day - timedelta(days=back)
        paths = [path for p in partitions for path in store.written("runs", [on], run=f"{job}-{p}")]
        if paths:
            yield on, store.read_files("runs", paths)


def store_samples(store: Store, subject: Subject, day: date) -> list[Sample]:
    """What the day takes in the store and, where it is a folder, how much room is left."""
    fs, root = open_url(store.root)
    taken = 0
    for table in TABLES.values():
        if table.partition[:2] == (subject.label, "day"):
            folder = f"{root}/{table.name}/{subject.label}={subject.name}/day={day}"
            taken += _bytes_under(fs, folder)
    samples = [sample("day_bytes", taken, **subject.labels)]
    if is_local(fs) and fs.isdir(root):
        disk = shutil.disk_usage(root)
        samples.append(sample("store_free_bytes", disk.free, **subject.labels))
        samples.append(sample("store_capacity_bytes", disk.total, **subject.labels))
    return samples


def _bytes_under(fs: Any, folder: str) -> int:
    """What the files under a folder take, bytes; 0 where there is no such folder."""
    try:
        return sum(int(info["size"]) for info in fs.find(folder, detail=True).values())
    except FileNotFoundError:
        return 0


def model_samples(store: Store, subject: Subject, kind: str, day: date) -> list[Sample]:
    """How old the model is that serves a day, and whether the newest trained one was accepted."""
    trained = ModelCatalogue(store).trained_before(kind, subject.name, day)
    samples = [sample("newest_model_accepted", model.accepted, **subject.labels) for model in trained[-1:]]
    serving = [model for model in trained if model.accepted][-1:]
    ages = ((day - model.through).days * 86_400 for model in serving)
    return samples + [sample("model_age_seconds", age, **subject.labels) for age in ages]


def newest_day(store: Store, table: str, day: date, **whose: str) -> date | None:
    """The newest day up to `day` that a table holds, or None."""
    return max((known for known in store.days(table, **whose) if known <= day), default=None)
