"""Rows of a file judged one by one: those that can be used, and the first reason against each of the others."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sensors_data.series.dates.parsing import FIRST, LAST, parse_times, read_times
from sensors_data.series.values.numbers import is_blank, numbers_of, quality_word, with_states
from sensors_data.settings import LABEL, Family, Sensor

_OUTSIDE, _APART = 1, 2
"""Why a time that can be parsed is none for its row."""


NO_REJECTS = pd.DataFrame({"line": pd.Series(dtype="int64"), "raw": [], "reason": [], "used": pd.Series(dtype=bool)})
"""What nothing is wrong with; a frame takes a millisecond to make."""


def are_known(assets: list[str], family: Family) -> np.ndarray:
    """Which names are printable ones of assets that the family may have, (N,)."""
    known = set(family.assets or assets)
    return np.array([name in known and re.fullmatch(LABEL, name) is not None for name in assets], dtype=bool)


def check(raw: pd.DataFrame, time: pd.Series, family: Family) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of one file with their times: those that can be used, and those that cannot with the first reason."""
    raw, time = raw.reset_index(drop=True), time.reset_index(drop=True)
    value = values_of(raw, family)
    reasons = reasons_of(raw, time, value, family)
    keep = reasons == ""
    readings = pd.DataFrame({"time": time, "asset": raw["asset"], "sensor": raw["sensor"], "value": value})
    late = keep & _out_of_order(readings)
    rejects = lines_of(raw[~keep]).assign(reason=reasons[~keep], used=False)
    noted = lines_of(raw[late]).assign(reason="out of order in its file; sorted into place", used=True)
    readings = readings.assign(line=raw["line"], time_text=raw["time"], value_text=raw["value"])
    return readings[keep], pd.concat([rejects, noted], ignore_index=True)


def values_of(raw: pd.DataFrame, family: Family) -> pd.Series:
    """Cells as float64 by the layout's marks and the sensors' states, NaN where they are no numbers."""
    return with_states(numbers_of(raw, family.layout), raw["value"], raw["sensor"], family.sensors)


def reasons_of(raw: pd.DataFrame, time: pd.Series, value: pd.Series, family: Family) -> pd.Series:
    """Why each row cannot be used, the first reason that holds; empty where it can."""
    column, sensors = pd.factorize(raw["sensor"])  # -1, the last place of what follows, for none
    known = [family.sensors.get(name) for name in sensors]
    low = np.array([*(-np.inf if s is None or s.low is None else s.low for s in known), np.nan])[column]
    high = np.array([*(np.inf if s is None or s.high is None else s.high for s in known), np.nan])[column]
    assets = pd.Series(raw["asset"].unique(), dtype="str")
    named = assets[assets.str.fullmatch(LABEL)]
    with np.errstate(over="ignore"):
        infinite = np.isinf(value.to_numpy().astype(np.float32))
    far = _far_times(raw["time"], time, family)
    wrong = {
        "time outside the years 1990 to 2099": far == _OUTSIDE,
        "time years from the others of its file: a clock that was wrong": far == _APART,
        f"time cannot be read, or does not exist just once in {family.layout.timezone}": time.isna(),
        "interval of another length than the others: a total": _totals(raw, time, family),
        "unknown sensor": np.array([*(s is None for s in known), True])[column],
        "asset has no printable name of at most 128 characters": ~raw["asset"].isin(named),
        "unknown asset": ~raw["asset"].isin(family.assets or assets),
        "no value": is_blank(raw["value"]),
        "its quality is not among the good ones": _not_good(raw, family),
        "not a number": value.isna(),
        "a code for no value": _codes(value, column, known),
        "not finite in 32 bits": infinite,
        "below the plausible range": value < low,
        "above the plausible range": value > high,
    }
    first = np.select(list(map(np.asarray, wrong.values())), range(len(wrong)), default=-1)
    return pd.Series(np.array([*wrong, ""], dtype=object)[first], index=raw.index)


def _far_times(texts: pd.Series, time: pd.Series, family: Family) -> np.ndarray:
    """Which of the times that are not known are times after all, (N,): of years that no plant's log can have, or apart.

    A doubled hour of the local clock is neither: it cannot be parsed.
    """
    far = np.zeros(len(time), dtype=np.int8)
    unknown = time.isna().to_numpy()
    if unknown.any():
        parsed = parse_times(texts[unknown], family.layout)
        apart = (parsed >= FIRST) & (parsed < LAST)
        far[unknown] = np.where(parsed.isna(), 0, np.where(apart, _APART, _OUTSIDE))
    return far


def _totals(raw: pd.DataFrame, time: pd.Series, family: Family) -> np.ndarray:
    """Which rows have an interval more than twice as long as most, if the layout names the interval's end."""
    if not family.layout.end:
        return np.zeros(len(raw), dtype=bool)
    length = (read_times(raw["end"], family.layout) - time).dt.total_seconds().to_numpy()
    usual = float(np.nanmedian(length)) if np.isfinite(length).any() else 0.0
    return np.asarray((length > 2 * usual) & (usual > 0))


def _not_good(raw: pd.DataFrame, family: Family) -> np.ndarray:
    """Which rows have a quality that the layout does not count as good."""
    if not family.layout.quality:
        return np.zeros(len(raw), dtype=bool)
    good = {quality_word(word) for word in family.layout.good}
    codes, distinct = pd.factorize(raw["quality"])
    return ~np.array([*(quality_word(word) in good for word in distinct), False])[codes]


def _codes(value: pd.Series, column: np.ndarray, sensors: list[Sensor | None]) -> np.ndarray:
    """Which values are the numbers by which their sensor says that there is no value."""
    coded = np.zeros(len(value), dtype=bool)
    for place, sensor in enumerate(sensors):
        if sensor is not None and sensor.missing:
            coded |= (column == place) & value.isin(sensor.missing).to_numpy()
    return coded


def _out_of_order(readings: pd.DataFrame) -> pd.Series:
    """Which rows stand after a later one of the same asset and sensor."""
    newest = readings.groupby(["asset", "sensor"], sort=False)["time"].cummax()
    return readings["time"].notna() & (readings["time"] < newest)


def without_repeats(readings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One reading per (time, asset, sensor), the last that came in; the others as rejects."""
    key = ["time", "asset", "sensor"]
    last = ~readings.duplicated(key, keep="last")
    same = readings.duplicated([*key, "value"], keep="last") if not last.all() else ~last
    reason = np.where(same[~last], "duplicate of a later row", "replaced by a later row with another value")
    rows = readings[~last]
    raw = rows.assign(time=rows["time_text"], value=rows["value_text"])
    repeated = lines_of(raw).assign(source=rows["source"], reason=reason, used=False)
    return readings.loc[last, [*key, "value"]], repeated


def lines_of(raw: pd.DataFrame) -> pd.DataFrame:
    """Rows as `rejects` keeps them: their line, and as text time, asset, sensor, value."""
    kind = pa.large_string()
    parts = [pa.array(raw[column].astype(str), kind) for column in ("time", "asset", "sensor", "value")]
    joined = pc.binary_join_element_wise(*parts, pa.scalar(",", kind))
    text = pd.Series(pc.utf8_slice_codeunits(joined, 0, 1000).to_pandas(), dtype="str").set_axis(raw.index)
    return pd.DataFrame({"line": raw["line"], "raw": text})
