"""The settings of each sensor, by its values: unit, plausible range, codes for 'no value', states, counters."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sensors_data.layout import Layout, Sensor
from sensors_data.section import LABEL
from sensors_data.series.files.asset_names import parted
from sensors_data.series.understanding.measures import on_off
from sensors_data.series.understanding.understand import Understood
from sensors_data.series.values.context import is_context
from sensors_data.series.values.missing import codes_of
from sensors_data.series.values.numbers import is_blank, numbers_of, quality_word
from sensors_data.series.values.plausible import plausible_range
from sensors_data.series.values.units import unit_in
from sensors_data.series.values.word_states import states_in


def sensor_specs(raw: pd.DataFrame, time: pd.Series, layout: Layout, understood: Understood) -> dict[str, Sensor]:
    """The settings of every sensor of some rows, in the order in which the sensors come."""
    rows = raw.assign(time=time, number=numbers_of(raw, layout))
    rows = rows[rows["time"].notna()]
    if layout.quality:
        good = {quality_word(grade) for grade in layout.good}
        rows = rows[rows["quality"].map(quality_word).isin(good)]
    ordered = rows.sort_values(["asset", "time"], kind="stable")
    by_name = {str(name): part for name, part in ordered.groupby("sensor", sort=False)}
    names = (name for name in map(str, raw["sensor"].unique()) if re.fullmatch(LABEL, name))
    parts = {name: by_name[name] for name in names if name in by_name}
    codes = {name: codes_of(part["number"].to_numpy()) for name, part in parts.items()}
    shared = frozenset(code for of_sensor in codes.values() for code in of_sensor)
    units = _units(raw, layout, understood)
    return {
        name: _spec(
            part, codes_of(part["number"].to_numpy(), shared) if shared else (), units.get(name, ""), understood
        )
        for name, part in parts.items()
    }


def _spec(part: pd.DataFrame, codes: tuple[float, ...], unit: str, understood: Understood) -> Sensor:
    """One sensor's settings; a counter has no range, as it goes on counting."""
    name = str(part["sensor"].iloc[0])
    number = part["number"].to_numpy()
    states = understood.roles.states.get(name, {})
    if not states and not np.isfinite(number).any():
        words = part["value"][~is_blank(part["value"])].astype(str).str.strip()
        states = on_off(words.unique()) or states_in(words)
    values = number[np.isfinite(number) & ~np.isin(number, codes)]
    kind = _kind(name, part[np.isin(number, codes, invert=True)] if codes else part, len(states))
    low, high = (
        plausible_range(values, unit or _likely_unit(name)) if kind != "counter" and not states else (None, None)
    )
    return Sensor.model_validate(
        {"unit": unit, "low": low, "high": high, "missing": codes, "states": states, "kind": kind}
    )


def _kind(name: str, part: pd.DataFrame, states: int) -> str:
    """What kind of sensor some rows (time, asset, number) are of, sorted by asset and time."""
    if is_counter(part, bool(_OF_THE_DAY.search(name))):
        return "counter"
    numbers = part["number"].to_numpy()
    return (
        "context" if is_context(name, numbers[np.isfinite(numbers)] if not states else numbers, states) else "measured"
    )


def _likely_unit(name: str) -> str:
    """Degrees for a sensor that is called a temperature, else none."""
    return "°C" if "temp" in name.casefold() else ""


_OF_THE_DAY = re.compile(r"today|daily|of.?(?:the.?)?day|day.?yield|heute|tages|wh\b", re.IGNORECASE)
"""Names of counters that begin anew each day."""


def is_counter(part: pd.DataFrame, daily: bool = False) -> bool:
    """Whether a sensor's numbers count up: they never fall but for resets and slips, and rise all the time.

    `daily`: it may begin anew once a day.
    Each asset's rows, sorted by time, are looked at alone; a reset falls to near zero, a slip comes back at once.
    """
    grown = 0
    turns = np.diff(part["number"].to_numpy()) < 0
    if (beyond := turns.sum() - 0.1 * len(turns)) > 1 and beyond > part["asset"].nunique():
        return False
    for _, rows in part[np.isfinite(part["number"].to_numpy())].groupby("asset"):
        values = rows["number"].to_numpy()
        if len(values) < 24 or values.min() < 0 or len(np.unique(values)) < 0.2 * len(values):
            return False
        steps = np.diff(values)
        falls = int((steps < 0).sum())
        days = (rows["time"].max() - rows["time"].min()) / pd.Timedelta(days=1)
        resets = int(((steps < 0) & (values[1:] < 0.1 * values.max())).sum())
        most = max(1, 0.01 * len(steps), (days + 1) * (daily and resets == falls))
        if falls > most or (falls and np.ptp(values) < 5 * np.median(np.abs(steps))):
            return False
        grown += bool(values.max() > values.min())
    return grown > 0


def _units(raw: pd.DataFrame, layout: Layout, understood: Understood) -> dict[str, str]:
    """The unit of each sensor: from the header's line of units, a column of units, its cells, or its own name."""
    columns = {column.name: column for column in understood.columns}
    names = [str(name) for name in raw["sensor"].unique()]
    units = {name: unit_in(name) for name in names}
    if understood.dialect is not None:
        stated = understood.dialect.units
        of_column = {n: parted(n, layout)[1] if layout.asset_from_sensor else n for n in columns}
        units |= {of_column[n]: stated[c.place] for n, c in columns.items() if c.place in stated}
    if layout.cell_units and len(layout.cell_units) and layout.kind == "wide":
        for name in (name for name in names if name in columns):
            cells = columns[name].filled.iloc[:200]
            base = [unit for unit, factor in layout.cell_units.items() if factor == 1]
            units[name] = next((unit for unit in base if cells.str.endswith(unit).mean() > 0.5), units[name])
    column = understood.roles.labels.unit
    if column and len(layout.sensor) == 1 and (layout.kind == "long" or not layout.value):
        pairs = zip(columns[layout.sensor[0]].cells.astype(str), columns[column].cells.astype(str), strict=True)
        units |= dict(pairs)
    return {name: unit[:40] for name, unit in units.items()}
