"""The clock that a machine's rhythm goes by: after a disturbance it may run on at another time of its day.

The rhythm of the day is taken off by the wall clock. A machine whose process ran faster for a while, or stood still,
comes back in another phase. Its values are normal then, at another time of the day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from anomaly.series.detector import Detector
from anomaly.series.evidence.residuals import WIDER
from anomaly.series.night.running_clock import ran_to
from anomaly.series.profile import SLOT_S
from sensors_data.series.grids.grid import Grid

LEAST_GAIN = 20.0
"""Nats by which another clock must explain the newest rows better; the rows of a slot of the rhythm count as one."""
DISTURBED = 10.0
"""Nats by which rows between both clocks must speak for a disturbance; a copy of another hour has none."""
NORMAL = 1.0
"""Nats that half of the rows have at most by the other clock, twice a normal value's mean."""
FARTHEST = 4.5
"""Nats that a value costs at most: a fault of one sensor does not choose the clock."""
DAY = np.timedelta64(1, "D").astype("timedelta64[us]")


@dataclass(frozen=True)
class _Rows:
    """An asset's seen rows, and what they cost by the wall clock and as a disturbance, nats (T,)."""

    detector: Detector
    grid: Grid
    asset: str
    plain: np.ndarray
    disturbed: np.ndarray
    a_slot: int


@dataclass(frozen=True)
class _Clock:
    """A clock that is `lag` off, and how well it explains an asset's newest rows."""

    lag: np.timedelta64
    times: np.ndarray  # (T,)
    gain: float
    """Nats by which the rows from `first` on are likelier by it."""
    first: int
    cost: np.ndarray  # (T,) nats of each row as a normal one

    @property
    def is_normal(self) -> bool:
        """Whether half of the rows that it explains are as likely as normal ones."""
        return bool(np.median(self.cost[self.first :]) <= NORMAL)


@dataclass(frozen=True)
class MachineClock:
    """The clock that an asset's rows (T,) go by."""

    times: np.ndarray
    is_rough: np.ndarray
    """Which rows it explains better than the wall's, but not as well as normal rows."""


def machine_clock(detector: Detector, grid: Grid, asset: str) -> MachineClock:
    """An asset's own clock: from some row on, another time of the same day.

    It is the grid's where no other clock explains the newest rows, or where nothing before them disturbed it. A
    clock by which the rows are not quite normal counts where the machine ran there through the hours between.
    """
    if detector.profile is None or not len(grid):
        return MachineClock(grid.times, np.zeros(len(grid), dtype=bool))
    step = np.timedelta64(round(detector.card.step_s * 1e6), "us")
    a_slot = max(1, round(SLOT_S / detector.card.step_s))
    rows = _Rows(detector, grid, asset, *_costs(detector, grid, asset, grid.times), a_slot)
    clocks = [_clock(rows, lag * step) for lag in range(a_slot, int(DAY / step), a_slot)]
    clock = _to_the_row(rows, [clock for clock in clocks if clock.is_normal])
    if clock is None or not _was_disturbed(rows, clock):
        clock = _to_the_row(rows, clocks)
        by_slot = np.stack([rows.plain, *(one.cost for one in clocks)])
        move = ran_to(by_slot, int(clock.lag / step) / a_slot, a_slot) if clock else None
        if clock is None or move is None:
            return MachineClock(grid.times, np.zeros(len(grid), dtype=bool))
        clock = replace(clock, first=max(clock.first, move.end))
    later = np.arange(len(grid)) >= clock.first
    return MachineClock(np.where(later, clock.times, grid.times), later & (not clock.is_normal))


def _to_the_row(rows: _Rows, clocks: list[_Clock]) -> _Clock | None:
    """The best of some clocks, whole slots of the rhythm off, or one near it; None where none explains enough."""
    best = max(clocks, key=lambda clock: clock.gain, default=None)
    if best is None or best.gain <= LEAST_GAIN:
        return None
    step = np.timedelta64(round(rows.detector.card.step_s * 1e6), "us")
    near = (_clock(rows, best.lag + rows_off * step) for rows_off in range(1 - rows.a_slot, rows.a_slot))
    return max([best, *(clock for clock in near if clock.is_normal or not best.is_normal)], key=lambda one: one.gain)


def at_phase(times: np.ndarray, lag: np.timedelta64) -> np.ndarray:
    """Another time of the same day, `lag` on, begun anew at midnight: the sort of day stays what it is."""
    midnight = times.astype("datetime64[D]").astype(times.dtype)
    return np.asarray(midnight + (times - midnight + lag) % DAY)


def _clock(rows: _Rows, lag: np.timedelta64) -> _Clock:
    """The clock that is `lag` off."""
    times = at_phase(rows.grid.times, lag)
    cost, _ = _costs(rows.detector, rows.grid, rows.asset, times)
    first = int(np.argmax(np.cumsum((rows.disturbed - cost)[::-1])[::-1]))
    gain = float((np.minimum(rows.plain, rows.disturbed) - cost)[first:].sum()) / rows.a_slot
    return _Clock(lag, times, gain, first, cost)


def _was_disturbed(rows: _Rows, clock: _Clock) -> bool:
    """Whether rows before the clock's first one go by neither clock, or none of them goes by that on the wall."""
    wall, neither = clock.cost - rows.plain, np.minimum(rows.plain, clock.cost) - rows.disturbed
    between = np.cumsum(neither[: clock.first][::-1]).max(initial=0.0)
    return bool(wall[: clock.first].sum() <= DISTURBED * rows.a_slot or between >= DISTURBED * rows.a_slot)


def _costs(detector: Detector, grid: Grid, asset: str, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nats of each row (T,), means over the sensors, if the clock shows `times`: as a normal one, and as disturbed."""
    ready = detector.standardised(Grid(times, grid.values, grid.observed, grid.sensors), asset, grid.observed)
    known = ready.observed & np.isfinite(ready.values)
    square = np.square(np.where(known, ready.values, 0.0).astype(np.float64))
    disturbed = known * np.log(WIDER) + square / WIDER**2 / 2
    return np.minimum(square / 2, disturbed + 3).mean(axis=1), np.minimum(disturbed, FARTHEST).mean(axis=1)
