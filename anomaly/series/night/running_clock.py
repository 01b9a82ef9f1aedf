"""Whether a machine came to another time of its day by running faster or slower for a while.

A sensor that repeats what it read at another hour jumps there. A process that runs faster passes all the hours between,
and one that stands still falls behind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RAN = 20.0
"""Nats by which a clock that moved steadily must explain the rows better than one that jumped."""
SHORTEST = 2
"""Slots of the rhythm over which a clock moves at least."""


@dataclass(frozen=True)
class Move:
    """A clock that moved steadily from the wall's to another one."""

    end: int
    """The first row that goes by the other one."""
    gain: float
    """Nats by which it explains the rows better than a clock that jumped; the rows of a slot count as one."""


def ran_to(cost: np.ndarray, lag: float, a_slot: int) -> Move | None:
    """The move to a clock `lag` slots off, where it explains the rows clearly better than a jump; else None.

    `cost` (lags, T) are nats of the rows by clocks that are 0, 1, 2, ... slots of the day's rhythm off, `a_slot` rows
    each.
    """
    move = best_move(cost, lag, a_slot)
    return move if move.gain >= RAN else None


def best_move(cost: np.ndarray, lag: float, a_slot: int) -> Move:
    """The steady move from no lag to `lag` slots, over any rows of `cost` (lags, T), that explains them best."""
    lags, slots = len(cost), cost.shape[1] // a_slot
    unused = cost.shape[1] - slots * a_slot
    by_slot = cost[:, unused:].reshape(lags, slots, a_slot).mean(axis=2)  # (lags, slots)
    wall, other = by_slot[0], by_slot[round(lag) % lags]
    before, after = np.append(0.0, np.cumsum(wall)), np.append(np.cumsum(other[::-1])[::-1], 0.0)
    jumps = before + after
    best, end = float(jumps.min()), int(jumps.argmin())
    for total in (lag, lag + lags, lag - lags):
        for length in range(SHORTEST, slots + 1):
            if total < -length:  # no clock runs backwards
                continue
            passed = np.rint(total * (np.arange(length) + 0.5) / length).astype(int) % lags
            firsts = np.arange(slots - length + 1)
            moving = by_slot[passed[:, None], np.arange(length)[:, None] + firsts].sum(axis=0)  # (firsts,)
            whole = before[firsts] + moving + after[firsts + length]
            if whole.min() < best:
                best, end = float(whole.min()), int(whole.argmin()) + length
    return Move(unused + end * a_slot, float(jumps.min()) - best)
