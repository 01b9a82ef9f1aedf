"""Workbooks whose cells are merged over rows, and whose sheets have lines about them above the same table."""

import io
from datetime import datetime, time

import openpyxl
import pytest

from sensors_data.series.files.merged_ranges import merged_ranges
from sensors_data.series.files.workbooks import EVERY, sheet_csv, sheets_of
from sensors_data.series.understanding.discover import discover

DAYS = [datetime(2026, 2, day) for day in range(2, 9)]


@pytest.fixture
def book(tmp_path):
    """book(sheets, merged): a workbook of some sheets' rows, cells of each of them merged."""

    def made(sheets, merged=()):
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for name, rows in sheets.items():
            sheet = workbook.create_sheet(name)
            for row in rows:
                sheet.append(row)
            for cells in merged:
                sheet.merge_cells(cells)
        workbook.save(tmp_path / "plant.xlsx")
        return tmp_path / "plant.xlsx"

    return made


def logbook() -> list[list]:
    """Hours of days below one another, the date in the first row of each day, and a line of means below each."""
    rows = [["boiler house"], [], ["Datum", "Tijd", "temp"]]
    for day in DAYS:
        rows += [[None if hour else day, time(hour), 70.5 + day.day + hour % 5] for hour in range(24)]
        rows.append(["gemiddelde", None, 72.5])
    return rows


def test_a_cell_that_is_merged_over_rows_stands_in_each_of_them(book):
    rows = [["log"], ["machine", "time", "flow"], ["P1", DAYS[0], 1.5], [None, DAYS[1], 2.5], ["P2", DAYS[0], 3.5]]
    made = sheet_csv(book({"log": rows}, ["A1:C1", "A3:A4"]), "").decode().splitlines()
    assert made == [
        "log,,",
        "machine,time,flow",
        "P1,2026-02-02 00:00:00,1.5",
        "P1,2026-02-03 00:00:00,2.5",
        "P2,2026-02-02 00:00:00,3.5",
    ]


def test_a_merged_number_stays_one_reading(book):
    rows = [["time", "flow", "sum"], [DAYS[0], 1.5, 4], [DAYS[1], 2.5, None]]
    assert sheet_csv(book({"log": rows}, ["C2:C3"]), "").decode().splitlines()[2] == "2026-02-03 00:00:00,2.5,"


@pytest.mark.parametrize("merged", [True, False], ids=["merged", "blank"])
def test_hours_below_the_date_of_their_day_are_read_and_the_lines_of_means_are_not(book, merged):
    cells = [f"A{4 + 25 * day}:A{27 + 25 * day}" for day in range(len(DAYS))] if merged else []
    found = discover(book({"log": logbook()}, cells))
    assert (found.used, tuple(found.family.sensors), str(found.last)[:19]) == (168, ("temp",), "2026-02-08 23:00:00")


def test_of_ranges_that_overlap_the_first_is_taken():
    text = b'<mergeCell ref="A2:A9"/><mergeCell ref="A3:B5"/><mergeCell ref="B2:D2"/><x:mergeCell ref="AA10:AA12"/>'
    assert merged_ranges(io.BytesIO(text)) == [(0, 1, 8), (26, 9, 11)]


def test_sheets_of_the_same_table_below_other_lines_about_it_are_one(book):
    table = [[], ["time", "flow", "temp", "alarm"], *([day, 1.5, 2.5, "OK"] for day in DAYS)]
    sheets = {
        "Info": [["export"], ["machines", 2]],
        "P1": [["Unit", "P1"], ["tested", datetime(2025, 1, 1)], *table],
        "P2": [["Unit", "P2"], ["serial", 17], ["tested", datetime(2025, 3, 1)], *table],
    }
    path = book(sheets)
    assert sheets_of(path) == EVERY
    made = sheet_csv(path, EVERY).decode().splitlines()
    assert (made[3], made[4], made[-1]) == (
        "time,flow,temp,alarm,sheet",
        "2026-02-02 00:00:00,1.5,2.5,OK,P1",
        "2026-02-08 00:00:00,1.5,2.5,OK,P2",
    )


def test_sheets_below_the_names_of_other_machines_are_not_one(book):
    def sheet(first: str, second: str) -> list[list]:
        head = [[None, first, None, second, None], ["time", "flow", "temp", "flow", "temp"]]
        return [*head, *([day, 1.5, 2.5, 3.5, 4.5] for day in DAYS)]

    assert sheets_of(book({"north": sheet("P1", "P2"), "south": sheet("P3", "P4")})) == ""
