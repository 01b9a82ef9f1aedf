"""Workbooks and archives that are damaged, empty or claim billions of cells are refused with their name."""

import io
import re
import struct
import time
import zipfile
from datetime import datetime

import openpyxl
import pytest

from sensors_data.errors import UnreadableError
from sensors_data.layout import Layout
from sensors_data.series.files.packing import unpacked
from sensors_data.series.files.workbooks import alike, sheet_csv

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book(tmp_path):
    """book(change, part): a workbook of two columns, the text of its sheet or of another part changed."""

    def made(change, part=SHEET):
        whole = io.BytesIO()
        workbook = openpyxl.Workbook()
        for row in (("time", "flow"), ("2026-11-21 00:00", 1.5), ("2026-11-21 00:05", 2.5)):
            workbook.active.append(row)
        workbook.save(whole)
        path = tmp_path / "plant.xlsx"
        with zipfile.ZipFile(whole) as before, zipfile.ZipFile(path, "w") as after:
            for name in before.namelist():
                text = before.read(name)
                after.writestr(name, change(text) if name == part else text)
        return path

    return made


def test_a_sheet_is_read_as_csv(book):
    assert sheet_csv(book(bytes), "").splitlines()[:2] == [b"time,flow", b"2026-11-21 00:00,1.5"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace(b"</row>", b"</rw>", 1),
        lambda text: text.replace(b'r="A2"', b'r="A\x00"', 1),
        lambda text: text.replace(b"<row ", b'<row x="\xff" ', 1),
        lambda text: text.replace(b'<row r="2"', b'<row r="many"', 1),
    ],
    ids=["cut", "other tag", "odd cell", "odd text", "odd row"],
)
def test_a_damaged_sheet_is_refused_with_its_name(book, change):
    with pytest.raises(UnreadableError, match=r"plant\.xlsx"):
        sheet_csv(book(change), "")


def test_a_workbook_without_a_sheet_is_refused(book):
    path = book(lambda text: re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", text), "xl/workbook.xml")
    with pytest.raises(UnreadableError, match=r"plant\.xlsx (has no sheet of cells|is no workbook)"):
        sheet_csv(path, "")


def test_a_cell_at_the_far_end_of_a_sheet_takes_neither_time_nor_memory(book):
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = book(lambda text: text.replace(b"</sheetData>", far).replace(b"A1:B3", b"A1:XFD1048576"))
    begun = time.process_time()
    with pytest.raises(UnreadableError, match=r"more than 20,000,000 blank cells"):
        sheet_csv(path, "")
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    "above",
    [("From", datetime(2026, 2, 2), "To", datetime(2026, 2, 5)), ("Plant", None, "Printed", datetime(2026, 2, 6))],
    ids=["from and to", "printed"],
)
def test_times_above_the_header_leave_sheets_of_one_header_alike(tmp_path, above):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for number in (1, 2):
        sheet = workbook.create_sheet(f"Line {number}")
        rows = [(datetime(2026, 2, 2, hour), number + hour / 10, 20 + hour) for hour in range(12)]
        for row in (
            ("Energy report",),
            (*above[:3], above[3].replace(day=number)),
            (),
            ("Time", "Force", "Temp"),
            *rows,
        ):
            sheet.append(row)
    workbook.save(path := tmp_path / "report.xlsx")
    assert alike(path) == ["Line 1", "Line 2"]
    assert b"Time,Force,Temp,,sheet" in sheet_csv(path, "*")
    assert sheet_csv(path, "*").count(b"\n2026-02-02") == 24


def test_an_archive_whose_places_are_wrong_is_refused_with_its_name(tmp_path):
    path = tmp_path / "plant.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "time,flow\n")
    data = bytearray(path.read_bytes())
    end = data.rindex(b"PK\x05\x06")
    data[end + 16 : end + 20] = struct.pack("<I", 2**31)  # where its list of files begins
    path.write_bytes(data)
    with pytest.raises(UnreadableError, match=r"plant\.zip is a damaged or locked zip file"):
        unpacked(path, Layout())
