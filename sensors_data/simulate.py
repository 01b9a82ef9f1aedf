"""A seeded plant: two families with rhythm and correlation, gaps, dirty rows, and labelled faults of eight kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

START = date(2026, 3, 2)  # a Monday
DAY_ROWS = 288  # 5 minutes
FAMILIES = {
    "pump": (("speed", "flow", "pressure", "current", "temperature", "vibration"), 4),
    "oven": (("temperature", "power", "humidity", "gas"), 3),
}
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


def simulate_plant(seed: int, days: int = 30, faulty_days: int = 9) -> Plant:
    """A plant's `days`; faults lie in the last `faulty_days`, each asset has two or three, every kind occurs.

    ValueError when there is no room for them.
    """
    if faulty_days < 9 or days <= faulty_days:
        raise ValueError(f"a plant needs at least 9 faulty days and one before them, found {faulty_days} of {days}")
    rng = np.random.default_rng(seed)
    assets = [(family, f"{family}-{i + 1}") for family, (_, count) in FAMILIES.items() for i in range(count)]
    plan = _plan_faults(rng, assets, days, faulty_days)
    readings: dict[str, list[pd.DataFrame]] = {family: [] for family in FAMILIES}
    for family, asset in assets:
        mine = plan[plan["asset"] == asset]
        sensors = FAMILIES[family][0]
        values = _normal_operation(family, rng, days * DAY_ROWS, mine[mine["kind"] == "frequency change"])
        for fault in mine.to_dict("records"):
            column = sensors.index(fault["sensor"]) if fault["sensor"] else 0
            FAULTS[fault["kind"]](values, fault["first"], fault["last"], column, rng)
        _drop_out(values, rng)
        frame = pd.DataFrame(values.round(4), columns=list(sensors))
        frame.insert(0, "asset", asset)
        frame.insert(0, "time", _time(np.arange(len(values))))
        readings[family].append(frame)
    joined = {family: pd.concat(parts) for family, parts in readings.items()}
    return Plant(
        {family: frame.sort_values(["time", "asset"], ignore_index=True) for family, frame in joined.items()},
        plan[plan["kind"] != "planned outage"].drop(columns=["first", "last"]).reset_index(drop=True),
        plan[plan["kind"] == "planned outage"][["family", "asset", "start", "end"]].assign(note="pump overhaul"),
    )


def _time(row: np.ndarray | int) -> pd.DatetimeIndex:
    moments = np.datetime64(START, "us") + np.atleast_1d(row) * np.timedelta64(86_400 // DAY_ROWS, "s")
    return pd.DatetimeIndex(moments, tz="UTC")


def _plan_faults(rng: np.random.Generator, assets: list[tuple[str, str]], days: int, faulty_days: int) -> pd.DataFrame:
    """Which fault strikes which asset when: two or three an asset, a day apart, the kinds in turn, one overhaul."""
    kinds = rng.permutation([kind for kind in FAULTS if kind != "planned outage"])
    turn, rows = 0, []
    first_row = (days - faulty_days) * DAY_ROWS
    for family, asset in assets:
        starts = rng.choice(np.arange(0, faulty_days - 2, 3), size=3, replace=False)
        for at in sorted(starts[: 2 + turn % 2]):
            kind = str(kinds[turn % len(kinds)])
            turn += 1
            shortest, longest = HOURS[kind]
            length = int(rng.uniform(shortest, longest) * 12)
            first = first_row + int(at) * DAY_ROWS + int(rng.integers(0, DAY_ROWS))
            sensor = "" if kind in ("outage", "frequency change") else str(rng.choice(FAMILIES[family][0]))
            rows.append((family, asset, kind, sensor, first, min(first + length, days * DAY_ROWS)))
    family, asset = assets[0]
    overhaul = (days - 1) * DAY_ROWS + 96  # the last morning, when every fault is over
    rows.append((family, asset, "planned outage", "", overhaul, overhaul + 36))
    plan = pd.DataFrame(rows, columns=["family", "asset", "kind", "sensor", "first", "last"])
    return plan.assign(start=_time(plan["first"].to_numpy()), end=_time(plan["last"].to_numpy()))


def _normal_operation(family: str, rng: np.random.Generator, rows: int, warped: pd.DataFrame) -> np.ndarray:
    """One asset's undisturbed values, (rows, D); time runs faster inside the `warped` intervals."""
    hours = np.full(rows, 24.0 / DAY_ROWS)
    clock = np.arange(rows) * 24.0 / DAY_ROWS
    for first, last in zip(warped["first"], warped["last"], strict=True):
        hours[first:last] *= 1.8
    ticks = np.cumsum(hours)
    shape = _pump if family == "pump" else _oven
    return shape(rng, clock, ticks)


def _pump(rng: np.random.Generator, clock: np.ndarray, ticks: np.ndarray) -> np.ndarray:
    """Load follows the working day, less at the weekend, with a fill cycle of two hours; the rest follows load."""
    rows, size = len(clock), rng.uniform(0.9, 1.1)
    weekend = (clock // 24) % 7 >= 5
    day = 0.5 + 0.5 * np.tanh(3 * np.sin(2 * np.pi * (clock - 7 + rng.normal(0, 0.3)) / 24))
    cycle = np.sin(2 * np.pi * ticks / 2 + rng.uniform(0, 6))
    load = size * (0.5 + 0.4 * day * np.where(weekend, 0.5, 1.0) + 0.08 * cycle + _wander(rng, rows, 0.97, 0.015))
    speed = 900 + 1400 * load + rng.normal(0, 8, rows)
    flow = 0.045 * speed * (1 + _wander(rng, rows, 0.95, 0.005)) + rng.normal(0, 0.5, rows)
    pressure = 1 + 1.1e-6 * speed**2 + rng.normal(0, 0.04, rows)
    current = 5 + 0.02 * flow * pressure**0.5 + 8 * load + rng.normal(0, 0.15, rows)
    warmth = _lag(current, 0.05)
    temperature = 22 + 2 * np.sin(2 * np.pi * (clock - 9) / 24) + 1.6 * warmth + rng.normal(0, 0.2, rows)
    vibration = 1.2 + 0.0006 * speed + np.abs(rng.normal(0, 0.08, rows))
    return np.column_stack([speed, flow, pressure, current, temperature, vibration])


def _oven(rng: np.random.Generator, clock: np.ndarray, ticks: np.ndarray) -> np.ndarray:
    """Batches of four hours: heat, hold, cool; humidity falls as it warms, gas follows power."""
    rows = len(clock)
    phase = ((ticks + rng.uniform(0, 4)) % 4) / 4
    wanted = np.where(phase < 0.3, phase / 0.3, np.where(phase < 0.7, 1.0, (1 - phase) / 0.3))
    night = 0.9 + 0.1 * np.sin(2 * np.pi * (clock - 8) / 24)
    warmth = _lag(wanted * night, 0.3)
    temperature = 80 + 140 * warmth + rng.normal(0, 0.8, rows)
    power = 12 + 40 * np.clip(wanted - warmth + 0.35 * wanted, 0, None) + rng.normal(0, 0.6, rows)
    humidity = 62 - 35 * _lag(warmth, 0.2) + _wander(rng, rows, 0.98, 0.25) + rng.normal(0, 0.5, rows)
    gas = 2 + 0.22 * power + rng.normal(0, 0.15, rows)
    return np.column_stack([temperature, power, humidity, gas])


def _wander(rng: np.random.Generator, rows: int, memory: float, spread: float) -> np.ndarray:
    """A first-order autoregressive walk around zero, (rows,)."""
    return _lag(rng.normal(0, spread / (1 - memory), rows), 1 - memory)


def _lag(values: np.ndarray, share: float) -> np.ndarray:
    """First-order low-pass, (T,): each row moves `share` of the way to its input."""
    return pd.Series(values).ewm(alpha=share, adjust=False).mean().to_numpy()


def _spike(values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator) -> None:
    values[first:last, column] += rng.choice([-1, 1]) * 5 * values[:, column].std()


def _level_shift(values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator) -> None:
    values[first:last, column] += rng.choice([-1, 1]) * 2.5 * values[:, column].std()


def _drift(values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator) -> None:
    values[first:last, column] += rng.choice([-1, 1]) * 4 * values[:, column].std() * np.linspace(0, 1, last - first)


def _stuck(values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator) -> None:
    values[first:last, column] = values[first, column]


def _noise_burst(values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator) -> None:
    values[first:last, column] += rng.normal(0, values[:, column].std(), last - first)


def _lost_correlation(values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator) -> None:
    shift = int(rng.integers(10, 14) * 12 + 6)  # what it read half a day, and half a cycle, before
    values[first:last, column] = values[first - shift : last - shift, column].copy()


def _outage(values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator) -> None:
    values[first:last] = np.abs(rng.normal(0, 0.01, values[first:last].shape)) * values.mean(axis=0)


def _as_warped(values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator) -> None:
    """Already in the values: time ran faster while they were made."""


FAULTS: dict[str, Callable[[np.ndarray, int, int, int, np.random.Generator], None]] = {
    "spike": _spike,
    "level shift": _level_shift,
    "drift": _drift,
    "stuck value": _stuck,
    "noise burst": _noise_burst,
    "lost correlation": _lost_correlation,
    "frequency change": _as_warped,
    "outage": _outage,
    "planned outage": _outage,
}
HOURS = {
    "spike": (0.25, 0.5),
    "level shift": (4, 10),
    "drift": (10, 20),
    "stuck value": (6, 12),
    "noise burst": (3, 6),
    "lost correlation": (8, 14),
    "frequency change": (10, 16),
    "outage": (2, 5),
}


def _drop_out(values: np.ndarray, rng: np.random.Generator) -> None:
    """Remove values as real loggers do: short gaps of one sensor, a few hours of all, rarely more than a day of one."""
    rows, sensors = values.shape
    for _ in range(rows // 400):
        first = int(rng.integers(rows))
        values[first : first + int(rng.integers(1, 7)), int(rng.integers(sensors))] = np.nan
    for _ in range(2):
        first = int(rng.integers(rows))
        values[first : first + int(rng.integers(12, 40))] = np.nan
    first = int(rng.integers(rows // 2))
    values[first : first + int(1.3 * DAY_ROWS), int(rng.integers(sensors))] = np.nan


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
