"""A folder of files, written whole: it is there with every file, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from sensors_data.errors import StorageError, UnusableError

Files = Iterable[tuple[str, bytes]]
"""Paths below the folder, and their bytes."""
REMEDY = "name a folder that does not exist yet"


def write_folder(folder: Path, files: Files) -> bool:
    """Write files below a folder that is new or empty; False, and nothing written, where it holds just these.

    UnusableError where it holds anything else, StorageError where it cannot be written. Either leaves what was there.
    """
    target = folder.resolve()
    if target.exists() and not target.is_dir():
        raise UnusableError(f"{folder} is not a folder", REMEDY)
    if target.is_dir() and any(target.iterdir()):
        _check_same(folder, target, files)
        return False
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as beside:
            whole = Path(beside) / "whole"  # made here, for the temporary folder is closed to others
            whole.mkdir()
            for path, data in files:
                _write(whole / path, data)
            os.sync()  # once: a call a file takes milliseconds each
            whole.replace(target)
    except StorageError:
        raise
    except OSError as error:
        raise StorageError(f"cannot write {folder}: {error.strerror or error}; nothing was written", REMEDY) from error
    return True


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _check_same(folder: Path, target: Path, files: Files) -> None:
    """UnusableError unless a folder holds the files, byte for byte, and no other."""
    expected = set()
    for path, data in files:
        file = target / path
        if not file.is_file() or file.read_bytes() != data:
            raise UnusableError(f"{folder} is not empty, and its {path} is missing or another", REMEDY)
        expected.add(file)
    others = [path for path in target.rglob("*") if not path.is_dir() and path not in expected]
    if others:
        raise UnusableError(f"{folder} holds other files: {others[0].relative_to(target)}", REMEDY)
