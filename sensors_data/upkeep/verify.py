"""A walk over a store: which of its files are not what was written, have no hash, are stale or are none of ours."""

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
from sensors_data.upkeep.inventory import Again, is_leftover, place_of

State = Literal["damaged", "stale", "stray", "leftover", "without hash"]


@dataclass(frozen=True)
class Finding:
    """A file that is not as it should be, why, and the job that makes it again where one does."""

    path: str
    state: State
    reason: str
    again: Again | None = None


LAKE_LOG = "_delta_log"
"""The folder in which a table that was registered as Delta has its log."""


def paths_of(store: Store, day: date | None) -> list[str]:
    """The files that a verification looks at: all, or those of one day with every model and what people noted."""
    paths = [p for p in store.all_files() if not p.startswith("damaged/") and f"/{LAKE_LOG}/" not in p]
    if day is None:
        return paths
    places = {path: place_of(store, path) for path in paths}
    return [path for path, place in places.items() if place is None or place.day in (None, day)]


def verify(store: Store, paths: Iterable[str]) -> Iterator[Finding | None]:
    """What is wrong with each file, None where nothing is; nothing is changed, and each file is read once.

    A joined file is stale by those that lie in it, each told by the path that it had.
    """
    seen = {path: _look_at(store, path) for path in paths}
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
    """Whether what the file at `path` holds counts: itself, or a joined one that no other was written over."""
    return name == path or name not in seen


@dataclass(frozen=True)
class _Made:
    """A table's file, by itself or joined: the hash of its bytes, where it came from and what makes it again."""

    digest: bytes
    source: Provenance | None
    """None for what is no table."""
    again: Again | None


@dataclass(frozen=True)
class _Look:
    """What reading a file gave: what is wrong with it alone, and what lies in it, by path: itself or those joined.

    Nothing lies in it where it does not hold what was written, or is gone.
    """

    finding: Finding | None = None
    holds: dict[str, _Made] = field(default_factory=dict)


def _look_at(store: Store, path: str) -> _Look:
    if is_leftover(path):
        return _Look(Finding(path, "leftover", "a writer was killed, or writes still"))
    place = place_of(store, path)
    if place is None:
        return _Look(Finding(path, "stray", "nightscore writes no such file and passes it over"))
    try:
        data = store.unchecked_bytes(path)
        is_sealed = check(data, path)
        source = store.provenance_in(path, data) if place.what in TABLES else None
        if source is not None and not is_sealed:
            store.check_rows(place.what, path, data)
        joined = path.endswith(f"/{JOINED}")
        parts = store.parts_told(path, store.open_parquet(path, data)) if joined else {}
    except NotThereError:  # replaced or removed meanwhile
        return _Look()
    except DamagedError as error:
        return _Look(Finding(path, "damaged", error.reason, place.again))
    except NightscoreError as error:
        return _Look(Finding(path, "damaged", str(error), place.again))
    finding = None if is_sealed else Finding(path, "without hash", "an earlier nightscore wrote it")
    holds = {path: _Made(hashlib.sha256(data).digest(), source, place.again)}
    holds |= {name: _Made(bytes.fromhex(part.sha256), part.source, _again(store, name)) for name, part in parts.items()}
    return _Look(finding, holds)


def _again(store: Store, path: str) -> Again | None:
    """The job that makes the file at `path` again."""
    place = place_of(store, path)
    return None if place is None else place.again


def _stale(store: Store, path: str, made: _Made, digests: dict[str, bytes | None]) -> Finding | None:
    """A file of which one that it was made from is another by now; None where it is not, or its inputs are gone."""
    if made.source is None or not made.source.made_from:
        return None
    parts = [_digest_of(store, name, digests) for name in made.source.made_from]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None  # inputs may be removed before what was made of them; damage is told of the input itself
    if digest_of(known) == made.source.inputs:
        return None
    reason = f"what it was made from has changed since: {', '.join(made.source.made_from[:3])}"
    return Finding(path, "stale", reason, made.again)


def _digest_of(store: Store, path: str, digests: dict[str, bytes | None]) -> bytes | None:
    """The hash of a file's bytes, read only where it is not known yet."""
    if path not in digests:
        try:
            digests[path] = store.sha256(path)
        except NightscoreError:  # gone or damaged
            digests[path] = None
    return digests[path]


def in_order(findings: Iterable[Finding]) -> list[Again]:
    """The jobs that make findings again, each once, so that none comes before one that it depends on."""
    order = list(JOBS)
    jobs = {finding.again for finding in findings if finding.again is not None}
    return sorted(jobs, key=lambda again: (again.day, order.index(again.job.name), again.owner, again.shard or 0))
