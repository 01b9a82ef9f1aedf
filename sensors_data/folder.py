"""A folder of files at any URL: each is replaced whole, and what is read is what was written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sensors_data.errors import NotThereError, StorageError, UnusableError
from sensors_data.files import create_file, holds, is_local, leads_out, open_url, replace_file, sweep
from sensors_data.seal import check, sealed, sum_of


@dataclass(frozen=True)
class Folder:
    """A folder at any URL that fsspec opens; paths are relative to it."""

    root: str
    _opened: list[tuple[Any, str]] = field(default_factory=list, repr=False, compare=False)
    _held: dict[str, tuple[bytes, bytes]] | None = field(default=None, repr=False, compare=False)
    """What was read, each with its SHA-256, where it is kept."""

    def _open(self) -> tuple[Any, str]:
        if not self._opened:
            self._opened.append(open_url(self.root))
        return self._opened[0]

    def files(self, folder: str, suffix: str = "") -> list[str]:
        """Paths of all files under a folder of the store, relative to the root, sorted; temporary ones left out."""
        relative = [path for path in self.all_files(folder) if not path.rsplit("/", 1)[-1].startswith(".")]
        return [path for path in relative if path.endswith(suffix)]

    def all_files(self, folder: str = "") -> list[str]:
        """Paths of all files under a folder of the store, temporary ones too, links out of the store left out."""
        return sorted(self.stamps(folder))

    def stamps(self, folder: str = "") -> dict[str, str]:
        """The same paths, each with what changes whenever its file is replaced."""
        fs, root = self._open()
        try:
            files_there = fs.find(f"{root}/{folder}", detail=True)
        except FileNotFoundError:
            return {}
        inside = {
            path: about for path, about in files_there.items() if not (about.get("islink") and leads_out(root, path))
        }
        return {str(path)[len(root) :].lstrip("/"): stamp_of(about) for path, about in inside.items()}

    def folders(self, folder: str, suffix: str) -> list[str]:
        """Names of the folders in a folder of the store that hold a file of a suffix, sorted.

        Where the file system has no empty folders, each of them counts.
        """
        fs, root = self._open()
        try:
            folders_there = [about for about in fs.ls(f"{root}/{folder}", detail=True) if about["type"] == "directory"]
        except (FileNotFoundError, NotADirectoryError):
            return []
        if is_local(fs):
            folders_there = [
                about for about in folders_there if not about.get("islink") and holds(Path(about["name"]), suffix)
            ]
        return sorted(str(about["name"]).rstrip("/").rpartition("/")[2] for about in folders_there)

    def sizes(self) -> dict[str, int]:
        """The same paths, each with its bytes."""
        fs, root = self._open()
        try:
            files_there = fs.find(root, detail=True)
        except FileNotFoundError:
            return {}
        return {str(path)[len(root) :].lstrip("/"): int(about.get("size") or 0) for path, about in files_there.items()}

    def ages(self) -> dict[str, float]:
        """The same paths, each with the seconds since its file was written; 0 where the file system does not say."""
        fs, root = self._open()
        now = datetime.now(UTC)
        try:
            files_there = fs.find(root, detail=True)
        except FileNotFoundError:
            return {}
        changed = {path: about.get("mtime") or about.get("LastModified") for path, about in files_there.items()}
        return {str(path)[len(root) :].lstrip("/"): _age(when, now) for path, when in sorted(changed.items())}

    def exists(self, path: str) -> bool:
        """Whether a file stands at `path`, relative to the root."""
        fs, root = self._open()
        return bool(fs.isfile(f"{root}/{path}"))

    def read_bytes(self, path: str) -> bytes:
        """The bytes of the file at `path`, relative to the root, which are those that were written.

        NotThereError when there is none, DamagedError when they are not.
        """
        if self._held is not None:
            return self._read(path)[0]
        data = self.unchecked_bytes(path)
        check(data, f"{self.root}/{path}")
        return data

    def sum_of(self, path: str) -> bytes:
        """The SHA-256 of the same bytes."""
        return self._read(path)[1]

    def _read(self, path: str) -> tuple[bytes, bytes]:
        if self._held is not None and path in self._held:
            return self._held[path]
        data = self.unchecked_bytes(path)
        read = data, sum_of(data, f"{self.root}/{path}")
        if self._held is not None:
            self._held[path] = read
        return read

    def unchecked_bytes(self, path: str) -> bytes:
        """The bytes of the file at `path` as they lie there. NotThereError when there is none."""
        fs, root = self._open()
        if is_local(fs) and leads_out(root, f"{root}/{path}"):
            raise UnusableError(f"{self.root}/{path} is a link out of the store", "put the file in its place")
        try:
            return bytes(fs.cat_file(f"{root}/{path}"))
        except FileNotFoundError as error:
            raise NotThereError(f"there is no {path} in {self.root}") from error
        except OSError as error:
            raise StorageError(f"cannot read {self.root}/{path}: {error.strerror or error}") from error

    def write_bytes(self, path: str, data: bytes) -> None:
        """Replace the file at `path` by `data`, sealed where there is room for the hash, atomically."""
        fs, root = self._open()
        replace_file(fs, f"{root}/{path}", sealed(data))
        if self._held is not None:
            self._held.pop(path, None)

    def create(self, path: str, data: bytes) -> bool:
        """Write a file at `path` where there is none, atomically; whether there was none."""
        fs, root = self._open()
        return create_file(fs, f"{root}/{path}", sealed(data))

    def remove(self, path: str) -> None:
        """Take away the file at `path`, if it is there, and what killed writers left beside it."""
        fs, root = self._open()
        if is_local(fs):
            sweep(Path(f"{root}/{path}").parent)
        with suppress(FileNotFoundError):  # another run may have been quicker
            fs.rm_file(f"{root}/{path}")

    def digest(self, paths: Iterable[str]) -> str:
        """SHA-256 over the bytes of some files: the `inputs` of what is made from them."""
        return digest_of(map(self.sum_of, paths))


def digest_of(parts: Iterable[bytes]) -> str:
    """The hash over the SHA-256 of several files, as `Folder.digest` gives it."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part)
    return total.hexdigest()[:16]


def stamp_of(about: dict[str, Any]) -> str:
    """What of a file's description changes whenever the file is replaced: its etag, or size, place and time."""
    return str(about.get("ETag") or (about.get("size"), about.get("ino"), about.get("mtime")))


def _age(changed: object, now: datetime) -> float:
    """Seconds since a file was written; 0 where its file system does not say."""
    if isinstance(changed, int | float):
        return now.timestamp() - changed
    if isinstance(changed, datetime):
        return (now - changed.replace(tzinfo=changed.tzinfo or UTC)).total_seconds()
    return 0.0
