"""A day's rows of several files with a column a sensor, as the rows of `readings`: one value a time and sensor."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from sensors_data.series.judging import without_repeats
from sensors_data.series.wide_day import DayRows
from sensors_data.settings import Family
from sensors_data.tables import TABLES
from sensors_data.tables.table import TIME


@dataclass(frozen=True)
class WideReadings:
    """A day's rows sorted by asset and time, a column a sensor; rows of the table are made of some assets at a time."""

    assets: list[str]
    columns: tuple[str, ...]
    """The family's sensors."""
    time: np.ndarray  # (R,) datetime64[us]
    asset: np.ndarray  # (R,) ascending places in assets
    values: np.ndarray  # (R, D) float64, NaN where there is no reading

    @property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The first and the last time of a reading."""
        return pd.Timestamp(self.time.min(), tz="UTC"), pd.Timestamp(self.time.max(), tz="UTC")

    @property
    def sensors(self) -> list[str]:
        """The sensors with a reading."""
        return [name for name, column in zip(self.columns, self.values.T, strict=True) if not np.isnan(column).all()]

    def frame(self) -> pd.DataFrame:
        """The readings (time, asset, sensor, value), sorted."""
        frame: pd.DataFrame = self._coded(self.assets).to_pandas()
        return frame

    def rows_of(self, assets: Collection[str]) -> pa.Table:
        """The readings of some assets as the table's own rows, sorted."""
        return self._coded(assets).cast(TABLES["readings"].schema).combine_chunks()

    def _coded(self, assets: Collection[str]) -> pa.Table:
        """The readings of some assets, sorted, names as codes."""
        rows = np.isin(self.assets, list(assets))[self.asset]
        part = slice(None) if rows.all() else rows
        by_name = np.argsort(np.array(self.columns, dtype=object), kind="stable")
        values = self.values[part][:, by_name].ravel()
        sensors = len(by_name)
        time, asset = np.repeat(self.time[part], sensors), np.repeat(self.asset[part], sensors)
        sensor = np.tile(by_name.astype(np.int16), len(values) // sensors)
        if (unknown := np.isnan(values)).any():
            time, asset, sensor, values = time[~unknown], asset[~unknown], sensor[~unknown], values[~unknown]
        names = (
            pa.DictionaryArray.from_arrays(asset, self.assets),
            pa.DictionaryArray.from_arrays(sensor, self.columns),
        )
        return pa.table([pa.array(time).cast(TIME), *names, values], TABLES["readings"].schema.names)


def merged(parts: list[DayRows], family: Family) -> tuple[WideReadings, pd.DataFrame]:
    """The readings of files in the order in which they came in, the last of several for one time, and their rejects."""
    names = sorted({name for part in parts for name in _names(part)})
    asset = np.concatenate([_places(part, names) for part in parts])
    time = np.concatenate([part.time for part in parts])
    values = np.concatenate([part.values for part in parts]) if len(parts) > 1 else parts[0].values
    order = np.lexsort((time, asset))
    asset, time, values = asset[order], time[order], values[order]
    again = (asset[1:] == asset[:-1]) & (time[1:] == time[:-1])
    repeated = _NONE
    if again.any():
        first = np.concatenate([[True], ~again])
        values, repeated = _without_repeats(parts, family, order, np.cumsum(first) - 1, values)
        asset, time = asset[first], time[first]
    return WideReadings(names, family.sensor_names, time, asset, values), repeated


_NONE = pd.DataFrame({"line": [], "raw": [], "source": [], "reason": [], "used": []})


def _names(part: DayRows) -> list[str]:
    """The assets of a file's rows."""
    assets = part.file.assets
    return [name for name, rows in zip(assets, np.bincount(part.asset, minlength=len(assets)), strict=True) if rows]


def _places(part: DayRows, names: list[str]) -> np.ndarray:
    """Each row's place among the names of all files' assets; in 16 bits where they suffice, which sort fastest."""
    place = pd.Index(names).get_indexer(pd.Index(part.file.assets))
    return np.asarray(place.astype(np.int16 if len(names) < 2**15 else np.int32)[part.asset])


def _without_repeats(
    parts: list[DayRows], family: Family, order: np.ndarray, group: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, pd.DataFrame]:
    """One row a group, (G, D), in which the last value that came in stands, and the values before it as rejects.

    `order` is where the sorted rows stand among all parts', `group` the group of each.
    """
    unique = np.full((int(group[-1]) + 1, values.shape[1]), np.nan)
    unique[group] = values  # right where a group has one row
    shared = np.flatnonzero(np.bincount(group)[group] > 1)
    group_of = np.full(len(order), -1)
    group_of[order[shared]] = group[shared]
    unique[group[shared]] = np.nan
    rows, ends = [], np.cumsum([0, *(len(part.place) for part in parts)])
    for number, part in enumerate(parts):
        place = np.flatnonzero(group_of[ends[number] : ends[number + 1]] >= 0)
        if len(place):
            cells = _cells(part, family, place)
            rows.append(cells.assign(group=group_of[ends[number] + cells["row"].to_numpy()]))
    cells = pd.concat(rows, ignore_index=True)
    last, repeated = without_repeats(cells)
    column = pd.Index(family.sensor_names).get_indexer(pd.Index(last["sensor"]))
    unique[cells.loc[last.index, "group"], column] = last["value"]
    return unique, repeated


def values_in(part: DayRows, family: Family) -> pd.DataFrame:
    """A file's rows as one row a usable value, with its text."""
    return _cells(part, family, np.arange(len(part.place)))


def _cells(part: DayRows, family: Family, rows: np.ndarray) -> pd.DataFrame:
    """Some of a file's rows as one row a usable value, with its text."""
    lines = part.file.rows.line[part.place[rows]]
    raw = part.file.raw(lines, family)
    row = rows[np.searchsorted(lines, raw["line"].to_numpy(dtype=np.int64))]
    column = pd.Index(family.sensor_names).get_indexer(pd.Index(raw["sensor"]))
    value = np.where(column >= 0, part.values[row, column], np.nan)
    time = part.file.times(raw)
    cells = raw.assign(time=time, time_text=raw["time"], value_text=raw["value"], value=value, row=row)
    return cells.assign(source=part.file.name)[~np.isnan(value)]
