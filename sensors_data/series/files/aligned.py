"""Tables of fixed width without rules, in which some rows have blank cells: each cell by where it stands, as CSV."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from sensors_data.series.files.cell_kinds import kind_of
from sensors_data.series.files.csv_text import csv_of

Span = tuple[int, int]
_LOOK = 4000
"""Lines by which the columns' places are found."""
_LEAST = 20
"""Fewer whole rows show no columns."""
_FIT = 0.95
"""The share of the rows with blank cells that must fit the columns."""


def places_of(data: bytes) -> list[Span] | None:
    """Where the columns of a table in UTF-8 stand, of which some rows lack cells; None for any other text."""
    if any(data[:20_000].count(mark) > 20 for mark in (b";", b"\t", b"|", b'"')):
        return None
    lines = [_tokens(line) for line in _lines(data)[:_LOOK] if "  " in line.strip()]
    dated = [tokens for tokens in lines if len(tokens) > 2 and kind_of(tokens[0][0]) == "t"]
    counts = Counter(map(len, dated))
    width = max(counts, default=0)
    whole = [tokens for tokens in dated if len(tokens) == width]
    short = [tokens for tokens in dated if len(tokens) < width]
    if len(whole) < max(_LEAST, 0.5 * len(dated)) or not short:
        return None
    spans = [(min(t[k][1] for t in whole), max(t[k][2] for t in whole)) for k in range(width)]
    if any(end >= begin for (_, end), (begin, _) in pairwise(spans)):
        return None
    fit = sum(_cells(tokens, spans) is not None for tokens in short)
    return spans if fit >= _FIT * len(short) else None


def aligned_csv(data: bytes, spans: list[Span]) -> bytes:
    """A table in UTF-8 with each cell in its column; a line that does not fit the columns as one cell."""
    return csv_of(_rows(data, spans))


def _rows(data: bytes, spans: list[Span]) -> Iterator[list[str]]:
    for line in filter(str.strip, _lines(data)):
        tokens = _tokens(line)
        timed = bool(tokens) and kind_of(tokens[0][0]) == "t"
        yield (_cells(tokens, spans) if timed else _names(tokens, spans)) or [line.strip()]


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").removeprefix("\ufeff").splitlines()


def _tokens(line: str) -> list[tuple[str, int, int]]:
    """What stands between blanks in a line, with where it begins and ends."""
    return [(match[0], *match.span()) for match in re.finditer(r"\S+", line.expandtabs())]


def _cells(tokens: list[tuple[str, int, int]], spans: list[Span]) -> list[str] | None:
    """A row's cells, blank where nothing stands; None where one of them is in no column, or two are in one."""
    cells = [""] * len(spans)
    for text, begin, end in tokens:
        inside = [place for place, (first, last) in enumerate(spans) if begin < last and end > first]
        if len(inside) != 1 or cells[inside[0]]:
            return None
        cells[inside[0]] = text
    return cells


def _names(tokens: list[tuple[str, int, int]], spans: list[Span]) -> list[str] | None:
    """The cells of a line above the rows, each in the column next to it; None where two are next to one."""
    cells = [""] * len(spans)
    for text, begin, end in tokens:
        nearest = min(range(len(spans)), key=lambda place: abs(sum(spans[place]) - begin - end))
        if cells[nearest]:
            return None
        cells[nearest] = text
    return cells if len(tokens) > 1 else None
