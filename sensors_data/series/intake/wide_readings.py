"""A day's rows of several files with a column a sensor, as the rows of `readings`: one value a time and sensor."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sensors_data.series.intake.judging import NO_REJECTS, without_repeats
from sensors_data.series.intake.wide_day import DayRows
from sensors_data.settings import Family
from sensors_data.wide_rows import WideRows

_TURNS = 128
"""Turns whose values are moved at once: those of more would leave the processor's cache."""


def merged(parts: list[DayRows], family: Family) -> tuple[WideRows, pd.DataFrame]:
    """The readings of files in the order in which they came in, the last of several for one time, and their rejects."""
    if len(parts) == 1 and (turns := _in_turns(parts[0], family)) is not None:
        return turns, NO_REJECTS
    names = sorted({name for part in parts for name in _names(part)})
    asset = np.concatenate([_places(part, names) for part in parts])
    time = np.concatenate([part.time for part in parts])
    values = np.concatenate([part.values.T for part in parts], axis=1) if len(parts) > 1 else parts[0].values.T
    in_time = (len(parts) == 1 and parts[0].file.in_time) or (time[1:] >= time[:-1]).all()
    order = np.argsort(asset, kind="stable") if in_time else _sorted(asset, time)
    asset, time, values = asset[order], time[order], np.take(values, order, axis=1).T
    again = (asset[1:] == asset[:-1]) & (time[1:] == time[:-1])
    repeated = NO_REJECTS
    if again.any():
        first = np.concatenate([[True], ~again])
        values, repeated = _without_repeats(parts, family, order, np.cumsum(first) - 1, values)
        asset, time = asset[first], time[first]
    return WideRows(names, family.sensor_names, time, asset, values), repeated


def _in_turns(part: DayRows, family: Family) -> WideRows | None:
    """The readings of a file in which all assets take turns, a turn a time, as programs write them; None of another.

    Nothing need be sorted, and no row can repeat another.
    """
    file, count = part.file, len(part.file.assets)
    if not count or len(part.place) != len(file.asset) or len(file.asset) % count:
        return None
    turns, moments = file.asset.reshape(-1, count), file.moment.reshape(-1, count)  # (T, A)
    begins = file.moments[moments[:, 0]]
    alike = (turns == turns[0]).all() and (moments == moments[:, :1]).all() and (begins[1:] > begins[:-1]).all()
    if not alike or len(np.unique(turns[0])) < count:
        return None
    names = np.array(file.assets, dtype=object)[turns[0]]
    column = np.argsort(names)
    asset, time = np.repeat(np.arange(count, dtype=np.int32), len(begins)), np.tile(begins, count)
    return WideRows(names[column].tolist(), family.sensor_names, time, asset, _turned(part.values, column))


def _turned(values: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Values (T x A, D), a turn after the other, as (A x T, D), an asset after the other, in the order `column`."""
    count, sensors = len(column), values.shape[1]
    of_turns = values.T.reshape(sensors, -1, count)
    turned = np.empty((sensors, count, of_turns.shape[1]))
    for after, before in zip(turned, of_turns, strict=True):
        for begin in range(0, len(before), _TURNS):
            after[:, begin : begin + _TURNS] = before[begin : begin + _TURNS].T[column]
    return turned.reshape(sensors, -1).T


def _sorted(asset: np.ndarray, time: np.ndarray) -> np.ndarray:
    """The order of rows by their asset and time; to see that they stand in it takes a fiftieth of sorting them."""
    later = (asset[1:] > asset[:-1]) | ((asset[1:] == asset[:-1]) & (time[1:] >= time[:-1]))
    return np.arange(len(asset)) if later.all() else np.lexsort((time, asset))


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
