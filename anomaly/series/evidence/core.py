"""The core of a run of high scores: the rows around its peak, where windows say the fault is.

Where no row stands out, the place of largest evidence may be any row of a run, or of a hundred rows around it. Then it
is looked for in the core alone.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly.series.evidence.localise import LEAST_GAIN, LONGEST_WINDOW, Located, locate

CORE = 0.5
"""Share of the peak that rows of the core score at least: windows that hold half of a short fault do."""


def core_of(score: np.ndarray, first: int, last: int) -> tuple[int, int]:
    """The rows [start, end) around the highest `score` (T,) of a run [first, last) that lie over CORE of it."""
    run = score[first:last]
    peak = int(np.nanargmax(run))
    low = np.flatnonzero(~(run >= CORE * run[peak]))
    before, after = low[low < peak], low[low > peak]
    start, end = before[-1] + 1 if len(before) else 0, after[0] if len(after) else len(run)
    return first + int(start), first + int(end)


def with_core(places: list[Located], values: pd.DataFrame, steady: pd.Series, core: pd.Series) -> list[Located]:
    """The places in a run, the earliest first, with one in its core, rows at the times `core`, where they explain none.

    A place explains the core if it touches it, or if its evidence is over LEAST_GAIN and some window holds rows of
    both. Places of less evidence then give way. `values` are the rows of `sensor_scores` in and around the run.
    """
    clear = [place for place in places if place.gain >= LEAST_GAIN]
    if any(_between(place, core, values) == 0 for place in places):
        return places
    if not places or any(_between(place, core, values) < LONGEST_WINDOW for place in clear):
        return places
    inside = locate(values[values["time"].between(core.iloc[0], core.iloc[-1])], steady)
    if not inside:
        return places
    return sorted([*clear, max(inside, key=lambda place: place.gain)], key=lambda place: place.start)


def _between(place: Located, core: pd.Series, values: pd.DataFrame) -> int:
    """Rows from a place to the core or from the core to it, the nearest row included; 0 where they touch."""
    first, last = (place.last, core.iloc[0]) if place.last < core.iloc[0] else (core.iloc[-1], place.start)
    times = values["time"]
    return int(times[(times > first) & (times <= last)].nunique())
