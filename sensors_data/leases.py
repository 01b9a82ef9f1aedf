"""The lease to train a family's or camera's model: who holds it, how far its training is, how it is stopped.

One training of a family or camera at a time. The lease is a file of the store, renewed while its process lives, so
commands, schedules and pages see the same one.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from sensors_data.documents import json_in
from sensors_data.errors import NightscoreError, NotThereError
from sensors_data.files import MACHINE, is_running
from sensors_data.seal import BLANK
from sensors_data.section import Section
from sensors_data.settings import parse
from sensors_data.store import Store

FOLDER = "models/unfinished"
BEAT_S = 2.0
"""Seconds between two looks at whether somebody stops it."""
LOST_S = 120.0
"""Seconds without a renewal after which its process is taken for dead."""


class Lease(Section):
    """A training that is under way, or was when its process was killed."""

    kind: str
    """The kind of model that is trained, like series."""
    name: str
    """The family or camera."""
    day: date
    """The first day that the model may serve."""
    key: str
    """Unique key of this lease."""
    machine: str
    process: int
    began: datetime
    renewed: datetime
    stage: str = ""
    """The network that is trained now; empty before the first."""
    done: int = 0
    planned: int = 0
    """Epochs of this network, at most."""
    reported: datetime | None = None
    """When the newest epoch ended."""
    epoch_s: float | None = None
    """Seconds an epoch of this network takes."""
    note: str = ""
    seal: str = BLANK

    def lives(self, now: datetime) -> bool:
        """Whether its process is still running, as far as can be seen from here."""
        if (now - self.renewed).total_seconds() > LOST_S:
            return False
        return self.machine != MACHINE or is_running(self.process)

    def left_s(self, now: datetime) -> float | None:
        """Seconds until this network is trained, at most; None where that is not known, or overdue."""
        if self.reported is None or self.epoch_s is None:
            return None
        since = (now - self.reported).total_seconds()
        if self.done >= self.planned or since > 3 * self.epoch_s + 2 * BEAT_S:
            return None
        return max(0.0, (self.planned - self.done) * self.epoch_s - since)


def path_of(kind: str, name: str) -> str:
    """Where a lease stands."""
    return f"{FOLDER}/{kind}/{name}/training.lease"


def stop_path(kind: str, name: str) -> str:
    """Where it stands that somebody wants a training stopped."""
    return f"{FOLDER}/{kind}/{name}/training.stop"


def leases(store: Store) -> list[Lease]:
    """Every training that is under way or was cut off; what cannot be read is left out."""
    known = []
    for path in store.files(FOLDER, suffix=".lease"):
        try:
            known.append(read_lease(store, path))
        except NightscoreError:  # ended just now, or damaged: the next training replaces it
            continue
    return known


def stop(store: Store, kind: str, name: str, who: str) -> Lease:
    """Ask a training to stop; it does so at the end of its epoch. NotThereError when none is under way."""
    for lease in leases(store):
        if (lease.kind, lease.name) == (kind, name) and lease.lives(datetime.now(UTC)):
            store.write_bytes(stop_path(kind, name), f"{json.dumps({'who': who, 'seal': BLANK})}\n".encode())
            return lease
    raise NotThereError(f"no training of {name} is under way")


def read_lease(store: Store, path: str) -> Lease:
    """The lease at a path. NotThereError without one, DamagedError or UnusableError where it cannot be read."""
    data = store.read_bytes(path)
    try:
        table = json_in(data)
    except ValueError:
        table = {}
    return parse(Lease, table, path)


def lease_bytes(lease: Lease) -> bytes:
    """A lease as its file holds it."""
    return f"{lease.model_dump_json()}\n".encode()
