"""The header of a text table: its cells, how wide the rows below it are, and a name for each column."""

from __future__ import annotations

import csv
import re
from collections import Counter
from itertools import zip_longest

import pandas as pd

from sensors_data.encodings import not_in_encoding
from sensors_data.layout import Layout
from sensors_data.series.files.clean_lines import end_of
from sensors_data.series.files.csv_text import cells_of

PEEK = 50
"""Number of rows from which the width of the table is determined, if the header has fewer cells."""
ABOVE = 100
"""Lines beyond the layout's in which the header of another file of its kind is looked for."""
_DATE, _CLOCK = re.compile(r"\d{1,4}[-/.]\d\d?[-/.]\d{1,4}"), re.compile(r"\d\d?:\d\d")
NO_NAME = "\x1e"
"""Begins the stand-in name of a column that the header does not name."""


def with_lines_above(layout: Layout, data: bytes, separator: str) -> Layout:
    """The layout with the lines above the header that this text has, where they are more or fewer than the layout's.

    The header is then the first line with all names of the time; nothing changes where the layout's place has them.
    """

    def names_time(line: bytes) -> bool:
        return set(layout.time) <= set(cells_of(line.decode("utf-8", "replace"), separator))

    top = end_of(data, layout.skip_lines)
    usual = data[top : end_of(data, layout.header_rows, top)].splitlines()
    if not layout.header_rows or any(map(names_time, usual)):
        return layout
    first = data[: end_of(data, layout.skip_lines + ABOVE)].splitlines()
    places = [place for place, line in enumerate(first) if names_time(line)]
    lines = places[0] - (layout.name_rows[0] - 1) if places and layout.name_rows else layout.skip_lines
    if not places and not any(line.strip() for line in usual):
        lines = next((place for place, line in enumerate(first) if line.strip()), lines)
    return layout.model_copy(update={"skip_lines": max(0, lines)})


def beheaded(data: bytes, name: str, layout: Layout, separator: str) -> tuple[int, list[list[str]]]:
    """Where the text below the header begins, and the header's cells, a list a line."""
    top = end_of(data, layout.skip_lines)
    begin = end_of(data, layout.header_rows, top)
    head, body = data[top:begin], data[begin : begin + 20_000]
    try:
        lines = head.decode().splitlines()[: layout.header_rows]
    except UnicodeDecodeError as error:
        raise not_in_encoding(head, name, "utf-8", error.start, layout.skip_lines + 1) from error
    if layout.comment:
        lines = [re.sub(rf'^\s*"?{re.escape(layout.comment)}\s?', "", line) for line in lines]
    cells = [cells_of(line, separator) for line in lines]
    rows = _peeked(body, separator)
    cells = [row if (at := name_lacking(row, rows)) is None else [*row[:at], "", *row[at:]] for row in cells]
    width = max(map(len, cells), default=0)
    return begin, [row + [""] * (width - len(row)) for row in cells]


def _peeked(body: bytes, separator: str) -> list[list[str]]:
    """The cells of the first rows of a text's beginning."""
    lines = [line for line in body.decode("utf-8", "replace").splitlines()[:20] if line.strip()]
    return list(csv.reader(lines, delimiter=separator))


def name_lacking(names: list[str], rows: list[list[str]]) -> int | None:
    """The column without a name where rows have one cell more than names; None where none is found.

    It is the date that has its clock apart under the one name of both, or the number that each row begins with.
    """
    rows = [[cell.strip() for cell in row] for row in rows if len(row) == len(names) + 1]
    if len(rows) < 2 or not all(row[-1] for row in rows):
        return None
    for place in range(len(names)):
        if all(_DATE.fullmatch(row[place]) and _CLOCK.match(row[place + 1]) for row in rows):
            return place
    return 0 if all(row[0].isdigit() for row in rows) and len({row[0] for row in rows}) == len(rows) else None


def width_of(body: bytes, separator: str, names: list[str]) -> int:
    """How many cells a row has, by a text's beginning: as many as the header, or as most of the first rows where those
    have more.

    Where the header goes on behind an empty cell at which all rows end, as many as they have.
    """
    lines = [line for line in body.decode("utf-8", "replace").splitlines()[:PEEK] if line.strip()]
    counts = Counter(len(row) for row in csv.reader(lines, delimiter=separator))
    usual = counts.most_common(1)[0][0] if counts else 0
    goes_on = 1 < usual == max(counts, default=0) < len(names) and not names[usual] and any(names[usual:])
    return usual if goes_on else max(len(names), usual)


def names_of(head: list[list[str]], layout: Layout, width: int) -> list[str]:
    """The columns' names: those of the header's name rows joined, numbered where one stands twice or is missing."""
    rows = [(head[row - 1] + [""] * width)[:width] for row in layout.name_rows] if head else []
    for row in rows[:-1]:  # a group's name stands once, above the first of its columns
        for place in range(1, width) if sum(map(bool, row)) <= 0.7 * width else ():
            row[place] = row[place] or row[place - 1]
    joined = [" ".join(part for part in parts if part) for parts in zip(*rows, strict=True)] if rows else [""] * width
    if width >= 4 and all(joined[::2]) and not any(joined[1::2]):  # a name above each pair of a time and a value
        joined = [part for name in joined[::2] for part in (f"{name} time", name)]
    joined = [stated or shown for stated, shown in zip_longest(layout.names[:width], joined, fillvalue="")]
    names: list[str] = []
    for place, column in enumerate(joined, start=1):
        again = sum(earlier == column for earlier in joined[: place - 1])
        shown = column or f"{'' if not rows else NO_NAME}column_{place}"
        names.append(f"{shown}.{again}" if column and again else shown)
    return names


def named_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows without the blank columns that the header does not name; the other such columns under their numbers."""
    blank = [column for column in frame.columns if column.startswith(NO_NAME) and frame[column].eq("").all()]
    return frame.drop(columns=blank).rename(columns=lambda column: column.removeprefix(NO_NAME))
