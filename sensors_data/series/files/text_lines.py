"""The lines of a text: runs of them, and some picked out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

_NEAR = 2**16
"""Bytes among which the end of a line is looked for at once."""
_AT_ONCE = 2**17
"""Bytes that are compared at once."""


def blocks_of(data: bytes | memoryview, place: int, size: int) -> Iterator[bytes | memoryview]:
    """Runs of whole lines of about a size from `place` on."""
    while place < len(data):
        end = _line_end(data, min(place + size, len(data)) - 1)
        yield data[place:end]
        place = end


def lines_and_quotes(data: bytes | memoryview) -> tuple[int, int]:
    """How many lines and quotation marks a text has."""
    text, same = np.frombuffer(data, dtype=np.uint8), np.empty(_AT_ONCE, dtype=bool)
    ends = quotes = 0
    for begin in range(0, len(text), _AT_ONCE):  # comparing all at once would leave the processor's cache
        part = text[begin : begin + _AT_ONCE]
        equal = same[: len(part)]
        ends += int(np.count_nonzero(np.equal(part, np.uint8(ord("\n")), out=equal)))
        quotes += int(np.count_nonzero(np.equal(part, np.uint8(ord('"')), out=equal)))
    return ends + (data[-1:] != b"\n"), quotes


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
