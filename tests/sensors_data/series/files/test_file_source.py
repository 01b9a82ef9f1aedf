import gzip
import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sensors_data.errors import UnreadableError
from sensors_data.series.files import packing
from sensors_data.series.files.file_source import find_files, raw_readings, read_table
from sensors_data.settings import Layout

TEXT = "time,flow,speed\n2026-11-21T00:00Z,1,2\n2026-11-21T00:05Z,3,4\n"


def parquet(frame: pd.DataFrame, **options: object) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "A.CSV.GZ", "a.txt"])
def test_a_table_reads_the_same_by_any_separator_packed_or_not(put, separator, name):
    data = TEXT.replace(",", separator).encode()
    path = put(gzip.compress(data) if name.lower().endswith("gz") else data, name)
    frame, bad = read_table(path, Layout(separator=separator))
    assert frame.to_dict("list") == {
        "time": ["2026-11-21T00:00Z", "2026-11-21T00:05Z"],
        "flow": ["1", "3"],
        "speed": ["2", "4"],
    }
    assert list(frame.index) == [2, 3]
    assert bad.empty


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system_and_the_file_may_begin_with_a_byte_order_mark(put, end):
    frame, _ = read_table(put(b"\xef\xbb\xbf" + TEXT.replace("\n", end).encode()), Layout())
    assert list(frame) == ["time", "flow", "speed"]
    assert frame["speed"].tolist() == ["2", "4"]


def test_a_quoted_header_may_hold_the_separator(put):
    frame, bad = read_table(put('time,"flow, m3/h",speed\n1,2,3\n'), Layout())
    assert list(frame) == ["time", "flow, m3/h", "speed"]
    assert frame.iloc[0].tolist() == ["1", "2", "3"]
    assert bad.empty


def test_every_row_knows_its_line_past_empty_and_odd_lines(put):
    frame, bad = read_table(put("time,a\n1,2\n\n3\n4,5\n\n6,7,8\n9,10\n\n"), Layout())
    assert frame["a"].to_dict() == {2: "2", 5: "5", 8: "10"}
    assert bad.to_dict("list") == {"line": [4, 7], "raw": ["3", "6,7,8"]}


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        ("", "a.csv", "is empty"),
        (" \n\n", "a.csv", "is empty"),
        ("time,flow\n", "a.csv", "has no rows below its header"),
        ("time;flow\n1;2\n", "a.csv", "has no column"),
        ("time,flow\n1;2\n", "a.csv", "has no rows of 2 cells like its header; is ',' the separator"),
        ('time,flow\n1,"2\n3,4\n5,6\n', "a.csv", "a quotation mark that is never closed"),
        ("when,flow\n1,2\n", "a.csv", r"has no column \['time'\]; it has \['when', 'flow'\]"),
        ("time,warmth\n1,2\n", "a.csv", r"has none of the sensors \['flow', 'speed'\]; it has \['time', 'warmth'\]"),
        (
            "time,flow\n1,20°\n".encode("latin-1"),
            "a.csv",
            "line 2 is not written in utf-8: .*set layout.encoding .*cp1252",
        ),
        ("zeit°,flow\n1,2\n".encode("latin-1"), "a.csv", "line 1 is not written in utf-8"),
        (b"no gzip", "a.csv.gz", "is called .gz and is no gzip file"),
        (gzip.compress(TEXT.encode(), mtime=0)[:-12], "a.csv.gz", "is cut off or damaged"),
        (gzip.compress(TEXT.encode() * 99, mtime=0)[:40] + b"\xff" * 40, "a.csv.gz", "is cut off or damaged"),
        (b"PAR1", "a.parquet", "is no whole Parquet file; copy it again"),
        (parquet(pd.DataFrame({"time": [], "flow": []})), "a.parquet", "has no rows"),
        (
            parquet(pd.DataFrame({"time": [1], "flow": [2.0]}))[:-9],
            "a.parquet",
            "is no whole Parquet file; copy it again",
        ),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_names_itself(put, content, name, reason):
    with pytest.raises(UnreadableError, match=f"^{name} .*{reason}".replace("a.csv", r"a\.csv")):
        raw_readings(put(content, name), Layout(), ("flow", "speed"))


def test_a_file_larger_than_the_limit_once_unpacked_is_refused(put, monkeypatch):
    monkeypatch.setattr(packing, "MAX_BYTES", 1000)
    with pytest.raises(UnreadableError, match="is larger than 1,000 bytes; split it by day"):
        read_table(put(gzip.compress(b"time,flow\n" + b"1,2\n" * 1000), "bomb.csv.gz"), Layout())


def test_blank_cells_of_a_wide_file_are_no_values(put):
    path = put("time,flow,speed\n1,,5\n2, NaN ,\n3,n/a,null\n4,7,-\n")
    raw, _ = raw_readings(path, Layout(time_unit="s"), ("flow", "speed"))
    assert list(zip(raw["line"], raw["sensor"], raw["value"], strict=True)) == [(5, "flow", "7"), (2, "speed", "5")]


def test_columns_that_the_layout_ignores_are_no_sensors(put):
    path = put("time,flow,note,label\n1,2,on,0\n")
    raw, _ = raw_readings(path, Layout(ignore=("note", "label")), ("flow",))
    assert raw["sensor"].tolist() == ["flow"]


def test_parquet_of_any_number_type_gives_the_same_values_as_csv(put):
    frame = pd.DataFrame(
        {
            "flow": pd.array([1, None, 3], dtype="Int64"),
            "speed": [True, False, True],
            "time": pd.date_range("2026-11-21", periods=3, freq="5min", tz="Europe/Berlin"),
        }
    ).set_index("time")
    raw, _ = raw_readings(put(parquet(frame), "a.parquet"), Layout(), ("flow", "speed"))
    values = raw.groupby("sensor")["value"].apply(lambda v: [float(x) for x in v]).to_dict()
    assert values == {"flow": [1.0, 3.0], "speed": [1.0, 0.0, 1.0]}
    assert raw["line"].tolist() == [1, 3, 1, 2, 3]


def test_the_asset_is_the_file_where_the_layout_says_so(put):
    path = put(TEXT, "pump-7.2026-11-21.csv")
    raw, _ = raw_readings(path, Layout(asset_from_file=True), ("flow", "speed"))
    assert set(raw["asset"]) == {"pump-7"}
    raw, _ = raw_readings(path, Layout(), ("flow", "speed"))
    assert set(raw["asset"]) == {"asset"}


def test_the_inbox_is_a_file_a_folder_or_a_pattern(put, tmp_path):
    from datetime import date

    names = ["b/2026-11-21.csv", "a/x.csv.gz", "a/2026-11-22.csv", "a/[1].csv", ".hidden.csv", "a/readme.md"]
    paths = {name: put("x", name) for name in names}
    inbox = tmp_path / "inbox"
    assert find_files(str(inbox)) == sorted(paths[n] for n in names[:4])
    assert find_files(str(paths["a/x.csv.gz"])) == [paths["a/x.csv.gz"]]
    assert find_files(str(paths["a/[1].csv"])) == [paths["a/[1].csv"]]
    assert find_files(f"{inbox}/*/{{day}}.csv", date(2026, 11, 22)) == [paths["a/2026-11-22.csv"]]
    with pytest.raises(LookupError, match=r"no file at .*2026-11-23.csv; put .csv, .* there or correct `inbox`"):
        find_files(f"{inbox}/*/{{day}}.csv", date(2026, 11, 23))


def test_a_file_that_changed_is_read_again(put):
    raw, _ = raw_readings(put(TEXT), Layout(), ("flow",))
    assert len(raw) == 4
    raw, _ = raw_readings(put(TEXT + "2026-11-21T00:10Z,5,6\n"), Layout(), ("flow",))
    assert len(raw) == 6


def test_a_line_of_too_many_cells_that_is_no_text_is_refused_without_a_word_on_standard_error(put, make_family, capfd):
    path = put(b"time,flow,speed\n2026-11-21T00:00Z,1,2\n2026-11-21T00:05Z,1,2,\xec\xff\n")
    with pytest.raises(UnreadableError, match=r"line 3 is not written in utf-8"):
        read_table(path, make_family().layout)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("noted", [b"{}", b"\xb1", b'{"columns": [{}], "index_columns": [1]}', b"[" * 5000])
def test_what_pandas_noted_of_a_parquet_file_is_not_believed(put, noted):
    frame = pd.DataFrame({"flow": [1.0, 2.0]}, index=pd.Index(["2026-11-21T00:00Z", "2026-11-21T00:05Z"], name="time"))
    table = pa.Table.from_pandas(frame)
    buffer = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"pandas": noted}), buffer)
    rows, _ = read_table(put(buffer.getvalue(), "a.parquet"), Layout())
    assert rows.to_dict("list") == {"flow": [1.0, 2.0], "time": list(frame.index)}


def test_an_unnamed_index_of_pandas_is_no_column(put):
    rows, _ = read_table(put(parquet(pd.DataFrame({"time": [1], "flow": [2.0]}, index=[7])), "a.parquet"), Layout())
    assert rows.to_dict("list") == {"time": [1], "flow": [2.0]}


def test_a_parquet_text_that_is_no_utf_8_is_refused_with_the_files_name(put):
    times = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xe8:")])
    buffer = io.BytesIO()
    pq.write_table(pa.table({"time": times, "flow": [1.0]}), buffer)
    with pytest.raises(UnreadableError, match=r"a\.parquet is no whole Parquet file; copy it again"):
        read_table(put(buffer.getvalue(), "a.parquet"), Layout())
