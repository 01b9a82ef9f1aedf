"""One file, replaced whole: what was there stays there until the new bytes are safe."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import platform
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec

from sensors_data.errors import StorageError, UnusableError

ABANDONED = 3600.0
"""Seconds after which a temporary file of another machine is a killed writer's."""
MACHINE = hashlib.sha256(platform.node().encode()).hexdigest()[:8]
"""Unique name of this machine."""


def open_url(url: str) -> tuple[Any, str]:
    """The file system and path of a folder's URL (a plain path is a local folder).

    UnusableError when its protocol's package is not installed.
    """
    try:
        fs, path = fsspec.core.url_to_fs(url, use_listings_cache=False)  # others write there too
    except (ImportError, ValueError) as error:
        raise UnusableError(f"cannot open the store at '{url}': {error}") from error
    return fs, str(path)


def is_local(fs: Any) -> bool:
    """Whether a file system is this machine's own."""
    return "file" in (fs.protocol if isinstance(fs.protocol, tuple) else (fs.protocol,))


def leads_out(root: str, path: str) -> bool:
    """Whether a local path, its links followed, lies outside a folder, whose own links are followed too."""
    inside, target = Path(root).resolve(), Path(path).resolve()
    return not target.is_relative_to(inside)


def holds(folder: Path, suffix: str) -> bool:
    """Whether a local folder has a file of a suffix, temporary ones left out."""
    return any(path.name.endswith(suffix) and not path.name.startswith(".") for path in folder.iterdir())


def replace_file(fs: Any, path: str, data: bytes) -> None:
    """Put `data` at `path` in one step, making its folders; a reader sees the old bytes or the new, never a mixture.

    StorageError (disk full, no permission) leaves the old bytes in place and no temporary file behind.
    """
    try:
        if is_local(fs):
            _write_local(Path(path), data, lambda temporary, target: temporary.replace(target))
        else:
            fs.pipe_file(path, data)  # one PUT: object storage shows it whole or not at all
    except OSError as error:
        raise _not_written(path, data, error, "what was there is unchanged") from error


def create_file(fs: Any, path: str, data: bytes) -> bool:
    """Put `data` at `path` in one step where nothing stands; whether it did. StorageError where it cannot."""
    try:
        if is_local(fs):
            _write_local(Path(path), data, lambda temporary, target: target.hardlink_to(temporary))
        else:
            fs.pipe_file(path, data, mode="create")
    except FileExistsError:
        return False
    except OSError as error:
        raise _not_written(path, data, error, "nothing was written") from error
    return True


def _not_written(path: str, data: bytes, error: OSError, left: str) -> StorageError:
    """Why a file could not be written, and what is `left`."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    what = f"no room to write {path} ({len(data):,} bytes)" if full else f"cannot write {path}"
    return StorageError(f"{what}: {error.strerror or error}; {left}")


def _write_local(target: Path, data: bytes, into_place: Callable[[Path, Path], object]) -> None:
    """Write a temporary file that is safe on the disk, and put it in its place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target.parent)
    temporary = target.with_name(f".{target.name}.{MACHINE}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(target, temporary)  # who may read a file stays as somebody set it
        into_place(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)  # there only when the rename was not reached
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sweep(folder: Path) -> int:
    """Remove the temporary files that killed writers left in a local folder; how many.

    Killed are those whose process on this machine is gone, and those that have not grown for ABANDONED.
    """
    try:
        left = [Path(entry.path) for entry in os.scandir(folder) if entry.name.endswith(".tmp")]
    except (FileNotFoundError, NotADirectoryError):
        return 0
    gone = [path for path in left if path.name.startswith(".") and is_abandoned(path.name, _age_of(path))]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def is_abandoned(name: str, seconds: float) -> bool:
    """Whether nobody writes any more to a temporary file of a name, which has not grown for so many seconds."""
    machine, _, writer = name.removesuffix(".tmp").rpartition(".")
    pid = writer.partition("-")[0]
    is_of_dead_writer = machine.endswith(f".{MACHINE}") and pid.isdigit() and not is_running(int(pid))
    return is_of_dead_writer or seconds > ABANDONED


def _age_of(path: Path) -> float:
    """Seconds since a file was written to; 0 if unknown."""
    try:
        return time.time() - path.stat().st_mtime
    except (FileNotFoundError, PermissionError):  # just gone
        return 0.0


def is_running(process: int) -> bool:
    """Whether this machine has a process of this number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True
