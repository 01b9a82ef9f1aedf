"""A long run of rows over the threshold may hold several faults: it is parted between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from anomaly.series.localise import Located


@dataclass(frozen=True)
class Part:
    """The rows [first, last) of an asset's scores that belong to one fault, and where it was; None where unknown."""

    first: int
    last: int
    place: Located | None


def parts_of(
    times: pd.Series, over: np.ndarray, first: int, last: int, places: list[Located], gap: timedelta
) -> list[Part]:
    """The parts of a run [first, last) of rows at `times` (T,), by the places in it, the earliest first.

    The border lies half way between two places. A place with no row over the threshold on its side joins the one
    before it, and so does one nearer than `gap`.
    """
    borders, kept = [first], places[:1]
    for before, after in pairwise(places):
        border = int(times.searchsorted(before.last + (after.start - before.last) / 2))
        beside = over[borders[-1] : border].any() and over[border:last].any()
        if after.start - kept[-1].last <= gap or not beside:
            kept[-1] = kept[-1].joined(after)
        else:
            borders.append(border)
            kept.append(after)
    if not kept:
        return [Part(first, last, None)]
    parts = []
    for begin, end, place in zip(borders, [*borders[1:], last], kept, strict=True):
        rows = begin + np.flatnonzero(over[begin:end])
        parts.append(Part(int(rows[0]), int(rows[-1]) + 1, place))
    return parts
