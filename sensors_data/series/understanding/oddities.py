"""What a person should know of the files before trusting what was understood of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

import numpy as np
import pandas as pd

from sensors_data.counting import count, counted
from sensors_data.series.dates.parsing import read_times
from sensors_data.series.understanding.presence import comings_and_goings, times_that_go_back
from sensors_data.series.understanding.understand import Understood
from sensors_data.series.values.missing import far_values, repeated_apart, zeros_apart
from sensors_data.series.values.numbers import is_blank
from sensors_data.series.values.unit_change import unit_change
from sensors_data.settings import Family


def oddities(
    raw: pd.DataFrame,
    readings: pd.DataFrame,
    time: pd.Series,
    step: timedelta,
    family: Family,
    understood: Understood,
    values: pd.DataFrame,
) -> list[str]:
    """Sentences, with numbers, on what is odd or was guessed."""
    odd = [*understood.time.odd, *understood.marks.odd, *understood.roles.odd]
    if family.layout.asset_from_file:
        odd.append("each file is a machine, as their times lie over one another; take out asset_from_file if it is one")
    unread = time.isna()
    apart = unread & (read_times(raw["time"], family.layout).notna() if unread.any() else unread)
    if wrong := int(apart.sum()):
        sentence = counted(wrong, "row has", "rows have")
        odd.append(f"{sentence} a time years from the others{_first(raw, apart)}: set aside, a wrong clock?")
    unread &= ~apart
    if unread.any():
        odd.append(
            f"{counted(int(unread.sum()), 'row has', 'rows have')} a time that cannot be read{_first(raw, unread)}"
        )
    if twice := _told_by_order(raw, time, family):
        odd.append(
            f"{count(twice, 'row')} of the hour that comes twice when the clock goes back: the rows' order tells which"
        )
    worded = {name for name, sensor in family.sensors.items() if sensor.states}
    text = readings[readings["number"].isna() & ~is_blank(readings["value"]) & ~readings["sensor"].isin(worded)]
    if len(text):
        words = text["value"].astype(str).str.slice(0, 20).value_counts()
        sentence = counted(len(text), "value is no number", "values are no numbers")
        odd.append(f"{sentence}, like {', '.join(repr(str(w)) for w in words.index[:3])}")
    if repeated := int(values.duplicated(["time", "asset", "sensor"]).sum()):
        sentence = f"{counted(repeated, 'value stands', 'values stand')} twice or more for one time, asset and sensor"
        others = repeated - int(values.duplicated(["time", "asset", "sensor", "value"]).sum())
        odd.append(
            f"{sentence}, {others:,} of them with another value than before: the last is taken" if others else sentence
        )
    odd += _of_sensors(values, family)
    odd += comings_and_goings(values)
    odd += times_that_go_back(raw, time, step)
    one = readings.drop_duplicates(["asset", "time"]).sort_values(["asset", "time"])
    gaps = one.groupby("asset")["time"].diff().dt.total_seconds()
    if len(long := gaps[gaps > 10 * step.total_seconds()]):
        whose = f", of {one['asset'][long.idxmax()]}" if one["asset"].nunique() > 1 else ""
        longest = timedelta(seconds=long.max())
        odd.append(f"{count(len(long), 'gap')} of more than ten steps, the longest {longest}{whose}")
    if len(gaps) and (usual := gaps.median()) >= 1 and 1.02 * usual < step.total_seconds() < 2 * usual:
        odd.append(f"readings come every {usual:g} s, which does not divide the day: a step of {step} is taken")
    apart = (
        readings.sort_values(["asset", "sensor", "time"]).groupby(["asset", "sensor"])["time"].diff().dt.total_seconds()
    )
    if len(within := apart[apart > 0]) and within.median() < 0.5 * step.total_seconds():
        several = step.total_seconds() / within.median()
        odd.append(f"about {several:.0f} values fall into each step of {step} and are averaged")
    return odd


def _told_by_order(raw: pd.DataFrame, time: pd.Series, family: Family) -> int:
    """Rows whose time does not exist just once, and is known by the order of the rows."""
    if family.layout.timezone == "UTC":
        return 0
    return int((read_times(raw["time"], family.layout).isna() & time.notna()).sum())


def _first(raw: pd.DataFrame, which: pd.Series) -> str:
    rows = raw[which.to_numpy()]
    return f", first line {rows['line'].iloc[0]}: '{str(rows['time'].iloc[0])[:40]}'"


def _of_sensors(values: pd.DataFrame, family: Family) -> list[str]:
    """What is odd about single sensors."""
    odd = []
    names, by_sensor, assets = _by_sensor(values)
    for sensor, (place, numbers) in zip(names, by_sensor, strict=True):
        spec = family.sensors.get(str(sensor))
        if (numbers == numbers[0]).all():
            odd.append(f"sensor {sensor} never moves (always {numbers[0]:g})")
        elif len(assets) > 1 and _rests_in_each(place, numbers):
            odd.append(f"sensor {sensor} never moves in any asset (as {numbers[0]:g} in {assets[place[0]]})")
        if zeros := zeros_apart(numbers):
            odd.append(
                f"sensor {sensor} reads 0 {zeros:,} times, far from its others; add missing = [0] if that is no value"
            )
        for value, often in repeated_apart(numbers):
            odd.append(
                f"sensor {sensor} reads {value:g} {often:,} times, far from its others; "
                f"add missing = [{value:g}] if that is no value"
            )
        if len(far := far_values(numbers)):
            lie = counted(len(far), "value lies", "values lie")
            odd.append(f"sensor {sensor}: {lie} far from its others, like {far[0]:g}; codes or faults?")
        kind = spec.kind if spec is not None else "measured"
        if kind != "counter" and (change := next(filter(None, map(unit_change, _of_each_asset(place, numbers))), "")):
            odd.append(f"sensor {sensor} {change}")
        if spec is not None and spec.missing:
            codes = ", ".join(f"{code:g}" for code in spec.missing)
            odd.append(f"sensor {sensor}: {codes} taken for 'no value'")
    return odd


def _by_sensor(values: pd.DataFrame) -> tuple[pd.Index, list[tuple[np.ndarray, np.ndarray]], pd.Index]:
    """The sensors as they come, of each its assets' places and its numbers in the order of their times; the assets."""
    which, names = pd.factorize(values["sensor"])
    place, assets = pd.factorize(values["asset"])
    order = np.lexsort((values["time"].to_numpy("datetime64[us]"), which))
    cuts = np.cumsum(np.bincount(which, minlength=len(names)))[:-1]
    numbers = values["value"].to_numpy(dtype=np.float64)[order]
    return names, list(zip(np.split(place[order], cuts), np.split(numbers, cuts), strict=True)), assets


def _rests_in_each(place: np.ndarray, numbers: np.ndarray) -> bool:
    """Whether a sensor's values are one in each asset that has three and more."""
    parts = [part for part in _parted(place, numbers) if len(part) > 2]
    return bool(parts) and all((part == part[0]).all() for part in parts)


def _of_each_asset(place: np.ndarray, numbers: np.ndarray) -> Iterator[np.ndarray]:
    """A sensor's values, sorted by time, of some assets."""
    return islice(_parted(place, numbers), 8)


def _parted(place: np.ndarray, numbers: np.ndarray) -> Iterator[np.ndarray]:
    """The numbers of each asset, the assets as they come."""
    if (place == place[0]).all():
        return iter([numbers])
    return (numbers[place == asset] for asset in dict.fromkeys(place.tolist()))
