"""Files whose rows are read as arrays: of a text or of Parquet, with their times and assets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from sensors_data.errors import UnreadableError
from sensors_data.layout import Layout
from sensors_data.series.dates.far_times import without_far
from sensors_data.series.dates.parsing import read_times
from sensors_data.series.files.cells import Body, body_of
from sensors_data.series.files.file_names import asset_of
from sensors_data.series.files.file_source import joined_cells, raw_rows, without_blanks
from sensors_data.series.files.kinds import is_parquet
from sensors_data.series.files.packing import unpacked
from sensors_data.series.files.plain_text import plain_body
from sensors_data.series.files.typed_parquet import parquet_rows, whole_table
from sensors_data.series.files.typed_text import typed_rows
from sensors_data.series.values.numbers import quality_word
from sensors_data.settings import Family

MOST_ODD = 0.5
"""The share of odd rows beyond which a file is read cell by cell."""


class Rows(Protocol):
    """The rows of a file in their order."""

    @property
    def line(self) -> np.ndarray:
        """The line of each row in the file, from 1, (N,); a row without a value may be left out."""

    @property
    def keys(self) -> dict[str, tuple[np.ndarray, pd.Series]]:
        """Each key column as places (N,) among its distinct values."""

    @property
    def values(self) -> np.ndarray:
        """The numbers, (N, D) float64, NaN where a cell is blank or odd; a column after the other in memory."""

    @property
    def odd(self) -> np.ndarray:
        """Which rows must be looked at cell by cell, (N,)."""

    @property
    def bad(self) -> pd.DataFrame:
        """The lines that are no rows (line, raw)."""

    @property
    def names(self) -> list[str]:
        """The file's columns."""

    def texts(self, lines: np.ndarray, without: Collection[str] = ()) -> pd.DataFrame:
        """The cells of some rows as they stand in the file, but for some columns; the line as index."""


def places_of(rows: Rows, lines: pd.Series) -> np.ndarray:
    """Where the rows stand that have the given lines."""
    return np.searchsorted(rows.line, lines.to_numpy(dtype=np.int64))


@dataclass(frozen=True)
class TimedFile:
    """The rows of a file in their order, each with its time and asset."""

    name: str
    rows: Rows
    moment: np.ndarray  # (N,) places in moments
    moments: np.ndarray  # (M,) datetime64[us], UTC, NaT where a time cannot be read
    asset: np.ndarray  # (N,) places in assets
    assets: list[str]

    @cached_property
    def time(self) -> np.ndarray:
        """Each row's time, (N,) datetime64[us], NaT where it cannot be read."""
        return np.asarray(self.moments[self.moment])

    def raw(self, lines: np.ndarray, family: Family) -> pd.DataFrame:
        """Some rows as one row a value (line, time, asset, sensor, value), cell by cell as text."""
        return raw_rows(self.rows.texts(lines), self.name, family.layout, family.sensor_names)

    def places(self, lines: pd.Series) -> np.ndarray:
        """Where rows stand that have the given lines."""
        return places_of(self.rows, lines)

    def times(self, raw: pd.DataFrame) -> pd.Series:
        """The times of rows of `raw`, which names their lines."""
        return pd.Series(self.time[self.places(raw["line"])]).dt.tz_localize("UTC").set_axis(raw.index)


def is_plain(layout: Layout) -> bool:
    """Whether numbers and times stand in a layout's files as programs write them."""
    marked = layout.decimals or layout.thousands or layout.cell_units
    by_name = layout.asset_from_sensor or layout.sensor_from_file or layout.decimal_by_file
    return not (marked or layout.end or layout.times or layout.fill_down or by_name)


def opened(path: Path, layout: Layout) -> tuple[Body | pa.Table, list[str]] | None:
    """A file's contents and the names of its columns; None where the reader of single cells says what is wrong."""
    try:
        if is_parquet(path):
            table = whole_table(path)
            return None if table is None else (table, table.column_names)
        body = plain_body(path, layout) or body_of(unpacked(path, layout), path.name, layout)
    except (UnreadableError, OSError, pa.ArrowException):
        return None
    return body, body.names


def rows_in(
    contents: Body | pa.Table,
    keys: tuple[str, ...],
    numbers: tuple[str, ...],
    others: tuple[str, ...],
    blank_rows: bool,
) -> Rows | None:
    """The rows of a file's contents; None where they must be read cell by cell."""
    read = parquet_rows if isinstance(contents, pa.Table) else typed_rows
    rows: Rows | None = read(contents, keys, numbers, others, blank_rows)
    if rows is None or not len(rows.line) or rows.odd.mean() > MOST_ODD:
        return None
    return rows


def qualities_of(layout: Layout) -> tuple[str, ...]:
    """The columns that grade values: one of all, or one for each sensor."""
    if isinstance(layout.quality, dict):
        return tuple(dict.fromkeys(layout.quality.values()))
    return (layout.quality,) if layout.quality else ()


def not_good(rows: Rows, layout: Layout) -> np.ndarray:
    """Which rows have a grade that does not count as good, (N,)."""
    bad, good = np.zeros(len(rows.line), dtype=bool), {quality_word(word) for word in layout.good}
    for column in qualities_of(layout):
        places, words = rows.keys[column]
        bad |= ~np.array([quality_word(word) in good for word in words])[places]
    return bad


def moments_in(rows: Rows, layout: Layout) -> tuple[np.ndarray, np.ndarray] | None:
    """Each row's place (N,) among the distinct times (M,) datetime64[us], UTC, NaT where one cannot be read.

    None where no time can be read, or the order of the rows must tell their times.
    """
    places, texts = joined_keys(rows, layout.time)
    moments = without_far(read_times(texts, layout)).dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    unread = np.isnat(moments)
    if not unread.any():
        return places, moments
    timeless = unread[places]
    if timeless.all() or (timeless.any() and layout.timezone != "UTC"):
        return None
    return places, moments


def assets_in(rows: Rows, name: str, layout: Layout) -> tuple[np.ndarray, list[str]]:
    """Each row's place (N,) among the names of its file's assets; of one alone where no column names them."""
    if not layout.asset:
        return np.zeros(len(rows.line), dtype=np.int32), [asset_of(name, layout)]
    places, names = names_in(rows, layout.asset)
    return places, names.astype(str).tolist()


def names_in(rows: Rows, columns: tuple[str, ...]) -> tuple[np.ndarray, pd.Series]:
    """Columns of names as places among distinct ones, without the blanks that fill them up to one width."""
    places, names = joined_keys(rows, columns)
    plain = without_blanks(names)
    if plain is names:
        return places, names
    codes, distinct = pd.factorize(plain)
    return codes[places], pd.Series(distinct)


def joined_keys(rows: Rows, columns: tuple[str, ...]) -> tuple[np.ndarray, pd.Series]:
    """One or several key columns, whose cells are joined, as places among distinct values."""
    places, values = rows.keys[columns[0]]
    if len(columns) == 1:
        return places, values
    mixed = places.astype(np.int64)
    for column in columns[1:]:
        mixed = mixed * len(rows.keys[column][1]) + rows.keys[column][0]
    _, first, places = np.unique(mixed, return_index=True, return_inverse=True)
    cells = {c: rows.keys[c][1].take(rows.keys[c][0][first]) for c in columns}
    return places, joined_cells(pd.DataFrame({c: cell.to_numpy() for c, cell in cells.items()}), columns)
