"""Text files as tables of text cells: the header that the layout describes, and every row with the line it stood on."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from sensors_data.encodings import as_utf8, fits, not_in_encoding
from sensors_data.errors import UnreadableError
from sensors_data.layout import Layout
from sensors_data.series.files.clean_lines import UNIT, even_lines
from sensors_data.series.files.header_names import (
    NO_NAME,
    PEEK,
    beheaded,
    named_cells,
    names_of,
    width_of,
    with_lines_above,
)
from sensors_data.series.files.text_file import TextFile
from sensors_data.series.files.text_lines import blocks_of, lines_of
from sensors_data.series.values.numbers import is_blank

BLOCK = 4 * 2**20
"""Bytes of a block of a text that is read block by block."""


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

    text: bytes | memoryview | TextFile
    """The text with its header: a large one stays on the disk."""
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
    def whole(self) -> bytes | memoryview:
        """The text with its header, in memory."""
        return self.text.whole if isinstance(self.text, TextFile) else self.text

    def blocks(self) -> Iterator[bytes | memoryview]:
        """The part in runs of whole lines of about BLOCK bytes; each may be gone when the next one is asked for."""
        if isinstance(self.text, TextFile):
            return self.text.blocks(self.begin, BLOCK)
        return blocks_of(self.text, self.begin, BLOCK)

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
        """Whether all of the text is in UTF-8; of one on the disk that is seen block by block."""
        return isinstance(self.text, TextFile) or is_utf8(self.text)


def body_of(data: bytes, name: str, layout: Layout) -> Body:
    """The part of a text below its header, in UTF-8. UnreadableError when there is none."""
    data = even_lines(as_utf8(data, name, fitting(data, layout)), layout)
    if not data or data.isspace():
        raise UnreadableError(f"{name} is empty")
    separator = UNIT if layout.separator.isspace() and layout.separator != "\t" else layout.separator
    layout = with_lines_above(layout, data, separator)
    begin, head = beheaded(data, name, layout, separator)
    names = names_of(head, layout, width_of(data[begin : begin + 200_000], separator, head[0] if head else []))
    return Body(data, begin, names, separator, layout.skip_lines + layout.header_rows + 1, layout.decimal)


def fitting(data: bytes, layout: Layout) -> str:
    """The encoding of a text, of the layout's one or two."""
    return layout.encoding if not layout.other_encoding or fits(data, layout.encoding) else layout.other_encoding


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
    return UnreadableError(f"{name} cannot be read as rows of {width} cells", "set layout.separator")


def mended_rows(aside: Aside, body: Body) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows that only lack or have empty cells at their end, and the other lines that are no rows (line, raw)."""
    names, separator, first = body.names, body.separator, body.first
    named = max((n for n, column in enumerate(names, start=1) if not column.startswith(NO_NAME)), default=len(names))
    texts = [(number, text) for number, text in aside if text.strip()]  # an empty line is no row
    cells = [next(csv.reader([text], delimiter=separator), []) for _, text in texts]
    usual = Counter(map(len, cells)).most_common(1)[0] if cells else (0, 0)
    short = usual[0] if usual[1] > PEEK and usual[0] > 1 else named  # the writer leaves out empty cells at the end
    rows, lines, bad = [], [], []
    for (number, text), row in zip(texts, cells, strict=True):
        if (len(row) > len(names) and not any(row[len(names) :])) or min(short, named) <= len(row) < len(names):
            rows.append((row + [""] * len(names))[: len(names)])
            lines.append(number + first - 1)
        else:
            bad.append((number + first - 1, text[:1000]))
    mended = pd.DataFrame(rows, columns=names, index=pd.Index(lines, dtype="int64"), dtype="str")
    return mended, pd.DataFrame(bad, columns=["line", "raw"])
