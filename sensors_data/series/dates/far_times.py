"""Times of a file that lie years from its others, as those of a clock that was set wrong: read as no times."""

from __future__ import annotations

import numpy as np
import pandas as pd

YEARS = np.timedelta64(2 * 365, "D")
"""What lies further from the others than this, and than three times as long as they last, is of a wrong clock."""
_TIMES, _MOST = 3, 0.2
"""The share of a file's distinct times up to which they can be the wrong ones."""


def without_far(moments: pd.Series) -> pd.Series:
    """Times of one file with NaT for those that lie years from most of the others."""
    known = moments.dropna()
    if len(known) < 3 or known.max() - known.min() <= pd.Timedelta(YEARS):
        return moments
    distinct = np.sort(known.dt.tz_localize(None).unique().astype("datetime64[us]"))
    first, last = _span(distinct)
    return moments.where((moments >= pd.Timestamp(first, tz="UTC")) & (moments <= pd.Timestamp(last, tz="UTC")))


def _span(times: np.ndarray) -> tuple[np.datetime64, np.datetime64]:
    """The first and last of sorted distinct times, those of a wrong clock at either end left out."""
    first, last, most = 0, len(times), _MOST * len(times)
    for _ in range(8):  # a clock may have been wrong in more ways than one
        part = times[first:last]
        gaps = np.diff(part)
        if not len(gaps) or (gap := gaps.max()) <= YEARS:
            break
        at = int(gaps.argmax()) + 1
        early, late = part[:at], part[at:]
        rest = early if len(early) >= len(late) else late
        if len(part) - len(rest) + first + len(times) - last > most or gap <= _TIMES * (rest[-1] - rest[0]):
            break
        first, last = (first, first + at) if rest is early else (first + at, last)
    return times[first], times[last - 1]
