"""The plant that rests on its holidays."""

import numpy as np
import pytest

from benchmarks.nights.holidays import DAYS, HOLIDAYS, TRAINED, plant_of
from sensors_data.simulation.kinds import HOURLY


def test_a_holiday_has_a_sundays_visitors_and_lies_on_a_weekday():
    assert sum(day < TRAINED for day in HOLIDAYS) == 6
    assert all(day % 7 < 5 for day in HOLIDAYS)
    resting, working = (plant_of(HOURLY, "site", 0, rests) for rests in (True, False))
    visitors = resting[resting["asset"] == "site-1"]["visitors"].to_numpy().reshape(DAYS, 24).mean(axis=1)
    sunday = visitors[6::7].mean()
    assert visitors[list(HOLIDAYS)].mean() == pytest.approx(sunday, rel=0.2)
    assert visitors[2::7].mean() > 3 * sunday
    same = ~np.isin((resting.index.to_numpy() % (DAYS * 24)) // 24, HOLIDAYS)
    assert np.abs(resting["power"] - working["power"])[same].max() < 1e-9
