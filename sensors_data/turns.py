"""One training of a family or camera at a time: whose turn it is, how far it is, and how it is stopped.

The turn is a file of the store, renewed while its process lives: commands, schedules and pages see the same one.
"""

from __future__ import annotations

import json
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
from sensors_data.files import MACHINE, is_running
from sensors_data.seal import BLANK
from sensors_data.section import Section
from sensors_data.settings import parse
from sensors_data.store import Store

FOLDER = "models/unfinished"
BEAT_S = 2.0
"""Seconds between two looks at whether somebody stops it."""
RENEW_S = 15.0
"""Seconds after which a turn is written again though nothing has changed."""
LOST_S = 120.0
"""Seconds without a renewal after which its process is taken for dead."""
log = logging.getLogger("nightscore")


class Turn(Section):
    """A training that is under way, or was when its process ended without a word."""

    kind: str
    """The kind of model that is trained, like series."""
    name: str
    """The family or camera."""
    day: date
    """The first day that the model may serve."""
    key: str
    """What tells this turn from any other."""
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
        """Whether its process goes on, as far as can be told from here."""
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
    """Where a turn stands."""
    return f"{FOLDER}/{kind}/{name}/training.turn"


def stop_path(kind: str, name: str) -> str:
    """Where it stands that somebody wants a training stopped."""
    return f"{FOLDER}/{kind}/{name}/training.stop"


def turns(store: Store) -> list[Turn]:
    """Every training that is under way or was cut off; what cannot be read is left out."""
    known = []
    for path in store.files(FOLDER, suffix=".turn"):
        try:
            known.append(_read(store, path))
        except NightscoreError:  # ended just now, or damaged: the next training replaces it
            continue
    return known


def stop(store: Store, kind: str, name: str, who: str) -> Turn:
    """Ask a training to stop; it does so at the end of its epoch. NotThereError when none is under way."""
    for turn in turns(store):
        if (turn.kind, turn.name) == (kind, name) and turn.lives(datetime.now(UTC)):
            store.write_bytes(stop_path(kind, name), f"{json.dumps({'who': who, 'seal': BLANK})}\n".encode())
            return turn
    raise NotThereError(f"no training of {name} is under way")


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
    """What the training itself has of its turn."""

    store: Store
    turn: Turn
    _stopped_by: str = ""
    _changed: bool = False
    _lock: Lock = field(default_factory=Lock)

    def go_on(self) -> None:
        """StoppedError where somebody asked this training to stop."""
        if self._stopped_by:
            raise StoppedError(f"stopped by {self._stopped_by}", "train again; it begins anew")

    def telling(self, progress: Callable[[str], Callable[[int, int, str], None]] | None) -> Callable[[str], _Report]:
        """A training's progress, which stands in its turn too and ends the training where somebody stops it."""

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
            self.turn, self._changed = self.turn.model_copy(update=changes), True

    def keep(self, ended: Event) -> None:
        """Renew the turn until it has ended."""
        while not ended.wait(BEAT_S):
            try:
                self.renew()
            except NightscoreError as error:
                log.warning("the training of %s is not told of: %s", self.turn.name, error)

    def renew(self) -> None:
        """Write how far it is, and look whether it is to stop."""
        kind, name, now = self.turn.kind, self.turn.name, datetime.now(UTC)
        stop_file = stop_path(kind, name)
        if self.store.exists(stop_file):
            self._stopped_by = str(json_in(self.store.read_bytes(stop_file))["who"])
        if not self._changed and (now - self.turn.renewed).total_seconds() < RENEW_S:
            return
        if self.is_own():
            with self._lock:
                self.turn, self._changed = self.turn.model_copy(update={"renewed": now}), False
            self.store.write_bytes(path_of(kind, name), _bytes(self.turn))

    def is_own(self) -> bool:
        """Whether the turn is still this training's: one that slept for long is taken for dead."""
        try:
            return _read(self.store, path_of(self.turn.kind, self.turn.name)).key == self.turn.key
        except NightscoreError:
            return False


_Report = Callable[[int, int, str], None]


@contextmanager
def own_turn(store: Store, kind: str, name: str, day: date) -> Iterator[Holder]:
    """The turn to train a family's or camera's model; waits for the training that has it.

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


def _taken(store: Store, kind: str, name: str, day: date) -> Turn:
    """A new turn, once nobody else has it."""
    path, is_told = path_of(kind, name), False
    while True:
        now = datetime.now(UTC)
        key, process = secrets.token_hex(8), os.getpid()
        new = Turn(kind=kind, name=name, day=day, key=key, machine=MACHINE, process=process, began=now, renewed=now)
        if store.create(path, _bytes(new)):
            store.remove(stop_path(kind, name))
            return new
        if (other := _living(store, path)) is None:
            continue
        if not is_told:
            log.warning("waits for the training of %s for %s, under way since %s", name, other.day, _clock(other.began))
            is_told = True
        time.sleep(BEAT_S)


def _living(store: Store, path: str) -> Turn | None:
    """The turn at a path; None, and the file removed, where its process is dead or it cannot be read."""
    try:
        found = _read(store, path)
    except NotThereError:
        return None
    except NightscoreError as error:
        log.warning("%s is removed: %s", path, error)
        found = None
    if found is not None and found.lives(datetime.now(UTC)):
        return found
    store.remove(path)
    return None


def _read(store: Store, path: str) -> Turn:
    data = store.read_bytes(path)
    try:
        table = json_in(data)
    except ValueError:
        table = {}
    return parse(Turn, table, path)


def _bytes(turn: Turn) -> bytes:
    return f"{turn.model_dump_json()}\n".encode()


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
