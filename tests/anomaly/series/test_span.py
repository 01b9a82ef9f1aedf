"""Which rows are learned from, and which judge what was learned."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from anomaly.series.span import training_spans
from sensors_data.series.grids.grid import Grid

START = np.datetime64("2026-03-02", "us")
HOUR = np.timedelta64(1, "h")


def split_after(first: int, last: int, rows: int = 400) -> int:
    """Where the held-out quarter begins when the rows [first, last) are a fault."""
    grid = Grid(START + np.arange(rows) * HOUR, np.ones((rows, 1), np.float32), np.ones((rows, 1), bool), ("flow",))
    times = pd.DatetimeIndex([START + first * HOUR, START + last * HOUR], tz="UTC")
    known = pd.DataFrame({"asset": ["a"], "start": times[:1], "end": times[1:], "kind": ["found"]})
    return training_spans({"a": grid}, known.iloc[: int(last > first)], 0.25)["a"].split


@pytest.mark.parametrize(
    ("fault", "split"),
    [((0, 0), 300), ((0, 100), 325), ((320, 400), 240), ((300, 400), 225), ((0, 400), 300)],
    ids=["none", "early", "late", "all that would be held out", "everything"],
)
def test_a_quarter_of_the_normal_rows_is_held_out(fault, split):
    assert split_after(*fault) == split
