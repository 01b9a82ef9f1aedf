"""Short events that come at one time of every hour, day or week: a nightly job's spike is no fault."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from sensors_data.settings import Section

HOUR_S, DAY_S, WEEK_S = 3_600, 86_400, 604_800
MONDAY_S = 4 * DAY_S
"""The first Monday after 1970 began: weeks are counted from it."""


class Slot(Section):
    """One time of every hour, day or week, UTC."""

    period_s: int
    first_s: int
    """Seconds after a period's start at which it begins; weeks begin on Monday."""
    width_s: int
    """Its length; it may reach into the next period."""

    def number(self, seconds: np.ndarray) -> np.ndarray:
        """Which period each moment (N,), in seconds since 1970, belongs to, (N,)."""
        return np.asarray((seconds - MONDAY_S - self.first_s) // self.period_s)

    def holds(self, seconds: np.ndarray) -> np.ndarray:
        """Which moments (N,) lie in it, (N,)."""
        return np.asarray((seconds - MONDAY_S - self.first_s) % self.period_s < self.width_s)

    def fitted_to(self, seconds: np.ndarray, step_s: int) -> tuple[Slot, int]:
        """The slot from the earliest to the latest of the moments (N,) in it, half as far again to either side, and a
        quarter of its own width at least; and the seconds from the earliest to the latest.
        """
        after = (seconds - MONDAY_S - self.first_s) % self.period_s
        first, length = int(after.min()), int(after.max() - after.min()) + step_s
        pad = max(length // 2, self.width_s // 4)
        width_s = min(length + 2 * pad, self.period_s)
        first_s = (self.first_s + first - pad) % self.period_s
        return Slot(period_s=self.period_s, first_s=first_s, width_s=width_s), length


class Routine(Section):
    """Values of one sensor of an asset that are normal for a few rows in a slot."""

    asset: str
    sensor: str
    slot: Slot
    low: float
    high: float
    rows: int
    """Rows of each period in which they may come."""

    def explains(self, times: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Which `values` (T,) at `times` (T,) are the first of their period in slot and band, (T,)."""
        seconds = times.astype("datetime64[s]").astype(np.int64)
        inside = self.slot.holds(seconds) & (values >= self.low) & (values <= self.high)
        place = np.flatnonzero(inside)
        number = self.slot.number(seconds[place])
        begins = np.searchsorted(number, number)  # where each one's period begins
        inside[place] = np.arange(len(place)) - begins < self.rows
        return np.asarray(inside)


class Routines(Section):
    """The routines of a family's assets."""

    each: tuple[Routine, ...] = ()

    @cached_property
    def of_assets(self) -> dict[str, list[Routine]]:
        """Those of each asset that has some."""
        assets: dict[str, list[Routine]] = {}
        for routine in self.each:
            assets.setdefault(routine.asset, []).append(routine)
        return assets

    def explain(self, times: np.ndarray, values: np.ndarray, asset: str, sensors: tuple[str, ...]) -> np.ndarray:
        """Which of an asset's `values` (T, D) a routine explains, (T, D)."""
        rows = np.zeros(values.shape, dtype=bool)
        for routine in self.of_assets.get(asset, []):
            column = sensors.index(routine.sensor)
            rows[:, column] |= routine.explains(times, values[:, column])
        return rows
