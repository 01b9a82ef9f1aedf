"""The usual course of a day: sensors' values at that time of day in the weeks before, and how well these held.

It looks ahead by the time of day alone. The detector does not use it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anomaly.series.profile import DAY_S, KINDS, SLOT_S, sorts_of_day
from sensors_data.series.grids.grid import Grid

WEEKS = 6
"""Weeks before a day that are looked at."""
STATED = 0.9
"""Share of the values that the band is to hold."""
LEAST = 0.8
"""A band that held a smaller share of the held-out days is not kept."""
GAIN = 0.95
"""The band is kept if its interval score on held-out days is under this share of a constant band's; so is a finer sort
of days, against a plainer one's."""
HELD_OUT = 7
"""Days by which a band is measured; as many before them choose by which sorts of day it goes."""
FEWEST = 7
"""Days with values without which there is no band."""
TESTED = 3
"""Held-out days with values without which a band counts as not measured."""
FAR = 4.0
"""Robust standard deviations from its slot's median beyond which a value is not learned; it still tests the band."""
FEW = 4
"""Days of one sort below which none of their values is taken for far."""
ROWS = 3
"""Rows of a slot that are looked at, spread over it, at most."""


@dataclass(frozen=True)
class Past:
    """Days of one asset, the oldest first, the last one the day before the one that is looked ahead to."""

    days: np.ndarray  # (N,) datetime64[D], without a gap
    values: np.ndarray  # (N, S, R, D), NaN where nothing usual was measured


@dataclass(frozen=True)
class Usual:
    """The usual course of days to come, (N, S, D) each, and what it was worth on held-out days, (D,) each."""

    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray
    kinds: tuple[str, ...]
    """By which sorts of day each sensor's goes, a key of KINDS."""
    learned: np.ndarray
    """Days with values."""
    tested: np.ndarray
    """Held-out days with values."""
    coverage: np.ndarray
    """Share of the held-out values inside the band; NaN where there are none."""
    score: np.ndarray
    """The band's interval score over that of a constant band; below 1 it is the better one."""

    @property
    def holds(self) -> np.ndarray:
        """The sensors whose band is worth showing, (D,)."""
        with np.errstate(invalid="ignore"):
            is_known = (self.learned >= FEWEST) & (self.tested >= TESTED)
            return np.asarray(is_known & (self.coverage >= LEAST) & (self.score <= GAIN))


def rows_a_slot(step_s: float) -> int:
    """Rows of a slot of the day: as few as last SLOT_S and divide the day."""
    rows = round(DAY_S / step_s)
    return next(many for many in range(1, rows + 1) if many * step_s >= SLOT_S and rows % many == 0)


def past_of(grid: Grid, usable: np.ndarray, first: np.datetime64, days: int, step_s: float) -> Past:
    """The `days` from `first` of a grid's values where they are `usable` (T, D)."""
    rows, a_slot = round(DAY_S / step_s), rows_a_slot(step_s)
    whole = np.full((days * rows, len(grid.sensors)), np.nan, dtype=np.float32)
    start = first.astype("datetime64[us]")
    place = ((grid.times - start) // np.timedelta64(round(step_s * 1e6), "us")).astype(np.int64)
    inside = (place >= 0) & (place < len(whole))
    whole[place[inside]] = np.where(usable, grid.values, np.nan)[inside]
    chosen = np.unique(np.linspace(0, a_slot - 1, min(ROWS, a_slot)).astype(int))
    values = whole.reshape(days, rows // a_slot, a_slot, -1)[:, :, chosen]
    return Past(first + np.arange(days), values)


def usual_course(past: Past, ahead: np.ndarray) -> Usual:
    """The usual course of the days `ahead` (N,), each sensor's by those sorts of day that held best.

    The kind is chosen on HELD_OUT days, and measured on the HELD_OUT after them: each day by the days before it alone.
    """
    sensors, count = past.values.shape[-1], len(past.days)
    pooled = _with_neighbours(past.values)
    last, earlier = (list(range(max(0, count - n * HELD_OUT), max(0, count - (n - 1) * HELD_OUT))) for n in (1, 2))
    kinds, chosen = ["day"], np.zeros(sensors, dtype=int)
    if _known_days(past.values[: earlier[0]]).max(initial=0) >= 2 * FEWEST:
        kinds = list(KINDS)
        trials = np.stack([_Trial.of(past, pooled, kind, earlier).scores for kind in kinds])
        chosen = _plainest(np.where(np.isnan(trials), np.inf, trials))
    courses = np.stack([_course(past, pooled, kind, ahead) for kind in kinds])  # (K, 3, N, S, D)
    low, middle, high = np.take_along_axis(courses, chosen[None, None, None, None], axis=0)[0]
    trials = np.stack([_Trial.of(past, pooled, kind, last).table for kind in kinds])  # (K, 3, D)
    coverage, scores, constant = trials[chosen, :, np.arange(sensors)].T
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = scores / constant
    known, tested = _known_days(past.values), _known_days(past.values[last])
    return Usual(low, middle, high, tuple(kinds[k] for k in chosen), known, tested, coverage, ratio)


def _plainest(scores: np.ndarray) -> np.ndarray:
    """The place of each sensor's kind by scores (K, D), the plainest first: a finer one has to be better by GAIN."""
    chosen = np.zeros(scores.shape[1], dtype=int)
    for place in range(1, len(scores)):
        best = np.take_along_axis(scores, chosen[None], axis=0)[0]
        chosen[scores[place] < GAIN * best] = place
    return chosen


@dataclass(frozen=True)
class _Trial:
    """A kind of band on held-out days, (D,) each."""

    coverage: np.ndarray
    scores: np.ndarray
    constant: np.ndarray
    """Interval scores of a constant band."""

    @property
    def table(self) -> np.ndarray:
        """All three, (3, D)."""
        return np.stack([self.coverage, self.scores, self.constant])

    @staticmethod
    def of(past: Past, pooled: np.ndarray, kind: str, held_out: list[int]) -> _Trial:
        """The trial of a kind on the days at the places `held_out`, each by the days before it."""
        sums = np.zeros((4, past.values.shape[-1]))
        for place in held_out:
            before = Past(past.days[:place], past.values[:place])
            low, _, high = _course(before, pooled[:place], kind, past.days[place : place + 1])[:, 0]  # (S, D) each
            flat = before.values.reshape(-1, before.values.shape[-1])
            edges = _quantiles(flat[None], np.array([(1 - STATED) / 2, (1 + STATED) / 2]))[:, 0]  # (2, D)
            values = past.values[place]  # (S, R, D)
            known = ~np.isnan(values) & ~np.isnan(low)[:, None] & ~np.isnan(edges[0])
            inside = known & (values >= low[:, None]) & (values <= high[:, None])
            sums += [
                known.sum((0, 1)),
                inside.sum((0, 1)),
                np.where(known, _interval_score(values, low[:, None], high[:, None]), 0).sum((0, 1)),
                np.where(known, _interval_score(values, edges[0], edges[1]), 0).sum((0, 1)),
            ]
        with np.errstate(invalid="ignore", divide="ignore"):
            coverage, scores, constant = sums[1:] / sums[0]
        return _Trial(coverage, scores, constant)


def _interval_score(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """A band's width and what values lie outside of it, at 2 / (1 - STATED) a unit (Gneiting and Raftery 2007)."""
    outside = np.maximum(low - values, 0) + np.maximum(values - high, 0)
    return np.asarray(high - low + 2 / (1 - STATED) * outside)


def _course(past: Past, pooled: np.ndarray, kind: str, ahead: np.ndarray) -> np.ndarray:
    """Low, middle and high of the days `ahead` (N,), by the past days of the same sort: (3, N, S, D)."""
    slots, sensors = past.values.shape[1], past.values.shape[-1]
    courses = np.full((3, len(ahead), slots, sensors), np.nan)
    sorts, wanted = sorts_of_day(past.days, kind), sorts_of_day(ahead, kind)
    for sort in np.unique(wanted):
        same = pooled[sorts == sort]  # (n, S, R, D)
        if not len(same):
            continue
        edge = edge_of(len(same))
        levels = np.array([edge, 0.5, 1 - edge])
        columns = np.moveaxis(same, 0, 1).reshape(slots, -1, sensors)
        columns = _without_far(columns) if len(same) >= FEW else columns
        courses[:, wanted == sort] = _quantiles(columns, levels)[:, None]
    return courses


def edge_of(days: int) -> float:
    """The quantile at which the band of so many days begins, so that a new day's value is as often below it as stated.

    Of n days alike a new one falls below the k-th lowest with k / (n + 1); the band ends with the lowest of them where
    they are too few. Values of one day are alike, so days are counted and not values.
    """
    if days < 2:
        return 0.0
    place = (1 - STATED) / 2 * (days + 1)
    return max(0.0, (place - 1) / (days - 1))


def _quantiles(values: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Quantiles of (S, M, D) over M without its NaN, (levels, S, D); NaN where there is none."""
    ordered = np.sort(values, axis=1)  # NaN last
    many = (~np.isnan(values)).sum(axis=1)  # (S, D)
    place = levels[:, None, None] * np.maximum(many - 1, 0)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(many - 1, 0))
    low, high = (np.take_along_axis(ordered[None], at[:, :, None], axis=2)[:, :, 0] for at in (below, above))
    return np.asarray(low + (place - below) * (high - low), dtype=np.float64)


def _with_neighbours(values: np.ndarray) -> np.ndarray:
    """Each slot with the one before and the one after it on its day: (N, S, R, D) -> (N, S, 3R, D)."""
    none = np.full_like(values[:, :1], np.nan)
    before, after = np.concatenate([none, values[:, :-1]], axis=1), np.concatenate([values[:, 1:], none], axis=1)
    return np.concatenate([before, values, after], axis=2)


def _without_far(values: np.ndarray) -> np.ndarray:
    """Values of slots (S, M, D) without those FAR from the median of their slot, by all slots' spread of a sensor."""
    half = np.array([0.5])
    residuals = np.abs(values - _quantiles(values, half)[0][:, None])
    spread = 1.4826 * _quantiles(residuals.reshape(1, -1, values.shape[-1]), half)[0, 0]  # (D,)
    with np.errstate(invalid="ignore"):
        return np.where(residuals > FAR * np.where(spread > 0, spread, np.inf), np.nan, values)


def _known_days(values: np.ndarray) -> np.ndarray:
    """How many days have a value of each sensor, (N, S, R, D) -> (D,)."""
    return np.asarray((~np.isnan(values)).any(axis=(1, 2)).sum(axis=0))
