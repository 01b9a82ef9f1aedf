"""Whether a machine came to another time of its day by running faster or slower for a while.

A sensor that repeats what it read at another hour jumps there. A process that runs faster passes all the hours between,
and one that stands still falls behind.
"""

from __future__ import annotations

import numpy as np

RAN = 20.0
"""Nats by which a clock that moved steadily must explain the rows better than one that jumped."""
SHORTEST = 2
"""Slots of the rhythm over which a clock moves at least."""


def ran_to(cost: np.ndarray, lag: float, a_slot: int) -> bool:
    """Whether a clock that moved steadily to `lag` explains rows clearly better than one that jumped there.

    `cost` (lags, T) are nats of the rows by clocks that are 0, 1, 2, ... slots of the day's rhythm off, `a_slot` rows
    each.
    """
    return steady_gain(cost, lag, a_slot) >= RAN


def steady_gain(cost: np.ndarray, lag: float, a_slot: int) -> float:
    """Nats by which the best steady move from no lag to `lag` slots beats the best jump; over any rows of `cost`.

    The rows of a slot count as one.
    """
    lags, slots = len(cost), cost.shape[1] // a_slot
    newest = cost[:, cost.shape[1] - slots * a_slot :]
    by_slot = newest.reshape(lags, slots, a_slot).mean(axis=2)  # (lags, slots)
    wall, other = by_slot[0], by_slot[round(lag) % lags]
    before, after = np.append(0.0, np.cumsum(wall)), np.append(np.cumsum(other[::-1])[::-1], 0.0)
    jump = float((before + after).min())
    steady = jump
    for total in (lag, lag + lags, lag - lags):
        for length in range(SHORTEST, slots + 1):
            if total < -length:  # no clock runs backwards
                continue
            passed = np.rint(total * (np.arange(length) + 0.5) / length).astype(int) % lags
            firsts = np.arange(slots - length + 1)
            moving = by_slot[passed[:, None], np.arange(length)[:, None] + firsts].sum(axis=0)  # (firsts,)
            steady = min(steady, float((before[firsts] + moving + after[firsts + length]).min()))
    return jump - steady
