"""Files of a store that are made again: the damaged one is put aside, and the job that writes it runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sensors_data.errors import NightscoreError
from sensors_data.jobs import function_of
from sensors_data.places import quarantine
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.upkeep.inventory import Remake
from sensors_data.upkeep.verify import Finding, in_order, paths_of, verify

ROUNDS = 6
"""What is made again makes stale what was made from it: as many steps as lead from readings to a report."""


def repair(settings: Settings, day: date | None, say: Callable[[str], None]) -> list[Finding]:
    """Put damaged files of a day, or of all, aside; run the jobs that make them and stale ones again, and what follows.

    What is still damaged or stale afterwards. A damaged file that no job makes is put aside too: a backup may have it.
    """
    store, failed = Store(settings.store), set[Remake]()
    for _ in range(ROUNDS):
        broken = [f for f in verify(store, paths_of(store, day)) if f is not None and f.state in ("damaged", "stale")]
        todo = [finding for finding in broken if finding.remake not in failed]
        if not todo:
            break
        for finding in todo:
            if finding.state == "damaged":
                _put_aside(store, finding.path, say)
        for remake in in_order(todo):
            try:
                say(_run(settings, remake))
            except NightscoreError as error:
                failed.add(remake)
                say(f"not made again by {remake.command}: {error}")
    return broken


def _put_aside(store: Store, path: str, say: Callable[[str], None]) -> None:
    """Keep a damaged file under another path, so that its job finds none."""
    store.write_bytes(quarantine(path), store.unchecked_bytes(path))
    store.remove(path)
    say(f"put aside {path} as {quarantine(path)}")


def _run(settings: Settings, remake: Remake) -> str:
    """The job of one partition, or of all its shards; what it did."""
    owner = [remake.owner] if remake.owner else []
    shards = [[remake.shard]] if remake.shard is not None else [[]]
    if remake.job.sharded and remake.shard is None:
        shards = [[shard] for shard in range(settings.family(remake.owner).shards)]
    return "\n".join(function_of(remake.job)(settings, remake.day, *owner, *shard) for shard in shards)
