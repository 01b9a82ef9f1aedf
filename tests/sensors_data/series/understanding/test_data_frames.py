"""Frames as readings: long and wide, and what is said of one that cannot be used."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from sensors_data.errors import UnusableError
from sensors_data.series.understanding.data_frames import readings_of, step_of

TIMES = pd.date_range("2026-03-01", periods=4, freq="5min")


def wide(**columns):
    return pd.DataFrame({"flow": [1.0, 2.0, 3.0, 4.0], **columns}, index=TIMES)


def test_a_wide_frame_gives_a_row_a_value_and_none_for_nan():
    readings = readings_of(wide(heat=[np.nan, 5, np.nan, 7]))
    assert list(readings.columns) == ["time", "asset", "sensor", "value"]
    assert readings["time"].dtype == "datetime64[us, UTC]"
    assert readings["asset"].unique().tolist() == ["asset"]
    assert readings[readings["sensor"] == "heat"]["value"].tolist() == [5.0, 7.0]
    assert len(readings) == 6


def test_times_of_another_zone_become_utc_and_text_is_read_as_iso():
    berlin = readings_of(wide().tz_localize("Europe/Berlin"))
    assert berlin["time"].iloc[0] == pd.Timestamp("2026-02-28T23:00Z")
    text = wide().reset_index(names="time").assign(time=[f"2026-03-01T00:0{n}:00+01:00" for n in range(4)])
    assert readings_of(text)["time"].iloc[0] == pd.Timestamp("2026-02-28T23:00Z")


def test_of_repeated_readings_the_last_is_taken():
    twice = pd.concat([wide(), wide() * 10])
    assert readings_of(twice)["value"].tolist() == [10.0, 20.0, 30.0, 40.0]


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (wide().reset_index(names="when"), r"no column 'time' .* columns: \['when', 'flow'\]; .*'when': 'time'"),
        (wide().reset_index(drop=True), r"the index holds no times but int64"),
        (wide(state="on"), r"column 'state' holds 'on', which is no number; drop the column, or convert it"),
        (wide(state=["1", "2", "3", "4.5x"]), r"column 'state' holds '4.5x'"),
        (wide(heat=[1, np.inf, 2, 3]), r"column 'heat' holds 1 infinite values; replace them by NaN"),
        (wide(asset=["a", None, "a", "b"]), r"column 'asset' is empty in 1 rows"),
        (wide(asset=["a", "b\n", "a", "b"]), r"column 'asset' holds 'b\\n'; use printable names"),
        (wide().assign(time=[1, 2, 3, 4]), r"column 'time' holds numbers \(1, ...\); convert them: pd.to_datetime"),
        (wide().assign(time=["x", "y", "z", "z"]), r"column 'time' holds no times"),
        (wide().assign(time=[*TIMES[:3], pd.NaT]), r"column 'time' is empty in 1 rows; drop them"),
        (wide() * np.nan, r"the frame holds no value at all"),
        (wide()[[]], r"beside \['time'\] there is no column, so no sensor"),
        (pd.concat([wide(), wide()], axis=1), r"column 'flow' appears more than once"),
    ],
)
def test_what_is_wrong_is_named_with_its_column_and_remedy(frame, words):
    with pytest.raises(UnusableError, match=words):
        readings_of(frame)


def test_the_step_is_inferred_or_as_given_and_divides_the_day():
    readings = readings_of(wide())
    assert step_of(readings, None) == timedelta(minutes=5)
    assert step_of(readings, "1h") == timedelta(hours=1)
    for step, words in (
        ("7min", "does not divide the day"),
        ("soon", "is not a duration"),
        ("-5min", "does not divide"),
    ):
        with pytest.raises(UnusableError, match=words):
            step_of(readings, step)
    with pytest.raises(
        UnusableError, match='all readings are of one time, which says nothing about the step; say it: step="5min"'
    ):
        step_of(readings.iloc[:1], None)
