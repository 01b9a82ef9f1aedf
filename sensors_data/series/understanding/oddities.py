"""What a person should know of the files before trusting what was understood of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

import numpy as np
import pandas as pd

from sensors_data.counting import count, counted
from sensors_data.series.dates.parsing import read_times
from sensors_data.series.files.day_columns import numbered_parts
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
    family: Family,
    understood: Understood,
    values: pd.DataFrame,
) -> list[str]:
    """Sentences, with numbers, on what is odd or was guessed."""
    odd = [*understood.time.odd, *understood.marks.odd, *understood.roles.odd]
    if "%K" in (family.layout.time_format or ""):
        place = int(time.notna().to_numpy().argmax())
        shown = f"'{str(raw['time'].iloc[place])[:26]}' is read as {time.iloc[place]:%Y-%m-%d}"
        odd.append(f"the years are those of the Buddhist calendar: {shown}")
    odd += numbered_parts(list(understood.roles.measures)) if family.layout.kind == "day" else []
    if family.layout.asset_from_file and not family.layout.sensor_from_file:
        odd.append("each file is a machine, as their times lie over one another; take out asset_from_file if it is one")
    if family.layout.asset_from_sensor:
        odd.append("the sensors' names begin with a machine's each; take out asset_from_sensor if it is one machine")
    if family.layout.sensor_from_file:
        odd.append("each file is a sensor, by its name; take out sensor_from_file if each is a machine")
    return [
        *odd,
        *_of_times(raw, time, family),
        *_of_words(readings, family),
        *_of_repeats(values),
        *_of_sensors(values, family),
        *comings_and_goings(values),
        *times_that_go_back(raw, time, family.step),
        *_of_gaps(readings, family.step),
        *_of_several_a_step(readings, family.step),
    ]


def _of_times(raw: pd.DataFrame, time: pd.Series, family: Family) -> Iterator[str]:
    """On rows whose time is far from the others', cannot be read, or comes twice in a year."""
    unread = time.isna()
    apart = unread & (read_times(raw["time"], family.layout).notna() if unread.any() else unread)
    if wrong := int(apart.sum()):
        rows = counted(wrong, "row has", "rows have")
        yield f"{rows} a time years from the others{_first(raw, apart)}: set aside, a wrong clock?"
    unread &= ~apart
    if unread.any():
        rows = counted(int(unread.sum()), "row has", "rows have")
        yield f"{rows} a time that cannot be read{_first(raw, unread)}"
    if twice := _told_by_order(raw, time, family):
        rows = count(twice, "row")
        yield f"{rows} of the hour that comes twice when the clock goes back: the rows' order tells which"


def _of_words(readings: pd.DataFrame, family: Family) -> Iterator[str]:
    """On values that are no numbers, of sensors that have no states."""
    worded = {name for name, sensor in family.sensors.items() if sensor.states}
    text = readings[readings["number"].isna() & ~is_blank(readings["value"]) & ~readings["sensor"].isin(worded)]
    if len(text):
        words = text["value"].astype(str).str.slice(0, 20).value_counts()
        sentence = counted(len(text), "value is no number", "values are no numbers")
        yield f"{sentence}, like {', '.join(repr(str(word)) for word in words.index[:3])}"


def _of_repeats(values: pd.DataFrame) -> Iterator[str]:
    """On values that stand more than once for one time, asset and sensor."""
    if repeated := int(values.duplicated(["time", "asset", "sensor"]).sum()):
        sentence = f"{counted(repeated, 'value stands', 'values stand')} twice or more for one time, asset and sensor"
        others = repeated - int(values.duplicated(["time", "asset", "sensor", "value"]).sum())
        differ = f", {others:,} of them with another value than before: the last is taken"
        yield f"{sentence}{differ}" if others else sentence


def _of_gaps(readings: pd.DataFrame, step: timedelta) -> Iterator[str]:
    """On gaps of more than ten steps, and on readings whose distance does not divide the day."""
    rows = readings.drop_duplicates(["asset", "time"]).sort_values(["asset", "time"])
    gaps = rows.groupby("asset")["time"].diff().dt.total_seconds()
    if len(long := gaps[gaps > 10 * step.total_seconds()]):
        whose = f", of {rows['asset'][long.idxmax()]}" if rows["asset"].nunique() > 1 else ""
        yield f"{count(len(long), 'gap')} of more than ten steps, the longest {timedelta(seconds=long.max())}{whose}"
    if len(gaps) and (usual := gaps.median()) >= 1 and 1.02 * usual < step.total_seconds() < 2 * usual:
        yield f"readings come every {usual:g} s, which does not divide the day: a step of {step} is taken"


def _of_several_a_step(readings: pd.DataFrame, step: timedelta) -> Iterator[str]:
    """On readings of one sensor that come so often that several fall into one step."""
    ordered = readings.sort_values(["asset", "sensor", "time"])
    distances = ordered.groupby(["asset", "sensor"])["time"].diff().dt.total_seconds()
    if len(within := distances[distances > 0]) and within.median() < 0.5 * step.total_seconds():
        several = step.total_seconds() / within.median()
        yield f"about {several:.0f} values fall into each step of {step} and are averaged"


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
