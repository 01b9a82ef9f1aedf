"""Cells of a sheet that are merged over several rows: each of these rows holds what the first of them shows."""

from __future__ import annotations

import re
from typing import IO

from sensors_data.series.files.cell_kinds import kind_of

Range = tuple[int, int, int]
"""The column, the first row and the last row of a merged cell, all from 0."""

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')
_CHUNK = 2**20


def merged_ranges(sheet: IO[bytes]) -> list[Range]:
    """The cells of a sheet, by its XML, that run over several rows; of two of one column that overlap, the first."""
    ranges, rest = set(), b""
    while chunk := sheet.read(_CHUNK):
        text = rest + chunk
        ranges |= {_range(match) for match in _MERGED.finditer(text)}
        rest = text[-200:]
    apart: list[Range] = []
    for column, first, last in sorted(ranges):
        overlaps = apart and apart[-1][0] == column and first <= apart[-1][2]
        if last > first and not overlaps:
            apart.append((column, first, last))
    return apart


def with_merged(rows: list[list[str]], ranges: list[Range], body: int) -> list[list[str]]:
    """Rows of cells, those merged from row `body` on filled with the date or the word that stands in the first.

    A merged number stays where it is: it is one reading, that of a day say.
    """
    filled = [list(row) for row in rows]
    for column, first, last in ranges:
        text = rows[first][column] if body <= first < len(rows) and column < len(rows[first]) else ""
        for row in filled[first + 1 : last + 1] if kind_of(text) not in ("", "n") else ():
            if column < len(row):
                row[column] = row[column] or text
    return filled


def _range(match: re.Match[bytes]) -> Range:
    column = 0
    for letter in match[1]:
        column = 26 * column + letter - 64
    return column - 1, int(match[2]) - 1, int(match[3]) - 1
