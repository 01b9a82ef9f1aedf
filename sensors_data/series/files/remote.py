"""Files of an inbox on object storage, or wherever fsspec reads: copied here, so that they are read as local ones."""

from __future__ import annotations

import atexit
import hashlib
import os
import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from sensors_data.errors import NotThereError, StorageError
from sensors_data.files import open_url


def copies(url: str, suffixes: tuple[str, ...]) -> list[Path]:
    """Local copies of a file, of a folder's files or of those of a pattern, in the order of their paths.

    A file is fetched again only when its size, time or tag has changed. NotThereError when there is none, StorageError
    when the place does not answer.
    """
    try:
        fs, path = open_url(url)
        files = {PurePosixPath(place): about for place, about in _listed(fs, path).items()}
        wanted = [p for p in sorted(files) if not p.name.startswith(".") and p.name.lower().endswith(suffixes)]
        copied = [_copied(fs, place, files[place]) for place in wanted]
    except OSError as error:
        raise StorageError(f"{url} cannot be read: {str(error).splitlines()[0] if str(error) else error!r}") from error
    if not copied:
        raise NotThereError(f"no file at {url}", f"put {', '.join(suffixes)} there or correct `inbox` in the settings")
    return copied


def is_there(url: str) -> bool:
    """Whether a file stands at a path or URL. StorageError when the place does not answer."""
    try:
        fs, path = open_url(url)
        return bool(fs.exists(path))
    except OSError as error:
        raise StorageError(f"{url} cannot be looked for: {error}") from error


def _listed(fs: Any, path: str) -> dict[str, dict[str, Any]]:
    """The files at a path, a folder or a pattern, and what is known of each."""
    try:
        if any(mark in path for mark in "*?["):
            return {p: about for p, about in fs.glob(path, detail=True).items() if about["type"] == "file"}
        return dict(fs.find(path, detail=True))
    except FileNotFoundError:
        return {}


def _copied(fs: Any, place: PurePosixPath, about: dict[str, Any]) -> Path:
    """A file's copy, under its own name in a folder of its own."""
    known = [str(about.get(key, "")) for key in ("size", "ETag", "etag", "LastModified", "mtime")]
    key = hashlib.sha256("\n".join([str(place), *known]).encode()).hexdigest()[:16]
    target = folder_of_copies() / key / place.name
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        part = target.with_name(f".{place.name}.part")
        fs.get_file(str(place), str(part))
        if isinstance(changed := about.get("LastModified", about.get("last_modified")), datetime):
            os.utime(part, (changed.timestamp(), changed.timestamp()))
        part.replace(target)
    return target


@cache
def folder_of_copies() -> Path:
    """Where this process keeps copies of files; taken away when it ends."""
    folder = tempfile.TemporaryDirectory(prefix="nightscore-inbox-")
    atexit.register(folder.cleanup)
    return Path(folder.name)
