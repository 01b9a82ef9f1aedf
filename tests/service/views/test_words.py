"""The sentences that the report, the pages and the command line share."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from sensors_data.settings import Family
from service.views.night import CameraNight
from service.views.words import days_of, seen_and_expected, synthesis_sentences

NIGHT = pd.Timestamp("2026-11-14 22:00", tz="UTC")
SPEC = Family.model_validate({"inbox": "x", "step": "1h", "sensors": {"flow": {"unit": "m3/h"}}})


@pytest.fixture
def values():
    """Ten hours of a flow of 5 in a band of 4 to 6; outside it at 01:00 (by 3) and, after the anomaly, at 06:00."""
    times = NIGHT + np.arange(10) * timedelta(hours=1)
    rows = pd.DataFrame({"time": times, "asset": "a", "sensor": "flow", "value": 5.0, "low": 4.0, "high": 6.0})
    rows.loc[3, "value"], rows.loc[8, "value"] = 9.0, 20.0
    return rows.assign(observed=True)


def found(first, last, peak):
    start = NIGHT + timedelta(hours=first)
    times = {"start": start, "end": NIGHT + timedelta(hours=last), "peak_time": NIGHT + timedelta(hours=peak)}
    return {"asset": "a", "sensors": [{"sensor": "flow", "share": 1.0}]} | times


def test_a_sensor_is_told_where_it_left_its_band_furthest_within_the_anomaly(values):
    told = seen_and_expected(SPEC, values, found(2, 6, 7))
    assert told == ["flow read 9 m3/h at 01:00, expected 4 to 6"]


def test_over_midnight_the_moment_has_its_day(values):
    told = seen_and_expected(SPEC, values, found(0, 6, 7))
    assert told == ["flow read 9 m3/h at 2026-11-15 01:00, expected 4 to 6"]


def test_a_sensor_that_was_not_measured_read_nothing(values):
    values["observed"] = False
    [told] = seen_and_expected(SPEC, values, found(2, 6, 7))
    assert told.startswith("flow read nothing at ")


def test_where_all_sensors_left_their_ranges_at_once_what_was_expected_is_called_a_guess(values):
    values.loc[2:5, "value"] = 0.0
    both = pd.concat([values, values.assign(sensor="power")])
    told = seen_and_expected(SPEC, both, found(2, 6, 3))
    assert told[1:] == ["all sensors left their ranges at once: what was expected of each is a guess"]


def test_an_interval_without_rows_is_told_by_its_peak(values):
    told = seen_and_expected(SPEC, values, found(-5, -2, 8))
    assert told == ["flow read 20 m3/h at 06:00, expected 4 to 6"]


def test_an_anomaly_touches_the_days_of_its_interval_and_of_its_peak():
    assert days_of(found(0, 2, 1)) == [date(2026, 11, 14)]
    assert days_of(found(0, 3, 30)) == [date(2026, 11, day) for day in (14, 15, 16)]


def test_a_camera_for_which_nothing_was_drawn_has_nothing_told_of_it():
    none = pd.DataFrame({"measure": []})
    night = CameraNight("press", 3, pd.DataFrame(), pd.Series(), pd.DataFrame(), 0, none, None, None, "")
    assert synthesis_sentences(night) == []
    assert synthesis_sentences(replace(night, refused=4)) == ["0 images drawn and kept, 4 refused"]
