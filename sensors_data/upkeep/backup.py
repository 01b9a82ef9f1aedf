"""A store's files kept once each under their hash in another place, with a list for each backup."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sensors_data.errors import DamagedError, NotThereError, UnusableError
from sensors_data.files import open_url, replace_file
from sensors_data.store import Store
from sensors_data.upkeep.inventory import is_leftover

FORMAT = 1
PASSES = 5
"""How often files that changed while they were copied are copied again."""
Listed = dict[str, dict[str, str]]
"""By path: `sha256` of the content, and the `stamp` that changes whenever the file is replaced."""


@dataclass(frozen=True)
class BackupOutcome:
    """The result of a backup."""

    name: str
    files: int
    copied: int
    damaged: tuple[str, ...]
    """Damaged files, which were not copied; the list keeps the last sound version of each."""
    restless: tuple[str, ...]
    """Files that were replaced during every pass; the list has one of their versions."""
    before: str
    """The backup before it, empty for the first."""
    undone: tuple[str, ...]
    """Entries of the audit log in the last backup that are missing from the store or differ there."""


@dataclass(frozen=True)
class _Place:
    """A folder of backups."""

    fs: Any
    root: str

    @classmethod
    def at(cls, url: str) -> _Place:
        return cls(*open_url(url))

    def object(self, digest: str) -> str:
        return f"{self.root}/objects/{digest[:2]}/{digest}"

    def names(self) -> list[str]:
        """The backups that there are, the oldest first."""
        try:
            paths = self.fs.find(f"{self.root}/lists")
        except FileNotFoundError:
            return []
        return sorted(str(path).rpartition("/")[2].removesuffix(".json") for path in paths if path.endswith(".json"))

    def listed(self, name: str) -> Listed:
        """A backup's files. DamagedError when its list is not what was written."""
        data = bytes(self.fs.cat_file(f"{self.root}/lists/{name}.json"))
        head, _, body = data.partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != head:
            raise DamagedError(f"the list of backup {name} is damaged", "restore an earlier one with --at")
        content: dict[str, Any] = json.loads(body)
        if content["format"] > FORMAT:
            raise UnusableError(f"backup {name} was made by a newer nightscore", "upgrade this one")
        files: Listed = content["files"]
        return files

    def keep(self, name: str, files: Listed) -> None:
        body = json.dumps({"format": FORMAT, "files": files}, sort_keys=True).encode()
        data = hashlib.sha256(body).hexdigest().encode() + b"\n" + body
        replace_file(self.fs, f"{self.root}/lists/{name}.json", data)


def backup(store: Store, url: str) -> BackupOutcome:
    """Copy what changed since the last backup to a folder at any URL; the list is written last.

    What other jobs replace meanwhile is copied again, so the list is of one moment unless `restless` says otherwise.
    """
    place = _Place.at(url)
    names = place.names()
    before = place.listed(names[-1]) if names else {}
    files, damaged, copied = dict(before), set[str](), set[str]()
    changed: list[str] = []
    for _ in range(PASSES):
        now = store.stamps()
        now = {path: stamp for path, stamp in now.items() if not is_leftover(path)}
        files = {path: about for path, about in files.items() if path in now}
        changed = [path for path, stamp in now.items() if files.get(path, {}).get("stamp") != stamp]
        changed = [path for path in changed if path not in damaged]
        if not changed:
            break
        for path in changed:
            _copy(store, place, path, now[path], files, damaged, copied)
    name = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
    place.keep(name, files)
    return BackupOutcome(
        name=name,
        files=len(files),
        copied=len(copied),
        damaged=tuple(sorted(damaged)),
        restless=tuple(changed),
        before=names[-1] if names else "",
        undone=_undone(before, files),
    )


def _undone(before: Listed, now: Listed) -> tuple[str, ...]:
    """Entries of the audit log, which only grows, that are gone or others since a backup."""
    log = {path: about["sha256"] for path, about in before.items() if path.startswith("audit/")}
    return tuple(sorted(path for path, digest in log.items() if now.get(path, {}).get("sha256") != digest))


def _copy(
    store: Store, place: _Place, path: str, stamp: str, files: Listed, damaged: set[str], copied: set[str]
) -> None:
    """Copy one file unless an equal one is there; of a damaged file, what was kept before stays listed."""
    try:
        data = store.read_bytes(path)
    except NotThereError:
        return
    except DamagedError:
        damaged.add(path)
        return
    digest = hashlib.sha256(data).hexdigest()
    if not place.fs.exists(place.object(digest)):
        replace_file(place.fs, place.object(digest), data)
        copied.add(path)
    files[path] = {"sha256": digest, "stamp": stamp}


def restore(
    url: str,
    store: Store,
    name: str | None,
    replaced: bool,
    say: Callable[[str], None],
    only: Sequence[str] = (),
) -> tuple[int, int]:
    """Write a backup's files, the newest one's unless `name` says which, where they are missing or damaged.

    With `only`, the files at these paths and below them alone. With `replaced`, files that differ are written too.
    How many were written and how many were as they should be. NotThereError when there is no such backup, or nothing
    at a path; DamagedError when what it holds of a file is not what was kept.
    """
    place = _Place.at(url)
    names = place.names()
    chosen = name or (names[-1] if names else None)
    if chosen not in names:
        raise NotThereError(f"no backup {chosen or ''} in {url}", f"there are: {', '.join(names[-5:]) or 'none'}")
    written, same = 0, 0
    for path, about in sorted(_among(place.listed(str(chosen)), only, f"backup {chosen}").items()):
        state = _state(store, path, about["sha256"])
        if state == "same" or (state == "other" and not replaced):
            same += state == "same"
            if state == "other":
                say(f"left as it is, for it differs from the backup: {path}")
            continue
        data = bytes(place.fs.cat_file(place.object(about["sha256"])))
        if hashlib.sha256(data).hexdigest() != about["sha256"]:
            raise DamagedError(f"what backup {chosen} holds of {path} is damaged", "restore an earlier one with --at")
        store.write_bytes(path, data)
        written += 1
    return written, same


def _among(files: Listed, only: Sequence[str], where: str) -> Listed:
    """The files at some paths and below them, all where none is named. NotThereError for a path with nothing."""
    if not only:
        return files
    wanted: Listed = {}
    for path in (path.strip("/") for path in only):
        below = {name: about for name, about in files.items() if name == path or name.startswith(f"{path}/")}
        if not below:
            folders = sorted({name.partition("/")[0] for name in files})
            raise NotThereError(f"{where} has nothing at {path}", f"it has files below {', '.join(folders)}")
        wanted |= below
    return wanted


def _state(store: Store, path: str, digest: str) -> str:
    """How the store's file compares with what is kept: same, other, damaged or missing."""
    try:
        data = store.read_bytes(path)
    except NotThereError:
        return "missing"
    except UnusableError:
        return "damaged"
    return "same" if hashlib.sha256(data).hexdigest() == digest else "other"
