"""Calls to the store's file system: on object storage each of them is a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sensors_data.folder import Folder


class CountedFiles:
    """A file system that counts the calls of its methods."""

    def __init__(self, files: Any, counts: dict[str, int]) -> None:
        self._files, self._counts = files, counts

    def __getattr__(self, name: str) -> Any:
        """The file system's own attribute; a method counts when it is called."""
        attribute = getattr(self._files, name)
        if not callable(attribute):
            return attribute

        def counted(*where: Any, **how: Any) -> Any:
            self._counts[name] = self._counts.get(name, 0) + 1
            return attribute(*where, **how)

        return counted


def counting_calls(work: Callable[[], object]) -> tuple[object, int]:
    """The outcome of some work and how many calls to stores it made; for a process of its own: stores stay counted."""
    counts: dict[str, int] = {}
    plain = Folder._open

    def counted(self: Folder) -> tuple[Any, str]:
        files, root = plain(self)
        return CountedFiles(files, counts), root

    Folder._open = counted  # type: ignore[method-assign]
    return work(), sum(counts.values())
