"""Files with a row a value as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from sensors_data.layout import Layout
from sensors_data.series.files.file_names import called
from sensors_data.series.files.file_source import FILES_AT_HAND
from sensors_data.series.intake.typed_file import (
    TimedFile,
    assets_in,
    is_plain,
    moments_in,
    names_in,
    not_good,
    opened,
    qualities_of,
    rows_in,
)
from sensors_data.settings import Family


@dataclass(frozen=True)
class LongFile(TimedFile):
    """The rows of a file in their order, each with one value."""

    sensor: np.ndarray  # (N,) places in sensors
    sensors: list[str]
    """The sensors that the file names, known to the family or not."""
    doubted: np.ndarray  # (N,) which rows must be looked at as text: odd cells, and qualities that are not good

    @property
    def value(self) -> np.ndarray:
        """Each row's value, (N,) float64, NaN where its cell is blank or odd."""
        return np.asarray(self.rows.values[:, 0])


def long_file(path: Path, family: Family) -> LongFile | None:
    """A file as arrays; None for one that must be read cell by cell, which also says what is wrong with it."""
    layout = family.layout
    if layout.kind != "long" or isinstance(layout.quality, dict) or not is_plain(layout):
        return None
    stat = path.stat()
    return _long_file(path, stat.st_mtime_ns, stat.st_size, layout)


@lru_cache(maxsize=FILES_AT_HAND)
def _long_file(path: Path, mtime_ns: int, size: int, layout: Layout) -> LongFile | None:
    there = opened(path, layout)
    if there is None:
        return None
    contents, names = there
    keys = tuple(dict.fromkeys([*layout.time, *(layout.asset or ()), *layout.sensor, *qualities_of(layout)]))
    if not {*keys, layout.value} <= set(names) or layout.value in keys:
        return None
    rows = rows_in(contents, keys, (layout.value,), (), blank_rows=True)
    moments = None if rows is None else moments_in(rows, layout)
    if rows is None or moments is None:
        return None
    name = called(path, layout)
    sensor, sensors = names_in(rows, layout.sensor)
    doubted = rows.odd | not_good(rows, layout)
    return LongFile(name, rows, *moments, *assets_in(rows, name, layout), sensor, sensors.astype(str).tolist(), doubted)
