"""A large text on the disk, read a block at a time into one piece of memory: new memory costs more than reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np

from sensors_data.errors import UnreadableError


@dataclass(frozen=True)
class TextFile:
    """The first `size` bytes of a file; what is written to it later counts next time."""

    path: Path
    size: int
    inode: int
    changed: int
    """When it was written to last, nanoseconds."""

    def __len__(self) -> int:
        """Its bytes."""
        return self.size

    def ends(self, head: int) -> tuple[bytes, bytes]:
        """So many of its first bytes, and its last one."""
        with self.path.open("rb", buffering=0) as file:
            first = bytes(_filled(file, np.empty(min(head, self.size), dtype=np.uint8).data))
            file.seek(max(0, self.size - 1))
            return first, file.read(1) if self.size else b""

    def blocks(self, place: int, size: int) -> Iterator[memoryview]:
        """Runs of whole lines of about a size from `place` on; each is gone when the next one is asked for."""
        with self.path.open("rb", buffering=0) as file:
            file.seek(place)
            memory, held, left = np.empty(size, dtype=np.uint8), 0, self.size - place
            while left or held:
                read = len(_filled(file, memory[held : held + left].data))
                held, left = held + read, left - read if read else 0  # what was cut off meanwhile does not come
                end = _last_line_end(memory[:held]) if left else held
                if end:
                    yield memory[:end].data
                    memory[: held - end] = memory[end:held].copy()
                    held -= end
                elif held == len(memory):
                    memory = np.concatenate([memory, np.empty_like(memory)])  # a line longer than the memory

    @cached_property
    def whole(self) -> memoryview:
        """All of it at once. UnreadableError where it was written anew since it was opened."""
        with self.path.open("rb", buffering=0) as file:
            text = _filled(file, np.empty(self.size, dtype=np.uint8).data)
        if len(text) < self.size or not _is_same(self, text_file(self.path)):
            raise UnreadableError(f"{self.path.name} was replaced while it was read", "run it again")
        return text


def text_file(path: Path) -> TextFile:
    """The text in a file as it is now."""
    stat = path.stat()
    return TextFile(path, stat.st_size, stat.st_ino, stat.st_mtime_ns)


def _is_same(before: TextFile, now: TextFile) -> bool:
    """Whether nothing happened to a file but that it grew."""
    return before.inode == now.inode and (before.changed == now.changed or before.size < now.size)


def _filled(file: BinaryIO, memory: memoryview) -> memoryview:
    """What a file has for some memory."""
    filled = 0
    while filled < len(memory) and (count := file.readinto(memory[filled:])):  # type: ignore[attr-defined]
        filled += count
    return memory[:filled]


def _last_line_end(text: np.ndarray) -> int:
    """Where the last whole line of a text ends; 0 where there is none."""
    for end in range(len(text), 0, -(2**16)):
        place = text[max(0, end - 2**16) : end].tobytes().rfind(b"\n")
        if place >= 0:
            return max(0, end - 2**16) + place + 1
    return 0
