"""Short events that recur at one time of most hours, days or weeks of a training span."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom

from anomaly.series.routines import DAY_S, HOUR_S, MONDAY_S, WEEK_S, Routine, Routines, Slot
from anomaly.series.span import Span
from anomaly.series.training.cleaning import hidden_in, wild_values
from anomaly.series.training.trimming import far_values
from sensors_data.series.grids.grid import SHORT_GAP, Grid

WIDTHS_S = {HOUR_S: 300, DAY_S: 7_200, WEEK_S: 7_200}
"""The periods, and within how many seconds of each an event has to come."""
FEWEST_ROWS = 12
"""Rows of a period without which it is not looked at."""
FEWEST, MOST_PERIODS, NEWEST = 3, 0.6, 0.2
"""Periods in which an event came at least, and their share of those since it began and of all."""
CHANCE = 0.001
"""Largest probability that events at random times gather as closely."""
LIKE = 2.0
"""Events are alike if they are at most so many times as large or as small as the median one."""
MOST_ROWS = SHORT_GAP
"""Rows of an event in a period at most: longer ones have a place in the profile, or are faults."""
SMALLER, LARGER = 0.5, 1.25
"""Later events may be so many times as large as the smallest and as the largest that was seen."""
ORDINARY = 0.5
"""Of the values that a routine explains, ordinary ones are at most so many times as many as odd ones."""
MOST = 8
"""Routines of a sensor, to either side, at most."""


@dataclass(frozen=True)
class _Odd:
    """Odd rows of one sensor to one side of a line over them; N rows, in order of time."""

    seconds: np.ndarray  # (N,)
    values: np.ndarray  # (N,)
    size: np.ndarray  # (N,) distance from the line

    def where(self, chosen: np.ndarray) -> _Odd:
        """Those that are `chosen` (N,)."""
        return _Odd(self.seconds[chosen], self.values[chosen], self.size[chosen])

    def events(self, step_s: float) -> _Odd:
        """The largest row of each event, at its first row's time: rows no further apart than those of an event, M."""
        begins = np.flatnonzero(np.diff(self.seconds, prepend=-np.inf) > MOST_ROWS * step_s)
        first = self.where(begins)
        return replace(first, size=np.maximum.reduceat(self.size, begins))

    def alike(self, slot: Slot) -> _Odd:
        """The rows of a slot in the periods whose largest is LIKE the median one."""
        _, period = np.unique(slot.number(self.seconds), return_inverse=True)
        largest = np.zeros(period.max() + 1)
        np.maximum.at(largest, period, self.size)
        return self.where(_like(largest, float(np.median(largest)))[period])

    def rows_a_period(self, slot: Slot) -> np.ndarray:
        """How many of the rows lie in each period of a slot that holds some."""
        return np.asarray(np.unique(slot.number(self.seconds), return_counts=True)[1])


def find_routines(spans: dict[str, Span], step_s: float) -> Routines:
    """The routines among the wild and outlying values of spans in which reported anomalies are not abnormal."""
    routines: list[Routine] = []
    for asset, span in spans.items():
        odd = (wild_values(span) | far_values(span)) & span.usable()
        if odd.any():
            routines += _of_asset(span, odd, step_s, asset)
    return Routines(each=tuple(routines))


def without_routines(spans: dict[str, Span], routines: Routines) -> dict[str, Span]:
    """The spans with the values hidden that a routine explains, a line drawn over each."""
    return {asset: _without_routines(span, routines, asset) for asset, span in spans.items()}


def _without_routines(span: Span, routines: Routines, asset: str) -> Span:
    grid = span.grid
    return hidden_in(span, routines.explain(grid.times, grid.values, asset, grid.sensors))


def unexplained(anomalies: pd.DataFrame, routines: Routines, grids: dict[str, Grid]) -> pd.DataFrame:
    """The reported anomalies without those whose interval, `told_start` to `told_end`, is a routine's."""
    explained = [_explains(routines, grids, one) for one in anomalies.to_dict("records")]
    rest: pd.DataFrame = anomalies[~np.array(explained, dtype=bool)]
    return rest


def _explains(routines: Routines, grids: dict[str, Grid], anomaly: dict[Hashable, Any]) -> bool:
    """Whether the rows that an anomaly was told of are a routine's, but for as many as an event may have."""
    asset = str(anomaly["asset"])
    if asset not in routines.of_assets or asset not in grids:
        return False
    first, last = (anomaly[side].tz_convert(None).to_datetime64() for side in ("told_start", "told_end"))
    grid = grids[asset].between(first, last)
    rows = routines.explain(grid.times, grid.values, asset, grid.sensors).any(axis=1)
    return bool(rows.any() and (~rows).sum() <= MOST_ROWS)


def _of_asset(span: Span, odd: np.ndarray, step_s: float, asset: str) -> list[Routine]:
    """The routines of an asset, from its `odd` values (T, D)."""
    routines: list[Routine] = []
    seconds = span.grid.times.astype("datetime64[s]").astype(np.int64)
    line = hidden_in(span, odd).grid.values
    for column, sensor in enumerate(span.grid.sensors):
        values, measured = span.grid.values[:, column], seconds[span.usable()[:, column]]
        apart = np.where(odd[:, column], values - line[:, column], 0.0)
        for side in (1, -1):
            rows = side * apart > 0
            found = _slots(_Odd(seconds[rows], values[rows], np.abs(apart[rows])), measured, step_s)
            each = [_routine(slot, inside, side, asset, sensor) for slot, inside in found]
            routines += [one for one in each if _is_apart(one, span.grid.times, values, rows)]
    return routines


def _is_apart(routine: Routine, times: np.ndarray, values: np.ndarray, odd: np.ndarray) -> bool:
    """Whether what a routine explains of a sensor's `values` (T,) is `odd` (T,): ordinary values do not read alike."""
    explained = routine.explains(times, values)
    return int((explained & ~odd).sum()) <= ORDINARY * int((explained & odd).sum())


def _slots(odd: _Odd, measured: np.ndarray, step_s: float) -> list[tuple[Slot, _Odd]]:
    """The slots in which events recur, the least likely by chance first, and the odd rows in each.

    `measured` (T,) are the seconds of the sensor's normal rows.
    """
    slots: list[tuple[Slot, _Odd]] = []
    while len(slots) < MOST and len(odd.seconds) >= FEWEST:
        tried = [_best_slot(odd, measured, period_s, step_s) for period_s in WIDTHS_S]
        known = [one for one in tried if one is not None]
        if not known:
            break
        slot = min(known, key=lambda one: one[0])[1]
        inside = slot.holds(odd.seconds)
        slots.append((slot, odd.where(inside)))
        odd = odd.where(~inside)
    return slots


def _best_slot(odd: _Odd, measured: np.ndarray, period_s: int, step_s: float) -> tuple[float, Slot] | None:
    """The slot of a period in which events came most often, and the probability of that by chance; None where they did
    not come in most periods, may have come by chance, or last too long.
    """
    if period_s < FEWEST_ROWS * step_s:
        return None
    width_s, events = max(WIDTHS_S[period_s], int(step_s)), odd.events(step_s)
    onsets = events.seconds
    starts = np.unique((onsets - MONDAY_S) % period_s)
    tried = [Slot(period_s=period_s, first_s=int(start), width_s=width_s) for start in starts]
    came = [len(np.unique(slot.number(onsets[slot.holds(onsets)]))) for slot in tried]
    best = tried[int(np.argmax(came))]
    slot, spread_s = best.fitted_to(onsets[best.holds(onsets)], int(step_s))
    alike = odd.where(slot.holds(odd.seconds)).alike(slot)
    rows, known = alike.rows_a_period(slot), np.unique(slot.number(measured[slot.holds(measured)]))
    count, periods = len(rows), int((known >= slot.number(alike.seconds[:1])).sum())  # since it began
    if count < max(FEWEST, MOST_PERIODS * periods, NEWEST * len(known)) or rows.max() > MOST_ROWS:
        return None
    same = _like(events.size, float(np.median(alike.size)))
    an_hour = same.sum() / max(1, len(np.unique(measured // HOUR_S)))  # events an hour
    by_chance = -np.expm1(-an_hour * spread_s / HOUR_S)
    chance = float(binom.sf(count - 2, periods - 1, by_chance)) * same.sum()  # the first of them says where
    return (chance, slot) if chance <= CHANCE else None


def _like(size: np.ndarray, middle: float) -> np.ndarray:
    """Which sizes (N,) are alike."""
    return np.asarray((size >= middle / LIKE) & (size <= middle * LIKE))


def _routine(slot: Slot, odd: _Odd, side: int, asset: str, sensor: str) -> Routine:
    """The routine of the odd rows in a slot."""
    alike = odd.alike(slot)
    nearest = (side * alike.values).min() - (1 - SMALLER) * alike.size.min()
    farthest = (side * alike.values).max() + (LARGER - 1) * alike.size.max()
    low, high = sorted((float(side * nearest), float(side * farthest)))
    rows = min(int(alike.rows_a_period(slot).max()) + 1, MOST_ROWS)
    return Routine(asset=asset, sensor=sensor, slot=slot, low=low, high=high, rows=rows)
