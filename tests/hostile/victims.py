"""Jobs that run in a process of their own and are killed there, and what they left on their site.

A site is a folder with the folders `store` and `backups`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from attacked_plant import CAMERA, DAYS, FAMILY, FIRST, LAST, SHARDS

from sensors_data.jobs import JOBS, function_of
from sensors_data.series.incidents import Incident, add_incident
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.upkeep.backup import backup
from sensors_data.upkeep.migrate import migrate
from sensors_data.upkeep.verify import verify
from service.schedule import nights

TIMED = ("runs/", "metrics/", "reports/", "audit/", "witness/")
"""Folders of a store whose files tell the time of day, and so differ between equal runs."""
UNDER_WAY = "models/unfinished/"
"""What a training that has not ended keeps, and an ended one takes away."""
Action = Callable[[Settings], object]


@dataclass(frozen=True)
class Stage:
    """A job, the sites before and after it, and how long and in how many steps of input and output it runs."""

    name: str
    action: Action
    before: Path
    after: Path
    seconds: float
    steps: int


def at(settings: Settings, site: Path) -> Settings:
    """The settings over a site's store."""
    return settings.model_copy(update={"store": str(site / "store")})


def _job(name: str, *partition: object) -> tuple[str, Action]:
    function = function_of(JOBS[name])
    return " ".join(map(str, (name, *partition))), lambda settings: function(settings, LAST, *partition)


def _say(settings: Settings) -> None:
    text = {"family": FAMILY, "kind": "planned", "start": f"{LAST}T01:00Z", "end": f"{LAST}T02:00Z"}
    add_incident(Store(settings.store), Incident.model_validate({**text, "told": f"{LAST}T12:00Z"}))


def actions() -> list[tuple[str, Action]]:
    """The jobs of the last night in their order."""
    return [
        _job("ingest", FAMILY),
        *(_job("impute", FAMILY, shard) for shard in range(SHARDS)),
        _job("train-series", FAMILY),
        *(_job("score-series", FAMILY, shard) for shard in range(SHARDS)),
        _job("find-anomalies", FAMILY),
        _job("drift", FAMILY),
        ("say incident", _say),
        _job("export-metrics", FAMILY),
        _job("ingest-images", CAMERA),
        _job("train-images", CAMERA),
        _job("score-images", CAMERA),
        _job("train-dcgan", CAMERA),
        _job("draw-images", CAMERA),
        _job("judge-images", CAMERA),
        _job("paint-defects", CAMERA),
        _job("export-camera-metrics", CAMERA),
        _job("report"),
        _job("clean"),
        ("migrate", lambda settings: list(migrate(Store(settings.store)))),
        ("backup", lambda settings: backup(Store(settings.store), f"{settings.store.rpartition('/')[0]}/backups")),
    ]


def staged(plant: Settings, folder: Path) -> list[Stage]:
    """Every job once, undisturbed."""
    site = folder / "site"
    (site / "backups").mkdir(parents=True)
    settings = at(plant, site)
    nights.backfill(settings, FAMILY, None, LAST - timedelta(days=1), 1, lambda _: None)
    for number in range(DAYS - 4, DAYS - 1):
        function_of(JOBS["ingest-images"])(settings, FIRST + timedelta(days=number), CAMERA)
    stages, before = [], copied(site, folder / "0")
    for number, (name, action) in enumerate(actions(), start=1):
        begun = time.perf_counter()
        action(settings)  # here too, so that what it imports is there for all its victims
        seconds = time.perf_counter() - begun
        shutil.rmtree(site)
        steps = _steps(action, at(plant, copied(before, site)), folder / "steps")
        after = copied(site, folder / str(number))
        stages.append(Stage(name, action, before, after, seconds, steps))
        before = after
    return stages


def copied(site: Path, target: Path) -> Path:
    """A copy of a site."""
    shutil.copytree(site, target)
    return target


def _steps(action: Action, settings: Settings, told: Path) -> int:
    """Run a job to its end in a process of its own; its steps of input and output on its site."""

    def run() -> None:
        seen: list[str] = []
        _on_each_step(Path(settings.store).parent, seen.append)
        action(settings)
        told.write_text(str(len(seen)))

    if ended(victim(run)) != 0:
        raise RuntimeError(f"the undisturbed job failed: {settings.store}")
    return int(told.read_text())


def _on_each_step(site: Path, then: Callable[[str], None]) -> None:
    """Call something before each opening, renaming, linking and removing of a file on a site."""

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event in ("open", "os.rename", "os.link", "os.remove", "os.mkdir") and str(args[0]).startswith(str(site)):
            then(event)

    sys.addaudithook(hook)


def victim(run: Callable[[], object]) -> int:
    """Run something in a process of its own; the process. Its exit status is 0, or 1 after an error."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    try:
        run()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def ended(process: int) -> int:
    """Wait for a process; its exit status, negative for the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def killed_after(action: Action, settings: Settings, seconds: float) -> bool:
    """Run a job and kill it after some time; False where it had ended before."""
    process = victim(lambda: action(settings))
    time.sleep(seconds)
    os.kill(process, signal.SIGKILL)
    return ended(process) == -signal.SIGKILL


def killed_at(action: Action, settings: Settings, step: int) -> bool:
    """Run a job that is killed before its step of a number, from 1; False where it had ended before."""

    def run() -> None:
        left = step

        def count(_: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        _on_each_step(Path(settings.store).parent, count)
        action(settings)

    return ended(victim(run)) == -signal.SIGKILL


def tree(site: Path) -> dict[str, str]:
    """The hash of each file of a site's store."""
    root = site / "store"
    paths = [path for path in root.rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@cache
def standing(site: Path) -> dict[str, str]:
    """The same of a site that nothing changes any more."""
    return tree(site)


def lasting(files: dict[str, str]) -> dict[str, str]:
    """Those that are the same after equal runs."""
    return {path: digest for path, digest in files.items() if not path.startswith(TIMED)}


def faults(settings: Settings) -> list[str]:
    """What `verify` finds on a store: damaged, stale, stray or left over."""
    store = Store(settings.store)
    findings = [finding for finding in verify(store, store.all_files()) if finding is not None]
    return [f"{finding.state} {finding.path}: {finding.reason}" for finding in findings]
