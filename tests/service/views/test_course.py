"""A machine's course, thinned without losing what is odd."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.simulation.plant import START
from service.views import course
from service.views.course import course_of, curves_of
from service.views.state import new_service

DAY = START + timedelta(days=7)
MIDNIGHT = datetime.combine(DAY, datetime.min.time(), UTC)


def test_a_short_range_has_the_rows_of_the_tables(plant, nightly):
    found = course_of(new_service(plant), "oven", "oven-1", MIDNIGHT, MIDNIGHT + timedelta(days=1))
    rows = nightly("scores", DAY).query("asset == 'oven-1'")
    assert found["rows"] == 1
    assert len(found["times"]) == 144
    assert np.array(found["score"], float) == pytest.approx(rows["score"].to_numpy(), rel=1e-5, nan_ok=True)
    sensors = nightly("sensor_scores", DAY).query("asset == 'oven-1' and sensor == 'power'")
    curve = found["sensors"]["power"]
    for name in ("low", "high", "expected", "share"):
        assert np.array(curve[name], float) == pytest.approx(sensors[name].to_numpy(), rel=1e-5, nan_ok=True)
    both = [a if b is None else b for a, b in zip(curve["measured"], curve["imputed"], strict=True)]
    assert np.array(both, float) == pytest.approx(sensors["value"].to_numpy(), rel=1e-5, nan_ok=True)


def test_a_thinned_curve_keeps_the_lowest_and_the_highest_value(plant, nightly, monkeypatch):
    monkeypatch.setattr(course, "POINTS", 40)
    found = course_of(new_service(plant), "oven", "oven-1", MIDNIGHT, MIDNIGHT + timedelta(days=1))
    assert found["rows"] == 8
    assert len(found["times"]) == 36
    measured = nightly("sensor_scores", DAY).query("asset == 'oven-1' and sensor == 'power' and observed")["value"]
    known = [value for value in found["sensors"]["power"]["measured"] if value is not None]
    assert (min(known), max(known)) == (
        pytest.approx(measured.min(), rel=1e-5),
        pytest.approx(measured.max(), rel=1e-5),
    )


def test_where_no_sensor_was_measured_no_band_is_drawn(plant, nightly):
    one = "asset == 'oven-1'"
    scores, sensors = (nightly(table, DAY).query(one) for table in ("scores", "sensor_scores"))
    hour = sensors["time"].dt.hour
    silent = sensors.assign(observed=sensors["observed"] & (hour != 3) & ((hour != 5) | (sensors["sensor"] != "power")))
    found = curves_of(scores, silent, plant.family("oven"))
    at = {hour: slice(6 * hour, 6 * hour + 6) for hour in (3, 5)}
    for curve in found["sensors"].values():
        assert [curve[name][at[3]] for name in ("low", "high", "expected", "share")] == [[None] * 6] * 4
    power = found["sensors"]["power"]
    assert None not in power["low"][at[5]]
    assert power["measured"][at[5]] == [None] * 6


def test_a_range_without_a_row_or_too_long_is_refused(plant):
    service = new_service(plant)
    with pytest.raises(NotThereError, match="no row of 'oven-9'"):
        course_of(service, "oven", "oven-9", MIDNIGHT, MIDNIGHT + timedelta(days=1))
    with pytest.raises(UnusableError, match="lasts at most 92 days"):
        course_of(service, "oven", "oven-1", MIDNIGHT - timedelta(days=93), MIDNIGHT)
