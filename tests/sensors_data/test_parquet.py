from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sensors_data import parquet
from sensors_data.errors import NightscoreError
from sensors_data.parquet import open_parquet, parquet_bytes
from sensors_data.provenance import Provenance
from sensors_data.store import Store
from sensors_data.tables import TABLES
from sensors_data.wide_rows import WideRows, coded_table_of

DAY = date(2026, 11, 21)


@pytest.fixture
def written(tmp_path):
    """A store with a day of readings, and where its file lies."""
    rng = np.random.default_rng(0)
    times = pd.date_range("2026-11-21", periods=288, freq="5min", tz="UTC")
    rows = pd.concat(
        [pd.DataFrame({"time": times, "asset": a, "sensor": "flow", "value": rng.normal(5, 1, 288)}) for a in "ab"]
    )
    store = Store(str(tmp_path))
    return store, store.write("readings", rows, Provenance(job="test"), family="pump", day=DAY)


def test_a_flipped_byte_of_a_page_never_gives_other_values(written):
    store, path = written
    data, whole = store.read_bytes(path), store.read("readings", family="pump", day=DAY)
    metadata = pq.ParquetFile(pa.BufferReader(data)).metadata
    footer = len(data) - metadata.serialized_size - 8
    silent, noticed = 0, 0
    for place in np.random.default_rng(1).integers(4, footer, 150):
        damaged = bytearray(data)
        damaged[place] ^= 1 << (place % 8)
        store.write_bytes(path, bytes(damaged))
        try:
            rows = store.read("readings", family="pump", day=DAY)
        except NightscoreError as error:
            noticed += "run: nightscore verify --repair" in str(error)
            continue
        silent += not rows.equals(whole)
    assert silent == 0
    assert noticed > 100


def test_a_file_without_checksums_is_still_read():
    rows = TABLES["readings"].schema.empty_table()
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink)
    assert open_parquet(sink.getvalue().to_pybytes()).read().equals(rows)


def test_the_same_rows_give_the_same_bytes():
    rows = pa.table({"x": list(range(1000))})
    assert parquet_bytes(rows) == parquet_bytes(rows)


def test_only_columns_that_repeat_are_written_by_a_list_of_their_values():
    rng = np.random.default_rng(0)
    columns = {"asset": ["pump-1"] * 50_000, "noise": rng.normal(size=50_000), "level": rng.integers(0, 90, 50_000)}
    rows = pa.table({**columns, "rounded": rng.normal(size=50_000).round(1)})
    chunks = open_parquet(data := parquet_bytes(rows)).metadata.row_group(0)
    listed = {chunks.column(n).path_in_schema: "RLE_DICTIONARY" in chunks.column(n).encodings for n in range(4)}
    assert listed == {"asset": True, "noise": False, "level": True, "rounded": True}
    pq.write_table(rows, sink := pa.BufferOutputStream(), compression="zstd")  # lists the values of every column
    assert len(data) < 0.9 * sink.getvalue().size
    assert open_parquet(data).read().equals(rows)


def test_codes_in_memory_are_text_in_the_file_and_each_row_group_lists_its_own(monkeypatch):
    monkeypatch.setattr(parquet, "GROUP", 4)
    names = pa.DictionaryArray.from_arrays(pa.array([0, 0, 1, 2, 2, 4, 4, 4, 5], pa.int32()), pa.array(list("abcdef")))
    times = pa.array(range(9), pa.timestamp("us", "UTC"))
    rows = pa.table({"time": times, "asset": names, "flow": pa.array([0.5] * 9)}).replace_schema_metadata({"a": "b"})
    file = pq.ParquetFile(pa.BufferReader(parquet_bytes(rows)))
    assert file.read().schema.types == [pa.timestamp("us", "UTC"), pa.string(), pa.float64()]
    assert file.read()["asset"].to_pylist() == list("aabcceeef")
    ends = [file.metadata.row_group(group).column(1).statistics for group in range(3)]
    assert [(end.min, end.max) for end in ends] == [("a", "c"), ("c", "e"), ("f", "f")]
    assert file.schema_arrow.metadata[b"a"] == b"b"


def test_keys_are_never_null_and_text_in_the_file():
    names = pa.DictionaryArray.from_arrays(pa.array([0, 1] * 500, pa.int32()), pa.array(["a", "b"]))
    noise = np.random.default_rng(0).normal(size=1000)
    rows = WideRows(["a", "b"], ("flow", "noise"), np.arange(1000).astype("datetime64[us]"), names.indices.to_numpy(),
                    np.stack([noise.round(1), noise]).T)  # fmt: skip
    file = pq.ParquetFile(pa.BufferReader(parquet_bytes(coded_table_of(TABLES["readings"], rows))))
    assert [field.nullable for field in file.schema_arrow] == [False, False, True, True]
    assert file.read()["asset"].to_pylist() == ["a", "b"] * 500


def test_duckdb_and_polars_read_what_is_written(tmp_path):
    rng = np.random.default_rng(0)
    rows = WideRows(["a"], ("flow",), np.arange(1000).astype("datetime64[us]"), np.zeros(1000, np.int32),
                    rng.normal(size=(1000, 1)).round(1))  # fmt: skip
    file = tmp_path / "rows.parquet"
    file.write_bytes(parquet_bytes(coded_table_of(TABLES["readings"], rows)))
    total = pytest.approx(rows.values.sum())
    duckdb = pytest.importorskip("duckdb")
    assert duckdb.execute("SELECT sum(flow) FROM read_parquet(?)", [str(file)]).fetchall()[0][0] == total
    assert pytest.importorskip("polars").read_parquet(file)["flow"].sum() == total
