"""A walk over a store: which of its files are not what was written, have no hash, are stale or are none of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sensors_data.errors import DamagedError, NightscoreError, NotThereError
from sensors_data.inventory import Again, is_leftover, place_of
from sensors_data.jobs import JOBS
from sensors_data.seal import check
from sensors_data.store import Store
from sensors_data.tables import TABLES

State = Literal["damaged", "stale", "stray", "leftover", "without hash"]


@dataclass(frozen=True)
class Finding:
    """A file that is not as it should be, why, and the job that makes it again where one does."""

    path: str
    state: State
    reason: str
    again: Again | None = None


def paths_of(store: Store, day: date | None) -> list[str]:
    """The files that a verification looks at: all, or those of one day with every model and what people noted."""
    paths = [path for path in store.all_files() if not path.startswith("damaged/")]
    if day is None:
        return paths
    places = {path: place_of(store, path) for path in paths}
    return [path for path, place in places.items() if place is None or place.day in (None, day)]


def verify(store: Store, paths: Iterable[str]) -> Iterator[Finding | None]:
    """What is wrong with each file, None where nothing is; nothing is changed."""
    for path in paths:
        try:
            yield _of_file(store, path)
        except NotThereError:  # replaced or removed meanwhile
            yield None


def _of_file(store: Store, path: str) -> Finding | None:
    if is_leftover(path):
        return Finding(path, "leftover", "a writer was killed, or writes still")
    place = place_of(store, path)
    if place is None:
        return Finding(path, "stray", "nightscore writes no such file and passes it over")
    try:
        is_sealed = check(store.unchecked_bytes(path), path)
        if place.what in TABLES and not is_sealed:
            store.read_files(place.what, [path])
        made_from = _made_from(store, path) if place.what in TABLES else ""
    except DamagedError as error:
        return Finding(path, "damaged", error.reason, place.again)
    except NightscoreError as error:
        return Finding(path, "damaged", str(error), place.again)
    if made_from:
        return Finding(path, "stale", made_from, place.again)
    return None if is_sealed else Finding(path, "without hash", "an earlier nightscore wrote it")


def _made_from(store: Store, path: str) -> str:
    """Which of the files that a table was made from is another one by now, in words; empty where none is."""
    source = store.provenance(path)
    gone = [name for name in source.made_from if not store.exists(name)]
    if gone:
        return ""  # inputs may be removed before what was made of them
    try:
        same = not source.made_from or store.digest(source.made_from) == source.inputs
    except DamagedError:
        return ""  # told of the input itself
    return "" if same else f"what it was made from has changed since: {', '.join(source.made_from[:3])}"


def in_order(findings: Iterable[Finding]) -> list[Again]:
    """The jobs that make findings again, each once, so that none comes before one that it depends on."""
    order = list(JOBS)
    jobs = {finding.again for finding in findings if finding.again is not None}
    return sorted(jobs, key=lambda again: (again.day, order.index(again.job.name), again.owner, again.shard or 0))
