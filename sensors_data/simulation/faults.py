"""What goes wrong in a simulated plant: each fault changes rows [first, last) of values (T, D) in place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def _spike(values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator, day_rows: int) -> None:
    values[first:last, column] += rng.choice([-1, 1]) * 5 * values[:, column].std()


def _level_shift(
    values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator, day_rows: int
) -> None:
    values[first:last, column] += rng.choice([-1, 1]) * 2.5 * values[:, column].std()


def _drift(values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator, day_rows: int) -> None:
    values[first:last, column] += rng.choice([-1, 1]) * 4 * values[:, column].std() * np.linspace(0, 1, last - first)


def _stuck(values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator, day_rows: int) -> None:
    values[first:last, column] = values[first, column]


def _noise_burst(
    values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator, day_rows: int
) -> None:
    values[first:last, column] += rng.normal(0, values[:, column].std(), last - first)


def _lost_correlation(
    values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator, day_rows: int
) -> None:
    hour = day_rows // 24
    shift = int(rng.integers(10, 14) * hour + hour // 2)  # what it read half a day, and half a cycle, before
    values[first:last, column] = values[first - shift : last - shift, column].copy()


def _outage(values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator, day_rows: int) -> None:
    values[first:last] = np.abs(rng.normal(0, 0.01, values[first:last].shape)) * values.mean(axis=0)


def _as_warped(values: np.ndarray, first: int, last: int, column: int, rng: np.random.Generator, day_rows: int) -> None:
    """Already in the values: time ran faster while they were made."""


Fault = Callable[[np.ndarray, int, int, int, np.random.Generator, int], None]
FAULTS: dict[str, Fault] = {
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
HOURS = {  # of twelve rows, whatever the step is
    "spike": (0.25, 0.5),
    "level shift": (4, 10),
    "drift": (10, 20),
    "stuck value": (6, 12),
    "noise burst": (3, 6),
    "lost correlation": (8, 14),
    "frequency change": (10, 16),
    "outage": (2, 5),
}
