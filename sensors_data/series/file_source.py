"""Files as they come in: found in the inbox and read as text, every row with the line it stood on."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from sensors_data.errors import UnreadableError
from sensors_data.settings import Layout

SUFFIXES = (".csv", ".csv.gz", ".txt", ".txt.gz", ".parquet")
MAX_BYTES = 4 * 2**30
"""A single file larger than this, unpacked, is refused: split it by day and use {day} in the inbox."""


FILES_AT_HAND = 4
"""Parsed files that stay in memory: a day's own, those of the days beside it, and one more."""


def find_files(inbox: str, day: date | None = None) -> list[Path]:
    """The files of an inbox (a file, a folder, or a pattern in which `{day}` stands for the date), sorted.

    LookupError when there is none.
    """
    place = Path(inbox.replace("{day}", day.isoformat() if day else "*"))
    if place.is_dir():
        found = [p for p in place.rglob("*") if p.is_file() and p.name.lower().endswith(SUFFIXES)]
    elif any(mark in str(place) for mark in "*?[") and not place.is_file():
        anchor = Path(place.anchor) if place.is_absolute() else Path()
        found = [p for p in anchor.glob(str(place.relative_to(place.anchor))) if p.is_file()]
    else:
        found = [place] if place.is_file() else []
    found = [p for p in found if not p.name.startswith(".")]
    if not found:
        raise LookupError(f"no file at {place}; put {', '.join(SUFFIXES)} there or mend `inbox` in the settings")
    return sorted(found)


def read_table(path: Path, separator: str = ",") -> tuple[pd.DataFrame, pd.DataFrame]:
    """A file's rows and, apart, the lines that are no rows (line, raw). CSV cells are text, Parquet keeps its types.

    The index of the rows is the line in the file (Parquet: the row), from 1. UnreadableError says what is wrong with
    the file as a whole.
    """
    try:
        if path.name.lower().endswith(".parquet"):
            return parquet_rows(pq.ParquetFile(path), path.name), pd.DataFrame({"line": [], "raw": []})
        return _csv_rows(_unpacked(path), path.name, separator)
    except (pa.ArrowException, OSError, EOFError, UnicodeDecodeError, zlib.error, csv.Error) as error:
        raise UnreadableError(f"{path.name} cannot be read: {str(error).splitlines()[0]}") from error


def read_csv_bytes(data: bytes, name: str, separator: str = ",") -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of a CSV that is at hand, and its lines that are no rows, as `read_table` gives them."""
    try:
        return _csv_rows(data, name, separator)
    except (pa.ArrowException, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableError(f"{name} cannot be read: {str(error).splitlines()[0]}") from error


def parquet_rows(file: pq.ParquetFile, name: str) -> pd.DataFrame:
    """The rows of an open Parquet file called `name`, as `read_table` gives them."""
    table = file.read()
    _check_names(name, table.column_names)
    frame: pd.DataFrame = table.to_pandas().reset_index(drop=False)
    if frame.columns[0] == "index":
        frame = frame.drop(columns="index")
    if frame.empty:
        raise UnreadableError(f"{name} has no rows")
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame.rename(columns=str)


def _csv_rows(data: bytes, name: str, separator: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    if not data.strip():
        raise UnreadableError(f"{name} is empty")
    aside: list[tuple[int, str]] = []

    def keep_aside(row: pa_csv.InvalidRow) -> str:
        aside.append((int(row.number), row.text[:1000]))
        return "skip"

    first_line = re.match(rb"[^\r\n]*", data)
    header = first_line.group().decode("utf-8-sig") if first_line else ""
    names = [name.strip() for name in next(csv.reader([header], delimiter=separator), [])]
    _check_names(name, names)
    table = pa_csv.read_csv(
        pa.BufferReader(data),
        read_options=pa_csv.ReadOptions(use_threads=False, column_names=names, skip_rows=1),
        parse_options=pa_csv.ParseOptions(
            delimiter=separator, invalid_row_handler=keep_aside, ignore_empty_lines=False
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    frame = table.to_pandas()
    bad = [(number, text) for number, text in aside if text.strip()]  # an empty line is no row
    if frame.empty:
        why = f"of {len(names)} cells like its header; is '{separator}' the separator?" if bad else "below its header"
        raise UnreadableError(f"{name} has no rows {why}")
    if data.count(b'"') % 2 and frame.iloc[-1].str.contains("\n").any():
        raise UnreadableError(f"{name} has a quotation mark that is never closed: the rows after it are lost in it")
    lines = np.setdiff1d(np.arange(2, len(frame) + len(aside) + 2), [number for number, _ in aside])
    frame.index = pd.Index(lines[: len(frame)])
    if re.search(rb"\n\r?\n", data):
        frame = frame[frame.ne("").any(axis=1)]
    return frame, pd.DataFrame(bad, columns=["line", "raw"])


def _check_names(name: str, names: list[str]) -> None:
    """UnreadableError when two columns have one name."""
    if len(set(names)) < len(names):
        raise UnreadableError(f"{name} names a column twice: {sorted({n for n in names if names.count(n) > 1})}")


def _unpacked(path: Path) -> bytes:
    """A file's bytes, gunzipped where it is packed, never more than MAX_BYTES."""
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    with opener(path, "rb") as file:
        data: bytes = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"{path.name} is larger than {MAX_BYTES:,} bytes; split it by day")
    return data


def raw_readings(path: Path, layout: Layout, sensors: tuple[str, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A file as one row per value (line, time, asset, sensor, value: not yet checked) and its lines that are no rows.

    In the wide layout every column that the layout does not name is a sensor, known or not; blank cells are no values.
    UnreadableError when a column that the layout names is missing.
    """
    stat = path.stat()
    return _raw_readings(path, stat.st_mtime_ns, stat.st_size, layout, sensors)


@lru_cache(maxsize=FILES_AT_HAND)
def _raw_readings(
    path: Path, mtime_ns: int, size: int, layout: Layout, sensors: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame, bad = read_table(path, layout.separator)
    return raw_rows(frame, path.name, layout, sensors), bad


def forget_files() -> None:
    """Let go of the files that were read of late."""
    _raw_readings.cache_clear()


def raw_rows(frame: pd.DataFrame, name: str, layout: Layout, sensors: tuple[str, ...]) -> pd.DataFrame:
    """The rows of a file called `name` as one row per value, as `raw_readings` gives them."""
    wanted = [layout.time, *([layout.asset] if layout.asset else [])]
    wanted += [layout.sensor, layout.value] if layout.kind == "long" else []
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        raise UnreadableError(f"{name} has no column {missing}; it has {list(frame.columns)[:12]}")
    if layout.kind == "wide" and not set(sensors) & set(frame.columns):
        raise UnreadableError(f"{name} has none of the sensors {list(sensors)[:8]}; it has {list(frame.columns)[:12]}")
    asset = frame[layout.asset].astype(str) if layout.asset else _asset_of(name, layout)
    base = pd.DataFrame({"line": frame.index, "time": frame[layout.time].to_numpy(), "asset": asset}, index=frame.index)
    if layout.kind == "long":
        return base.assign(sensor=frame[layout.sensor].astype(str), value=frame[layout.value])
    columns = [c for c in frame.columns if c not in (*wanted, *layout.ignore)]
    cells = [frame[c] for c in columns]
    if len({cell.dtype for cell in cells}) > 1:
        cells = [cell.astype(object) for cell in cells]
    value = pd.concat(cells, ignore_index=True)
    rows = base.iloc[np.tile(np.arange(len(base)), len(columns))].reset_index(drop=True)
    return rows.assign(sensor=np.repeat(columns, len(base)), value=value)[~is_blank(value)].reset_index(drop=True)


def _asset_of(name: str, layout: Layout) -> str:
    """The file's name without its suffixes where files are assets, else the one asset's name."""
    return name.split(".")[0] if layout.asset_from_file else "asset"


def is_blank(values: pd.Series) -> pd.Series:
    """Which cells hold no value: empty, NaN, or one of the usual words for it."""
    if values.dtype.kind in "fiub":
        return values.isna()
    text = values.astype(str).str.strip().str.lower()
    return values.isna() | text.isin({"", "na", "n/a", "nan", "null", "none", "<na>", "-"})
