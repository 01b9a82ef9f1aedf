import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from sensors_data.arrow_rows import as_table
from sensors_data.series.files import cells
from sensors_data.series.intake import readings as reading
from sensors_data.series.intake.long_file import long_file
from sensors_data.series.intake.readings import days_in, read_day
from sensors_data.series.intake.wide_file import wide_file
from sensors_data.settings import Family

DAY = date(2026, 11, 21)
SENSORS = {
    "flow": {"low": -5, "high": 60},
    "speed": {"missing": [-999, 0]},
    "valve": {"states": {"open": 1, "shut": 0}},
}
ODD_VALUES = ("", "NA", " - ", "abc", "1,5", "1e400", "-999", "inf", "61", "open", "0x1", " 7.5 ", "+3", ".5", '"8"')
ODD_TIMES = ("", "noon", "2026-11-21 24:00", "1970-01-01T00:00Z", "2026-11-21T10:00:00+02:00", "2026-11-19T10:00:00Z")
HEADER = "time,asset,sensor,value,state,note"
LONG = {"kind": "long", "asset": "asset"}


def lines(rng: np.random.Generator, rows: int, dirty: float, day: date = DAY) -> list[str]:
    """A file's lines without its header: a value a line of two assets and three sensors, some of them odd."""
    made: list[str] = []
    for row in range(rows):
        moment = np.datetime64(day, "s") + row // 6 * np.timedelta64(900, "s")
        name = ("flow", "speed", "valve")[row // 2 % 3]
        cells = [f"{moment}Z", f"p{row % 2}", name, f"{rng.normal(20, 5):.17g}", "Good", ""]
        if rng.random() < dirty:
            kind = rng.integers(8)
            if kind < 3:
                cells[3] = ODD_VALUES[rng.integers(len(ODD_VALUES))]
            elif kind == 3:
                cells[0] = ODD_TIMES[rng.integers(len(ODD_TIMES))]
            elif kind == 4:
                cells[rng.integers(1, 3)] = ("", "a\tb", "p9", "ä", "Flow")[rng.integers(5)]
            elif kind == 5:
                cells[4] = ("Bad", "good ", "", "Uncertain")[rng.integers(4)]
            elif kind == 6:
                cells = cells[: rng.integers(0, 6)] if rng.random() < 0.7 else [*cells, "", "x"][: rng.integers(7, 9)]
            elif made:
                made.append(made[rng.integers(len(made))])
        made.append(",".join(cells))
    return made


@pytest.fixture
def inbox(tmp_path, monkeypatch):
    """A family whose file of the day is written by `write(lines)`, in blocks of a few lines."""
    monkeypatch.setattr(cells, "BLOCK", 700)

    def write(made: list[str], end: str = "\n", day: date = DAY, header: str = HEADER, **layout: object) -> Family:
        (tmp_path / f"plant-{day}.csv").write_bytes((end.join([header, *made]) + end).encode())
        keys = {"step": "15min", "sensors": SENSORS, "layout": LONG | layout}
        return Family.model_validate({"inbox": str(tmp_path / "plant-{day}.csv"), **keys})

    return write


def both_ways(family: Family, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many readings there are; the same ones, and the same rejects, as when every cell is looked at."""
    fast = read_day(family, DAY)
    with monkeypatch.context() as patch:
        for quick in ("wide_file", "long_file"):
            patch.setattr(reading, quick, lambda path, family: None)
        slow = read_day(family, DAY)
    for table, one, other in zip(("readings", "rejects"), fast, slow, strict=True):
        assert_frame_equal(as_table(table, one), as_table(table, other))
    return len(fast[0])


@pytest.mark.parametrize("seed", range(12))
def test_a_dirty_long_file_gives_the_same_rows_as_read_cell_by_cell(inbox, monkeypatch, seed):
    rng = np.random.default_rng(seed)
    made = lines(rng, 570, dirty=(0.02, 0.1, 0.3)[seed % 3])
    if seed % 2:
        for _ in range(10):
            one, other = rng.integers(len(made), size=2)
            made[one], made[other] = made[other], made[one]
    if seed % 4 == 2:  # asset by asset, sensor by sensor
        made.sort(key=lambda line: line.split(",")[1:3])
    graded = {"quality": "state", "good": ["good"]} if seed % 5 == 0 else {}
    family = inbox(made, end="\r\n" if seed % 4 == 3 else "\n", **graded)
    inbox(lines(rng, 100, 0.1, date(2026, 11, 22)), day=date(2026, 11, 22))
    (path,) = reading.find_files(family.inbox, DAY)
    assert long_file(path, family) is not None
    assert both_ways(family, monkeypatch) > 200


@pytest.mark.parametrize("seed", range(4))
def test_a_long_file_with_decimal_commas_gives_the_same_rows_as_read_cell_by_cell(inbox, monkeypatch, seed):
    made = lines(np.random.default_rng(seed), 400, dirty=(0.05, 0.3)[seed % 2])
    made = [line.replace(",", ";").replace("1;5", "1.5") for line in made]
    made = [re.sub(r"(\d)\.(\d+;)", r"\1,\2", line) if row % 50 else line for row, line in enumerate(made)]
    family = inbox(made, header=HEADER.replace(",", ";"), decimal=",", separator=";")
    (path,) = reading.find_files(family.inbox, DAY)
    assert long_file(path, family) is not None
    assert both_ways(family, monkeypatch) > 200


def test_a_value_written_twice_counts_once_and_the_last_one_stands(inbox, monkeypatch):
    family = inbox(["2026-11-21T00:00:00Z,p0,flow,1,,", "2026-11-21T00:00:00.5Z,p0,flow,2,,"] * 2)
    assert both_ways(family, monkeypatch) == 2
    family = inbox(["2026-11-21T00:00:00Z,p0,flow,1,,", "2026-11-21T00:00Z,p0,flow,3,,"])
    readings, rejects = read_day(family, DAY)
    assert readings["value"].tolist() == [3.0]
    assert rejects["reason"].tolist() == ["replaced by a later row with another value"]


def test_values_logged_when_they_change_give_the_same_rows(inbox, monkeypatch):
    rng = np.random.default_rng(5)
    seconds = np.sort(rng.choice(86_400_000, size=400, replace=False))
    times = np.datetime64(DAY, "ms") + seconds * np.timedelta64(1, "ms")
    made = [f"{t}Z,p{n % 90},{('flow', 'speed')[n % 2]},{n % 50}.5,," for n, t in enumerate(times)]
    assert both_ways(inbox(made), monkeypatch) == 400


@pytest.mark.parametrize("last", [[",,,,,"], [",,,,,", ""], [",,,,,", "a,b"], [",,,,,x", ""]])
def test_rows_of_empty_cells_are_what_they_are_when_read_cell_by_cell(inbox, monkeypatch, last):
    family = inbox(["2026-11-21T00:00:00Z,p0,flow,1,,", *last, "2026-11-21T00:15:00Z,p0,flow,2,,"])
    (path,) = reading.find_files(family.inbox, DAY)
    assert long_file(path, family) is not None
    assert both_ways(family, monkeypatch) == 2


def test_the_days_of_an_inbox_are_those_of_its_times(inbox):
    family = inbox(["2026-11-21T23:00:00Z,p0,flow,1,,", "2026-11-22T01:00:00Z,p0,flow,1,,", "noon,p0,flow,1,,"])
    assert days_in(family) == [DAY, date(2026, 11, 22)]


def parquet(rng: np.random.Generator, rows: int) -> pd.DataFrame:
    """Typed rows, wide, in no order, of which some are out of range, codes, missing, strangers or doubled."""
    times = pd.Timestamp(DAY, tz="UTC") + pd.to_timedelta(rng.integers(-60, 1500, rows), unit="min")
    frame = pd.DataFrame({"time": times, "asset": [f"p{n}" for n in rng.integers(4, size=rows)]})
    frame["flow"], frame["speed"] = rng.normal(20, 20, rows), rng.integers(-1, 900, rows)
    frame["valve"] = rng.normal(0, 1, rows)
    frame.loc[rng.random(rows) < 0.1, "flow"] = np.nan
    frame.loc[rng.random(rows) < 0.1, "valve"] = np.inf
    frame.loc[rng.random(rows) < 0.02, "asset"] = "a\tb"
    return frame


def family_of(folder, frame: pd.DataFrame, **layout: object) -> Family:
    frame.to_parquet(folder / "plant.parquet", index=False)
    keys = {"step": "15min", "sensors": SENSORS, "layout": {"asset": "asset"} | layout}
    return Family.model_validate({"inbox": str(folder / "plant.parquet"), **keys})


@pytest.mark.parametrize("seed", range(6))
def test_a_wide_parquet_file_gives_the_same_rows_as_read_cell_by_cell(tmp_path, monkeypatch, seed):
    frame = parquet(np.random.default_rng(seed), 900)
    if seed == 1:
        frame["time"] = frame["time"].dt.tz_localize(None).astype(str)
    if seed == 2:
        frame["time"] = frame["time"].astype("datetime64[ns, UTC]")
    if seed == 3:
        frame["speed"] = frame["speed"].astype("Int64").mask(frame["flow"] > 30)
    if seed == 4:
        frame[["flow", "speed", "valve"]] = frame[["flow", "speed", "valve"]].astype("float32")
    if seed == 5:
        frame["note"] = np.where(frame["flow"] > 40, 7.0, np.nan)
    family = family_of(tmp_path, frame)
    assert wide_file(tmp_path / "plant.parquet", family) is not None
    assert both_ways(family, monkeypatch) > 900


@pytest.mark.parametrize("kind", ["float64", "float32", "Int64"])
def test_a_long_parquet_file_gives_the_same_rows_as_read_cell_by_cell(tmp_path, monkeypatch, kind):
    wide = parquet(np.random.default_rng(8), 600).replace(np.inf, 1e39 if kind == "float64" else 70)
    rows = wide.melt(["time", "asset"], var_name="sensor", value_name="value")
    rows["value"] = rows["value"].round().astype(kind) if kind == "Int64" else rows["value"].astype(kind)
    family = family_of(tmp_path, rows, kind="long")
    assert long_file(tmp_path / "plant.parquet", family) is not None
    assert both_ways(family, monkeypatch) > 700


def test_parquet_columns_of_several_types_are_read_cell_by_cell(tmp_path, monkeypatch):
    frame = parquet(np.random.default_rng(3), 200).astype({"flow": "float32"})
    family = family_of(tmp_path, frame)
    assert wide_file(tmp_path / "plant.parquet", family) is None
    assert both_ways(family, monkeypatch) > 200
