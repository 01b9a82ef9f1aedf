"""Kinds of simulated plant: which sensors each family has, on which clock, and what normal operation looks like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

Shape = Callable[[np.random.Generator, np.ndarray, np.ndarray], np.ndarray]
"""From hours by the clock (T,) and hours that the machine ran (T,) to normal values (T, D)."""


@dataclass(frozen=True)
class PlantKind:
    """Families of assets and how their sensors move."""

    families: dict[str, tuple[tuple[str, ...], int]]
    """Sensors and number of assets."""
    shapes: dict[str, Shape]
    day_rows: int = 288
    fault_rows: int = 12
    """Rows of what `HOURS` calls an hour of a fault."""


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


def _weak(rng: np.random.Generator, clock: np.ndarray, ticks: np.ndarray) -> np.ndarray:
    """Five quantities with rhythms of their own that share a third of their movement at most."""
    rows = len(clock)
    common = _wander(rng, rows, 0.98, 0.02)
    values = []
    for period in (24.0, 6.0, 24.0, 8.0, 12.0):
        phase = rng.uniform(0, 2 * np.pi)
        rhythm = np.sin(2 * np.pi * ticks / period + phase) + 0.3 * np.sin(4 * np.pi * ticks / period + 2 * phase)
        values.append(10 + rhythm + rng.uniform(0.2, 0.5) * common + _wander(rng, rows, 0.9, 0.03) + _heavy(rng, rows))
    return np.column_stack(values)


def _counter(rng: np.random.Generator, clock: np.ndarray, ticks: np.ndarray) -> np.ndarray:
    """One load that follows the working day and rests at the weekend, with heavy-tailed noise."""
    weekend = (clock // 24) % 7 >= 5
    day = np.clip(np.sin(2 * np.pi * (ticks - 6) / 24), -0.2, None) * np.where(weekend, 0.3, 1.0)
    load = 50 + 40 * day + 5 * np.sin(2 * np.pi * ticks / 4) + 20 * _wander(rng, len(clock), 0.95, 0.01)
    return np.asarray((load + 20 * _heavy(rng, len(clock)))[:, None])


def _cycle(rng: np.random.Generator, clock: np.ndarray, ticks: np.ndarray) -> np.ndarray:
    """One temperature of a batch of five hours."""
    phase = ((ticks + rng.uniform(0, 5)) % 5) / 5
    warmth = _lag(np.where(phase < 0.5, 1.0, 0.0), 0.08)
    return np.asarray((60 + 30 * warmth + rng.normal(0, 0.6, len(clock)))[:, None])


def _site(rng: np.random.Generator, clock: np.ndarray, ticks: np.ndarray) -> np.ndarray:
    """Power, water and visitors of a building: a rhythm of the day and the week, with heavy-tailed noise."""
    rows = len(clock)
    weekend = (clock // 24) % 7 >= 5
    people = np.clip(np.sin(2 * np.pi * (ticks - 7) / 24), 0, None) * np.where(weekend, 0.25, 1.0)
    people = people + _wander(rng, rows, 0.8, 0.03)
    power = 100 + 120 * people + 15 * np.sin(2 * np.pi * (clock - 4) / 24) + 40 * _heavy(rng, rows)
    water = 20 + 30 * _lag(people, 0.5) + 12 * _heavy(rng, rows)
    return np.column_stack([power, water, 400 * people + 60 * _heavy(rng, rows)])


def _heavy(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Noise of Student's t with three degrees of freedom, standard deviation 0.1, (rows,)."""
    return np.asarray(rng.standard_t(3, rows) * 0.1 / np.sqrt(3))


_PUMP = ("speed", "flow", "pressure", "current", "temperature", "vibration")
FACTORY = PlantKind(
    {"pump": (_PUMP, 4), "oven": (("temperature", "power", "humidity", "gas"), 3)}, {"pump": _pump, "oven": _oven}
)
"""Sensors that nearly follow from one another, every five minutes; the demo's plant."""
WEAK = PlantKind({"yard": (("north", "east", "south", "west", "middle"), 4)}, {"yard": _weak})
"""Sensors that hardly follow from one another."""
SINGLE = PlantKind({"counter": (("load",), 4), "kiln": (("temperature",), 3)}, {"counter": _counter, "kiln": _cycle})
"""Families of one sensor."""
MINUTE = PlantKind({"pump": (_PUMP, 2)}, {"pump": _pump}, day_rows=1440)
HOURLY = PlantKind({"site": (("power", "water", "visitors"), 4)}, {"site": _site}, day_rows=24, fault_rows=3)
KINDS = {"factory": FACTORY, "weak": WEAK, "single": SINGLE, "minute": MINUTE, "hourly": HOURLY}
