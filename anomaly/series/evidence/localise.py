"""When an anomaly began and ended, and which sensors carry it: the rows and sensors whose evidence adds up to most.

Whole windows say that something is odd; every row within a window of it is then over the limit. Evidence is a number
of nats a row and sensor, negative where a value looks normal, so that the best interval is the one with the largest
sum (Kadane's maximum subarray, Bentley 1984, doi:10.1145/358234.381162), given the sensors that count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

MOST_PLACES, LEAST_GAIN = 10, 20.0
"""Places in a run at most, and nats that the second and later ones have at least."""
AROUND = 64
"""Rows on either side of a flagged run in which its interval may lie."""
TURNS = 8
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


def locate(values: pd.DataFrame) -> list[Located]:
    """Where rows of `sensor_scores` of one asset carry evidence, the earliest first; none where they carry none.

    Pattern and cross are two views of the same values, and the one that sees the largest fault better says when. Which
    sensors it was is said by both. Without the rows of the largest place the next one is looked for, and so on.
    """
    if values.empty or values[["pattern", "cross"]].isna().all(axis=None):
        return []
    wide = values.pivot(index="time", columns="sensor", values=["pattern", "cross"]).fillna(0.0)
    pattern, cross = (wide[kind].to_numpy(dtype=np.float64) for kind in ("pattern", "cross"))
    kinds = [(best_place(evidence), evidence) for evidence in (pattern, cross)]
    place, evidence = max(kinds, key=lambda kind: kind[0].gain)
    places: list[Located] = []
    least, rest = 0.0, evidence.copy()
    while place.gain > least and len(places) < MOST_PLACES:
        places.append(_located(place, wide.index, pattern + cross, wide["pattern"].columns))
        rest[place.first : place.last] = TAKEN
        place, least = best_place(rest), LEAST_GAIN
    return sorted(places, key=lambda found: found.start)


def _located(place: Place, times: pd.Index, both: np.ndarray, sensors: pd.Index) -> Located:
    """A place in time, with each sensor's share of the evidence of `both` kinds (T, D) in it."""
    by_sensor = np.maximum(both[place.first : place.last].sum(axis=0), 0.0)
    if not by_sensor.sum() > 0:
        by_sensor = np.maximum(place.by_sensor, 0.0)
    shares = pd.Series(by_sensor / by_sensor.sum(), index=sensors)
    return Located(times[place.first], times[place.last - 1], shares, place.gain)


def best_place(evidence: np.ndarray) -> Place:
    """The interval and set of sensors with the largest sum of evidence (T, D); T and D at least 1."""
    sums = np.concatenate([np.zeros((1, evidence.shape[1])), np.cumsum(evidence, axis=0, dtype=np.float64)])
    starts = [np.arange(evidence.shape[1]) == sensor for sensor in range(evidence.shape[1])]
    if evidence.shape[1] > 1:
        starts.append(np.ones(evidence.shape[1], dtype=bool))
    return max((_climbed(sums, chosen) for chosen in starts), key=lambda place: place.gain)


def _climbed(sums: np.ndarray, chosen: np.ndarray) -> Place:
    """From a first set of sensors: the best rows given the set, the best set given the rows, in turns."""
    for _ in range(TURNS):
        first, last = _best_rows(sums[:, chosen].sum(axis=1))
        by_sensor = sums[last] - sums[first]
        better = by_sensor > 0
        if not better.any() or (better == chosen).all():
            break
        chosen = better
    return Place(first, last, float(np.maximum(by_sensor, 0).sum()), by_sensor)


def _best_rows(sums: np.ndarray) -> tuple[int, int]:
    """The rows [first, last), at least one, between which the running sum (T + 1,) rises most."""
    lowest = np.minimum.accumulate(sums[:-1])
    last = int(np.argmax(sums[1:] - lowest)) + 1
    first = int(np.flatnonzero(sums[:last] == lowest[last - 1])[-1])
    return first, last
