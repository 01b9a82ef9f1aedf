import gzip
import io
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sensors_data.errors import UnreadableError
from sensors_data.series.intake.readings import days_in, read_day

DAY = date(2026, 11, 21)
LONG = {"kind": "long", "asset": "asset"}
FEW = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


def rows_of(readings: pd.DataFrame) -> list[tuple[str, str, str, float]]:
    """(hh:mm, asset, sensor, value), sorted."""
    clock = readings["time"].dt.strftime("%H:%M")
    return sorted(zip(clock, readings["asset"], readings["sensor"], readings["value"], strict=True))


def refused(rejects: pd.DataFrame) -> list[tuple[int, str]]:
    """(line, reason) of what was not used."""
    unused = rejects[~rejects["used"]]
    return list(zip(unused["line"], unused["reason"], strict=True))


EXPECTED = [
    ("00:00", "p1", "flow", 1.5),
    ("00:00", "p1", "speed", 2.0),
    ("00:05", "p1", "flow", -0.25),
]
WIDE = "time{s}asset{s}flow{s}speed\n{d}T00:00Z{s}p1{s}1{c}5{s}2\n{d}T00:05Z{s}p1{s}-0{c}25{s}\n"
TALL = "\n".join(
    [
        "time{s}asset{s}sensor{s}value",
        "{d}T00:00Z{s}p1{s}flow{s}1{c}5",
        "{d}T00:00Z{s}p1{s}speed{s}2",
        "{d}T00:05Z{s}p1{s}flow{s}-0{c}25",
    ]
)


@pytest.mark.parametrize(("separator", "decimal"), [(",", "."), (";", ","), (";", "."), ("\t", ","), ("|", ".")])
@pytest.mark.parametrize(("kind", "text"), [("wide", WIDE), ("long", TALL)])
@pytest.mark.parametrize("packed", [False, True])
def test_every_layout_of_the_same_values_gives_the_same_readings(
    make_family, put, separator, decimal, kind, text, packed
):
    data = text.format(s=separator, c=decimal, d=DAY).encode()
    put(gzip.compress(data) if packed else data, "a.csv.gz" if packed else "a.csv")
    layout = {"kind": kind, "asset": "asset", "separator": separator, "decimal": decimal}
    readings, rejects = read_day(make_family(layout=layout, sensors={"flow": {}, "speed": {}}), DAY)
    assert rows_of(readings) == EXPECTED
    assert rejects.empty


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_parquet_with_times_of_any_zone_gives_the_same_readings(make_family, put, zone):
    times = pd.to_datetime([f"{DAY}T00:00", f"{DAY}T00:05"]).tz_localize("UTC")
    times = times.tz_localize(None) if zone is None else times.tz_convert(zone)
    buffer = io.BytesIO()
    pd.DataFrame({"time": times, "asset": "p1", "flow": [1.5, -0.25], "speed": [2.0, None]}).to_parquet(buffer)
    put(buffer.getvalue(), "a.parquet")
    readings, rejects = read_day(make_family(layout={"asset": "asset"}, sensors={"flow": {}, "speed": {}}), DAY)
    assert rows_of(readings) == EXPECTED
    assert rejects.empty


DIRTY = """time,asset,sensor,value
2026-11-21T00:00Z,p1,flow,1
2026-11-21T00:05Z,p1,warmth,2
2026-11-21T00:10Z,p9,flow,3
2026-11-21T00:15Z,p1,flow,ERR
2026-11-21T00:20Z,p1,flow,inf
2026-11-21T00:25Z,p1,flow,-1
2026-11-21T00:30Z,p1,flow,101
2026-11-21T00:35Z,p1,flow,
2026-11-21T00:40Z,,flow,5
soon,p1,flow,6
2026-11-21T00:45Z,p1,flow,100
2026-11-21T00:45Z,p1,flow,100
2026-11-21T00:50Z,p1,flow,7
2026-11-21T00:50Z,p1,flow,8
2026-11-21T00:02Z,p1,flow,9
2026-11-21T00:55Z,p1
2026-11-21T01:00Z,p1,flow,0
2026-11-22T00:00Z,p1,flow,55
"""


def test_every_value_that_cannot_be_used_is_a_reject_with_its_line_and_reason(make_family, put):
    put(DIRTY)
    readings, rejects = read_day(make_family(layout=LONG, assets=["p1", "p2"]), DAY)
    assert rows_of(readings) == [
        ("00:00", "p1", "flow", 1.0),
        ("00:02", "p1", "flow", 9.0),
        ("00:45", "p1", "flow", 100.0),
        ("00:50", "p1", "flow", 8.0),
        ("01:00", "p1", "flow", 0.0),
    ]
    assert sorted(refused(rejects)) == [
        (3, "unknown sensor"),
        (4, "unknown asset"),
        (5, "not a number"),
        (6, "not finite in 32 bits"),
        (7, "below the plausible range"),
        (8, "above the plausible range"),
        (9, "no value"),
        (10, "asset has no printable name of at most 128 characters"),
        (11, "time cannot be read, or does not exist just once in UTC"),
        (12, "duplicate of a later row"),
        (14, "replaced by a later row with another value"),
        (17, "another number of cells than the header"),
    ]
    used = rejects[rejects["used"]]
    assert used["line"].tolist() == [16]
    assert used["reason"].tolist() == ["out of order in its file; sorted into place"]
    assert set(rejects["source"]) == {"a.csv"}
    raw = rejects.set_index("line")["raw"]
    assert raw[5] == "2026-11-21T00:15Z,p1,flow,ERR"
    assert raw[17] == "2026-11-21T00:55Z,p1"


def test_of_one_time_in_two_files_the_later_file_wins(make_family, put):
    put(f"time,flow\n{DAY}T00:00Z,1\n", "a.csv")
    put(f"time,flow\n{DAY}T00:00Z,2\n", "b.csv")
    readings, rejects = read_day(make_family(), DAY)
    assert readings["value"].tolist() == [2.0]
    assert rejects[["source", "line"]].to_dict("records") == [{"source": "a.csv", "line": 2}]


def test_a_row_with_an_unreadable_time_is_filed_once_with_the_row_before_it(make_family, put):
    lines = ["time,flow,speed", "?,1,1", f"{DAY}T23:55Z,2,", "?,3,3", "2026-11-22T00:00Z,4,4", "?,5,5"]
    put("\n".join(lines))
    family = make_family()
    filed = {day: [line for line, _ in refused(read_day(family, day)[1])] for day in (DAY, DAY + timedelta(days=1))}
    assert filed == {DAY: [2, 4, 2, 4], DAY + timedelta(days=1): [6, 6]}


def test_a_row_with_too_few_cells_is_filed_once_with_the_row_before_it(make_family, put):
    put(f"time,flow,speed\n{DAY}T23:55Z,2,3\n7\n2026-11-22T00:00Z,4,4\n8,9,10,11\n")
    family = make_family()
    filed = {day: refused(read_day(family, day)[1]) for day in (DAY, DAY + timedelta(days=1))}
    reason = "another number of cells than the header"
    assert filed == {DAY: [(3, reason)], DAY + timedelta(days=1): [(5, reason)]}


def test_a_broken_file_among_good_ones_is_a_reject(make_family, put):
    put(f"time,flow\n{DAY}T00:00Z,1\n", "good.csv")
    put(b"PAR1", "broken.parquet")
    put("time,flow\nsoon,1\nlater,2\n", "times.csv")
    family = make_family()
    readings, rejects = read_day(family, DAY)
    assert readings["value"].tolist() == [1.0]
    assert rejects["source"].tolist() == ["broken.parquet", "times.csv"]
    assert rejects["reason"].str.contains("no whole Parquet file|no readable time, first: 'soon'").all()
    assert rejects["line"].tolist() == [0, 0]
    assert days_in(family) == [DAY]


def test_an_inbox_of_broken_files_alone_is_an_error_that_names_them(make_family, put):
    put(b"", "a.csv")
    put(b"PAR1", "b.parquet")
    with pytest.raises(UnreadableError, match=r"a.csv is empty; b.parquet is no whole Parquet file"):
        read_day(make_family(), DAY)
    with pytest.raises(UnreadableError, match=r"a.csv is empty; b.parquet is no whole Parquet file"):
        days_in(make_family())


def test_a_file_of_blank_cells_has_no_values_and_its_odd_lines_are_not_lost(make_family, put):
    put(f"time,flow,speed\n{DAY}T00:00Z,1,2\n", "a.csv")
    put(f"time,flow,speed\n{DAY}T00:05Z,,\n{DAY}T00:10Z\n", "b.csv")
    readings, rejects = read_day(make_family(), DAY)
    assert len(readings) == 2
    assert rejects[["source", "line"]].to_numpy().tolist() == [["b.csv", 0]]  # no row has a day to file them under


def test_a_file_of_a_local_day_gives_its_hours_to_both_utc_days(make_family, put, tmp_path):
    for day in (20, 21, 22):
        rows = [f"2026-11-{day} {hour:02d}:00,{day}" for hour in range(24)]
        put("time,flow\n" + "\n".join(rows), f"2026-11-{day}.csv")
    family = make_family(inbox=str(tmp_path / "inbox" / "{day}.csv"), layout={"timezone": "Europe/Berlin"})
    days = days_in(family)
    counts = {day.day: len(read_day(family, day)[0]) for day in days}
    assert counts == {19: 1, 20: 24, 21: 24, 22: 23}  # midnight in Berlin is 23:00 UTC of the day before
    readings, rejects = read_day(family, DAY)
    assert readings.sort_values("time")["value"].tolist() == [21.0] * 23 + [22.0]
    assert rejects.empty


def test_a_row_far_from_its_files_day_is_a_reject_of_that_day(make_family, put, tmp_path):
    put(f"time,flow\n{DAY}T00:00Z,1\n2027-05-05T00:00Z,2\n", "2026-11-21.csv")
    family = make_family(inbox=str(tmp_path / "inbox" / "{day}.csv"))
    readings, rejects = read_day(family, DAY)
    assert readings["value"].tolist() == [1.0]
    assert refused(rejects) == [(3, "more than a day away from the day that the file is named after")]
    with pytest.raises(LookupError, match="no file at"):
        read_day(family, date(2027, 1, 1))


CELL = st.sampled_from(["1", "2.5", "-4", "1000", "", "nan", "ERR", "inf", "1,5", " 7 ", "-"])
TIME = st.sampled_from([f"{DAY}T{h:02d}:00Z" for h in range(3)] + ["2026-11-22T00:00Z", "soon", "", "2026-11-21 00:30"])
ROW = st.tuples(TIME, st.sampled_from(["p1", "p2", "px"]), CELL, CELL, CELL)


@FEW
@given(st.lists(ROW, min_size=1, max_size=12))
def test_readings_and_unused_rejects_account_for_every_value_of_a_wide_file(make_family, put, rows):
    header = ("time", "asset", "flow", "speed", "warmth")
    put("\n".join(";".join(row) for row in (header, *rows)))
    family = make_family(layout={"asset": "asset", "separator": ";"}, assets=["p1", "p2"])
    cells = sum(cell not in ("", "nan", "-") for row in rows for cell in row[2:])
    assert accounted(family) in ((cells, True), (1, False))


@FEW
@given(st.lists(st.tuples(TIME, st.sampled_from(["p1", ""]), st.sampled_from(["flow", "x"]), CELL), min_size=1))
def test_readings_and_unused_rejects_account_for_every_row_of_a_long_file(make_family, put, rows):
    short = [row[:2] for row in rows[::4]]
    put("\n".join(";".join(row) for row in (("time", "asset", "sensor", "value"), *rows, *short)))
    family = make_family(layout={**LONG, "separator": ";"})
    assert accounted(family) in ((len(rows) + len(short), True), (1, False))


def accounted(family: object) -> tuple[int, bool]:
    """Readings and unused rejects over all days, and whether the file could be read (else it is one reject)."""
    try:
        days = [read_day(family, day) for day in (DAY - timedelta(days=1), DAY, DAY + timedelta(days=1))]
    except UnreadableError:
        return 1, False
    for readings, _ in days:
        assert not readings.duplicated(["time", "asset", "sensor"]).any()
        assert np.isfinite(readings["value"]).all()
    return sum(len(readings) + int((~rejects["used"]).sum()) for readings, rejects in days), True
