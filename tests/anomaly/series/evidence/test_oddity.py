"""An anomaly says in words what is odd about it."""

import numpy as np
import pandas as pd
import pytest

from anomaly.series.evidence.oddity import all_left, oddity

START = pd.Timestamp("2026-11-14", tz="UTC")
STEP = pd.Timedelta(minutes=5)
FIRST, LAST = START + 40 * STEP, START + 60 * STEP
INSIDE = slice(40, 60)


def rows(change, cross=-1.0, pattern=1.0, observed=True, days=1):
    """A hundred rows of a pressure that follows a flow, the pressure of the rows inside changed."""
    rng = np.random.default_rng(0)
    flow = np.sin(np.arange(100 * days) / 6) + rng.normal(0, 0.02, 100 * days)
    expected = 2 * flow
    pressure = expected + rng.normal(0, 0.02, 100 * days)
    inside = slice(40, 100 * days - 40)
    pressure[inside] = change(pressure[inside])
    seen = np.ones(100 * days, bool)
    seen[inside] = observed
    times = START + np.arange(100 * days) * STEP
    one = {"time": times, "pattern": pattern, "cross": cross}
    flows = {"sensor": "flow", "value": flow, "expected": flow, "observed": True}
    pressures = {"sensor": "pressure", "value": pressure, "expected": expected, "observed": seen}
    return pd.concat([pd.DataFrame(one | flows), pd.DataFrame(one | pressures)])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda v: v + 1.0, "pressure higher than expected"),
        (lambda v: v - 1.0, "pressure lower than expected"),
        (lambda v: np.full_like(v, v[0]), "pressure flat"),
        (lambda v: v + np.random.default_rng(1).normal(0, 3.0, len(v)), "pressure noisier"),
        (lambda v: v[::-1], "pressure off its usual pattern"),
    ],
)
def test_the_words_say_how_the_sensor_differs_from_what_was_expected(change, words):
    assert oddity(rows(change), "pressure", FIRST, LAST) == words


def test_a_sensor_without_measured_rows_is_silent():
    assert oddity(rows(lambda v: v, observed=False), "pressure", FIRST, LAST) == "pressure silent"


def test_a_sensor_that_others_contradict_no_longer_follows_the_one_it_followed():
    values = rows(lambda v: v + 1.0, cross=5.0)
    assert oddity(values, "pressure", FIRST, LAST) == "pressure no longer follows flow"


def test_what_stays_on_one_side_for_a_day_is_a_new_level():
    values = rows(lambda v: v + 1.0, days=5)
    assert oddity(values, "pressure", FIRST, FIRST + pd.Timedelta(days=1.2)) == "pressure at a new, higher level"


def test_a_machine_that_stops_is_lower_also_where_the_windows_expected_even_less():
    values = rows(lambda v: v - 8.0)
    stopped = (values["sensor"] == "pressure") & (values["time"] >= FIRST) & (values["time"] < LAST)
    values.loc[stopped.to_numpy(), "expected"] = values.loc[stopped.to_numpy(), "value"] - 5.0
    assert oddity(values, "pressure", FIRST, LAST) == "pressure lower than expected"


def test_nothing_is_said_where_nothing_is_known_of_the_sensor():
    assert oddity(rows(lambda v: v), "pressure", START - 9 * STEP, START) == ""


def test_a_stop_of_all_sensors_is_told_from_an_oddity_of_one():
    one = rows(lambda v: v + 9.0)
    assert not all_left(one, FIRST, LAST)
    within = (one["time"] >= FIRST) & (one["time"] < LAST)
    stopped = one.assign(value=one["value"].where(~within, -50.0))
    assert all_left(stopped, FIRST, LAST)
    assert not all_left(stopped.assign(observed=stopped["sensor"] != "flow"), FIRST, LAST)  # one was not measured
    assert not all_left(stopped[stopped["sensor"] == "flow"], FIRST, LAST)  # of a single sensor nothing follows
    assert not all_left(stopped[within], FIRST, LAST)  # nothing around
    assert not all_left(stopped.iloc[:0], FIRST, LAST)
