"""Affiliation: how much nearer alarms lie to the labelled events than alarms at random would.

Every event owns the part of the series that is nearest to it, its zone. Precision is the mean, over the flagged
part of a zone, of the probability that a random point of the zone lies farther from the event; recall the mean,
over the event, of the probability that a random point lies farther than the nearest alarm. Row t is the interval
[t, t + 1). Huet et al., Local Evaluation of Time Series Anomaly Detection Algorithms, KDD 2022.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from anomaly.evaluation.scores import Agreement, Array, Rows, agreement, checked_alarms, events


@dataclass(frozen=True)
class _Pieces:
    """Alarms cut at the zones' borders, with what they are measured against: all (P,)."""

    zone: Rows
    start: Array
    end: Array
    event_start: Array
    event_end: Array
    zone_start: Array
    zone_end: Array


def affiliation(labels: ArrayLike, alarms: ArrayLike) -> Agreement:
    """Affiliation precision, recall and F1 of alarm rows (T,); all 0 without an alarm, ValueError without an event.

    Equals `pr_from_events` of the authors, but for the precision without an alarm, which they leave undefined.
    """
    flags, raised = checked_alarms(labels, alarms)
    starts, ends = events(flags)
    if len(starts) == 0:
        raise ValueError(f"no labelled row among {len(flags)}; affiliation needs at least one event")
    if not raised.any():
        return Agreement(0.0, 0.0, 0.0)
    borders = np.concatenate([[0], (ends[:-1] + starts[1:]) / 2, [len(flags)]])
    pieces = _cut(*events(raised), starts, ends, borders)
    covered = _sum(pieces.zone, pieces.end - pieces.start, len(starts))
    nearness = _nearness(pieces, pieces.end) - _nearness(pieces, pieces.start)
    flagged = covered > 0
    precision = _sum(pieces.zone, nearness, len(starts))[flagged] / covered[flagged]
    lost = _sum(pieces.zone, _lost(pieces), len(starts)) / (np.diff(borders) * (ends - starts))
    return agreement(float(precision.mean()), float(np.where(flagged, 1 - lost, 0.0).mean()))


def _sum(zone: Rows, values: Array, n: int) -> Array:
    return np.bincount(zone, values, minlength=n).astype(np.float64)


def _cut(alarm_starts: Rows, alarm_ends: Rows, starts: Rows, ends: Rows, borders: Array) -> _Pieces:
    """Every run of alarms, cut into one piece for each zone that it reaches into."""
    first = np.searchsorted(borders, alarm_starts, side="right") - 1
    last = np.searchsorted(borders, alarm_ends, side="left") - 1
    count = last - first + 1
    alarm = np.repeat(np.arange(len(count)), count)
    zone = first[alarm] + np.arange(len(alarm)) - np.repeat(np.cumsum(count) - count, count)
    low, high = borders[zone], borders[zone + 1]
    start, end = np.maximum(alarm_starts[alarm], low), np.minimum(alarm_ends[alarm], high)
    return _Pieces(zone, start, end, starts[zone].astype(float), ends[zone].astype(float), low, high)


def _nearness(pieces: _Pieces, x: Array) -> Array:
    """Integral, from the event's start to x, of the probability of a point farther off than its own distance."""
    length = pieces.event_end - pieces.event_start
    nearest_border = np.minimum(pieces.event_start - pieces.zone_start, pieces.zone_end - pieces.event_end)
    outside = np.where(x < pieces.event_start, x - pieces.event_start, np.maximum(x - pieces.event_end, 0))
    d = np.abs(outside)
    near = np.minimum(d, nearest_border)
    closer = near**2 / 2 + nearest_border * (d - near) + d**2 / 2 + length * d  # of min(d, border) + d + length
    inside = np.clip(x, pieces.event_start, pieces.event_end) - pieces.event_start
    gained: Array = d - closer / (pieces.zone_end - pieces.zone_start)
    return inside + np.where(outside < 0, -gained, gained)


def _lost(pieces: _Pieces) -> Array:
    """Integral, over the event's points nearest to a piece, of the length of the zone that is nearer: (P,)."""
    same = pieces.zone[1:] == pieces.zone[:-1]
    middle = (pieces.end[:-1] + pieces.start[1:]) / 2
    left = pieces.zone_start.copy()
    left[1:][same] = middle[same]
    right = pieces.zone_end.copy()
    right[:-1][same] = middle[same]

    def within(x: Array) -> Array:
        return np.minimum(np.maximum(x, pieces.event_start), pieces.event_end)

    before, after = pieces.start - pieces.zone_start, pieces.zone_end - pieces.end  # room on either side
    return (
        _nearer(pieces.start - within(left), before)
        - _nearer(pieces.start - within(pieces.start), before)
        + _nearer(within(right) - pieces.end, after)
        - _nearer(within(pieces.end) - pieces.end, after)
    )


def _nearer(d: Array, room: Array) -> Array:
    """Integral from 0 to d of u + min(u, room - u); an event on the other side of the alarm counts nothing."""
    u = np.clip(d, 0, room)
    return u**2 / 2 + np.where(u <= room / 2, u**2 / 2, room * u - u**2 / 2 - room**2 / 4)
