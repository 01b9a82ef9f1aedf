"""A check of all files of a store: which are damaged, lack a hash, are stale, or were not written by nightscore."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sensors_data.errors import DamagedError, NightscoreError, NotThereError
from sensors_data.folder import digest_of
from sensors_data.jobs import JOBS
from sensors_data.partition_paths import JOINED
from sensors_data.provenance import Provenance
from sensors_data.seal import check
from sensors_data.store import Store
from sensors_data.tables import TABLES
from sensors_data.upkeep.inventory import Remake, is_leftover, place_of

State = Literal["damaged", "stale", "stray", "leftover", "without hash"]


@dataclass(frozen=True)
class Finding:
    """A file with a problem, the reason, and the job that makes it again, if there is one."""

    path: str
    state: State
    reason: str
    remake: Remake | None = None


LAKE_LOG = "_delta_log"
"""The folder with the log of a table that was registered as Delta."""


def paths_of(store: Store, day: date | None) -> list[str]:
    """The files that a verification looks at: all, or those of one day with every model and what people noted."""
    paths = [p for p in store.all_files() if not p.startswith("damaged/") and f"/{LAKE_LOG}/" not in p]
    if day is None:
        return paths
    places = {path: place_of(store, path) for path in paths}
    return [path for path, place in places.items() if place is None or place.day in (None, day)]


def verify(store: Store, paths: Iterable[str]) -> Iterator[Finding | None]:
    """The problem of each file, None for a sound one; nothing is changed, and each file is read once.

    A joined file is stale if a file in it is; each of those is reported by its original path.
    """
    seen = {path: _read(store, path) for path in paths}
    digests: dict[str, bytes | None] = dict.fromkeys(seen)
    for path, look in seen.items():
        digests |= {name: made.digest for name, made in look.holds.items() if _counts(name, path, seen)}
    for path, look in seen.items():
        if look.finding is not None:
            yield look.finding
            continue
        counting = {name: made for name, made in look.holds.items() if _counts(name, path, seen)}
        stale = [finding for name, made in counting.items() if (finding := _stale(store, name, made, digests))]
        yield from stale
        if not stale:
            yield None


def _counts(name: str, path: str, seen: Container[str]) -> bool:
    """Whether the part `name` of the file at `path` counts: the file itself, or a joined part without a newer file."""
    return name == path or name not in seen


@dataclass(frozen=True)
class _TableFile:
    """A table's file, separate or joined: the hash of its bytes, its provenance, and the job that makes it again."""

    digest: bytes
    source: Provenance | None
    """None for anything but a table."""
    remake: Remake | None


@dataclass(frozen=True)
class _Reading:
    """The result of reading a file: its own problem, and the files that it holds by path: itself, or those joined.

    It holds none if it is damaged or gone.
    """

    finding: Finding | None = None
    holds: dict[str, _TableFile] = field(default_factory=dict)


def _read(store: Store, path: str) -> _Reading:
    """Read a file of the store and check it by itself."""
    if is_leftover(path):
        return _Reading(Finding(path, "leftover", "a writer was killed, or writes still"))
    place = place_of(store, path)
    if place is None:
        return _Reading(Finding(path, "stray", "nightscore writes no such file and passes it over"))
    try:
        data = store.unchecked_bytes(path)
        is_sealed = check(data, path)
        source = store.provenance_in(path, data) if place.what in TABLES else None
        if source is not None and not is_sealed:
            store.check_rows(place.what, path, data)
        joined = path.endswith(f"/{JOINED}")
        parts = store.parts_told(path, store.open_parquet(path, data)) if joined else {}
    except NotThereError:  # replaced or removed meanwhile
        return _Reading()
    except DamagedError as error:
        return _Reading(Finding(path, "damaged", error.reason, place.remake))
    except NightscoreError as error:
        return _Reading(Finding(path, "damaged", str(error), place.remake))
    finding = None if is_sealed else Finding(path, "without hash", "an earlier nightscore wrote it")
    holds = {path: _TableFile(hashlib.sha256(data).digest(), source, place.remake)}
    for name, part in parts.items():
        holds[name] = _TableFile(bytes.fromhex(part.sha256), part.source, _remake_of(store, name))
    return _Reading(finding, holds)


def _remake_of(store: Store, path: str) -> Remake | None:
    """The job that makes the file at `path` again."""
    place = place_of(store, path)
    return None if place is None else place.remake


def _stale(store: Store, path: str, made: _TableFile, digests: dict[str, bytes | None]) -> Finding | None:
    """The finding for a file whose inputs have changed since; None if they have not, or are gone."""
    if made.source is None or not made.source.made_from:
        return None
    parts = [_digest_of(store, name, digests) for name in made.source.made_from]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None  # inputs may be removed before their results; a damaged input has a finding of its own
    if digest_of(known) == made.source.inputs:
        return None
    reason = f"what it was made from has changed since: {', '.join(made.source.made_from[:3])}"
    return Finding(path, "stale", reason, made.remake)


def _digest_of(store: Store, path: str, digests: dict[str, bytes | None]) -> bytes | None:
    """The hash of a file's bytes, read only where it is not known yet."""
    if path not in digests:
        try:
            digests[path] = store.sha256(path)
        except NightscoreError:  # gone or damaged
            digests[path] = None
    return digests[path]


def in_order(findings: Iterable[Finding]) -> list[Remake]:
    """The jobs that make the findings again, each once, in an order in which each follows those it depends on."""
    order = list(JOBS)
    jobs = {finding.remake for finding in findings if finding.remake is not None}
    return sorted(jobs, key=lambda remake: (remake.day, order.index(remake.job.name), remake.owner, remake.shard or 0))
