"""The hour that comes twice: which pass each row belongs to, by the order of the rows."""

import pandas as pd
import pytest

from sensors_data.layout import Layout
from sensors_data.series.dates.clock_back import row_times

BERLIN = Layout(timezone="Europe/Berlin")
HALVES = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]
PASSES = ["23:30", "00:00", "00:30", "01:00", "01:30", "02:00"]


def times_of(clocks, asset="A"):
    rows = pd.DataFrame({"time": [f"2026-10-25 {clock}" for clock in clocks], "asset": asset, "sensor": "temp"})
    return ["" if pd.isna(time) else f"{time:%H:%M}" for time in row_times(rows, BERLIN)]


@pytest.mark.parametrize(
    ("clocks", "utc"),
    [
        (HALVES, PASSES),
        (HALVES[::-1], PASSES[::-1]),
        (["01:00", "02:00", "02:00", "03:00"], ["23:00", "00:00", "01:00", "02:00"]),
        (["01:30", "02:00", "02:30", "03:00"], ["23:30", "", "", "02:00"]),
        (["01:30", "02:00", "02:30", "02:00", "02:00", "03:00"], ["23:30", "", "", "", "", "02:00"]),
        (["01:30+02:00", "02:00+02:00", "02:00+01:00", "03:00+01:00"], ["23:30", "00:00", "01:00", "02:00"]),
    ],
    ids=["in order", "newest first", "by the hour", "one pass alone", "back twice", "offsets are written"],
)
def test_a_doubled_hour_is_told_apart_where_the_clock_falls_back_just_once(clocks, utc):
    assert times_of(clocks) == utc


def test_rows_of_two_machines_in_turn_are_told_apart_each_by_its_own_order():
    both = [clock for clock in HALVES for _ in "AB"]
    assert times_of(both, ["A", "B"] * 6) == [clock for clock in PASSES for _ in "AB"]
