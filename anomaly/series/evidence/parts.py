"""A long run of rows over the threshold may hold several faults: it is parted between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from anomaly.series.evidence.localise import AROUND, SHORT_ROWS, Located

AFTERMATH_SCORE, AFTERMATH_GAIN = 0.25, 0.1
"""A later place in a run is what an earlier fault left behind if it has less than these shares of the fault's peak
score and of its evidence."""
SHARP_GAIN = 20.0
"""Nats a row of a place that is none of an aftermath: a machine in another phase is off by little for long."""
NEAR_GAIN = 0.02
"""The share of its evidence within AROUND rows of it, where windows and score reach back over the fault."""


@dataclass(frozen=True)
class Part:
    """The rows [first, last) of an asset's scores that belong to one fault, and where it was; None where unknown."""

    first: int
    last: int
    place: Located | None


def without_aftermath(places: list[Located], times: pd.Series, score: np.ndarray) -> list[Located]:
    """The places in a run, the earliest first, without what a far worse fault before them left behind.

    `score` (T,) is that of the rows at `times` (T,). Windows reach back over the fault, and a machine may come back in
    another phase of its rhythm; while the score has not fallen under the limit, both are the fault's. The rows stay in
    its part: it goes on, and its interval stays where its evidence is. Within AROUND rows of the fault a high score is
    not a place's own; there NEAR_GAIN of the fault's evidence is needed too.
    """
    result: list[Located] = []
    worst, worst_score, worst_end = 0.0, 0.0, -AROUND
    for place in places:
        first, last = times.searchsorted(place.start), int(times.searchsorted(place.last, side="right"))
        peak = float(np.nanmax(score[first:last], initial=0.0))
        needed = AFTERMATH_GAIN
        if peak >= AFTERMATH_SCORE * worst_score:
            needed = NEAR_GAIN if first - worst_end <= AROUND else 0.0
        if place.gain >= needed * worst or place.gain >= SHARP_GAIN * (last - first):
            result.append(place)
        if place.gain >= worst:
            worst, worst_end = place.gain, last
        worst_score = max(worst_score, peak)
    return result


def parts_of(
    times: pd.Series,
    over: np.ndarray,
    steady: np.ndarray,
    first: int,
    last: int,
    places: list[Located],
    gap: timedelta,
) -> list[Part]:
    """The parts of a run [first, last) of rows at `times` (T,), by the places in it, the earliest first.

    The border lies half way between two places. A place with no row over the threshold on its side joins the one
    before it, and so does one nearer than `gap`; of a short one that is not near and another, the larger stays. Rows
    of a `steady` state (T,) belong to the change before them.
    """
    borders, joined = [first], places[:1]
    for before, after in pairwise(places):
        half = int(times.searchsorted(before.last + (after.start - before.last) / 2))
        calm = np.flatnonzero(steady[half : int(times.searchsorted(after.start))])
        border = half + (int(calm[-1]) + 1 if len(calm) else 0)
        beside = over[borders[-1] : border].any() and over[border:last].any()
        near = after.start - joined[-1].last <= gap
        if not near and not beside and min(_rows(joined[-1], times), _rows(after, times)) <= SHORT_ROWS:
            joined[-1] = max(joined[-1], after, key=lambda place: place.gain)
        elif near or not beside:
            joined[-1] = joined[-1].joined(after)
        else:
            borders.append(border)
            joined.append(after)
    if not joined:
        return [Part(first, last, None)]
    parts = []
    for begin, end, place in zip(borders, [*borders[1:], last], joined, strict=True):
        rows = begin + np.flatnonzero(over[begin:end])
        parts.append(Part(int(rows[0]), int(rows[-1]) + 1, place))
    return parts


def _rows(place: Located, times: pd.Series) -> int:
    """How many of the rows at `times` (T,) lie in a place."""
    return int(times.between(place.start, place.last).sum())
