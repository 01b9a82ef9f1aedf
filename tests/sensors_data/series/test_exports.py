"""Any export goes in: what `init` understands of each kind of file, and that reading gives just that."""

import importlib.util
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sensors_data.errors import NightscoreError, UnreadableError, UnusableError
from sensors_data.series.intake.readings import days_in, read_day
from sensors_data.series.understanding.discover import Discovery, discover
from sensors_data.series.understanding.settings_text import with_family
from sensors_data.series.understanding.wishes import Wishes
from sensors_data.settings import Family, load


def _beside(name: str):
    """A module of this folder, which is no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


DOUBTS = ("may be", "three digits", "lie far from its others")
"""What is said of a guess that may be wrong."""

SHELVES = [
    "cases",
    "kin",
    "tools",
    "lands",
    "plants",
    "loggers",
    "blind",
    "monitors",
    "services",
    "agencies",
    "portals",
    "tables",
    "places",
    "counted",
    "alikes",
    "texts",
]
cases, *others = (_beside(f"export_{shelf}") for shelf in SHELVES)
exports = _beside("exports")


def read_back(found: Discovery, folder: Path) -> tuple[Family, pd.DataFrame, pd.DataFrame]:
    """The readings and rejects of all days that the written settings give, as ingest reads them."""
    path = folder / "settings.toml"
    path.write_text(with_family('store = "store"\n', found, "plant"), encoding="utf-8")
    family = load(path).family("plant")
    days = [read_day(family, day) for day in days_in(family)]
    return family, *(pd.concat(parts, ignore_index=True) for parts in zip(*days, strict=True))


@pytest.mark.parametrize(
    "case",
    [case for shelf in (cases, *others) for case in shelf.CASES],
    ids=lambda case: case.name,
)
def test_an_export_is_understood_and_read_as_it_is_meant(case, put, tmp_path):
    found = discover(put(case.data, case.file), Wishes(zone=case.zone))
    assert (found.used, found.assets, tuple(found.family.sensors)) == (case.used, case.assets, case.sensors)
    assert found.family.step == pd.Timedelta(case.step)
    assert {n: s.missing for n, s in found.family.sensors.items() if s.missing} == case.missing
    assert {n: s.states for n, s in found.family.sensors.items() if len(s.states) > 2} == case.states
    assert found.refused == case.refused
    assert case.odd in " ".join(found.odd)
    family, readings, rejects = read_back(found, tmp_path)
    assert family == found.family
    assert len(readings) == case.used
    assert str(readings["time"].min())[:19] == case.first
    assert rejects["reason"].value_counts().to_dict() == case.refused


REFUSED = [refused for shelf in (cases, *others) for refused in shelf.REFUSED]


@pytest.mark.parametrize(("name", "data", "said"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_a_file_that_cannot_be_read_is_refused_with_what_it_lacks(name, data, said, put):
    with pytest.raises(UnreadableError, match=r"export\.csv") as refusal:
        discover(put(data, "export.csv"))
    assert said in str(refusal.value)


def outcome(export, path: Path) -> str:
    """What came of a drawn export: right, refused, told (wrong, but said to be doubtful) or wrong."""
    try:
        found = discover(path)
    except NightscoreError:
        return "refused"
    values = found.values.assign(
        time=found.values["time"].dt.tz_localize(None), sensor=found.values["sensor"].str.removesuffix(".Value")
    )
    sensors = list(dict.fromkeys(export.truth["sensor"]))
    if export.recipe["head"] == "none" and len(found.family.sensors) == len(sensors):
        values["sensor"] = values["sensor"].map(dict(zip(found.family.sensors, sensors, strict=True)))
    if len(sensors) == 1 and set(values["sensor"]) == {"Wert"}:
        values["sensor"] = sensors[0]
    if export.recipe["assets"] == "constant" and set(values["asset"]) == {"asset"}:
        values["asset"] = "K1"
    both = export.truth.merge(values, on=["time", "asset", "sensor"], how="outer", suffixes=("", "_read"))
    apart = (both["value"] - both["value_read"]).abs() > 1e-6 * (1 + both["value"].abs())
    if not (apart | both["value"].isna() | both["value_read"].isna()).any():
        return "right"
    return "told" if any(doubt in what for what in found.odd for doubt in DOUBTS) else "wrong"


def test_of_exports_drawn_at_random_nearly_all_are_read_right_and_none_wrong_in_silence(put):
    outcomes = {
        seed: outcome(drawn, put(drawn.data, drawn.name)) for seed in range(48) for drawn in [exports.draw_export(seed)]
    }
    assert [seed for seed, what in outcomes.items() if what == "wrong"] == []
    assert sum(what == "right" for what in outcomes.values()) >= 0.97 * len(outcomes)


def test_a_report_a_day_below_its_date_is_read_as_days_that_follow_one_another(put):
    found = discover(put(sys.modules["export_places"].REPORTS))
    assert (found.used, str(found.first)[:16], str(found.last)[:16]) == (384, "2026-02-02 00:00", "2026-02-09 23:00")


def test_shortened_numbers_beside_bare_ones_are_multiplied(put):
    values = 1000 + 40 * (cases.TEMP - 60)
    cells = [f"{value / 1000:.3f} K" if value >= 1000 else f"{value:.0f}" for value in values]
    found = discover(put(cases.lines("time,requests", lambda n: f"{cases.HOURS[n]},{cells[n]}")))
    assert found.family.layout.cell_units == {"K": 1000.0}
    assert np.abs(found.values["value"].to_numpy() - values).max() <= 0.5
    assert found.unsure == ()


def test_pages_within_a_day_are_one_table_and_what_is_no_row_is_a_reject(put, tmp_path):
    found = discover(put(sys.modules["export_alikes"].pages("Seite", "Summe;;1;2\nMax;;3;4\n")))
    assert (found.used, tuple(found.family.sensors)) == (2 * cases.ROWS, ("temp", "flow"))
    reasons = read_back(found, tmp_path)[2]["reason"].value_counts().to_dict()
    assert list(reasons.values()) == [22, 9]  # cells of nine headers and two sums, and nine numbers of pages


def test_times_without_a_name_in_the_index_of_a_frame_are_its_times(put, tmp_path):
    frame = pd.DataFrame({"temp": cases.TEMP, "flow": cases.FLOW}, index=cases.HOURS.tz_localize("Europe/Berlin"))
    frame.to_parquet(path := put("", "export.parquet"))
    found = discover(path)
    assert (found.used, str(found.first), found.understood.zoned) == (2 * cases.ROWS, "2026-02-01 23:00:00+00:00", True)
    assert len(read_back(found, tmp_path)[1]) == found.used


def test_files_that_follow_one_another_are_one_machine_and_files_side_by_side_are_several(put, tmp_path):
    for number in range(3):
        part = slice(64 * number, 64 * (number + 1))
        rows = [f"{time},{temp:.2f}\n" for time, temp in zip(cases.HOURS[part], cases.TEMP[part], strict=True)]
        put("time,temp\n" + "".join(rows), f"T{number + 1}.csv")
    assert discover(tmp_path / "inbox").assets == ("asset",)
    for name in ("n7", "n8"):
        put(cases.two(str), f"side/{name}.csv")
    assert discover(tmp_path / "inbox" / "side").assets == ("n7", "n8")


def test_a_folder_a_machine_with_files_of_one_name(put, tmp_path):
    for k, machine in enumerate(("machine=P1", "machine=P2")):
        for month in ("2026-02", "2026-03"):
            times = pd.date_range(f"{month}-01", periods=60, freq="h")
            put(
                "time,temp\n" + "".join(f"{t},{50 + n % 9 + k}\n" for n, t in enumerate(times)),
                f"{machine}/{month}.csv",
            )
    found = discover(tmp_path / "inbox")
    assert (found.assets, found.used) == (("P1", "P2"), 240)
    _, readings, _ = read_back(found, tmp_path)
    assert readings.groupby("asset")["value"].min().to_dict() == {"P1": 50.0, "P2": 51.0}


def test_files_of_one_kind_may_have_more_lines_above_their_header(put, tmp_path):
    for machine, remark in (("RLT1", ""), ("RLT2", "Bemerkung;Filter neu\n"), ("RLT3", "")):
        put(f"Trend;{machine}\nExport;28.05.2026 08:00\n{remark}\n" + cases.two(str, part=";"), f"{machine}.csv")
    found = discover(tmp_path / "inbox")
    assert (found.assets, found.used) == (("RLT1", "RLT2", "RLT3"), 6 * cases.ROWS)
    assert read_back(found, tmp_path)[1].groupby("asset").size().tolist() == [2 * cases.ROWS] * 3


def test_a_copy_of_a_file_is_no_machine_of_its_own(put, tmp_path):
    for name in ("log.csv", "log (1).csv"):
        put(cases.two(str), name)
    found = discover(tmp_path / "inbox")
    assert found.assets == ("asset",)
    assert "384 values stand twice or more for one time, asset and sensor" in found.odd


def day_rows(times, shift: float = 0.0, names: str = "temp,flow", times_flow: float = 1.0) -> str:
    """A log of two sensors by the hour."""
    rows = zip(times, cases.TEMP, cases.FLOW, strict=False)
    return f"time,{names}\n" + "".join(f"{t},{a + shift:.2f},{b * times_flow:.2f}\n" for t, a, b in rows)


def test_copies_that_contradict_one_another_are_counted(put, tmp_path):
    put(day_rows(cases.HOURS), "log.csv")
    put(day_rows(cases.HOURS, names="flow,temp").replace(",flow,temp", ",temp,flow"), "log (1).csv")
    text = day_rows(cases.HOURS).splitlines(keepends=True)
    text[5] = f"{cases.HOURS[4]},99.00,{cases.FLOW[4]:.2f}\n"
    put("".join(text), "log (1).csv")
    found = discover(tmp_path / "inbox")
    assert found.assets == ("asset",)
    told = "384 values stand twice or more for one time, asset and sensor, 1 of them with another value than before"
    assert told in " ".join(found.odd)


def test_of_files_of_two_families_most_are_read_and_the_others_named(put, tmp_path):
    put(day_rows(cases.HOURS, names="zone1,zone2"), "a_oven.csv")
    put(day_rows(cases.HOURS[:96]), "pump_02.csv")
    put(day_rows(cases.HOURS[96:]), "pump_03.csv")
    found = discover(tmp_path / "inbox")
    assert (tuple(found.family.sensors), found.used) == (("temp", "flow"), 2 * cases.ROWS)
    assert "not read: a_oven.csv has none of the sensors ['temp', 'flow']" in " ".join(found.odd)


def test_a_month_that_is_missing_is_a_gap_with_the_machine_s_name(put):
    late = [*cases.HOURS[:96], *(cases.HOURS[96:] + pd.Timedelta("28D"))]
    rows = [
        f"{t},{asset},{v:.2f}\n"
        for asset, times in (("A", cases.HOURS), ("B", late))
        for t, v in zip(times, cases.TEMP, strict=True)
    ]
    odd = discover(put("time,asset,temp\n" + "".join(rows))).odd
    assert "1 gap of more than ten steps, the longest 28 days, 1:00:00, of B" in odd


def test_a_clock_that_jumps_back_is_told_with_its_line(put):
    times = [*cases.HOURS[:100], *(cases.HOURS[100:] - pd.Timedelta("3h"))]
    odd = " ".join(discover(put(day_rows(times))).odd)
    assert "the time goes back once, first in line 102, by 2:00:00: a clock that was set, or summer time" in odd


def test_a_sensor_in_other_units_for_the_last_hours_is_told(put):
    text = day_rows(cases.HOURS[:180]) + day_rows(cases.HOURS[180:], times_flow=1000).split("\n", 1)[1]
    assert "sensor flow changes its size about 1,000-fold in mid-file: a change of unit?" in discover(put(text)).odd


def test_what_comes_and_goes_is_told(put, tmp_path):
    head, *rows = cases.two(str).splitlines(keepends=True)
    put(head + "".join(rows[:96]), "log_2026-02-01.csv")
    put(head.replace("flow", "flow_rate") + "".join(rows[96:]), "log_2026-02-06.csv")
    odd = " | ".join(discover(tmp_path / "inbox").odd)
    assert "sensor flow_rate begins where flow ends: renamed?" in odd
    assert "sensor flow has no value after 2026-02-05" in odd


def test_rows_of_a_clock_that_was_years_off_are_rejects_and_told(put, tmp_path):
    late = pd.Timestamp("2036-01-01") - cases.HOURS[100]
    text = cases.two(lambda t: str(t + late) if cases.HOURS[100] <= t < cases.HOURS[110] else str(t))
    found = discover(put(text))
    told = "20 rows have a time years from the others, first line 102: '2036-01-01 00:00:00': set aside, a wrong clock?"
    assert told in found.odd
    assert (found.used, str(found.last)[:10], found.family.training.first_after <= 14) == (364, "2026-02-09", True)
    _, readings, rejects = read_back(found, tmp_path)
    assert len(readings) == 364
    why = "time years from the others of its file: a clock that was wrong"
    assert rejects["reason"].value_counts().to_dict() == {why: 20}


def rounded(style: str, each: str) -> str:
    """400 rows whose times a spreadsheet rounded as it wrote them."""
    times = pd.date_range("2026-03-02", periods=400, freq=each).astype("datetime64[s]").astype("int64")
    return "ts,temp\n" + "".join(f"{t:{style}},{20 + n % 7}\n" for n, t in enumerate(times))


@pytest.mark.parametrize(
    ("style", "each", "said"),
    [
        (
            ".5E",
            "1h",
            "like '1.77241E+09', are rounded to 10,000 s: 400 rows have 145 different times; export it again",
        ),
        (".1E", "1h", "like '1.8E+09', are rounded to 100,000,000 s: 400 rows have 1 different times"),
        (".6E", "15min", "are rounded to 1,000 s: 400 rows have 360 different times"),
    ],
)
def test_times_that_a_spreadsheet_rounded_are_refused(put, style, each, said):
    with pytest.raises(UnreadableError, match=r"a\.csv: the times in column 'ts'") as refusal:
        discover(put(rounded(style, each)))
    assert said in str(refusal.value)


def test_times_years_after_the_file_was_written_are_told(put):
    found = discover(put(cases.two(lambda t: f"{t:%d/%m}/69 {t:%H:%M}")))
    assert (
        "times go to 2069-02-09, years after the file was written: another calendar, or years of two digits?"
        in found.odd
    )


def test_times_with_few_digits_that_are_exact_are_read(put):
    found = discover(put(rounded(".7E", "5min")))
    assert (found.used, found.family.step, found.odd) == (400, timedelta(minutes=5), ())


def test_a_unit_that_changes_in_mid_file_is_told(put):
    text = "time,temp\n" + "".join(
        f"{t},{value if n < 200 else value * 1.8 + 32:.2f}\n"
        for n, (t, value) in enumerate(
            (pd.Timestamp("2026-03-02") + n * pd.Timedelta("1h"), 20 + 4 * np.sin(n / 24 * 2 * np.pi))
            for n in range(400)
        )
    )
    assert "sensor temp changes in mid-file as °C does to °F: a change of unit?" in discover(put(text)).odd


def test_machines_with_a_file_a_month_are_called_by_the_part_that_is_no_month(put, tmp_path):
    for machine in ("pump1", "pump2"):
        for number, month in enumerate(("2026-02", "2026-03")):
            times = pd.date_range(f"{month}-01", periods=60, freq="h")
            put(
                "time,temp\n" + "".join(f"{t},{50 + n % 9 + number}\n" for n, t in enumerate(times)),
                f"{machine}_{month}.csv",
            )
    found = discover(tmp_path / "inbox")
    assert found.assets == ("pump1", "pump2")
    assert found.used == 240
    _, readings, _ = read_back(found, tmp_path)
    assert readings.groupby("asset").size().to_dict() == {"pump1": 120, "pump2": 120}


def test_daily_readings_are_learned_from_as_many_days_as_a_training_wants(put):
    found = discover(put(cases.lines("date,kWh", lambda n: f"{cases.DAYS[n]:%Y-%m-%d},{cases.YEAR[n]:.1f}", 80)))
    assert found.family.step == timedelta(days=1)
    assert (found.family.training.first_after, found.family.training.days, found.trains) == (240, 960, False)


def test_a_counter_is_known_by_its_numbers_and_a_noisy_rise_is_none(put):
    rows = cases.lines(
        "time,energy,temp",
        lambda n: f"{cases.HOURS[n]},{5000 + cases.TEMP[: n + 1].sum():.2f},{cases.TEMP[n] + n / 50:.2f}",
    )
    sensors = discover(put(rows)).family.sensors
    assert (sensors["energy"].kind, sensors["temp"].kind) == ("counter", "measured")


def test_each_guess_has_its_reason_beside_it_in_the_settings(put):
    found = discover(put(cases.two(cases.styled("%d.%m.%Y %H:%M"), "Zeit,temp,flow", ",", ";")))
    text = with_family("# mine\nseed = 7\n", found, "plant")
    assert text.startswith("# mine\nseed = 7\n")
    assert "time = \"Zeit\" # 100.0% of its cells are times like '02.02.2026 00:00'" in text
    assert 'timezone = "UTC" # the file states no zone; correct it if these are local times' in text


def test_the_numbers_of_states_stand_in_the_settings_with_how_they_came_about(put):
    found = discover(
        put(cases.lines("time,temp,mode", lambda n: f"{cases.HOURS[n]},{n % 7},{cases.MODES[n // 6 % 5]}"))
    )
    line = next(line for line in with_family("", found, "plant").splitlines() if line.startswith("mode"))
    assert 'states = {"Heizen" = 0, "Kühlen" = 1, "Abtauen" = 2, "Störung 3" = 3}' in line
    assert line.endswith("they come; with an order, number them anew and take out the kind")


def test_a_sheet_of_a_workbook_reads_as_the_csv_does(put, tmp_path):
    frame = pd.DataFrame({"Zeit": cases.HOURS, "temp": cases.TEMP.round(2), "flow": cases.FLOW.round(2)})
    (tmp_path / "inbox").mkdir()
    with pd.ExcelWriter(tmp_path / "inbox" / "log.xlsx") as book:
        pd.DataFrame({"a": ["about this file"]}).to_excel(book, sheet_name="About", index=False)
        frame.to_excel(book, sheet_name="Data", index=False)
    found = discover(tmp_path / "inbox" / "log.xlsx")
    assert (found.used, tuple(found.family.sensors), str(found.last)[:19]) == (
        384,
        ("temp", "flow"),
        "2026-02-09 23:00:00",
    )
    _, readings, _ = read_back(found, tmp_path)
    assert readings.loc[readings["sensor"] == "temp", "value"].tolist() == cases.TEMP.round(2).tolist()


def workbook(path: Path, sheets: dict[str, pd.DataFrame]) -> Path:
    with pd.ExcelWriter(path) as book:
        for name, frame in sheets.items():
            frame.to_excel(book, sheet_name=name, index=False)
    return path


def sheet_rows(count: int, column: str = "flow", first: str = "2026-03-01") -> pd.DataFrame:
    times = pd.date_range(first, periods=count, freq="15min")
    return pd.DataFrame({"time": times, column: [n % 7 for n in range(count)]})


def test_sheets_of_the_same_columns_are_machines_and_the_others_are_told(tmp_path):
    notes = pd.DataFrame({"about": ["one", "two"]})
    sheets = {"press 1": sheet_rows(40), "notes": notes, "press 2": sheet_rows(30)}
    found = discover(workbook(tmp_path / "book.xlsx", sheets))
    assert (found.assets, found.used, found.family.layout.sheet) == (("press 1", "press 2"), 70, "*")
    odd = " ".join(found.odd)
    assert "the sheets 'press 1', 'press 2' have the same columns and are read as one table; --sheet takes one" in odd
    assert "only the 2 sheets alike are read, not 'notes' (3 rows); name another with --sheet (layout.sheet)" in odd
    _, readings, _ = read_back(found, tmp_path)
    assert readings["asset"].value_counts().to_dict() == {"press 1": 40, "press 2": 30}


def test_sheets_of_other_columns_are_told_and_one_can_be_picked(tmp_path):
    path = workbook(tmp_path / "book.xlsx", {"press": sheet_rows(40), "oven": sheet_rows(30, "power")})
    found = discover(path)
    assert "only the sheet 'press' is read, not 'oven' (31 rows); name another with --sheet" in " ".join(found.odd)
    picked = discover(path, Wishes(sheet="oven"))
    assert (tuple(picked.family.sensors), picked.used, picked.family.layout.sheet) == (("power",), 30, "oven")
    with pytest.raises(UnreadableError, match=r"no sheet 'pump'; layout.sheet must be one of \['press', 'oven'\]"):
        discover(path, Wishes(sheet="pump"))


def test_sheets_that_follow_one_another_in_time_are_one_machine(tmp_path):
    sheets = {"March": sheet_rows(96), "April": sheet_rows(96, first="2026-04-01")}
    found = discover(workbook(tmp_path / "book.xlsx", sheets))
    assert (found.assets, found.used, str(found.last)[:10]) == (("asset",), 192, "2026-04-01")


def test_a_zone_that_does_not_exist_is_refused_by_name(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("time,flow\n2026-03-01 00:00,1\n2026-03-01 00:15,2\n")
    with pytest.raises(UnusableError, match="unknown time zone 'Mars/Olympus'"):
        discover(path, Wishes(zone="Mars/Olympus"))


def test_files_of_one_time_each_are_read_as_one_log(put, tmp_path):
    for n, day in enumerate(cases.DAYS[:30]):
        rows = "".join(f"{day:%Y-%m-%d},D{k},{100 + n * (k + 1)},{20 + 3 * k + n % 5}\n" for k in range(3))
        put("date,serial_number,hours,temp\n" + rows, f"{day:%Y-%m-%d}.csv")
    found = discover(tmp_path / "inbox")
    assert (found.assets, tuple(found.family.sensors), found.used) == (("D0", "D1", "D2"), ("hours", "temp"), 180)


def test_of_an_archive_whose_first_table_is_none_of_readings_the_largest_is_read(put):
    about = "id;from;to;name\n1;a;b;North\n"
    data = cases.zip_of({"about.csv": about, "readings.csv": day_rows(cases.HOURS)})
    found = discover(put(data, "plant.zip"))
    assert (tuple(found.family.sensors), found.used) == (("temp", "flow"), 2 * cases.ROWS)
    assert "not read: about.csv" in " ".join(found.odd)
