from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from sensors_data.errors import UnreadableError
from sensors_data.series.intake.readings import days_in, read_day
from sensors_data.series.understanding.discover import discover
from sensors_data.series.understanding.settings_text import settings_toml
from sensors_data.settings import Settings, load


def table(rows: int = 300, step: str = "5min", start: str = "2026-11-20") -> pd.DataFrame:
    times = pd.date_range(start, periods=rows, freq=step)
    wave = np.sin(np.arange(rows) / 9)
    return pd.DataFrame({"time": times, "flow": 10 + wave.round(3), "speed": (1000 + 50 * wave).round(1)})


def csv(frame: pd.DataFrame, **options: object) -> str:
    return frame.to_csv(index=False, date_format="%Y-%m-%dT%H:%M:%S", **options)


def loaded(found, tmp_path, name="pump") -> Settings:
    """The settings that the written TOML gives."""
    path = tmp_path / "settings.toml"
    path.write_text(settings_toml(found, name), encoding="utf-8")
    return load(path)


@pytest.mark.parametrize(
    ("step", "expected"),
    [("1s", 1), ("10s", 10), ("59s", 60), ("5min", 300), ("7min", 432), ("1h", 3600), ("1D", 86400)],
)
def test_the_step_is_the_usual_distance_of_readings_as_one_that_divides_the_day(put, step, expected):
    found = discover(put(csv(table(step=step))))
    assert found.family.step == timedelta(seconds=expected)
    assert timedelta(days=1) % found.family.step == timedelta(0)


def test_a_clock_that_jitters_about_its_steps_is_told_to_the_settings(put, tmp_path):
    steady, shaken = table(), table()
    shaken["time"] += pd.to_timedelta(np.random.default_rng(0).integers(-9, 10, len(shaken)), unit="s")
    found = discover(put(csv(shaken), "shaken.csv"))
    assert found.family.step == timedelta(minutes=5)
    assert loaded(found, tmp_path).families["pump"].nearest
    assert "nearest = true # readings come a little before or after each step" in settings_toml(found, "pump")
    assert "nearest" not in settings_toml(discover(put(csv(steady), "steady.csv")), "pump")


def test_a_wide_csv_is_understood_and_its_settings_read_it_to_the_last_value(put, tmp_path):
    found = discover(put(csv(table())))
    family = loaded(found, tmp_path).family("pump")
    assert family == found.family
    assert (found.rows, found.assets, found.odd) == (600, ("asset",), ())
    assert family.sensor_names == ("flow", "speed")
    assert str(found.first) == "2026-11-20 00:00:00+00:00"
    days = [read_day(family, day) for day in days_in(family)]
    assert sum(len(readings) for readings, _ in days) == 600
    assert all(rejects.empty for _, rejects in days)


def test_semicolons_and_decimal_commas_are_understood(put, tmp_path):
    found = discover(put(csv(table(), sep=";", decimal=",")))
    assert (found.family.layout.separator, found.family.layout.decimal) == (";", ",")
    assert found.family.sensors["flow"].low < 9 < 11 < found.family.sensors["flow"].high
    assert found.odd == ()
    readings, rejects = read_day(loaded(found, tmp_path).family("pump"), days_in(found.family)[0])
    assert (len(readings), len(rejects)) == (576, 0)
    assert readings["value"].between(9, 1050).all()


def test_a_comma_in_a_text_is_no_decimal_mark(put):
    frame = table().assign(note="off, then on")
    found = discover(put(csv(frame, sep=";")))
    assert found.family.layout.decimal == "."
    assert found.family.layout.ignore == ("note",)


def test_a_long_table_is_understood(put, tmp_path):
    frame = table().melt("time", var_name="tag").assign(machine="m/1")[["time", "machine", "tag", "value"]]
    found = discover(put(csv(frame, sep="\t"), "tags.txt"))
    layout = found.family.layout
    assert (layout.kind, layout.asset, layout.sensor, layout.value, layout.separator) == (
        "long",
        ("machine",),
        ("tag",),
        "value",
        "\t",
    )
    assert found.assets == ("m/1",)
    assert loaded(found, tmp_path).family("pump") == found.family


@pytest.mark.parametrize(("unit", "size"), [("s", 1), ("ms", 1000), ("us", 10**6), ("ns", 10**9)])
def test_numbers_as_times_have_the_unit_that_gives_a_likely_year(put, unit, size):
    frame = table(start="2026-11-20").assign(time=lambda f: (f["time"] - pd.Timestamp(0)) // pd.Timedelta("1s") * size)
    found = discover(put(frame.to_csv(index=False)))
    assert found.family.layout.time_unit == unit
    assert found.first.year == 2026


def test_a_running_count_of_rows_is_seconds(put):
    found = discover(put(table().assign(time=range(300)).to_csv(index=False)))
    assert found.family.layout.time_unit == "s"
    assert found.family.step == timedelta(seconds=1)


def test_labels_texts_and_columns_without_a_name_are_no_sensors(put, tmp_path):
    frame = table().assign(label=0, state="on")
    found = discover(put(frame.to_csv()))
    assert found.family.sensor_names == ("flow", "speed")
    assert found.family.layout.ignore == ("column_1", "label", "state")
    assert loaded(found, tmp_path).family("pump") == found.family


def test_files_of_one_folder_are_assets_unless_their_names_are_days(put, tmp_path):
    put(csv(table()), "p1.csv")
    put(csv(table()), "p2.csv")
    assert discover(tmp_path / "inbox").assets == ("p1", "p2")
    for name in ("p1.csv", "p2.csv"):
        (tmp_path / "inbox" / name).unlink()
    put(csv(table(288)), "pump-2026-11-20.csv")
    put(csv(table(288, start="2026-11-21")), "pump-2026-11-21.csv")
    found = discover(tmp_path / "inbox")
    assert found.assets == ("asset",)
    assert found.name == "inbox"


def test_short_lived_assets_are_commissioned_long_lived_ones_trained_on_days(put):
    short = discover(put(csv(table(rows=240)), "a.csv"))
    assert short.family.training.commissioning == timedelta(seconds=25_095)  # 0.35 of 239 steps
    assert short.family.training.first_after == 1
    long = discover(put(csv(table(rows=24 * 30, step="1h")), "b.csv"))
    assert long.family.training.commissioning is None
    assert long.family.training.first_after == 6


def test_a_plausible_range_reaches_thirty_widths_beyond_the_usual_values(put):
    frame = table(1000).assign(flow=50 + 50 * np.sin(np.arange(1000) / 9))
    frame.loc[5, "flow"] = -9999
    sensor = discover(put(csv(frame))).family.sensors["flow"]
    assert (sensor.low, sensor.high, sensor.missing) == (-3000.0, 3100.0, (-9999.0,))


@pytest.mark.parametrize("rest", [0.0, 5.0])
def test_a_sensor_that_hardly_ever_moves_has_no_range_that_its_first_move_would_leave(put, rest):
    frame = table(1000).assign(flag=rest)
    frame.loc[700, "flag"] = rest + 1
    sensor = discover(put(csv(frame))).family.sensors["flag"]
    assert (sensor.low, sensor.high) == (None, None)


def test_what_is_odd_is_said_with_numbers(put):
    frame = table().assign(dead=3.0).astype(object)
    frame.loc[9, "flow"] = "ERR"
    frame.loc[20, "time"] = "soon"
    frame = pd.concat([frame.drop(index=range(100, 150)), frame.iloc[[4]]])
    odd = discover(put(csv(frame))).odd
    assert odd == (
        "3 rows have a time that cannot be read, first line 22: 'soon'",
        "1 value is no number, like 'ERR'",
        "3 values stand twice or more for one time, asset and sensor",
        "sensor dead never moves (always 3)",
        "1 gap of more than ten steps, the longest 4:15:00",
    )


def test_hostile_names_survive_the_toml(put, tmp_path):
    names = ['flow "m3/h"', "p\\q", "a = b", "Größe [°C]", "#1", "1.5", "true"]
    frame = pd.DataFrame(
        {"time": table()["time"], **{n: np.sin(np.arange(300.0) / 9 + i) for i, n in enumerate(names)}}
    )
    found = discover(put(csv(frame)))
    family = loaded(found, tmp_path, "press-1").family("press-1")
    assert family.sensor_names == tuple(names)
    assert family == found.family


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("time,note\n2026-11-21,a\n2026-11-22,b\n", "has no numeric column beside its time"),
        ("time,flow\n2026-11-21,1\n", "has 1 rows with a readable time; two are needed"),
        ("time,flow\nsoon,1\nlater,1\n", "has no column of times; its columns: 'time' like 'soon'"),
        ("time,flow\n08:00,1\n09:00,1\n", "holds times of day without a date"),
        ("time,flow\n2026-11-21,\n2026-11-22,\n", "holds no value: its times are readable"),
        ("", "is empty"),
    ],
)
def test_files_that_hold_no_readings_say_what_is_missing(put, content, said):
    with pytest.raises(UnreadableError, match=said):
        discover(put(content))


def test_an_empty_folder_holds_no_readings(tmp_path):
    with pytest.raises(LookupError, match="no file at"):
        discover(tmp_path)


def test_settings_for_every_real_series_load_and_find_its_values(real_series, tmp_path):
    for path in sorted(real_series.glob("*.parquet"))[::20]:
        found = discover(path)
        family = loaded(found, tmp_path).family("pump")
        assert family == found.family
        assert len(days_in(family)) >= 1
        assert "label" not in family.sensor_names


def test_a_sensor_that_a_row_gives_no_printable_name_is_left_out_and_told(put):
    rows = table().melt("time", var_name="sensor").sort_values("time").reset_index(drop=True)
    rows.loc[7, "sensor"] = "f\x07low"
    found = discover(put(csv(rows)))
    assert list(found.family.sensors) == ["flow", "speed"]
    assert "rows of 1 sensors are left out, whose names are no printable text" in found.odd
    assert found.used == len(rows) - 1
