"""Who decided what: an append-only log in the store, each entry with the hash of the one before it.

The newest entry's number and hash stand in a file of another folder too, so that a log without its end is noticed.
"""

from __future__ import annotations

import getpass
import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TypeVar

from sensors_data.documents import json_in
from sensors_data.errors import DamagedError, NotThereError, UnusableError
from sensors_data.seal import BLANK, check
from sensors_data.section import Section
from sensors_data.settings import parse
from sensors_data.store import Store

S = TypeVar("S", bound=Section)
FIRST = "0" * 64
"""What stands in the first entry for the hash of the one before."""
NEWEST = "witness/audit.json"
"""File outside the log with the newest entry; concurrent writers may leave a slightly older one there."""
_TRIES = 50


class Entry(Section):
    """One decision."""

    number: int
    """From 1, without a gap."""
    time: datetime
    who: str
    """A user of the service, or the account that ran the command."""
    what: str
    """The act in a word, like dismissed, withdrew, accepted, deleted."""
    about: str
    """What it was done to."""
    previous: str
    """SHA-256 of the file of the entry before, 64 zeros in the first."""
    seal: str = BLANK
    """The hash of the entry's own file."""


class Newest(Section):
    """An entry that the log has had, the newest or one shortly before it."""

    number: int
    sha256: str
    """Of the entry's file."""
    seal: str = BLANK


def record(store: Store, what: str, about: str, who: str = "") -> Entry:
    """Append an entry; `who` is the account that runs this where no name is given. UnusableError when others are faster
    time and again.
    """
    for _ in range(_TRIES):
        paths = store.files("audit", suffix=".json")
        number = int(paths[-1].rpartition("/")[2].removesuffix(".json")) + 1 if paths else 1
        previous = hashlib.sha256(store.unchecked_bytes(paths[-1])).hexdigest() if paths else FIRST
        entry = Entry(
            number=number, time=datetime.now(UTC), who=who or account(), what=what, about=about[:500], previous=previous
        )
        if store.create(path_of(number), _line(entry)):
            _bear_witness(store, number)
            return entry
    raise UnusableError("too many programs write to the audit log at once", "try again")


def _bear_witness(store: Store, number: int) -> None:
    """Record an entry outside the log, unless the one recorded there is missing or changed: that must stay visible."""
    try:
        newest = _newest(store)
        if newest is None or (newest.number < number and _digest(store, newest.number) == newest.sha256):
            store.write_bytes(NEWEST, _line(Newest(number=number, sha256=_digest(store, number))))
    except (DamagedError, NotThereError):  # `entries` says which
        return


def _digest(store: Store, number: int) -> str:
    return hashlib.sha256(store.unchecked_bytes(path_of(number))).hexdigest()


def _line(section: Section) -> bytes:
    return f"{section.model_dump_json()}\n".encode()


def account() -> str:
    """The account that this process runs under."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return str(os.getuid())


def path_of(number: int) -> str:
    """Where an entry stands."""
    return f"audit/{number:010d}.json"


def entries(store: Store) -> list[Entry]:
    """Every entry, the oldest first. DamagedError names the first that is missing, changed or out of the chain."""
    newest = _newest(store)
    entries_so_far: list[Entry] = []
    previous = FIRST
    for number, path in enumerate(store.files("audit", suffix=".json"), start=1):
        data = store.unchecked_bytes(path)
        entry = _parsed(Entry, data, path)
        if path != path_of(number) or entry.number != number or entry.previous != previous:
            raise _gone(number)
        entries_so_far.append(entry)
        previous = hashlib.sha256(data).hexdigest()
        if newest is not None and newest.number == number and newest.sha256 != previous:
            raise _gone(number)
    if newest is not None and newest.number > len(entries_so_far):
        raise _gone(len(entries_so_far) + 1)
    return entries_so_far


def newest_first(store: Store) -> Iterator[Entry]:
    """The entries, the newest first, not compared with one another. DamagedError where one is none."""
    for path in reversed(store.files("audit", suffix=".json")):
        yield _parsed(Entry, store.unchecked_bytes(path), path)


def _gone(number: int) -> DamagedError:
    return DamagedError(f"{path_of(number)} is missing or was changed", "restore it: nightscore restore")


def _newest(store: Store) -> Newest | None:
    """The entry recorded outside the log; None in a store of a version that recorded none."""
    return _parsed(Newest, store.unchecked_bytes(NEWEST), NEWEST) if store.exists(NEWEST) else None


def _parsed(section: type[S], data: bytes, path: str) -> S:
    try:
        check(data, path)
        return parse(section, json_in(data), path)
    except ValueError as error:
        raise DamagedError(
            f"{path} is not an entry of the audit log: {error}", "restore it: nightscore restore"
        ) from error
