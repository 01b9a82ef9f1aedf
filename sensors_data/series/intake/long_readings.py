"""A day's values of several files with a row a value, as the rows of `readings`: one value a time and sensor."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sensors_data.series.intake.judging import NO_REJECTS, without_repeats
from sensors_data.series.intake.long_day import DayValues
from sensors_data.settings import Family
from sensors_data.wide_rows import WideRows

_DENSE = 8
"""Slots (assets times times) a value up to which each slot is marked; where there are more, the values are sorted."""


def merged_values(parts: list[DayValues], family: Family) -> tuple[WideRows, pd.DataFrame]:
    """The readings of files in the order in which they came in, the last of several for one time, and their rejects."""
    names, asset = _coded([(part.file.assets, part.file.asset[part.place]) for part in parts])
    times = np.unique(np.concatenate([_moments(part) for part in parts]))
    time = np.concatenate([np.searchsorted(times, p.file.moments)[p.file.moment[p.place]] for p in parts])
    value = np.concatenate([part.value for part in parts])
    slots, row = _rows_of(asset * np.int64(len(times)) + time, len(names) * len(times))
    column = np.concatenate(
        [pd.Index(family.sensor_names).get_indexer(pd.Index(p.file.sensors))[p.file.sensor[p.place]] for p in parts]
    )
    cell = column * len(slots) + row
    of_sensors = np.full(len(family.sensors) * len(slots), np.nan)
    of_sensors[cell] = value  # the last of several stays
    repeated = _repeated(parts, family, cell) if np.count_nonzero(~np.isnan(of_sensors)) < len(value) else NO_REJECTS
    place, moment = np.divmod(slots, max(len(times), 1))
    values = of_sensors.reshape(len(family.sensors), len(slots)).T
    return WideRows(names, family.sensor_names, times[moment], place.astype(np.int32), values), repeated


def _coded(parts: list[tuple[list[str], np.ndarray]]) -> tuple[list[str], np.ndarray]:
    """Words of several parts, each as places among its own, as places among the sorted ones that occur."""
    occurring = [np.flatnonzero(np.bincount(place, minlength=len(words))) for words, place in parts]
    names = sorted({words[n] for (words, _), used in zip(parts, occurring, strict=True) for n in used})
    codes = [pd.Index(names, dtype="object").get_indexer(pd.Index(words, dtype="object")) for words, _ in parts]
    return names, np.concatenate([code[place] for code, (_, place) in zip(codes, parts, strict=True)])


def _moments(part: DayValues) -> np.ndarray:
    """The times of a file that one of its values of the day has."""
    used = np.zeros(len(part.file.moments), dtype=bool)
    used[part.file.moment[part.place]] = True
    return np.asarray(part.file.moments[used])


def _rows_of(slot: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The distinct slots in order, (R,), and the place of each value's among them, (N,)."""
    if size > _DENSE * len(slot):
        slots, row = np.unique(slot, return_inverse=True)
        return slots, row
    taken = np.zeros(size, dtype=bool)
    taken[slot] = True
    return np.flatnonzero(taken), (np.cumsum(taken) - 1)[slot]


def _repeated(parts: list[DayValues], family: Family, cell: np.ndarray) -> pd.DataFrame:
    """The values of the same time, asset and sensor as a later one, as rejects; `cell` is where each one belongs."""
    shared = np.flatnonzero(np.bincount(cell)[cell] > 1)
    ends = np.cumsum([0, *(len(part.place) for part in parts)])
    rows = []
    for part, first, last in zip(parts, ends[:-1], ends[1:], strict=True):
        some = shared[(shared >= first) & (shared < last)] - first
        if len(some):
            rows.append(part.cells(some, family))
    return without_repeats(pd.concat(rows, ignore_index=True))[1]
