"""When an anomaly began and ended, and which sensors carry it: the rows and sensors whose evidence adds up to most.

Whole windows say that something is odd; every row within a window of it is then over the limit. Evidence is a number
of nats a row and sensor, negative where a value looks normal, so that the best interval is the one with the largest
sum (Kadane's maximum subarray, Bentley 1984, doi:10.1145/358234.381162), given the sensors that count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from anomaly.series.evidence.spread import spread_evidence

MOST_PLACES, LEAST_GAIN = 10, 20.0
"""Places in a week of a run at most, and nats that the second and later ones have at least."""
SHORT_ROWS, SHORT_GAIN = 2, 14.0
"""Rows of a short place, and nats that it has at least: heavy tails bound what a row or two can have."""
AROUND = 64
"""Rows on either side of a flagged run in which its interval may lie."""
CUT = 60.0
"""Nats by which rows inside a place speak against a fault where they part it: thrice what a further place has."""
TURNS = 8
LONGEST_WINDOW = 300
"""Rows of the longest window."""
TAKEN = -1e9
"""Nats of rows that are a place already: no other one reaches over them."""


@dataclass(frozen=True)
class Place:
    """Rows [first, last) and what each sensor adds there."""

    first: int
    last: int
    gain: float
    """Nats: the sum of the evidence of the sensors that count."""
    by_sensor: np.ndarray  # (D,) nats over the rows, negative where a sensor speaks against


@dataclass(frozen=True)
class Located:
    """When an anomaly was, and each sensor's share of the evidence for it."""

    start: pd.Timestamp
    last: pd.Timestamp
    """Its last row."""
    shares: pd.Series
    gain: float
    """Nats."""

    def joined(self, other: Located) -> Located:
        """Both as one, their shares weighted by their gain."""
        gain = self.gain + other.gain
        shares = (self.shares * self.gain + other.shares * other.gain) / gain
        return Located(min(self.start, other.start), max(self.last, other.last), shares, gain)


def locate(values: pd.DataFrame, steady: pd.Series) -> list[Located]:
    """Where rows of `sensor_scores` of one asset carry evidence, the earliest first; none where they carry none.

    Pattern, cross and spread are views of the same values, and the one that sees the largest fault best says when;
    spread by LEAST_GAIN more than the others, as normal nights scatter unlike each other. Which sensors it was is said
    by pattern and cross, or by spread where that is the one. Without the rows of the largest place the next one is
    looked for, and so on. At the times `steady` a changed state lasts.
    """
    if values.empty or values[["pattern", "cross"]].isna().all(axis=None):
        return []
    columns = ["pattern", "cross", "value", "expected", "low", "high"]
    seen = values.assign(value=values["value"].where(values["observed"].astype(bool)))
    wide = seen.pivot(index="time", columns="sensor", values=columns)
    pattern, cross = (wide[kind].fillna(0.0).to_numpy(dtype=np.float64) for kind in ("pattern", "cross"))
    spread = spread_evidence(*(wide[part].to_numpy(dtype=np.float64) for part in columns[2:]))
    unchanged = wide.index.isin(steady)
    of_pattern, of_cross, of_spread = (_best_view(view, unchanged) for view in (pattern, cross, spread))
    best = max((of_pattern, of_cross), key=lambda view: view.place.gain)
    by_spread = of_spread.place.gain - LEAST_GAIN > best.place.gain
    view, told_by = (of_spread, spread) if by_spread else (best, pattern + cross)
    place = view.place
    places: list[Located] = []
    rest = view.evidence.copy()
    weeks = 1 + (wide.index[-1] - wide.index[0]) // timedelta(days=7)
    for turn in range(MOST_PLACES * weeks):
        if place.gain <= (SHORT_GAIN if turn else 0.0):
            break
        if not turn or place.gain > LEAST_GAIN or place.last - place.first <= SHORT_ROWS:
            places.append(_located(place, wide.index, told_by, wide["pattern"].columns))
        rest[place.first : place.last] = TAKEN
        place = best_place(rest)
    return sorted(places, key=lambda spot: spot.start)


@dataclass(frozen=True)
class _View:
    """One view of the values, and the place that it finds."""

    evidence: np.ndarray  # (T, D), nats
    place: Place


def _best_view(evidence: np.ndarray, steady: np.ndarray) -> _View:
    """Evidence (T, D), TAKEN in `steady` rows (T,) where it lasts there for two windows, the change's rows included.

    The score may be steady while a fault goes on, or since a machine goes by another clock; evidence then says when.
    """
    place = best_place(evidence)
    if steady[place.first : place.last].sum() < 2 * LONGEST_WINDOW - AROUND:
        return _View(evidence, place)
    without = np.where(steady[:, None], TAKEN, evidence)
    return _View(without, best_place(without))


def _located(place: Place, times: pd.Index, told_by: np.ndarray, sensors: pd.Index) -> Located:
    """A place in time, with each sensor's share of the evidence (T, D) that it is told by."""
    by_sensor = np.maximum(told_by[place.first : place.last].sum(axis=0), 0.0)
    if not by_sensor.sum() > 0:
        by_sensor = np.maximum(place.by_sensor, 0.0)
    shares = pd.Series(by_sensor / by_sensor.sum(), index=sensors)
    return Located(times[place.first], times[place.last - 1], shares, place.gain)


def best_place(evidence: np.ndarray) -> Place:
    """The interval and set of sensors with the largest sum of evidence (T, D); T and D at least 1.

    Where rows within it speak against a fault by over CUT, there are faults on either side, and it is the larger one.
    """
    sums = np.concatenate([np.zeros((1, evidence.shape[1])), np.cumsum(evidence, axis=0, dtype=np.float64)])
    starts = [np.arange(evidence.shape[1]) == sensor for sensor in range(evidence.shape[1])]
    if evidence.shape[1] > 1:
        starts.append(np.ones(evidence.shape[1], dtype=bool))
    whole = max((_climbed(sums, chosen) for chosen in starts), key=lambda place: place.gain)
    parts = _cut(sums[:, whole.by_sensor > 0].sum(axis=1), whole.first, whole.last)
    return whole if len(parts) == 1 else max((_place(sums, *part) for part in parts), key=lambda place: place.gain)


def _cut(sums: np.ndarray, first: int, last: int) -> list[tuple[int, int]]:
    """The rows [first, last) of a running sum (T + 1,) without those inside over which it falls by more than CUT."""
    begin, end = _best_rows(-sums[first : last + 1])
    begin, end = first + begin, first + end
    if begin == first or end == last or sums[begin] - sums[end] <= CUT:
        return [(first, last)]
    return [*_cut(sums, first, begin), *_cut(sums, end, last)]


def _place(sums: np.ndarray, first: int, last: int) -> Place:
    """The rows [first, last) of running sums (T + 1, D) with all sensors that speak for a fault there."""
    by_sensor = sums[last] - sums[first]
    return Place(first, last, float(np.maximum(by_sensor, 0).sum()), by_sensor)


def _climbed(sums: np.ndarray, chosen: np.ndarray) -> Place:
    """From a first set of sensors: the best rows given the set, the best set given the rows, in turns."""
    for _ in range(TURNS):
        first, last = _best_rows(sums[:, chosen].sum(axis=1))
        by_sensor = sums[last] - sums[first]
        better = by_sensor > 0
        if not better.any() or (better == chosen).all():
            break
        chosen = better
    return _place(sums, first, last)


def _best_rows(sums: np.ndarray) -> tuple[int, int]:
    """The rows [first, last), at least one, between which the running sum (T + 1,) rises most."""
    lowest = np.minimum.accumulate(sums[:-1])
    last = int(np.argmax(sums[1:] - lowest)) + 1
    first = int(np.flatnonzero(sums[:last] == lowest[last - 1])[-1])
    return first, last
