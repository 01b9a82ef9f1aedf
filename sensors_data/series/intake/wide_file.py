"""Files with a column a sensor as arrays, a row a time and asset."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from sensors_data.layout import Layout
from sensors_data.series.files.file_names import called
from sensors_data.series.files.file_source import FILES_AT_HAND, raw_rows
from sensors_data.series.intake.typed_file import (
    Rows,
    TimedFile,
    assets_in,
    is_plain,
    moments_in,
    not_good,
    opened,
    qualities_of,
    rows_in,
)
from sensors_data.settings import Family


@dataclass(frozen=True)
class WideFile(TimedFile):
    """The rows of a file in their order, a column a sensor of the family."""

    values: np.ndarray  # (N, D) float64, NaN where a cell is blank or odd; a column after the other in memory
    doubted: np.ndarray  # (N,) rows of which every cell must be judged: with a quality that is not good

    @cached_property
    def in_time(self) -> bool:
        """Whether no row stands after a later one; an unknown time is neither later nor earlier."""
        rise = self.moments, self.moment  # mostly both do, and then no row's time is looked up
        return all(map(_never_falls, rise)) or _never_falls(self.time)

    def raw_but(self, plain: np.ndarray, lines: np.ndarray, family: Family) -> pd.DataFrame:
        """The rows of `raw` without the cells of sensors that are `plain`, (lines, D)."""
        known = {name: place for place, name in enumerate(family.sensor_names) if name in self.rows.names}
        all_plain = [name for name, place in known.items() if plain[:, place].all()]
        frame = self.rows.texts(lines, all_plain[: len(known) - 1])  # a column stays in any case
        for name, place in known.items():
            if name in frame and (left_out := plain[:, place]).any():
                blank = np.nan if frame[name].dtype.kind == "f" else ""
                frame[name] = frame[name].mask(left_out, blank)
        return raw_rows(frame, self.name, family.layout, family.sensor_names)


def _never_falls(values: np.ndarray) -> bool:
    return bool((values[1:] >= values[:-1]).all())


def wide_file(path: Path, family: Family) -> WideFile | None:
    """A file as arrays; None for one that must be read cell by cell, which also says what is wrong with it."""
    layout = family.layout
    if layout.kind != "wide" or not is_plain(layout):
        return None
    stat = path.stat()
    return _wide_file(path, stat.st_mtime_ns, stat.st_size, layout, family.sensor_names)


@lru_cache(maxsize=FILES_AT_HAND)
def _wide_file(path: Path, mtime_ns: int, size: int, layout: Layout, sensors: tuple[str, ...]) -> WideFile | None:
    there = opened(path, layout)
    if there is None:
        return None
    contents, names = there
    keys = tuple(dict.fromkeys([*layout.time, *(layout.asset or ()), *qualities_of(layout)]))
    known = [name for name in sensors if name in names]
    if not known or not set(keys) <= set(names) or set(keys) & set(known):
        return None
    others = tuple(name for name in names if name not in {*keys, *known, *layout.ignore})
    rows = rows_in(contents, keys, tuple(known), others, blank_rows=False)
    return None if rows is None else _timed(called(path, layout), rows, known, layout, sensors)


def _timed(name: str, rows: Rows, known: list[str], layout: Layout, sensors: tuple[str, ...]) -> WideFile | None:
    """Rows with their times and assets; None where the order of the rows must tell their times."""
    moments = moments_in(rows, layout)
    if moments is None:
        return None
    asset, assets = assets_in(rows, name, layout)
    values = rows.values
    if tuple(known) != sensors:
        values = np.full((len(sensors), len(asset)), np.nan).T
        for column, read in zip(known, rows.values.T, strict=True):
            values[:, sensors.index(column)] = read
    return WideFile(name, rows, *moments, asset, assets, values, not_good(rows, layout))
