"""The lines of a text: runs of them, and some picked out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


def blocks_of(data: bytes, first: int, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Runs of whole lines, each with their count and the number of its first."""
    place = 0
    while place < len(data):
        end = data.find(b"\n", min(place + size, len(data)) - 1) + 1 or len(data)
        block = data[place:end]
        lines = int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n"))) + (block[-1:] != b"\n")
        yield block, lines, first
        first, place = first + lines, end


def line_ends(data: bytes) -> np.ndarray:
    """Where each line ends in a text, one that ends before them first."""
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))
    return np.concatenate([[-1], ends, [len(data)]])


def lines_at(data: bytes, ends: np.ndarray, rows: np.ndarray) -> bytes:
    """Some lines of a text, from 0, with their ends."""
    places = zip((ends[rows] + 1).tolist(), (ends[rows + 1] + 1).tolist(), strict=True)
    return b"".join([data[first:last] for first, last in places])
