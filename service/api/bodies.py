"""Bodies as rows: CSV, JSON or Parquet of readings, checked as files in the inbox are; rows as bodies."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from sensors_data.arrow_rows import to_arrow
from sensors_data.errors import UnreadableError
from sensors_data.series.files.cells import read_text
from sensors_data.series.files.file_source import parquet_rows
from sensors_data.series.intake.readings import read_frame
from sensors_data.settings import Family
from sensors_data.tables import Table
from sensors_data.tables.shares import SHARES, shares_in_words
from service.api.problems import refused

PARQUET = "application/vnd.apache.parquet"
CSV = "text/csv"
JSON = "application/json"
FORMATS = {"json": JSON, "csv": CSV, "parquet": PARQUET}
MAX_VALUES = 5_000_000
"""Largest number of cells in one body; a compressed Parquet file can hold far more than its size suggests."""
MAX_COLUMNS = 4096
HEAD = 2**20
"""Bytes of a text in which its widest line is looked for."""
MAX_TEXT = 512
"""Characters of one text in a Parquet body."""
MAX_TEXTS = 64 * 2**20
"""Characters of all texts of a Parquet body, each as often as it stands there; packed they may be next to nothing."""


@dataclass(frozen=True)
class Readings:
    """A body's readings (time, asset, sensor, value) and its rejects (source, line, raw, reason, used)."""

    readings: pd.DataFrame
    rejects: pd.DataFrame


def readings_of(body: bytes, kind: str, family: Family, asset: str | None) -> Readings:
    """A body's readings. RefusedError for an unsupported kind, ValueError when it cannot be read at all.

    `asset` names the machine where the family's files are named after theirs.
    """
    frame, no_rows = rows_of(body, kind.partition(";")[0].strip().lower(), family)
    layout = family.layout
    if layout.asset_from_file and not asset:
        remedy = "add ?asset=NAME: this family's files are named after their machine"
        raise refused(422, "the machine is not named", "asset", None, remedy)
    readings, rejects = read_frame(frame, no_rows, family, asset if layout.asset_from_file and asset else "body")
    if readings.empty:
        why = f"; first reason: {rejects['reason'].iloc[0]}" if len(rejects) else ""
        raise refused(
            422, f"none of its {len(rejects):,} rows can be used{why}", remedy="correct the rows and send again"
        )
    return Readings(readings, rejects)


def rows_of(body: bytes, kind: str, family: Family) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A body's rows and its lines that are no rows, as files give them."""
    if body[:4] == b"PAR1" or kind in (PARQUET, "application/x-parquet"):
        return _parquet(body), _no_lines()
    if kind == JSON:
        return _records(body), _no_lines()
    if kind in (CSV, "text/plain", "application/octet-stream", "application/csv", ""):
        check_text(body)
        return read_text(body, "the body", family.layout)
    raise refused(415, "readings are CSV, JSON or Parquet", "content-type", kind, f"use {CSV}, {JSON} or {PARQUET}")


def check_text(body: bytes) -> None:
    """UnreadableError for a text of more cells or columns than are read, before it is parsed."""
    marks = max(body.count(mark) for mark in (b",", b";", b"\t", b"|"))
    if marks + body.count(b"\n") > MAX_VALUES:
        raise UnreadableError(f"the body has more than {MAX_VALUES:,} cells", "send fewer days at a time")
    head = body[:HEAD].splitlines()[:50]
    widest = max((max(line.count(mark) for mark in (b",", b";", b"\t", b"|")) for line in head), default=0)
    if widest >= MAX_COLUMNS:
        raise UnreadableError(f"a line has {widest + 1:,} columns", f"at most {MAX_COLUMNS:,} are read")


def _no_lines() -> pd.DataFrame:
    return pd.DataFrame({"line": [], "raw": []})


def _records(body: bytes) -> pd.DataFrame:
    """Rows of `[{"time": ..., "flow": 1.5}, ...]`, alone or under `readings`; texts as a CSV would have them."""
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnreadableError(f"the body is not JSON: {error}") from error
    rows = parsed.get("readings") if isinstance(parsed, dict) else parsed
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise UnreadableError("the body is no list of rows", 'send [{"time": "2026-11-21T00:00Z", "flow": 1.5}, ...]')
    if sum(map(len, rows)) > MAX_VALUES:
        raise UnreadableError(f"the body has more than {MAX_VALUES:,} cells", "send fewer days at a time")
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(names) * len(rows) > MAX_VALUES:
        raise UnreadableError(f"{len(rows):,} rows with {len(names):,} different names are too many cells")
    columns = {name: [_text(row.get(name)) for row in rows] for name in names}
    return pd.DataFrame(columns, index=pd.RangeIndex(1, len(rows) + 1), dtype="str")


def _text(cell: object) -> str:
    """A JSON cell as text that reads back as the very same number."""
    return "" if cell is None else cell if isinstance(cell, str) else repr(cell)


def _parquet(body: bytes) -> pd.DataFrame:
    check_parquet(body)
    try:
        return parquet_rows(pq.ParquetFile(io.BytesIO(body)), "the body")
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> UnreadableError:
    return UnreadableError(f"it is not a readable Parquet file: {str(error).splitlines()[0]}")


def check_parquet(body: bytes) -> None:
    """UnreadableError for a Parquet file that holds too much or what no table of readings holds, before unpacking."""
    try:
        about, schema = pq.read_metadata(io.BytesIO(body)), pq.read_schema(io.BytesIO(body))
        if about.num_rows * max(1, about.num_columns) > MAX_VALUES:
            cells = f"{about.num_rows:,} rows of {about.num_columns:,} columns"
            raise UnreadableError(f"{cells} are more than {MAX_VALUES:,} cells", "send fewer days at a time")
        size = sum(about.row_group(n).total_byte_size for n in range(about.num_row_groups))
        if size > 20 * MAX_VALUES:
            raise UnreadableError(f"it unpacks to {size:,} bytes", "send fewer days at a time")
        odd = [f.name for f in schema if not _plain(f.type)]
        if odd:
            raise UnreadableError(f"columns {odd[:8]} hold neither numbers, texts nor times")
        texts = [f.name for f in schema if _text_type(f.type)]
        words = pq.ParquetFile(io.BytesIO(body), read_dictionary=texts).read(columns=texts)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(error) from error
    unpacked = 0
    for name in texts:
        for chunk in words.column(name).chunks:
            lengths = pc.utf8_length(chunk.dictionary.cast(pa.string()))
            longest = pc.max(lengths).as_py() or 0
            if longest > MAX_TEXT:
                raise UnreadableError(
                    f"column {name} holds a text of {longest:,} characters", f"at most {MAX_TEXT:,} are read"
                )
            unpacked += pc.sum(lengths.take(chunk.indices.fill_null(0))).as_py() or 0 if len(lengths) else 0
    if unpacked > MAX_TEXTS:
        raise UnreadableError(f"its texts unpack to {unpacked:,} characters", "send fewer days at a time")


def _text_type(kind: pa.DataType) -> bool:
    value_type = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(value_type) or pa.types.is_large_string(value_type))


def _plain(kind: pa.DataType) -> bool:
    """Whether a column's type is one that readings have."""
    types = pa.types
    return bool(
        _text_type(kind)
        or types.is_floating(kind)
        or types.is_integer(kind)
        or types.is_boolean(kind)
        or types.is_timestamp(kind)
        or types.is_date(kind)
    )


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Rows for JSON: times as text in UTC, what is not known as null, numbers so that they read back the same."""
    plain: dict[str, list[object]] = {}
    for name, column in ((str(name), column) for name, column in frame.items()):
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            stamps = np.datetime_as_string(column.dt.tz_convert(None).to_numpy("datetime64[us]"))
            plain[name] = [None if stamp == "NaT" else f"{stamp}Z" for stamp in stamps.tolist()]
        elif column.dtype.kind == "f":
            plain[name] = [None if value != value else value for value in column.astype("float64").tolist()]
        else:
            values = column.astype(object).where(column.notna(), None)
            plain[name] = [value.tolist() if isinstance(value, np.ndarray) else value for value in values]
    names = list(plain)
    return [dict(zip(names, row, strict=True)) for row in zip(*plain.values(), strict=True)]


def json_bytes(content: object) -> bytes:
    """JSON in which a number reads back as the very same; NaN is null."""
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)


def _in_words(rows: pa.Table) -> pa.Table:
    """Rows whose lists of sensors are lines of text, as CSV can hold them."""
    for place, field in enumerate(rows.schema):
        if field.type == SHARES:
            lines = [None if shares is None else shares_in_words(shares) for shares in rows[field.name].to_pylist()]
            rows = rows.set_column(place, field.name, pa.array(lines, pa.string()))
    return rows


def harmless(rows: pa.Table) -> pa.Table:
    """Rows in which no text is taken for a formula by a spreadsheet: such a one gets an apostrophe before it."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_string(field.type):
            column = rows[field.name]
            is_formula = pc.match_substring_regex(column, r"^[=+\-@\t\r]")
            rows = rows.set_column(
                place, field, pc.if_else(is_formula, pc.binary_join_element_wise("'", column, ""), column)
            )
    return rows


def stream(table: Table, parts: Iterable[pd.DataFrame], kind: str) -> Iterator[bytes]:
    """Rows of a table as CSV or Parquet, part by part, never all of them in memory."""
    sink = io.BytesIO()
    make = pq.ParquetWriter if kind == "parquet" else pa_csv.CSVWriter
    plain = _in_words(table.schema.empty_table()).schema if kind == "csv" else table.schema
    with make(sink, plain) as writer:
        for part in parts:
            rows = to_arrow(table, part)
            writer.write_table(harmless(_in_words(rows)) if kind == "csv" else rows)
            yield sink.getvalue()
            sink.seek(0)
            sink.truncate()
    yield sink.getvalue()
