"""Text files as tables of text cells: the header that the layout describes, and every row with the line it stood on."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from sensors_data.errors import UnreadableError
from sensors_data.layout import Layout
from sensors_data.series.files.encodings import as_utf8, not_in_encoding
from sensors_data.series.files.lines import UNIT, end_of, even_lines
from sensors_data.series.files.text_lines import lines_of
from sensors_data.series.values.numbers import is_blank

BLOCK = 4 * 2**20
"""Bytes of a block of a text that is read block by block."""

_PEEK = 50
"""Rows that tell how many cells a row has where the header has fewer."""


def read_text(data: bytes, name: str, layout: Layout) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of a text, cell by cell as text, and the lines that are no rows (line, raw).

    The index of the rows is their line in the text, from 1. UnreadableError says what is wrong with it as a whole.
    """
    body = body_of(data, name, layout)
    frame, bad = _parsed(body, name)
    if body.data.count(b'"') % 2 and len(frame) and frame.iloc[-1].str.contains("\n").any():
        raise UnreadableError(f"{name} has a quotation mark that is never closed: the rows after it are lost in it")
    frame = named_cells(frame)
    if len(bad) or re.search(rb"(?:^|\n)\r?\n", body.data):
        frame = frame[(frame != "").any(axis=1)]
    return filled_down(frame, layout.fill_down), bad


def filled_down(rows: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Rows whose blank cells in some columns hold what stands above them."""
    filled = {name: rows[name].where(~is_blank(rows[name])).ffill().fillna("") for name in columns if name in rows}
    return rows.assign(**filled) if filled else rows


@dataclass(frozen=True)
class Body:
    """The part of a text below its header."""

    whole: bytes | memoryview
    """The text with its header: a large one is not copied."""
    begin: int
    """Where in it the part begins."""
    names: list[str]
    """Its columns; a stand-in for one that the header does not name."""
    separator: str
    first: int
    """The text's line that the part begins with."""
    decimal: str = "."
    """The decimal mark of its numbers."""

    @property
    def data(self) -> bytes:
        """The part by itself."""
        return bytes(self.whole[self.begin :])

    @cached_property
    def lines(self) -> pa.LargeBinaryArray:
        """The lines of the whole text."""
        return lines_of(self.whole)

    @cached_property
    def is_utf8(self) -> bool:
        """Whether all of the text is in UTF-8."""
        return is_utf8(self.whole)


def body_of(data: bytes, name: str, layout: Layout) -> Body:
    """The part of a text below its header, in UTF-8. UnreadableError when there is none."""
    data = even_lines(as_utf8(data, name, layout.encoding), layout)
    if not data or data.isspace():
        raise UnreadableError(f"{name} is empty")
    separator = UNIT if layout.separator.isspace() and layout.separator != "\t" else layout.separator
    begin, head = _beheaded(data, name, layout, separator)
    names = _names(head, layout, _width(data[begin : begin + 200_000], separator, head[0] if head else []))
    return Body(data, begin, names, separator, layout.skip_lines + layout.header_rows + 1, layout.decimal)


def named_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows without the blank columns that the header does not name; the other such columns under their numbers."""
    blank = [column for column in frame.columns if column.startswith(_NO_NAME) and frame[column].eq("").all()]
    return frame.drop(columns=blank).rename(columns=lambda column: column.removeprefix(_NO_NAME))


def _beheaded(data: bytes, name: str, layout: Layout, separator: str) -> tuple[int, list[list[str]]]:
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
    cells = [[cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])] for line in lines]
    cells = [["", *row] if lacks_a_name(row, _peeked(body, separator)) else row for row in cells]
    width = max(map(len, cells), default=0)
    return begin, [row + [""] * (width - len(row)) for row in cells]


def _peeked(body: bytes, separator: str) -> list[list[str]]:
    """The cells of the first rows of a text's beginning."""
    lines = [line for line in body.decode("utf-8", "replace").splitlines()[:20] if line.strip()]
    return list(csv.reader(lines, delimiter=separator))


def lacks_a_name(names: list[str], rows: list[list[str]]) -> bool:
    """Whether rows have one cell more than names, as each begins with its number, or has a date and a clock apart."""
    rows = [[cell.strip() for cell in row] for row in rows if len(row) == len(names) + 1]
    if len(rows) < 2 or not all(row[-1] for row in rows):
        return False
    dated = all(re.fullmatch(r"\d{1,4}[-/.]\d\d?[-/.]\d{1,4}", r[0]) and re.match(r"\d\d?:\d\d", r[1]) for r in rows)
    return dated or (all(row[0].isdigit() for row in rows) and len({row[0] for row in rows}) == len(rows))


def _width(body: bytes, separator: str, names: list[str]) -> int:
    """How many cells a row has, by a text's beginning: as many as the header, or as most of the first rows where those
    have more.

    Where the header goes on behind an empty cell at which all rows end, as many as they have.
    """
    lines = [line for line in body.decode("utf-8", "replace").splitlines()[:_PEEK] if line.strip()]
    counts = Counter(len(row) for row in csv.reader(lines, delimiter=separator))
    usual = counts.most_common(1)[0][0] if counts else 0
    goes_on = 1 < usual == max(counts, default=0) < len(names) and not names[usual] and any(names[usual:])
    return usual if goes_on else max(len(names), usual)


_NO_NAME = "\x1e"
"""Begins the stand-in name of a column that the header does not name."""


def _names(head: list[list[str]], layout: Layout, width: int) -> list[str]:
    """The columns' names: those of the header's name rows joined, numbered where one stands twice or is missing."""
    rows = [(head[row - 1] + [""] * width)[:width] for row in layout.name_rows] if head else []
    for row in rows[:-1]:  # a group's name stands once, above the first of its columns
        for place in range(1, width):
            row[place] = row[place] or row[place - 1]
    joined = [" ".join(part for part in parts if part) for parts in zip(*rows, strict=True)] if rows else [""] * width
    if width >= 4 and all(joined[::2]) and not any(joined[1::2]):  # a name above each pair of a time and a value
        joined = [part for name in joined[::2] for part in (f"{name} time", name)]
    joined = [stated or shown for stated, shown in zip_longest(layout.names[:width], joined, fillvalue="")]
    names: list[str] = []
    for place, column in enumerate(joined, start=1):
        again = sum(earlier == column for earlier in joined[: place - 1])
        shown = column or f"{'' if not rows else _NO_NAME}column_{place}"
        names.append(f"{shown}.{again}" if column and again else shown)
    return names


def _parsed(body: Body, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The body's rows and its lines that are no rows."""
    data = body.data
    try:
        table, aside = table_of(data, body, dict.fromkeys(body.names, pa.string()))
    except pa.ArrowInvalid as error:
        raise _not_parsed(data, name, len(body.names), body.first) from error
    frame: pd.DataFrame = table.to_pandas()
    frame.index = pd.Index(row_numbers(len(frame), aside) + (body.first - 1))
    mended, bad = mended_rows(aside, body)
    if len(mended):
        frame = pd.concat([frame, mended]).sort_index()
    if frame.empty or (frame == "").all(axis=None):
        why = (
            f"of {len(body.names)} cells like its header; is '{body.separator}' the separator?"
            if len(bad)
            else "below its header"
        )
        raise UnreadableError(f"{name} has no rows {why}")
    return frame, bad


Aside = list[tuple[int, str]]
"""Lines of another number of cells than the columns': their number, from 1, and their text."""


def table_of(
    data: bytes | memoryview, body: Body, types: Mapping[str, pa.DataType], nulls: tuple[str, ...] = ("",)
) -> tuple[pa.Table, Aside]:
    """The columns `types` of some of a body's lines, and the lines that are no rows. ArrowInvalid for a misfit.

    Cells of numbers that are one of `nulls` are null; texts never are.
    """
    aside: Aside = []

    def keep_aside(row: pa_csv.InvalidRow) -> str:
        aside.append((int(row.number), row.text))
        return "skip"

    table = pa_csv.read_csv(
        pa.BufferReader(data),
        read_options=pa_csv.ReadOptions(use_threads=False, column_names=body.names, block_size=_block_size(data)),
        parse_options=pa_csv.ParseOptions(
            delimiter=body.separator,
            invalid_row_handler=keep_aside if body.is_utf8 else None,  # Arrow cannot hand on what is no text
            ignore_empty_lines=False,
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=types,
            include_columns=list(types),
            null_values=list(nulls),
            strings_can_be_null=False,
            decimal_point=body.decimal,
            check_utf8=not body.is_utf8,
        ),
    )
    return table, aside


def is_utf8(data: bytes | memoryview) -> bool:
    """Whether bytes are a text in UTF-8."""
    if not len(data) or np.frombuffer(data, dtype=np.uint8).max() < 128:
        return True
    try:
        str(data, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _block_size(data: bytes | memoryview) -> int | None:
    """One block for data that are a block of a larger text, else Arrow's own."""
    return len(data) + 1 if len(data) <= 2 * BLOCK else None  # a block ends with its last line


def row_numbers(rows: int, aside: Aside) -> np.ndarray:
    """The number, from 1, of each of some `rows` among lines of which some were put `aside`, (rows,)."""
    every = np.arange(1, rows + len(aside) + 1)
    return np.delete(every, [number - 1 for number, _ in aside])[:rows] if aside else every


def _not_parsed(body: bytes, name: str, width: int, first: int) -> UnreadableError:
    """Why Arrow could not parse a text, in our words."""
    try:
        body.decode()
    except UnicodeDecodeError as place:
        return not_in_encoding(body, name, "utf-8", place.start, first)
    if not body.strip():
        return UnreadableError(f"{name} has no rows below its header")
    return UnreadableError(f"{name} cannot be read as rows of {width} cells", "state layout.separator")


def mended_rows(aside: Aside, body: Body) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows that only lack or have empty cells at their end, and the other lines that are no rows (line, raw)."""
    names, separator, first = body.names, body.separator, body.first
    named = max((n for n, column in enumerate(names, start=1) if not column.startswith(_NO_NAME)), default=len(names))
    texts = [(number, text) for number, text in aside if text.strip()]  # an empty line is no row
    cells = [next(csv.reader([text], delimiter=separator), []) for _, text in texts]
    usual = Counter(map(len, cells)).most_common(1)[0] if cells else (0, 0)
    short = usual[0] if usual[1] > _PEEK and usual[0] > 1 else named  # the writer leaves out empty cells at the end
    rows, lines, bad = [], [], []
    for (number, text), row in zip(texts, cells, strict=True):
        if (len(row) > len(names) and not any(row[len(names) :])) or min(short, named) <= len(row) < len(names):
            rows.append((row + [""] * len(names))[: len(names)])
            lines.append(number + first - 1)
        else:
            bad.append((number + first - 1, text[:1000]))
    mended = pd.DataFrame(rows, columns=names, index=pd.Index(lines, dtype="int64"), dtype="str")
    return mended, pd.DataFrame(bad, columns=["line", "raw"])
