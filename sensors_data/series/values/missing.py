"""Numbers that stand for 'no value', found by what a sensor's values are: -9999, -200, the largest double."""

from __future__ import annotations

import numpy as np

_NINES = [sign * float(f"{'9' * n}{tail}") for sign in (1, -1) for n in (2, 3, 4, 5, 6) for tail in ("", ".9", ".99")]
_POWERS = [sign * (2.0**n - less) for sign in (1, -1) for n in (15, 16, 31, 32) for less in (0, 1)]
KNOWN = np.array(
    [
        *_NINES,
        *_POWERS,
        -200.0,
        -250.0,
        6999.0,
        -6999.0,
        7999.0,
        -7999.0,
        8888.0,
        -8888.0,
        -777.0,
        -127.0,
        -999.25,
        -9999.25,
        1e20,
        -1e20,
    ]
)
"""Codes in wide use: nines, ends of integers, those of loggers, of digital probes and of air quality stations."""

SURE = 999.0
"""A sensor that reads nothing but a known code of this size was never measured."""
HUGE = 1e25
"""No plant measures more: fill values of file formats and the ends of floats lie above."""


def codes_of(values: np.ndarray, elsewhere: frozenset[float] = frozenset()) -> tuple[float, ...]:
    """The numbers among a sensor's values that stand for 'no value'; `elsewhere` are codes of the sensors beside it.

    A known code counts when it lies outside the other values; another number when it is repeated exactly, far
    outside, and has a sign or a size that none of the others has. Zero never does.
    """
    distinct, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    huge = distinct[np.abs(distinct) >= HUGE]
    normal = np.abs(distinct) < HUGE
    distinct, counts = distinct[normal], counts[normal]
    known = np.isin(distinct, KNOWN) | np.isin(distinct, list(elsewhere))
    rest, weight = distinct[~known], counts[~known]
    codes = [float(value) for value in huge]
    if len(distinct) == 1 and known.all() and (abs(distinct[0]) >= SURE or distinct[0] in elsewhere):
        codes.append(float(distinct[0]))  # nothing but a code: nothing was ever measured
    if known.any() and len(rest) >= 5:
        low, high = float(rest.min()), float(rest.max())
        inner_low, inner_high = _bulk(rest, weight)
        width = inner_high - inner_low
        for value, count in zip(distinct[known], counts[known], strict=True):
            out = max(low - value, value - high)
            sure = value in elsewhere or count >= 3
            if out > (0.2 if sure else 3.0) * width and out > 0:
                codes.append(float(value))
    if len(rest):  # a code of the sensors beside it, though few other numbers are there
        shared = [v for v in distinct[known] if v in elsewhere and abs(v) >= SURE and not rest.min() <= v <= rest.max()]
        codes += [float(value) for value in shared]
    return tuple(sorted({*codes, *_strangers(distinct, counts, set(codes))}))


def _strangers(distinct: np.ndarray, counts: np.ndarray, codes: set[float]) -> list[float]:
    """Numbers in no list of codes that are repeated exactly and are like none of the others."""
    free = ~np.isin(distinct, list(codes))
    distinct, counts = distinct[free], counts[free]
    strangers: list[float] = []
    while len(distinct) >= 12:
        ends = [place for place in (0, len(distinct) - 1) if counts[place] >= max(3, 0.002 * counts.sum())]
        stranger = None
        for place in ends:
            others, weight = np.delete(distinct, place), np.delete(counts, place)
            low, high = _bulk(others, weight)
            value, width = float(distinct[place]), high - low
            out = max(float(others.min()) - value, value - float(others.max()))
            size = np.abs(others).max()
            alone = (
                (value < 0 <= others.min()) or abs(value) > 100 * size or (abs(value) > 10 * size and out > 30 * width)
            )
            below = value < 0 < others.min() and value in (-1.0, -9.0, -99.0)
            if (
                value != 0
                and alone
                and out > (0.5 if below else 5) * width > 0
                and counts[place] > 2 * np.median(weight)
            ):
                stranger = place
        if stranger is None:
            break
        strangers.append(float(distinct[stranger]))
        distinct, counts = np.delete(distinct, stranger), np.delete(counts, stranger)
    return strangers


def far_values(values: np.ndarray) -> np.ndarray:
    """The few numbers more than twenty usual ranges away from a sensor's others: codes, wrong readings or faults."""
    known = np.asarray(values[np.isfinite(values)])
    if len(known) < 30:
        return np.empty(0)
    low, middle, high = np.quantile(known, [0.05, 0.5, 0.95])
    far = np.abs(known - middle) > 20 * (high - low)
    return known[far] if high > low and far.mean() <= 0.05 else np.empty(0)


def repeated_apart(values: np.ndarray) -> list[tuple[float, int]]:
    """The numbers that come three times and more, exactly, and lie far from all others; with how often they come."""
    distinct, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    if len(distinct) < 12:
        return []
    gap = np.diff(distinct)
    apart = np.minimum(np.append(gap, np.inf), np.insert(gap, 0, np.inf))
    often = (counts >= 3) & (counts <= 0.1 * counts.sum()) & (distinct != 0)
    far = []
    for place in np.flatnonzero(often & (apart > gap.max() / 3)):
        low, high = _bulk(np.delete(distinct, place), np.delete(counts, place))
        if apart[place] > 2 * (high - low) > 0:
            far.append((float(distinct[place]), int(counts[place])))
    return far


def zeros_apart(values: np.ndarray) -> int:
    """How many zeros stand far from all other values of a sensor; 0 where they may be measured."""
    known = values[np.isfinite(values)]
    others = known[known != 0]
    zeros = len(known) - len(others)
    if zeros < 3 or len(others) < 20:
        return 0
    low, high = np.quantile(others, [0.005, 0.995])
    apart = others.min() if others.min() > 0 else -others.max() if others.max() < 0 else 0.0
    return zeros if apart > 1.5 * (high - low) > 0 else 0


def _bulk(distinct: np.ndarray, counts: np.ndarray) -> tuple[float, float]:
    """The numbers between which 98 in 100 of the values lie."""
    share = (np.cumsum(counts) - 0.5 * counts) / counts.sum()
    return float(np.interp(0.01, share, distinct)), float(np.interp(0.99, share, distinct))
