"""Rows of fixed width in which some cells are blank: each cell in its column, by where it stands in the line."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from sensors_data.series.files.cell_kinds import kind_of

Token = tuple[str, int, int]
"""What stands in a line, where it begins and where it ends."""
_LOOK = 300_000
"""Bytes by which the columns' places are found."""
_LEAST = 20
"""Fewer whole rows show no columns."""
_FIT = 0.95
"""The share of the rows with blank cells that must fit the columns."""


def with_blank_cells(text: bytes, separator: str, mark: str) -> bytes:
    """Lines in UTF-8 with the cells of a row that lacks some parted by a mark, blank ones too; others as they are.

    `separator` is one blank or two, as in the layout. Columns are found where whole rows, each beginning with a time,
    have them apart; nothing changes where they have not.
    """
    spans = _spans(text[:_LOOK].decode("utf-8", "replace").splitlines()[:-1], separator)
    if spans is None:
        return text
    lines = text.decode("utf-8", "replace").split("\n")
    return "\n".join(_marked(line, spans, separator, mark) for line in lines).encode()


def _spans(lines: list[str], separator: str) -> list[tuple[int, int]] | None:
    """Where the columns stand of a table that has rows with blank cells; None for any other."""
    tokens = [_tokens(line, separator) for line in lines if "  " in line.strip()]
    dated = [row for row in tokens if len(row) > 2 and kind_of(row[0][0]) == "t"]
    width = max(Counter(map(len, dated)), default=0)
    whole = [row for row in dated if len(row) == width]
    short = [row for row in dated if len(row) < width]
    if len(whole) < max(_LEAST, 0.5 * len(dated)) or not short:
        return None
    spans = [(min(row[k][1] for row in whole), max(row[k][2] for row in whole)) for k in range(width)]
    if any(end >= begin for (_, end), (begin, _) in pairwise(spans)):
        return None
    fit = sum(_cells(row, spans) is not None for row in short)
    return spans if fit >= _FIT * len(short) else None


def _marked(line: str, spans: list[tuple[int, int]], separator: str, mark: str) -> str:
    """A line, its cells parted by a mark if it is a row that lacks some."""
    tokens = _tokens(line, separator)
    if not 2 < len(tokens) < len(spans) or kind_of(tokens[0][0]) != "t":
        return line
    cells = _cells(tokens, spans)
    return line if cells is None else mark.join(cells)


def _tokens(line: str, separator: str) -> list[Token]:
    """What stands between blanks, or between two and more of them, in a line."""
    form = r"\S+" if separator == " " else r"\S+(?: \S+)*"
    return [(match[0], *match.span()) for match in re.finditer(form, line.expandtabs())]


def _cells(tokens: list[Token], spans: list[tuple[int, int]]) -> list[str] | None:
    """A row's cells, blank where nothing stands; None where one of them is in no column, or two are in one."""
    cells = [""] * len(spans)
    for text, begin, end in tokens:
        inside = [place for place, (first, last) in enumerate(spans) if begin < last and end > first]
        if len(inside) != 1 or cells[inside[0]]:
            return None
        cells[inside[0]] = text
    return cells
