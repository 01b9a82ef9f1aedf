"""A change that lasts: once the changed state is steady, its rows are no news.

What a run of high rows tells is the change. The state after it goes on with the same anomaly, and is not told row by
row: a machine that stays changed for a week had an event of an hour.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.series.evidence.localise import AROUND, LONGEST_WINDOW

LASTING = timedelta(days=1)
"""A state that is steady for so long is a new state and no event."""
FEWEST_ROWS = 2 * LONGEST_WINDOW
"""And for so many rows, twice the longest window: a short fault raises all rows within a window of it alike."""
CHANGE_ROWS = AROUND
"""Rows at the begin of a run that are the change itself."""
MEASURED = 0.95
"""Share of such a time's rows that are over the limit."""
AS_BEFORE = 2.0
"""Scores within this factor say the same; twice the height is worth a warning of its own."""


def lasting_from(step: timedelta) -> timedelta:
    """From how long on a change is a new state, and longer than what a short fault raises."""
    return max(LASTING, FEWEST_ROWS * step)


def steady_rows(score: NDArray[np.float64], over: NDArray[np.bool_], step: timedelta) -> NDArray[np.bool_]:
    """Which rows of a run (T,), in order of time, belong to a changed state that was steady for LASTING; (T,).

    Over such a time MEASURED of the rows are `over` the limit, and their scores lie within AS_BEFORE. From then on only
    a score of more than AS_BEFORE times the highest of that time is news. The first CHANGE_ROWS are the change itself.
    """
    long = lasting_from(step) // step
    if len(score) < long:
        return np.zeros(len(score), dtype=bool)
    high = pd.Series(np.where(over, score, np.nan))
    before = high.rolling(long, min_periods=round(MEASURED * long))
    settled = (before.max() <= AS_BEFORE * before.min()) & (np.arange(len(score)) >= long - 1)
    steady = settled[::-1].astype(float).rolling(long, min_periods=1).max()[::-1] > 0
    level = before.max().where(settled).ffill()
    steady |= level.notna() & ~(high > AS_BEFORE * level)
    steady[:CHANGE_ROWS] = False
    return steady.to_numpy()
