"""The lines of a text: runs of them, and some picked out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

_NEAR = 2**16
"""Bytes among which the end of a line is looked for at once."""
_AT_ONCE = 2**17
"""Bytes that are compared at once."""


def blocks_of(
    data: bytes | memoryview, place: int, first: int, size: int
) -> Iterator[tuple[bytes | memoryview, int, int, int]]:
    """Runs of whole lines from `place` on, where line `first` begins.

    Each with the count of its lines and of its quotation marks, and the number of its first line.
    """
    while place < len(data):
        end = _line_end(data, min(place + size, len(data)) - 1)
        block = data[place:end]
        ends, quotes = _counts_of(b'\n"', block)
        lines = ends + (block[-1:] != b"\n")
        yield block, lines, quotes, first
        first, place = first + lines, end


def _counts_of(letters: bytes, data: bytes | memoryview) -> list[int]:
    """How often each of some letters of one byte stands in a text."""
    text, same = np.frombuffer(data, dtype=np.uint8), np.empty(_AT_ONCE, dtype=bool)
    counts = [0] * len(letters)
    for begin in range(0, len(text), _AT_ONCE):  # comparing all at once would leave the processor's cache
        part = text[begin : begin + _AT_ONCE]
        for number, letter in enumerate(letters):
            counts[number] += int(np.count_nonzero(np.equal(part, np.uint8(letter), out=same[: len(part)])))
    return counts


def _line_end(data: bytes | memoryview, place: int) -> int:
    """Where the line at `place` ends, its mark included."""
    while place < len(data):
        offset = bytes(data[place : place + _NEAR]).find(b"\n")
        if offset >= 0:
            return place + offset + 1
        place += _NEAR
    return len(data)


def lines_of(data: bytes | memoryview) -> pa.LargeBinaryArray:
    """The lines of a text with their ends, and what follows the last end; the text is not copied."""
    letters = np.frombuffer(data, dtype=np.uint8)
    parts = range(0, len(letters), _AT_ONCE)
    ends = [np.flatnonzero(letters[begin : begin + _AT_ONCE] == ord("\n")) + (begin + 1) for begin in parts]
    borders = np.concatenate([[0], *ends, [len(data)]])
    return pa.Array.from_buffers(pa.large_binary(), len(borders) - 1, [None, pa.py_buffer(borders), pa.py_buffer(data)])


def joined(lines: pa.LargeBinaryArray, rows: np.ndarray) -> memoryview:
    """Some lines of a text, from 0, as one text."""
    return memoryview(lines.take(pa.array(rows)).buffers()[2])
