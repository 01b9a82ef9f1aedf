# ruff: noqa: E501 (a case a line reads like a table)
"""What makes an understanding doubtful is told with its remedy, and a file that is read right is not doubted."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from sensors_data.series.understanding.discover import discover
from sensors_data.series.understanding.settings_text import settings_toml
from sensors_data.series.understanding.wishes import Wishes

HOURS = pd.date_range("2026-02-02", periods=200, freq="h")
LEVEL = (21 + 3 * np.sin(np.arange(200) / 24 * 2 * np.pi) + np.random.default_rng(0).normal(0, 0.3, 200)).round(2)


def text(head: str, row: Callable[[int], str]) -> str:
    return f"{head}\n" + "".join(f"{row(n)}\n" for n in range(200))


PLAIN = text("time,temp", lambda n: f"{HOURS[n]},{LEVEL[n]}")
DOUBTFUL = {
    "a factor above the rows": (f"Scale factor: 0.1\n\n{PLAIN}", "states factors that are not used: 'Scale factor: 0.1'"),
    "a factor in a name": (PLAIN.replace("temp", "temp (0.1 degC)", 1), "states a factor, which is not used"),
    "a zone above the rows": (f"All times in local time of the plant\n\n{PLAIN}", "tells of a zone that was not understood"),
    "degrees without their decimal mark": (
        text("time,supply °C", lambda n: f"{HOURS[n]},{round(LEVEL[n] * 100)}"),
        "supply °C is about 2125.5 °C",
    ),
    "a room far too hot": (text("time,room_temp", lambda n: f"{HOURS[n]},{round(LEVEL[n] * 10)}"), "no temperature of such"),
    "two values for each time": (
        text("time,temp", lambda n: f"{HOURS[n // 2]},{LEVEL[n] + 30 * (n % 2)}"),
        "differ from another of the same time, machine and sensor",
    ),
    "three things in turn": (
        text("time,level", lambda n: f"{HOURS[n]},{LEVEL[n] * (1 + n % 3)}"),
        "goes round 3 levels, a row each",
    ),
    "sensors called like values": (text("time,21.4,5.1", lambda n: f"{HOURS[n]},{LEVEL[n]},{n % 7}"), "called like values, '21.4', '5.1'"),
    "times in the future": (PLAIN.replace("2026-02", "2056-02"), "times go to 2056-02-10, more than a year ahead"),
    "values that are no numbers": (
        text("time,temp", lambda n: f"{HOURS[n]},{'~' if n % 5 == 0 else ''}{LEVEL[n]}"),
        "hold digits and are no numbers, like '~",
    ),
    "a factor in a column": (
        text("time,temp,scale", lambda n: f"{HOURS[n]},{LEVEL[n]},{(10, 100)[n % 2]}"),
        "'scale' looks like a factor of each row's values, like 10",
    ),
    "tenths of a unit above the rows": (f"# T : temperature (in 0.1 degC)\n{PLAIN}", "state units of a tenth or less"),
    "one sensor in two units": (
        text("time,sensor,value,unit", lambda n: f"{HOURS[n]},power,{LEVEL[n]},{('kW', 'W')[n % 3 == 0]}"),
        "come in several units, 'W', 'kW'",
    ),
    "days of a month across": (
        "month,station," + ",".join(f"day{n:02d}" for n in range(1, 32)) + "\n"
        + "".join(f"{t:%Y-%m-%d},A,{','.join(str((7 * n + 5 * k * k) % 23) for n in range(31))}\n" for k, t in enumerate(pd.date_range("2024-01-01", periods=30, freq="MS"))),
        "'day1' to 'day31' look like the days of a month",
    ),
    "sensors called like hosts": (
        text("time,metric,value", lambda n: f"{HOURS[n // 2]},10.0.4.{n % 2}:9100,{LEVEL[n // 2] + n % 2}"),
        "sensors are called like addresses of machines, '10.0.4.0:9100'",
    ),
    "a code for no value above the rows": (
        f"Missing values: 21.42\n\n{text('time,temp', lambda n: f'{HOURS[n]},{21.42 if n % 9 == 0 else LEVEL[n]}')}",
        "says that 21.42 is no value",
    ),
    "another distance of rows above them": (f"Log interval: 15 min\n\n{PLAIN}", "states another distance of rows"),
    "another number of rows above them": (f"Number of samples: 1440\n\n{PLAIN}", "states their number"),
    "zeros beside a rare word": (
        text("time,temp,check", lambda n: f"{HOURS[n]},{0 if n % 20 == 3 else LEVEL[n]},{('fine', 'sensor lost')[n % 20 == 3]}"),
        "rows with 'sensor lost' in 'check' hold 0",
    ),
    "values that stand still beside a rare word": (
        text("time,temp,check", lambda n: f"{HOURS[n]},{LEVEL[n - (n % 20 == 3)]},{('fine', 'frozen')[n % 20 == 3]}"),
        "rows with 'frozen' in 'check' repeat the value before",
    ),
    "a count without a date": (
        text("Zeit_ms,temp", lambda n: f"{50 * n},{LEVEL[n]}"),
        "'Zeit_ms' counts from the start of a run, and no line says when that was",
    ),
    "numbered things by the day": (
        "date," + ",".join(f"Cell {k}" for k in range(1, 25)) + "\n"
        + "".join(f"{t:%Y-%m-%d},{','.join(f'{3 + ((7 * n + 5 * k) % 23) / 9:.2f}' for k in range(24))}\n" for n, t in enumerate(pd.date_range("2026-01-05", periods=30))),
        "'Cell 1' to 'Cell 24' are read as parts of each day",
    ),
    "zeros beside a code in a long table": (
        text("time,tag,val,st", lambda n: f"{HOURS[n // 2]},{('a', 'b')[n % 2]},{0 if n % 20 == 3 else LEVEL[n]},{int(n % 20 != 3)}"),
        "rows with '0' in 'st' hold 0",
    ),
    "day and month either way": (
        text("time,temp", lambda n: f"{HOURS[0] + n * pd.Timedelta(minutes=1):%d/%m/%Y %H:%M},{LEVEL[n]}"),
        "may be %d/%m/%Y %H:%M or %m/%d/%Y %H:%M",
    ),
    "months in Croatian that are others in Polish": (
        text("Vrijeme;temp", lambda n: f"{HOURS[n] + pd.Timedelta('115D'):%-d. %m %Y %H:%M};{LEVEL[n]}").replace(" 05 ", " svi ").replace(" 06 ", " lip "),
        "the month 'lip' is read as July, in Croatian it is June: write months as numbers",
    ),
    "limits of detection": (
        text("time,temp", lambda n: f"{HOURS[n]},{'<0.3' if n % 9 == 3 else LEVEL[n]}"),
        "22 values are limits of what can be measured, like '<0.3', and are not used: to use a limit as the value",
    ),
    "a total among machines": (
        "time,machine,temp\n" + "".join(f"{HOURS[0] + pd.Timedelta(minutes=n)},P{n % 2},{LEVEL[n % 200]}\n" for n in range(600)) + f"{HOURS[1]},Total,9\n",
        "machine 'Total' has 1 values, others",
    ),
    "hours across that make no day": (
        "date," + ",".join(f"Hour {k}" for k in range(1, 24)) + "\n"
        + "".join(f"{t:%Y-%m-%d},{','.join(f'{30 + (7 * n + 5 * k) % 23}' for k in range(23))}\n" for n, t in enumerate(pd.date_range("2026-01-05", periods=30))),
        "'Hour 1' to 'Hour 23' look like the hours of a day",
    ),
    "measured numbers under the name of sensors": (
        "time,sensor,value\n" + "".join(f"{HOURS[0] + pd.Timedelta(minutes=n // 2)},{300 + 37 * n % 97},{30 + 37 * n % 97 / 10:.1f}\n" for n in range(1200)),
        "nearly all of 97 sensors, '300', '337', '374', ..., hold one value or are seldom there",
    ),
    "two marks for one thing": (
        text("time;level", lambda n: f"{HOURS[n]};{1000 * LEVEL[n] if n % 7 == 0 else LEVEL[n]:.2f}"),
        "leaps 1,000-fold and back",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", DOUBTFUL)
def test_what_is_implausible_makes_an_understanding_unsure(put, kind):
    data, said = DOUBTFUL[kind]
    found = discover(put(data))
    assert said in " | ".join(found.unsure)
    assert f"# UNSURE: {found.unsure[0][:40]}" in settings_toml(found, "plant")


def test_what_is_plausible_is_not_doubted(put):
    found = discover(put(PLAIN))
    assert found.unsure == ()
    assert "UNSURE" not in settings_toml(found, "plant")


PLAUSIBLE = {
    "what lines above say": f"Log interval: 60 min\nNumber of samples: 200\nMissing value: -99\n\n{PLAIN}",
    "a pump that stops": text("time,flow,pump", lambda n: f"{HOURS[n]},{0 if n % 20 == 3 else LEVEL[n]},{('on', 'off')[n % 20 == 3]}"),
    "a rare word beside measured values": text("time,temp,note", lambda n: f"{HOURS[n]},{LEVEL[n]},{('day', 'shift B')[n % 20 == 3]}"),
}  # fmt: skip


@pytest.mark.parametrize("kind", PLAUSIBLE)
def test_what_goes_together_is_not_doubted(put, kind):
    assert discover(put(PLAUSIBLE[kind])).unsure == ()


def test_machines_that_are_called_like_states_are_doubted(put):
    data = text("time,mode,temp", lambda n: f"{HOURS[n]},{('manual', 'auto')[n // 20 % 2]},{LEVEL[n]}")
    assert "look like states, 'manual', 'auto'" in " | ".join(discover(put(data), Wishes(asset=("mode",))).unsure)


def test_lines_that_begin_as_rows_do_are_told(put):
    data = text("time,temp,flow", lambda n: f"{HOURS[n]},{LEVEL[n]},{n % 9}" + (",1,2" if n % 20 == 3 else ""))
    assert "10 lines begin as rows do in export.csv" in " | ".join(discover(put(data, "export.csv")).unsure)


def test_files_with_other_columns_are_told(put, tmp_path):
    for name in ("temp", "flow"):
        rows = text(f"time,{name},{name} set", lambda n: f"{HOURS[n]},{LEVEL[n]},{LEVEL[n] + n % 3}")
        put(rows, f"{name}.csv")
    assert "1 of 2 files are not read, like temp.csv" in " | ".join(discover(tmp_path / "inbox").unsure)


def test_machines_side_by_side_are_told(put):
    names = "P1 temp,P1 flow,P2 temp,P2 flow"
    odd = " | ".join(
        discover(put(text(f"time,{names}", lambda n: f"{HOURS[n]},{LEVEL[n]},{n % 9},{LEVEL[n] + 1},{n % 8}"))).odd
    )
    assert "the sensors' names repeat flow, temp for 'P1' and 'P2'" in odd


def test_a_number_of_the_rows_is_told(put):
    odd = " | ".join(discover(put(text("time,temp,x", lambda n: f"{HOURS[n]},{LEVEL[n]},{2 * n + 7}"))).odd)
    assert "sensor x goes up by 2 in every row" in odd


def test_rows_in_no_order_are_not_doubted(put):
    rows = np.random.default_rng(0).permutation(200)
    assert discover(put(text("time,temp", lambda n: f"{HOURS[rows[n]]},{LEVEL[rows[n]]}"))).unsure == ()


def test_sensors_that_are_called_alike_are_told(put):
    odd = " | ".join(
        discover(put(text("time,Aa-PM10,Bb-PM10,Cc-PM10", lambda n: f"{HOURS[n]},{LEVEL[n]},{n % 9},{n % 8}"))).odd
    )
    assert "all sensors are called ...-PM10: if 'Aa-PM10', 'Bb-PM10', 'Cc-PM10' are machines of one sensor" in odd
