"""Who decided what: an append-only log in the store, each entry with the hash of the one before it."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from datetime import UTC, datetime

from sensors_data.errors import DamagedError, UnusableError
from sensors_data.seal import BLANK, check
from sensors_data.section import Section
from sensors_data.settings import parse
from sensors_data.store import Store

FIRST = "0" * 64
"""What stands in the first entry for the hash of the one before."""
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
        if store.create(path_of(number), f"{entry.model_dump_json()}\n".encode()):
            return entry
    raise UnusableError("the audit log is written to by too many at once", "try again")


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
    found: list[Entry] = []
    previous = FIRST
    for number, path in enumerate(store.files("audit", suffix=".json"), start=1):
        data = store.unchecked_bytes(path)
        entry = _entry(data, path)
        if path != path_of(number) or entry.number != number or entry.previous != previous:
            raise DamagedError(f"{path_of(number)} is missing or was changed", "restore it: nightscore restore")
        found.append(entry)
        previous = hashlib.sha256(data).hexdigest()
    return found


def _entry(data: bytes, path: str) -> Entry:
    try:
        check(data, path)
        return parse(Entry, json.loads(data), path)
    except ValueError as error:
        raise DamagedError(f"{path} is no entry of the audit log: {error}", "restore it: nightscore restore") from error
