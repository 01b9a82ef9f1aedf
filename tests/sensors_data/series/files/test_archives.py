"""Zip and tar archives of several tables: unpacked within bounds, and refused beyond them."""

import gzip
import io
import tarfile
import zipfile

import pytest

from sensors_data.errors import UnreadableError
from sensors_data.layout import Layout
from sensors_data.series.files import archives
from sensors_data.series.files.file_source import find_files
from sensors_data.series.files.packing import unpacked

ROWS = "time,temp\n2026-02-02,1\n"


def zip_of(*names, text=ROWS):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, text)
    return buffer.getvalue()


def test_the_tables_of_an_archive_stand_for_it_as_old_as_it_is(put):
    path = put(zip_of("b.csv", "south\\a.csv", "readme.txt", "__MACOSX/._b.csv"), "plant.zip")
    tables = find_files(str(path))
    assert sorted(table.name for table in tables) == ["a.csv", "b.csv"]
    assert {table.read_text() for table in tables} == {ROWS}
    assert {table.stat().st_mtime_ns for table in tables} == {path.stat().st_mtime_ns}
    assert find_files(str(path)) == tables


def test_a_changed_archive_is_unpacked_again(put):
    first = find_files(str(put(zip_of("a.csv", "b.csv"), "plant.zip")))
    again = find_files(str(put(zip_of("a.csv", "b.csv", text=ROWS + "2026-02-03,2\n"), "plant.zip")))
    assert [len(table.read_text().splitlines()) for table in (*first, *again)] == [2, 2, 3, 3]


@pytest.mark.parametrize(
    ("names", "bound", "why"),
    [
        (("a.csv", "../b.csv"), {}, "outside its folder: '../b.csv'"),
        (("a.csv", "/etc/b.csv"), {}, "outside its folder: '/etc/b.csv'"),
        (("a.csv", "south\\..\\..\\b.csv"), {}, "outside its folder"),
        (("a.csv", "b.csv", "c.csv"), {"MOST_ENTRIES": 2}, "holds 3 files, more than 2"),
        (("a.csv", "b.csv"), {"MOST_BYTES": 2 * len(ROWS) - 1}, f"holds {2 * len(ROWS)} bytes"),
    ],
)
def test_an_archive_beyond_the_bounds_is_left_packed_and_refused_with_its_reason(put, monkeypatch, names, bound, why):
    for name, value in bound.items():
        monkeypatch.setattr(archives, name, value)
    path = put(zip_of(*names), "plant.zip")
    assert find_files(str(path)) == [path]
    with pytest.raises(UnreadableError, match=r"plant\.zip") as refusal:
        unpacked(path, Layout())
    assert why in str(refusal.value)


def tar_of(*names, text=ROWS, kind=tarfile.REGTYPE):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size, member.type = len(text), kind
            archive.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()


def test_the_tables_of_a_tar_stand_for_it_in_a_folder_too(put, tmp_path):
    path = put(tar_of("./b.csv", "south/a.csv", "readme.txt", "._b.csv"), "plant.tar.gz")
    tables = find_files(str(path))
    assert sorted(table.name for table in tables) == ["a.csv", "b.csv"]
    assert {table.read_text() for table in tables} == {ROWS}
    assert find_files(str(tmp_path / "inbox")) == tables


@pytest.mark.parametrize(
    ("names", "bound", "why"),
    [
        (("a.csv", "../b.csv"), {}, "outside its folder: '../b.csv'"),
        (("a.csv", "/etc/b.csv"), {}, "outside its folder: '/etc/b.csv'"),
        (("a.csv", "b.csv", "c.csv"), {"MOST_ENTRIES": 2}, "holds 3 files, more than 2"),
        (("a.csv", "b.csv"), {"MOST_BYTES": 2 * len(ROWS) - 1}, f"holds {2 * len(ROWS)} bytes"),
        (("a.jpg",), {}, "is a tar archive without a table: it holds a.jpg"),
    ],
)
def test_a_tar_beyond_the_bounds_or_without_tables_is_refused_with_its_reason(put, monkeypatch, names, bound, why):
    for name, value in bound.items():
        monkeypatch.setattr(archives, name, value)
    path = put(tar_of(*names), "plant.tgz")
    assert find_files(str(path)) == [path]
    with pytest.raises(UnreadableError, match=r"plant\.tgz") as refusal:
        unpacked(path, Layout())
    assert why in str(refusal.value)


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (tar_of("a.csv")[:60], "plant.tar.gz", "is a tar archive that is damaged or cut off"),
        (tar_of("a.csv", kind=tarfile.SYMTYPE), "plant.tar.gz", "is a tar archive without a table"),
        (tar_of("a.csv"), "plant.csv.gz", "is a tar archive; let its name end in .tar.gz"),
    ],
    ids=["cut", "links", "named otherwise"],
)
def test_a_tar_that_cannot_be_read_says_why(put, data, name, why):
    path = put(data, name)
    assert find_files(str(path)) == [path]
    with pytest.raises(UnreadableError, match=name.replace(".", r"\.")) as refusal:
        unpacked(path, Layout())
    assert why in str(refusal.value)


def test_a_header_of_a_tar_that_claims_to_be_huge_takes_no_memory(put):
    head = tarfile.TarInfo("x")
    head.type, head.size = tarfile.XHDTYPE, 2**33
    path = put(gzip.compress(head.tobuf(tarfile.GNU_FORMAT) + bytes(10_240)), "plant.tar.gz")
    with pytest.raises(UnreadableError, match="damaged or cut off"):
        unpacked(path, Layout())
