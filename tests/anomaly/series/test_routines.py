"""What a routine explains: the first rows of its slot in each period that lie in its band."""

import numpy as np

from anomaly.series.routines import DAY_S, WEEK_S, Routine, Routines, Slot

HOURLY = np.datetime64("2026-03-02", "us") + np.arange(48) * np.timedelta64(3600, "s")  # Monday and Tuesday


def routine(first_h: int, hours: int, rows: int = 2, period_s: int = DAY_S) -> Routine:
    slot = Slot(period_s=period_s, first_s=first_h * 3600, width_s=hours * 3600)
    return Routine(asset="a", sensor="load", slot=slot, low=1.0, high=2.0, rows=rows)


def test_the_first_rows_of_each_day_in_slot_and_band_are_explained():
    values = np.full(48, 1.5)
    values[[3, 4, 27]] = 1.5, 2.1, 0.9
    assert np.flatnonzero(routine(3, 4).explains(HOURLY, values)).tolist() == [3, 5, 28, 29]


def test_a_slot_may_reach_over_midnight_and_a_missing_value_is_not_explained():
    values = np.where(np.arange(48) % 24 == 0, np.nan, 1.5)
    assert np.flatnonzero(routine(23, 3).explains(HOURLY, values)).tolist() == [1, 23, 25, 47]


def test_weeks_begin_on_monday():
    assert np.flatnonzero(routine(25, 1, period_s=WEEK_S).explains(HOURLY, np.full(48, 1.5))).tolist() == [25]


def test_routines_are_of_their_asset_and_sensor_alone():
    values = np.full((48, 2), 1.5)
    each = Routines(each=(routine(3, 1),))
    assert np.argwhere(each.explain(HOURLY, values, "a", ("flow", "load"))).tolist() == [[3, 1], [27, 1]]
    assert not each.explain(HOURLY, values, "b", ("flow", "load")).any()
