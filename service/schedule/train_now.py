"""A training that somebody wants now: for which day it is, why it may not be, and the process that does it."""

from __future__ import annotations

import os
import signal
import subprocess  # nosec B404
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from threading import Lock, Thread
from typing import Literal

from anomaly.series.training.train_job import waits_for_readings
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.jobs import JOBS, Job
from sensors_data.leases import leases
from sensors_data.model_files import ModelFile
from sensors_data.runs import keep_failure
from sensors_data.section import Section
from sensors_data.settings import Settings
from sensors_data.store import Store

Kind = Literal["series", "images"]
TABLES = {"series": ("scores", "grid"), "images": ("image_scores", "images")}
"""Where the newest day of a kind is looked for, first among those that were scored."""
FIRST_STEP = {"series": "nightscore backfill --family", "images": "nightscore ingest-images --camera"}
"""What brings a kind its first day."""


class TrainingRequest(Section):
    """A requested training, as it is passed to its process."""

    settings: Settings
    kind: Kind
    name: str
    day: date


def job_of(kind: str) -> Job:
    """The job that trains a kind of model."""
    return next(job for job in JOBS.values() if job.trains == kind)


def trainable(settings: Settings) -> list[tuple[Kind, str]]:
    """Whose models are trained, each a kind and a name: families, then cameras, by name."""
    families: list[tuple[Kind, str]] = [("series", name) for name in sorted(settings.families)]
    return [*families, *(("images", name) for name in sorted(settings.cameras))]


def day_of_training(settings: Settings, kind: Kind, name: str) -> date:
    """The day after the newest that a family or camera was scored: its model learns through that one.

    UnusableError says why it cannot be trained for that day, NotThereError that there is nothing to learn from.
    """
    (settings.family if kind == "series" else settings.camera)(name)  # refuses an unknown one
    store, owner = Store(settings.store), job_of(kind).owner
    newest = [store.days(table, **{owner: name})[-1:] for table in TABLES[kind]]
    known = next((days[0] for days in newest if days), None)
    if known is None:
        raise NotThereError(f"{name} has no day to learn from", f"run: {FIRST_STEP[kind]} {name}")
    day = known + timedelta(days=1)
    if kind == "series" and (wait := waits_for_readings(settings, day, name)):
        raise UnusableError(wait, f"lower first_after in [families.{name}.training], or wait")
    if store.exists(ModelFile(kind, name, known, accepted=True).path):
        command = f"nightscore {job_of(kind).name} --{owner} {name} --day {day}"
        raise UnusableError(f"the model of {name} has learned its newest day, {known}", f"by command: {command}")
    return day


@dataclass
class Trainings:
    """The trainings that one service started. Each is a process of its own, which goes on where the service ends."""

    _running: dict[tuple[str, str], date] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def starting(self) -> dict[tuple[str, str], date]:
        """The trainings whose process runs, by kind and name, each with its day."""
        with self._lock:
            return dict(self._running)

    def start(self, request: TrainingRequest) -> None:
        """Begin a training in a process of its own. UnusableError where one is under way in the store."""
        store, key = Store(request.settings.store), (request.kind, request.name)
        with self._lock:
            busy = [*(f"{name} for {day}" for (_, name), day in self._running.items())]
            busy += [f"{lease.name} for {lease.day}" for lease in leases(store) if lease.lives(datetime.now(UTC))]
            if busy:
                raise UnusableError(f"a training of {busy[0]} is under way", "one at a time; wait, or stop it")
            process = _begun(request)
            self._running[key] = request.day
        Thread(target=self._watch, args=(process, store, request, datetime.now(UTC)), daemon=True).start()

    def _watch(self, process: subprocess.Popen[bytes], store: Store, request: TrainingRequest, since: datetime) -> None:
        """Wait for a training's end; a process that was killed leaves a failed run."""
        code = process.wait()
        try:
            if code:
                how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
                reason = f"its process ended {how}; the log of the service may say why"
                keep_failure(store, job_of(request.kind).name, request.day, request.name, reason, since)
        finally:
            with self._lock:
                del self._running[request.kind, request.name]


def _begun(request: TrainingRequest) -> subprocess.Popen[bytes]:
    """A process that trains what is wanted, on one thread, and outlives this one."""
    process = subprocess.Popen(  # nosec B603
        [sys.executable, "-m", "service.schedule.training_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        start_new_session=True,
    )
    if process.stdin is not None:
        process.stdin.write(request.model_dump_json().encode())
        process.stdin.close()
    return process
