"""The lines of a text: runs of them, and some picked out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_NEAR = 2**16
"""Bytes among which the end of a line is looked for at once."""
_AT_ONCE = 2**17
"""Bytes that are compared at once."""
_TOGETHER = 4_096
"""Lines that are cut out of one part of a text, where they stand near each other."""


def blocks_of(
    data: bytes | memoryview, place: int, first: int, size: int
) -> Iterator[tuple[bytes | memoryview, int, int]]:
    """Runs of whole lines from `place` on, where line `first` begins; each with their count and the first's number."""
    while place < len(data):
        end = _line_end(data, min(place + size, len(data)) - 1)
        block = data[place:end]
        lines = count_of(b"\n", block) + (block[-1:] != b"\n")
        yield block, lines, first
        first, place = first + lines, end


def count_of(letter: bytes, data: bytes | memoryview) -> int:
    """How often a letter of one byte stands in a text."""
    letters, wanted = np.frombuffer(data, dtype=np.uint8), np.uint8(ord(letter))
    parts = range(0, len(letters), _AT_ONCE)  # comparing all at once would leave the processor's cache
    return sum(int(np.count_nonzero(letters[begin : begin + _AT_ONCE] == wanted)) for begin in parts)


def _line_end(data: bytes | memoryview, place: int) -> int:
    """Where the line at `place` ends, its mark included."""
    while place < len(data):
        found = bytes(data[place : place + _NEAR]).find(b"\n")
        if found >= 0:
            return place + found + 1
        place += _NEAR
    return len(data)


def line_ends(data: bytes | memoryview) -> np.ndarray:
    """Where each line ends in a text, one that ends before them first."""
    letters = np.frombuffer(data, dtype=np.uint8)
    parts = range(0, len(letters), _AT_ONCE)
    ends = [np.flatnonzero(letters[begin : begin + _AT_ONCE] == ord("\n")) + begin for begin in parts]
    return np.concatenate([[-1], *ends, [len(data)]])


def lines_at(data: bytes | memoryview, ends: np.ndarray, rows: np.ndarray) -> bytes:
    """Some ascending lines of a text, from 0, with their ends."""
    texts: list[bytes | memoryview] = []
    for begin in range(0, len(rows), _TOGETHER):
        some = rows[begin : begin + _TOGETHER]
        first, last = ends[some] + 1, ends[some + 1] + 1
        near = last[-1] - first[0] <= _NEAR * len(some) / 16
        start = first[0] if near else 0
        text = bytes(data[start : last[-1]]) if near else data  # of bytes, parts are cut out more quickly
        texts += [text[one:end] for one, end in zip((first - start).tolist(), (last - start).tolist(), strict=True)]
    return b"".join(texts)
