"""A file is read as what it holds, whatever it is called."""

import gzip
import io
import zipfile

import numpy as np
import pandas as pd
import pytest

from sensors_data.errors import UnreadableError
from sensors_data.layout import Layout
from sensors_data.series.files.file_source import read_table
from sensors_data.series.files.kinds import is_parquet, is_workbook
from sensors_data.series.files.workbooks import sheet_names


@pytest.fixture
def table():
    hours = pd.date_range("2026-01-01", periods=50, freq="h")
    return pd.DataFrame({"time": hours, "temp": np.arange(50) / 4})


@pytest.mark.parametrize("name", ["a.parquet", "a.csv", "a.xlsx", "a"])
def test_parquet_under_any_name(table, tmp_path, name):
    table.to_parquet(tmp_path / name)
    rows, _ = read_table(tmp_path / name, Layout())
    assert rows["temp"].tolist() == table["temp"].tolist()


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a.txt"])
def test_a_workbook_under_any_name(table, tmp_path, name):
    table.to_excel(tmp_path / "a.xlsx", index=False)
    (tmp_path / "a.xlsx").rename(tmp_path / name)
    assert is_workbook(tmp_path / name)
    rows, _ = read_table(tmp_path / name, Layout())
    assert rows["temp"].astype(float).tolist() == table["temp"].tolist()


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.xlsm", "a.parquet", "a.xls"])
def test_text_under_any_name(table, tmp_path, name):
    table.to_csv(tmp_path / name, index=False)
    rows, _ = read_table(tmp_path / name, Layout())
    assert rows["temp"].astype(float).tolist() == table["temp"].tolist()


def test_packed_text_called_a_workbook_is_none(table, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(gzip.compress(table.to_csv(index=False).encode()))
    rows, _ = read_table(tmp_path / "a.xlsx", Layout())
    assert len(rows) == 50


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02 broken"])
def test_an_empty_or_broken_file_is_what_its_name_says(tmp_path, content):
    for name in ("a.parquet", "a.xlsx"):
        (tmp_path / name).write_bytes(content)
        assert is_parquet(tmp_path / name) == (name == "a.parquet")
        assert is_workbook(tmp_path / name) == (name == "a.xlsx")


def test_a_broken_file_is_refused_by_what_its_name_says(tmp_path):
    for name in ("a.parquet", "a.xlsx"):
        (tmp_path / name).write_bytes(b"\x00\x01\x02 broken")
    with pytest.raises(UnreadableError, match="no whole Parquet file"):
        read_table(tmp_path / "a.parquet", Layout())
    with pytest.raises(UnreadableError, match="no workbook that can be read"):
        sheet_names(tmp_path / "a.xlsx")


def opendocument():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("mimetype", "content.xml", "META-INF/manifest.xml"):
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (opendocument(), "is a workbook of OpenDocument; save it as .xlsx or CSV"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(60), "is a 7z archive; unpack it and name the folder"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(60), "is a RAR archive; unpack it and name the folder"),
        (b"\x28\xb5\x2f\xfd" + bytes(60), "is packed by Zstandard; unpack it, or pack it by gzip"),
        (b"Obj\x01\x04\x14avro.codec" + bytes(60), "is an Avro file; write it as Parquet or CSV"),
        (b"ORC\n\x0b" + bytes(60) + b"\x03ORC\x17", "is an ORC file; write it as Parquet or CSV"),
    ],
    ids=["OpenDocument", "7z", "RAR", "Zstandard", "Avro", "ORC"],
)
def test_a_file_of_a_kind_that_is_not_read_says_what_it_is(tmp_path, data, said):
    (path := tmp_path / "a.dat").write_bytes(data)
    with pytest.raises(UnreadableError) as refusal:
        read_table(path, Layout())
    assert str(refusal.value) == f"a.dat {said}"
