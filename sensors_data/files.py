"""One file, replaced whole: what was there stays there until the new bytes are safe."""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path
from typing import Any

import fsspec

from sensors_data.errors import StorageError, UnusableError


def open_url(url: str) -> tuple[Any, str]:
    """The file system and path of a folder's URL (a plain path is a local folder).

    UnusableError when its protocol's package is not installed.
    """
    try:
        fs, path = fsspec.core.url_to_fs(url, use_listings_cache=False)  # others write there too
    except (ImportError, ValueError) as error:
        raise UnusableError(f"cannot open the store at '{url}': {error}") from error
    return fs, str(path)


def replace_file(fs: Any, path: str, data: bytes) -> None:
    """Put `data` at `path` in one step, making its folders; a reader sees the old bytes or the new, never a mixture.

    StorageError (disk full, no permission) leaves the old bytes in place and no temporary file behind.
    """
    try:
        if "file" in (fs.protocol if isinstance(fs.protocol, tuple) else (fs.protocol,)):
            _replace_local(Path(path), data)
        else:
            fs.pipe_file(path, data)  # one PUT: object storage shows it whole or not at all
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        what = f"no room to write {path} ({len(data):,} bytes)" if full else f"cannot write {path}"
        raise StorageError(f"{what}: {error.strerror or error}; what was there is unchanged") from error


def _replace_local(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)  # there only when the rename was not reached
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
