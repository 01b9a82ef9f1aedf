"""Rows of `readings` and `grid` as arrays, a row a time and asset, a column a sensor; from the table and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sensors_data.tables import TIME, Table
from sensors_data.tables.sensor_columns import OBSERVED, column_of

_LOCAL = pa.timestamp("us")


@dataclass(frozen=True)
class WideRows:
    """Some rows, N of D sensors. The arrays (N, D) lie in memory a sensor after the other."""

    assets: list[str]
    sensors: tuple[str, ...]
    time: np.ndarray  # (N,) datetime64[us], UTC
    asset: np.ndarray  # (N,) places in assets
    values: np.ndarray  # (N, D), NaN where there is none
    mask: np.ndarray | None = None  # (N, D) bool, which values were measured; None of readings: those that are there

    @cached_property
    def observed(self) -> np.ndarray:
        """Which values were measured, (N, D)."""
        return ~np.isnan(self.values) if self.mask is None else self.mask

    def __len__(self) -> int:
        """N, the number of rows."""
        return len(self.time)

    @cached_property
    def counts(self) -> np.ndarray:
        """How many values there are of each sensor, (D,)."""
        rows = len(self)
        known = [rows if is_full(values) else rows - np.count_nonzero(np.isnan(values)) for values in self.values.T]
        return np.array(known, dtype=np.int64)

    @property
    def count(self) -> int:
        """How many values there are."""
        return int(self.counts.sum())

    @property
    def present(self) -> list[str]:
        """The assets with a row, as they stand in `assets`."""
        many = np.bincount(self.asset, minlength=len(self.assets))
        return [asset for asset, rows in zip(self.assets, many, strict=True) if rows]

    def where(self, rows: np.ndarray) -> WideRows:
        """Some of the rows, by a mask (N,)."""
        mask = None if self.mask is None else np.compress(rows, self.mask.T, axis=1).T
        values = np.compress(rows, self.values.T, axis=1).T
        return replace(self, time=self.time[rows], asset=self.asset[rows], values=values, mask=mask)

    def of(self, assets: list[str], sensors: tuple[str, ...]) -> WideRows:
        """The rows of some assets, and of them some sensors; one that is unknown here has no value."""
        if assets == self.assets and sensors == self.sensors:
            return self
        place = np.append(pd.Index(assets).get_indexer(pd.Index(self.assets)), -1)[self.asset]
        rows = self if (place >= 0).all() else self.where(place >= 0)
        values = np.full((len(sensors), len(rows)), np.nan, dtype=self.values.dtype)
        mask = None if rows.mask is None else np.zeros(values.shape, dtype=bool)
        for number, sensor in enumerate(sensors):
            if sensor in self.sensors:
                values[number] = rows.values[:, self.sensors.index(sensor)]
                if mask is not None and rows.mask is not None:
                    mask[number] = rows.mask[:, self.sensors.index(sensor)]
        return WideRows(assets, sensors, rows.time, place[place >= 0], values.T, None if mask is None else mask.T)

    def long(self) -> pd.DataFrame:
        """The values (time, asset, sensor, value, observed) one a row, sorted by asset, time and sensor."""
        order = np.argsort(np.array(self.sensors, dtype=object), kind="stable")
        row, column = np.nonzero(~np.isnan(self.values[:, order]))
        column = order[column]
        return pd.DataFrame(
            {
                "time": pd.DatetimeIndex(self.time[row], tz="UTC"),
                "asset": np.array(self.assets, dtype=object)[self.asset[row]],
                "sensor": np.array(self.sensors, dtype=object)[column],
                "value": self.values[row, column],
                "observed": self.observed[row, column],
            }
        ).astype({"asset": "str", "sensor": "str"})


def is_full(values: np.ndarray) -> bool:
    """Whether there is a number in every place, and a place at all."""
    return bool(len(values)) and not np.isnan(values.min())  # NaN is the least; a tenth of the time of asking each


def joined(parts: Sequence[WideRows]) -> WideRows:
    """The rows of several parts with the same assets and sensors, one part after the other."""
    if len(parts) == 1:
        return parts[0]
    values = np.concatenate([part.values.T for part in parts], axis=1).T
    masked = any(part.mask is not None for part in parts)
    mask = np.concatenate([part.observed.T for part in parts], axis=1).T if masked else None
    time, asset = np.concatenate([part.time for part in parts]), np.concatenate([part.asset for part in parts])
    return WideRows(parts[0].assets, parts[0].sensors, time, asset, values, mask)


def of_values(rows: pa.Table, sensors: Iterable[str] | None = None) -> WideRows:
    """Values that stand one a row (time, asset, sensor, value and perhaps observed), sorted by asset and time.

    The last of several for one time, asset and sensor counts. Sensors are those named, else those there are, sorted.
    """
    assets, asset = _places(rows["asset"])
    names, sensor = _places(rows["sensor"])
    time = rows["time"].cast(_LOCAL).to_numpy()
    order = np.lexsort((time, asset))
    time, asset, sensor = time[order], asset[order], sensor[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (time[1:] != time[:-1]) | (asset[1:] != asset[:-1])
    row = np.cumsum(first) - 1
    wanted = tuple(names if sensors is None else sensors)
    column = pd.Index(wanted).get_indexer(pd.Index(names))[sensor] if len(order) else sensor
    value = rows["value"].to_numpy()[order]
    values = np.full((len(wanted), int(first.sum())), np.nan, dtype=value.dtype)
    known = column >= 0
    values[column[known], row[known]] = value[known]
    if "observed" not in rows.column_names:
        return WideRows(assets, wanted, time[first], asset[first], values.T)
    mask = np.zeros(values.shape, dtype=bool)
    mask[column[known], row[known]] = rows["observed"].to_numpy()[order][known]
    return WideRows(assets, wanted, time[first], asset[first], values.T, (mask & ~np.isnan(values)).T)


def _places(column: pa.ChunkedArray) -> tuple[list[str], np.ndarray]:
    """A column of texts as places among its distinct ones, which are sorted."""
    whole = column.combine_chunks()
    coded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    texts, codes = coded.dictionary.to_pylist(), coded.indices.to_numpy()
    used = np.flatnonzero(np.bincount(codes))
    names = sorted({texts[place] for place in used})
    if names == texts:
        return names, codes.astype(np.int32, copy=False)
    place = pd.Index(names).get_indexer(pd.Index(texts)) if names else np.empty(0, dtype=np.int64)
    return names, place.astype(np.int32)[codes] if len(coded) else np.empty(0, dtype=np.int32)


def table_of(spec: Table, rows: WideRows) -> pa.Table:
    """Rows as the table's own, as they stand; a number that is NaN is null."""
    return coded_table_of(spec, rows).cast(spec.schema_of(rows.sensors))


def coded_table_of(spec: Table, rows: WideRows) -> pa.Table:
    """The same with the names of assets as codes, which take less time to write."""
    assets = pa.DictionaryArray.from_arrays(pa.array(rows.asset.astype(np.int32)), pa.array(rows.assets, pa.string()))
    moments = rows.time.astype("datetime64[us]").view(np.int64)
    columns = [pa.array(moments).view(TIME), assets]
    for values, count in zip(rows.values.T, rows.counts, strict=True):
        columns.append(pa.array(np.ascontiguousarray(values), mask=np.isnan(values) if count < len(rows) else None))
    if len(spec.a_sensor) > 1:
        columns += [pa.repeat(True, len(rows)) if seen.all() else pa.array(seen.copy()) for seen in rows.observed.T]
    fields = [field.with_nullable(pa.types.is_floating(field.type)) for field in spec.schema_of(rows.sensors)]
    kinds = [column.type for column in columns]
    return pa.table(columns, pa.schema([f.with_type(kind) for f, kind in zip(fields, kinds, strict=True)]))


@dataclass(frozen=True)
class Keys:
    """The times and assets of some rows, N."""

    assets: list[str]
    time: np.ndarray  # (N,) datetime64[us], UTC
    asset: np.ndarray  # (N,) places in assets, -1 of one that is not among them


def keys_of(tables: list[pa.Table], assets: list[str] | None = None) -> Keys:
    """The keys of the rows of some tables; of assets those named, else those that there are, sorted."""
    there, place = _places(_codes_of(tables))
    names = there if assets is None else assets
    if assets is not None and assets != there:
        place = pd.Index(assets).get_indexer(pd.Index(there)).astype(np.int32)[place] if len(place) else place
    time = np.concatenate([np.empty(0, "datetime64[us]"), *(part["time"].cast(_LOCAL).to_numpy() for part in tables)])
    return Keys(names, time, place)


def rows_of(
    spec: Table, parts: Iterable[pa.Table], sensors: tuple[str, ...], assets: list[str] | None = None
) -> WideRows:
    """Parts of the table's files as arrays: some sensors, of some assets alone where they are named.

    What a part does not know of a sensor is missing. Assets are otherwise those that there are, sorted.
    """
    tables = list(parts)
    kinds = spec.schema_of(sensors).types[len(spec.schema) :]
    rows = with_values(spec, keys_of(tables, assets), tables, sensors, kinds[0].to_pandas_dtype() if kinds else float)
    return rows if (rows.asset >= 0).all() else rows.where(rows.asset >= 0)


def with_values(
    spec: Table, keys: Keys, parts: Iterable[pa.Table], sensors: tuple[str, ...], kind: type[np.floating[Any] | float]
) -> WideRows:
    """The rows of some keys with their values in a `kind`, from parts in the order of the keys, one after another.

    No zero is negative in a kind that is not the table's own.
    """
    values = np.empty((len(sensors), len(keys.time)), dtype=kind)
    mask = np.zeros(values.shape, dtype=bool) if len(spec.a_sensor) > 1 else None
    begin = 0
    for part in parts:
        end = begin + part.num_rows
        for number, column in enumerate(map(column_of, sensors)):
            into = values[number, begin:end]
            if column not in part.column_names:
                into[:] = np.nan
                continue
            into[:] = (read := part[column].to_numpy())
            if read.dtype != kind:
                into += 0  # while the processor's cache has them
            if mask is not None:
                mask[number, begin:end] = part[OBSERVED + column].to_numpy()
        begin = end
    return WideRows(keys.assets, sensors, keys.time, keys.asset, values.T, None if mask is None else mask.T)


def _codes_of(tables: list[pa.Table]) -> pa.ChunkedArray:
    """The assets of all rows of some tables, as codes of one dictionary."""
    chunks = [chunk for table in tables for chunk in table["asset"].chunks]
    coded = [c if pa.types.is_dictionary(c.type) else c.dictionary_encode() for c in chunks]
    return pa.chunked_array(coded, pa.dictionary(pa.int32(), pa.string())).unify_dictionaries()
