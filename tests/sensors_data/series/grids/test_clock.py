"""Values that hold and clocks that jitter, on hand-made days of a step of six hours."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from sensors_data.series.grids.clock import jitters, on_the_clock
from sensors_data.series.grids.imputing import imputed_rows
from sensors_data.series.intake.readings_table import in_columns
from sensors_data.settings import Family
from sensors_data.wide_rows import WideRows

DAY = date(2026, 3, 10)
EVE = DAY - timedelta(days=1)
NAN = float("nan")


def family(**changes: object) -> Family:
    return Family.model_validate({"inbox": "none", "step": "6h", "sensors": {"flow": {}, "valve": {}}} | changes)


def clocked(spec: Family, *rows: tuple[str, str, float], days: list[date] | None = None) -> dict[str, object]:
    """The values of p1 by sensor over the days, known ones alone, and the days that were asked for."""
    table = pd.DataFrame(rows, columns=["time", "sensor", "value"]).assign(asset="p1")
    table["time"] = pd.to_datetime(table["time"], format="ISO8601", utc=True).dt.as_unit("us")
    asked = []

    def readings(day: date, assets: list[str], sensors: tuple[str, ...]) -> WideRows:
        asked.append(day)
        return in_columns(table[table["time"].dt.date == day], sensors).of(assets, sensors)

    parts = on_the_clock(spec, days or [DAY], ["p1"], readings)
    values = np.concatenate([np.where(observed[0], values[0], np.nan) for values, observed in parts])
    return {"asked": asked, **{name: values[:, place].tolist() for place, name in enumerate(spec.sensors)}}


def test_a_value_that_holds_stands_until_its_time_is_over():
    spec = family(sensors={"flow": {}, "valve": {"hold": "12h"}})
    found = clocked(spec, (f"{DAY}T01:00Z", "valve", 1), (f"{DAY}T02:00Z", "valve", 3), (f"{DAY}T00:00Z", "flow", 5))
    np.testing.assert_equal(found["valve"], [2, 3, 3, NAN])  # 18:00 is 16 hours after 02:00
    np.testing.assert_equal(found["flow"], [5, NAN, NAN, NAN])


def test_a_value_holds_over_midnight_and_its_day_is_asked_for():
    spec = family(sensors={"flow": {}, "valve": {"hold": "1D"}})
    found = clocked(spec, (f"{EVE}T10:00Z", "valve", 7), (f"{DAY}T20:00Z", "valve", 9))
    assert found["asked"] == [EVE, DAY]
    np.testing.assert_equal(found["valve"], [7, 7, NAN, 9])


def test_a_reading_that_comes_at_the_step_s_very_end_of_holding_still_holds():
    spec = family(sensors={"flow": {}, "valve": {"hold": "6h"}})
    np.testing.assert_equal(clocked(spec, (f"{DAY}T06:00Z", "valve", 7))["valve"], [NAN, 7, 7, NAN])


def test_without_a_hold_only_the_day_is_asked_for_and_nothing_stands_in():
    found = clocked(family(), (f"{EVE}T23:00Z", "valve", 7), (f"{DAY}T07:00Z", "valve", 9))
    assert found["asked"] == [DAY]
    np.testing.assert_equal(found["valve"], [NAN, 9, NAN, NAN])


def test_held_values_are_measured_ones_in_the_grid():
    spec = family(sensors={"valve": {"hold": "2D"}})
    table = pd.DataFrame({"time": pd.to_datetime([f"{DAY}T00:00Z"]), "asset": "p1", "sensor": "valve", "value": 4.0})
    today = in_columns(table, spec.sensor_names)
    days = {DAY: today, EVE: today.where(today.asset < 0), DAY - timedelta(days=2): today.where(today.asset < 0)}
    rows = imputed_rows(spec, DAY, ["p1"], lambda day, assets, sensors: days[day].of(assets, sensors))
    assert rows.values.tolist() == [[4.0]] * 4
    assert rows.observed.all()


JITTER = [(f"{EVE}T23:59:58Z", 1), (f"{DAY}T06:00:03Z", 2), (f"{DAY}T11:59:59Z", 3), (f"{DAY}T18:00:01Z", 4)]


def test_a_clock_that_jitters_loses_nothing_by_the_nearest_step():
    rows = [(time, "flow", value) for time, value in JITTER]
    np.testing.assert_equal(clocked(family(), *rows)["flow"], [NAN, 2.5, NAN, 4])
    found = clocked(family(nearest=True), *rows)
    np.testing.assert_equal(found["flow"], [1, 2, 3, 4])
    assert found["asked"] == [EVE, DAY]


def test_a_reading_counts_for_one_step_of_all_days():
    rows = [(time, "flow", value) for time, value in JITTER]
    both = clocked(family(nearest=True), *rows, days=[EVE, DAY])["flow"]
    np.testing.assert_equal(both, [NAN, NAN, NAN, NAN, 1, 2, 3, 4])


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param([-2, 1, 0, -1, 3], True, id="about the edge"),
        pytest.param([0, 0, 0, 0, 0], False, id="on it"),
        pytest.param([-30, -31, -29, -30, -30], False, id="always before it"),
        pytest.param([0, 100, 150, 200, -10], False, id="anywhere"),
    ],
)
def test_readings_about_the_edges_of_steps_jitter(seconds, expected):
    times = pd.Series(pd.date_range(DAY, periods=5, freq="5min", tz="UTC") + pd.to_timedelta(seconds, unit="s"))
    assert jitters(times, timedelta(minutes=5)) is expected
