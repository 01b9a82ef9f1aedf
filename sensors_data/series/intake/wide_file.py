"""Files with a column a sensor as arrays, a row a time and asset."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from sensors_data.errors import UnreadableError
from sensors_data.layout import Layout
from sensors_data.series.dates.far_times import without_far
from sensors_data.series.dates.parsing import read_times
from sensors_data.series.files.cells import body_of
from sensors_data.series.files.file_source import FILES_AT_HAND, asset_of, called, is_parquet, joined_cells, raw_rows
from sensors_data.series.files.packing import unpacked
from sensors_data.series.files.typed_text import TypedRows, typed_rows
from sensors_data.settings import Family

_MOST_ODD = 0.5
"""The share of odd rows beyond which a file is read cell by cell."""


@dataclass(frozen=True)
class WideFile:
    """The rows of a file in their order, a column a sensor of the family."""

    name: str
    rows: TypedRows
    time: np.ndarray  # (N,) datetime64[us], UTC, NaT where it cannot be read
    asset: np.ndarray  # (N,) places in assets
    assets: list[str]
    values: np.ndarray  # (N, D) float64, NaN where a cell is blank or odd; a column after the other in memory

    def raw(self, lines: np.ndarray, family: Family) -> pd.DataFrame:
        """Some rows as one row a value (line, time, asset, sensor, value), cell by cell as text."""
        return raw_rows(self.rows.texts(lines), self.name, family.layout, family.sensor_names)

    def raw_but(self, plain: np.ndarray, lines: np.ndarray, family: Family) -> pd.DataFrame:
        """The same without the cells of sensors that are `plain`, (lines, D)."""
        frame = self.rows.texts(lines)
        known = [name for name in family.sensor_names if name in frame]
        for name in known:
            left_out = plain[:, family.sensor_names.index(name)]
            if left_out.all() and name != known[-1]:
                frame = frame.drop(columns=name)
            elif left_out.any():
                frame[name] = frame[name].mask(left_out, "")
        return raw_rows(frame, self.name, family.layout, family.sensor_names)

    def places(self, lines: pd.Series) -> np.ndarray:
        """Where rows stand that have the given lines."""
        return np.searchsorted(self.rows.line, lines.to_numpy(dtype=np.int64))

    def times(self, raw: pd.DataFrame) -> pd.Series:
        """The times of rows of `raw`."""
        return pd.Series(self.time[self.places(raw["line"])]).dt.tz_localize("UTC").set_axis(raw.index)


def wide_file(path: Path, family: Family) -> WideFile | None:
    """A file as arrays; None for one that must be read cell by cell, which also says what is wrong with it."""
    layout = family.layout
    plain = layout.kind == "wide" and not (layout.end or layout.quality or layout.cell_units or layout.thousands)
    if not plain or layout.decimal != "." or layout.decimals or layout.times or is_parquet(path):
        return None
    stat = path.stat()
    return _wide_file(path, stat.st_mtime_ns, stat.st_size, layout, family.sensor_names)


@lru_cache(maxsize=FILES_AT_HAND)
def _wide_file(path: Path, mtime_ns: int, size: int, layout: Layout, sensors: tuple[str, ...]) -> WideFile | None:
    try:
        body = body_of(unpacked(path, layout), path.name, layout)
        if not body.data.isascii():
            body.data.decode()
    except (UnreadableError, OSError, UnicodeDecodeError, pa.ArrowException):
        return None
    keys = tuple(dict.fromkeys([*layout.time, *(layout.asset or ())]))
    known = [name for name in sensors if name in body.names]
    if not known or not set(keys) <= set(body.names) or set(keys) & set(known):
        return None
    others = tuple(name for name in body.names if name not in {*keys, *known, *layout.ignore})
    rows = typed_rows(body, keys, tuple(known), others)
    if rows is None or not len(rows.line) or rows.odd.mean() > _MOST_ODD:
        return None
    return _timed(called(path, layout), rows, known, layout, sensors)


def _timed(name: str, rows: TypedRows, known: list[str], layout: Layout, sensors: tuple[str, ...]) -> WideFile | None:
    """Typed rows with their times and assets; None where the order of the rows must tell their times."""
    places, texts = _joined(rows, layout.time)
    moments = without_far(read_times(texts, layout)).dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    time = moments[places]
    timeless = np.isnat(time)
    if timeless.all() or (timeless.any() and layout.timezone != "UTC"):
        return None
    if layout.asset:
        asset, names = _joined(rows, layout.asset)
    else:
        asset, names = np.zeros(len(time), dtype=np.int32), pd.Series([asset_of(name, layout)])
    values = rows.values
    if tuple(known) != sensors:
        values = np.full((len(sensors), len(time)), np.nan).T
        for column, read in zip(known, rows.values.T, strict=True):
            values[:, sensors.index(column)] = read
    return WideFile(name, rows, time, asset, names.astype(str).tolist(), values)


def _joined(rows: TypedRows, columns: tuple[str, ...]) -> tuple[np.ndarray, pd.Series]:
    """One or several key columns, whose cells are joined, as places among distinct texts."""
    places, texts = rows.keys[columns[0]]
    if len(columns) == 1:
        return places, pd.Series(texts, dtype="str")
    mixed = places.astype(np.int64)
    for column in columns[1:]:
        mixed = mixed * len(rows.keys[column][1]) + rows.keys[column][0]
    _, first, places = np.unique(mixed, return_index=True, return_inverse=True)
    cells = {c: pd.Series(rows.keys[c][1], dtype="str").take(rows.keys[c][0][first]) for c in columns}
    return places, joined_cells(pd.DataFrame({c: cell.to_numpy() for c, cell in cells.items()}), columns)


def forget_wide_files() -> None:
    """Let go of the files that were read of late."""
    _wide_file.cache_clear()
