"""Files as they come in: found in the inbox and read as text, every row with the line it stood on."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sensors_data.errors import NotThereError, UnreadableError
from sensors_data.layout import Layout
from sensors_data.series.files.archives import tables_within
from sensors_data.series.files.asset_names import parted, with_assets_of_names
from sensors_data.series.files.cells import read_text
from sensors_data.series.files.day_columns import clocks_of
from sensors_data.series.files.file_names import asset_of, called, with_sensor_of_name
from sensors_data.series.files.kinds import called_otherwise, is_parquet
from sensors_data.series.files.other_decimal import in_decimal_of
from sensors_data.series.files.packing import unpacked
from sensors_data.series.files.remote import copies
from sensors_data.series.files.renamed_time import with_time_named
from sensors_data.series.files.tar_archives import TARS, is_tar, tables_in_tar
from sensors_data.series.values.numbers import is_blank

SUFFIXES = (
    ".csv",
    ".csv.gz",
    ".txt",
    ".txt.gz",
    ".tsv",
    ".dat",
    ".json",
    ".jsonl",
    ".ndjson",
    ".zip",
    ".xlsx",
    ".xls",
    ".xml",
    ".xlsm",
    ".zrx",
    ".parquet",
)


FILES_AT_HAND = 4
"""Parsed files that stay in memory: a day's own, those of the days beside it, and one more."""


def find_files(inbox: str, day: date | None = None) -> list[Path]:
    """The files of an inbox (a file, a folder, or a pattern in which `{day}` stands for the date), sorted.

    A zip archive of several tables, or a tar archive, stands for the files within. LookupError when there is none.
    """
    return sorted(table for path in _files_at(inbox, day) for table in _tables_of(path))


def _tables_of(path: Path) -> list[Path]:
    if path.name.lower().endswith(".zip"):
        return tables_within(path, SUFFIXES)
    return tables_in_tar(path, SUFFIXES) if is_tar(path) else [path]


def _files_at(inbox: str, day: date | None) -> list[Path]:
    named = inbox.replace("{day}", day.isoformat() if day else "*")
    if "://" in named:
        return copies(named, SUFFIXES)
    place = Path(named)
    if place.is_dir():
        files = [p for p in place.rglob("*") if p.is_file() and not p.name.startswith(".")]
        paths = [p for p in files if p.name.lower().endswith((*SUFFIXES, *TARS))] or called_otherwise(files)
    elif any(mark in str(place) for mark in "*?[") and not place.is_file():
        anchor = Path(place.anchor) if place.is_absolute() else Path()
        paths = [p for p in anchor.glob(str(place.relative_to(place.anchor))) if p.is_file()]
    else:
        paths = [place] if place.is_file() else []
    paths = [p for p in paths if not p.name.startswith(".")]
    if not paths:
        raise NotThereError(
            f"no file at {place}", f"put {', '.join(SUFFIXES)} there or correct `inbox` in the settings"
        )
    return paths


def read_table(path: Path, layout: Layout) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A file's rows and, apart, the lines that are no rows (line, raw). Text keeps its cells, Parquet its types.

    The index of the rows is the line in the file (Parquet: the row), from 1. UnreadableError says what is wrong with
    the file as a whole.
    """
    try:
        if is_parquet(path):
            return parquet_rows(pq.ParquetFile(path), path.name), pd.DataFrame({"line": [], "raw": []})
        return read_text(unpacked(path, layout), path.name, layout)
    except pa.ArrowException as error:
        what = "is no whole Parquet file" if is_parquet(path) else "has lines that cannot be parted into cells"
        raise UnreadableError(f"{path.name} {what}", "copy it again, or export it as CSV") from error
    except OSError as error:
        raise UnreadableError(f"{path.name} cannot be read: {error.strerror or 'the disk does not give it'}") from error


def parquet_rows(file: pq.ParquetFile, name: str) -> pd.DataFrame:
    """The rows of an open Parquet file called `name`, as `read_table` gives them.

    What pandas noted beside the columns is not read: it may be anything. Its unnamed indexes are left out, but for one
    of times.
    """
    table = file.read()
    table.validate(full=True)  # texts that are none are found here, not in the middle of a job
    _check_names(name, table.column_names)
    frame: pd.DataFrame = table.replace_schema_metadata(None).to_pandas()
    unnamed = [column for column in frame.columns if re.fullmatch(r"__index_level_\d+__", column)]
    frame = frame.drop(
        columns=[column for column in unnamed if not pa.types.is_timestamp(table.schema.field(column).type)]
    )
    if frame.empty:
        raise UnreadableError(f"{name} has no rows")
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame


def _check_names(name: str, names: list[str]) -> None:
    """UnreadableError when two columns have one name."""
    if len(set(names)) < len(names):
        raise UnreadableError(f"{name} names a column twice: {sorted({n for n in names if names.count(n) > 1})}")


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
    frame, bad = read_table(path, layout)
    rows = raw_rows(frame, called(path, layout), layout, sensors)
    return rows.assign(value=in_decimal_of(rows["value"], layout)), bad


def forget_files() -> None:
    """Let go of the files that were read of late."""
    _raw_readings.cache_clear()


def raw_rows(frame: pd.DataFrame, name: str, layout: Layout, sensors: tuple[str, ...]) -> pd.DataFrame:
    """The rows of a file called `name` as one row per value, as `raw_readings` gives them."""
    rows = _value_rows(frame, name, layout, sensors)
    return with_assets_of_names(rows, layout) if layout.asset_from_sensor else rows


def _value_rows(frame: pd.DataFrame, name: str, layout: Layout, sensors: tuple[str, ...]) -> pd.DataFrame:
    """The rows of a file as one row per value, its sensors called as the file does."""
    wanted = [*layout.time, *(layout.asset or ()), *([layout.end] if layout.end else [])]
    wanted += list(dict.fromkeys(layout.times.values()))
    wanted += [*layout.sensor, layout.value] if layout.kind == "long" else []
    wanted += layout.sensor if layout.kind == "day" and not layout.value else ()
    qualities = _qualities(layout)
    wanted += list(dict.fromkeys(qualities.values()))
    frame = with_time_named(frame, layout, wanted, sensors)
    frame = with_sensor_of_name(frame, name, layout, wanted, sensors)
    _check_columns(frame, name, layout, wanted, sensors)
    asset = without_blanks(joined_cells(frame, layout.asset)) if layout.asset else asset_of(name, layout)
    base = pd.DataFrame(
        {"line": frame.index, "time": joined_cells(frame, layout.time), "asset": asset}, index=frame.index
    )
    if layout.end:
        base["end"] = frame[layout.end]
    if layout.kind == "long":
        rows = base.assign(
            sensor=without_blanks(joined_cells(frame, layout.sensor).astype(str)), value=frame[layout.value]
        )
        return rows.assign(quality=frame[qualities[""]]) if qualities else rows
    columns = [c for c in frame.columns if c not in (*wanted, *layout.ignore)]
    if layout.kind == "day":
        return _day_rows(frame, base, columns, layout)
    cells = [frame[c] for c in columns]
    if len({cell.dtype for cell in cells}) > 1:
        cells = [cell.astype(object) for cell in cells]
    value = pd.concat(cells, ignore_index=True)
    rows = base.iloc[np.tile(np.arange(len(base)), len(columns))].reset_index(drop=True)
    rows = rows.assign(sensor=np.repeat(columns, len(base)), value=value)
    if layout.times:
        times_of_columns = [frame[layout.times[c]] if c in layout.times else base["time"] for c in columns]
        rows["time"] = pd.concat(times_of_columns, ignore_index=True)
    if qualities:
        stated = [frame[qualities[c]] if c in qualities else frame.get(qualities.get("", "")) for c in columns]
        none = pd.Series(layout.good[0], index=frame.index, dtype=object)
        rows["quality"] = pd.concat([none if q is None else q.astype(object) for q in stated], ignore_index=True)
    return rows[~is_blank(value)].reset_index(drop=True)


def _day_rows(frame: pd.DataFrame, base: pd.DataFrame, columns: list[str], layout: Layout) -> pd.DataFrame:
    """The rows of a table with a row a day and a column a part of the day."""
    sensor = layout.value or without_blanks(joined_cells(frame, layout.sensor).astype(str))
    parts = [
        base.assign(time=base["time"].astype(str) + f" {clock}", sensor=sensor, value=frame[column])
        for column, clock in clocks_of(columns).items()
    ]
    rows = pd.concat(parts, ignore_index=True).sort_values("line", kind="stable")
    return rows[~is_blank(rows["value"])].reset_index(drop=True)


def _qualities(layout: Layout) -> dict[str, str]:
    """The column of each sensor's quality; under no name the one of all sensors."""
    if isinstance(layout.quality, dict):
        return layout.quality
    return {"": layout.quality} if layout.quality else {}


def _check_columns(frame: pd.DataFrame, name: str, layout: Layout, wanted: list[str], sensors: tuple[str, ...]) -> None:
    """UnreadableError when a file lacks a column that the layout names, or has none of the sensors."""
    there = list(frame.columns)[:12]
    if missing := [column for column in wanted if column not in frame.columns]:
        raise UnreadableError(f"{name} has no column {missing}", f"it has {there}")
    named = set(frame.columns)
    if layout.asset_from_sensor:
        named |= {parted(str(column), layout)[1] for column in frame.columns}
    of_columns = layout.kind == "wide" and not layout.sensor_from_file
    if of_columns and not set(sensors) & named:
        raise UnreadableError(f"{name} has none of the sensors {list(sensors)[:8]}", f"it has {there}")


def joined_cells(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series:
    """A column, or the text of several joined by a blank."""
    if len(columns) == 1:
        return frame[columns[0]]
    texts = [frame[column].astype(str).str.strip() for column in columns]
    joined = texts[0]
    for text in texts[1:]:
        joined = joined + " " + text
    return joined


def without_blanks(names: pd.Series) -> pd.Series:
    """Names as texts without the blanks that fill them up to one width; a whole number is one without a fraction."""
    if names.dtype.kind in "iuf":
        whole = names.dtype.kind == "f" and bool((names.dropna() % 1 == 0).all())
        return (names.astype("Int64") if whole else names).astype("str")
    distinct = names.unique()
    padded = any(
        isinstance(name, str) and (name != name.strip() or name[:2] == '="' or "\u00a0" in name) for name in distinct
    )
    if not padded:
        return names
    bare = names.astype(str).str.replace("\u00a0", " ").str.strip()
    return bare.str.replace(r'^="(.*)"$', r"\1", regex=True)  # so spreadsheets are made to take digits for a text
