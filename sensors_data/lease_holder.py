"""Hold the lease of a training: wait for it, renew it, record the training's progress in it, release it."""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from threading import Event, Lock, Thread

from sensors_data.documents import json_in
from sensors_data.errors import NightscoreError, NotThereError, StoppedError
from sensors_data.files import MACHINE
from sensors_data.leases import BEAT_S, FOLDER, Lease, lease_bytes, path_of, read_lease, stop_path
from sensors_data.store import Store

RENEW_S = 15.0
"""Seconds after which a lease is written again though nothing has changed."""
log = logging.getLogger("nightscore")


@dataclass
class _Pace:
    """How long an epoch takes, counted anew where a network begins at a later epoch, or another one at the first."""

    began: float = field(default_factory=time.monotonic)
    last: float = field(default_factory=time.monotonic)
    first: int = -1
    done: int = 0

    def after(self, done: int) -> float:
        """Seconds an epoch, once `done` of them lie behind."""
        if self.first < 0 or done <= self.done:
            self.began, self.first = self.last, done - 1
        self.last, self.done = time.monotonic(), done
        return (self.last - self.began) / (done - self.first)


@dataclass
class Holder:
    """What the training itself has of its lease."""

    store: Store
    lease: Lease
    _stopped_by: str = ""
    _changed: bool = False
    _lock: Lock = field(default_factory=Lock)

    def go_on(self) -> None:
        """StoppedError where somebody asked this training to stop."""
        if self._stopped_by:
            raise StoppedError(f"stopped by {self._stopped_by}", "train again; it begins anew")

    def telling(self, progress: Callable[[str], Callable[[int, int, str], None]] | None) -> Callable[[str], _Report]:
        """A training's progress, which stands in its lease too and ends the training where somebody stops it."""

        def begin(stage: str) -> _Report:
            self.go_on()
            shown = progress(stage) if progress is not None else None
            self._tell(stage=stage, done=0, planned=0, reported=None, epoch_s=None, note="")
            pace = _Pace()

            def report(done: int, planned: int, note: str) -> None:
                epoch_s = pace.after(done)
                self._tell(done=done, planned=planned, reported=datetime.now(UTC), epoch_s=epoch_s, note=note)
                if shown is not None:
                    shown(done, planned, note)
                self.go_on()

            return report

        return begin

    def _tell(self, **changes: object) -> None:
        with self._lock:
            self.lease, self._changed = self.lease.model_copy(update=changes), True

    def keep(self, ended: Event) -> None:
        """Renew the lease until it has ended."""
        while not ended.wait(BEAT_S):
            try:
                self.renew()
            except NightscoreError as error:
                log.warning("the lease of the training of %s could not be renewed: %s", self.lease.name, error)

    def renew(self) -> None:
        """Write how far it is, and look whether it is to stop."""
        kind, name, now = self.lease.kind, self.lease.name, datetime.now(UTC)
        stop_file = stop_path(kind, name)
        if self.store.exists(stop_file):
            self._stopped_by = str(json_in(self.store.read_bytes(stop_file))["who"])
        if not self._changed and (now - self.lease.renewed).total_seconds() < RENEW_S:
            return
        if self.is_own():
            with self._lock:
                self.lease, self._changed = self.lease.model_copy(update={"renewed": now}), False
            self.store.write_bytes(path_of(kind, name), lease_bytes(self.lease))

    def is_own(self) -> bool:
        """Whether the lease is still this training's: one that slept for long is taken for dead."""
        try:
            return read_lease(self.store, path_of(self.lease.kind, self.lease.name)).key == self.lease.key
        except NightscoreError:
            return False


_Report = Callable[[int, int, str], None]


@contextmanager
def hold_lease(store: Store, kind: str, name: str, day: date) -> Iterator[Holder]:
    """The lease to train a family's or camera's model; waits for the training that has it.

    What a stopped training leaves behind is removed; one that was killed goes on where it was.
    """
    holder, ended = Holder(store, _taken(store, kind, name, day)), Event()
    beat = Thread(target=holder.keep, args=(ended,), daemon=True)
    beat.start()
    try:
        yield holder
    except StoppedError:
        for path in store.files(f"{FOLDER}/{kind}/{name}", suffix=".state"):
            store.remove(path)
        raise
    finally:
        ended.set()
        beat.join()
        if holder.is_own():
            store.remove(stop_path(kind, name))
            store.remove(path_of(kind, name))


def _taken(store: Store, kind: str, name: str, day: date) -> Lease:
    """A new lease, once nobody else has it."""
    path, is_told = path_of(kind, name), False
    while True:
        now = datetime.now(UTC)
        key, process = secrets.token_hex(8), os.getpid()
        new = Lease(kind=kind, name=name, day=day, key=key, machine=MACHINE, process=process, began=now, renewed=now)
        if store.create(path, lease_bytes(new)):
            store.remove(stop_path(kind, name))
            return new
        if (other := _living(store, path)) is None:
            continue
        if not is_told:
            log.warning("waits for the training of %s for %s, under way since %s", name, other.day, _clock(other.began))
            is_told = True
        time.sleep(BEAT_S)


def _living(store: Store, path: str) -> Lease | None:
    """The lease at a path; None, and the file removed, where its process is dead or it cannot be read."""
    try:
        lease = read_lease(store, path)
    except NotThereError:
        return None
    except NightscoreError as error:
        log.warning("%s is removed: %s", path, error)
        lease = None
    if lease is not None and lease.lives(datetime.now(UTC)):
        return lease
    store.remove(path)
    return None


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
