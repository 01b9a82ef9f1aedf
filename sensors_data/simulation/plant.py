"""A seeded plant: families with rhythm and correlation, gaps, dirty rows, and labelled faults of eight kinds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from sensors_data.simulation.faults import FAULTS, HOURS
from sensors_data.simulation.kinds import FACTORY, PlantKind

START = date(2026, 3, 2)  # a Monday
DAY_ROWS = FACTORY.day_rows
FAMILIES = FACTORY.families
UNITS = {
    "speed": "rpm",
    "flow": "m3/h",
    "pressure": "bar",
    "current": "A",
    "temperature": "degC",
    "vibration": "mm/s",
    "power": "kW",
    "humidity": "%",
    "gas": "m3/h",
}


@dataclass(frozen=True)
class Plant:
    """What the plant measured and what went wrong in it."""

    readings: dict[str, pd.DataFrame]  # per family, wide: time, asset, one column a sensor; NaN where nothing came
    faults: pd.DataFrame  # family, asset, kind, sensor, start, end: the truth, never shown to a detector
    maintenance: pd.DataFrame  # family, asset, start, end, note: known beforehand


def simulate_plant(seed: int, days: int = 30, faulty_days: int = 9, kind: PlantKind = FACTORY) -> Plant:
    """A plant's `days`; faults lie in the last `faulty_days`, each asset has two or three, every kind occurs.

    ValueError when there is no room for them.
    """
    if faulty_days < 9 or days <= faulty_days:
        raise ValueError(f"a plant needs at least 9 faulty days and one before them, found {faulty_days} of {days}")
    rng = np.random.default_rng(seed)
    assets = [(family, f"{family}-{i + 1}") for family, (_, count) in kind.families.items() for i in range(count)]
    plan = _plan_faults(rng, assets, days, faulty_days, kind)
    readings: dict[str, list[pd.DataFrame]] = {family: [] for family in kind.families}
    for family, asset in assets:
        faults = plan[plan["asset"] == asset]
        sensors = kind.families[family][0]
        values = _normal_operation(family, rng, days, faults[faults["kind"] == "frequency change"], kind)
        for fault in faults.to_dict("records"):
            column = sensors.index(fault["sensor"]) if fault["sensor"] else 0
            FAULTS[fault["kind"]](values, fault["first"], fault["last"], column, rng, kind.day_rows)
        _drop_out(values, rng, kind.day_rows)
        frame = pd.DataFrame(values.round(4), columns=list(sensors))
        frame.insert(0, "asset", asset)
        frame.insert(0, "time", _time(np.arange(len(values)), kind))
        readings[family].append(frame)
    joined = {family: pd.concat(parts) for family, parts in readings.items()}
    return Plant(
        {family: frame.sort_values(["time", "asset"], ignore_index=True) for family, frame in joined.items()},
        plan[plan["kind"] != "planned outage"].drop(columns=["first", "last"]).reset_index(drop=True),
        plan[plan["kind"] == "planned outage"][["family", "asset", "start", "end"]].assign(note="pump overhaul"),
    )


def _time(row: np.ndarray | int, kind: PlantKind) -> pd.DatetimeIndex:
    moments = np.datetime64(START, "us") + np.atleast_1d(row) * np.timedelta64(86_400 // kind.day_rows, "s")
    return pd.DatetimeIndex(moments, tz="UTC")


def _plan_faults(
    rng: np.random.Generator, assets: list[tuple[str, str]], days: int, faulty_days: int, kind: PlantKind
) -> pd.DataFrame:
    """Which fault strikes which asset when: two or three an asset, a day apart, the kinds in turn, one overhaul."""
    names = rng.permutation([name for name in FAULTS if name != "planned outage"])
    turn, rows, day_rows = 0, [], kind.day_rows
    first_row = (days - faulty_days) * day_rows
    for family, asset in assets:
        starts = rng.choice(np.arange(0, faulty_days - 2, 3), size=3, replace=False)
        for at in sorted(starts[: 2 + turn % 2]):
            name = str(names[turn % len(names)])
            turn += 1
            shortest, longest = HOURS[name]
            length = max(1, int(rng.uniform(shortest, longest) * kind.fault_rows))
            first = first_row + int(at) * day_rows + int(rng.integers(0, day_rows))
            sensor = "" if name in ("outage", "frequency change") else str(rng.choice(kind.families[family][0]))
            rows.append((family, asset, name, sensor, first, min(first + length, days * day_rows)))
    family, asset = assets[0]
    overhaul = (days - 1) * day_rows + day_rows // 3  # the last morning, when every fault is over
    rows.append((family, asset, "planned outage", "", overhaul, overhaul + day_rows // 8))
    plan = pd.DataFrame(rows, columns=["family", "asset", "kind", "sensor", "first", "last"])
    return plan.assign(start=_time(plan["first"].to_numpy(), kind), end=_time(plan["last"].to_numpy(), kind))


def _normal_operation(
    family: str, rng: np.random.Generator, days: int, warped: pd.DataFrame, kind: PlantKind
) -> np.ndarray:
    """One asset's undisturbed values, (rows, D); time runs faster inside the `warped` intervals."""
    rows = days * kind.day_rows
    hours = np.full(rows, 24.0 / kind.day_rows)
    clock = np.arange(rows) * 24.0 / kind.day_rows
    for first, last in zip(warped["first"], warped["last"], strict=True):
        hours[first:last] *= 1.8
    return kind.shapes[family](rng, clock, np.cumsum(hours))


def _drop_out(values: np.ndarray, rng: np.random.Generator, day_rows: int) -> None:
    """Remove values as real loggers do: short gaps of one sensor, a few hours of all, rarely more than a day of one."""
    rows, sensors = values.shape
    for _ in range(rows // 400):
        first = int(rng.integers(rows))
        values[first : first + int(rng.integers(1, 7)), int(rng.integers(sensors))] = np.nan
    for _ in range(2):
        first = int(rng.integers(rows))
        values[first : first + int(rng.integers(12, 40))] = np.nan
    first = int(rng.integers(rows // 2))
    values[first : first + int(1.3 * day_rows), int(rng.integers(sensors))] = np.nan


def write_plant(plant: Plant, folder: Path, seed: int) -> None:
    """The plant as a user would have it: one CSV a family and day in folder/inbox, some rows dirty, and faults.csv."""
    rng = np.random.default_rng(seed + 1)
    for family, frame in plant.readings.items():
        place = folder / "inbox" / family
        place.mkdir(parents=True, exist_ok=True)
        for day, rows in frame.groupby(frame["time"].dt.date):
            text = rows.assign(time=rows["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")).astype(object)
            text.iloc[int(rng.integers(len(text))), 2] = "ERR"
            text.iloc[int(rng.integers(len(text))), 3] = -9999
            text = pd.concat([text, text.iloc[[int(rng.integers(len(text)))]]])  # sent twice
            text.to_csv(place / f"{family}-{day}.csv", index=False)
    plant.faults.to_csv(folder / "faults.csv", index=False)


def plant_settings() -> str:
    """settings.toml of the plant that `write_plant` writes."""
    parts = ['store = "store"\n']
    for family, (sensors, _) in FAMILIES.items():
        parts.append(f'[families.{family}]\ninbox = "inbox/{family}/{family}-{{day}}.csv"\nstep = "5min"')
        parts.append(f'[families.{family}.layout]\ntime = "time"\nasset = "asset"')
        parts.append(f"[families.{family}.training]\ndays = 28\nfirst_after = 21")
        limits = "\n".join(f'{s} = {{ unit = "{UNITS[s]}", low = -100.0 }}' for s in sensors)
        parts.append(f"[families.{family}.sensors]\n{limits}\n")
    return "\n".join(parts)


def last_days(days: int, count: int) -> list[date]:
    """The last `count` of a plant's `days`."""
    return [START + timedelta(days=d) for d in range(days - count, days)]
