"""Tables of DuckDB, Delta and Iceberg, each written here by its own library."""

import re
from datetime import date, timedelta

import pandas as pd
import pyarrow as pa
import pytest

from sensors_data.errors import NotThereError, StorageError, UnreadableError, UnusableError
from sensors_data.series.sources.kinds import days_in, read_day
from sensors_data.settings import Family

DAY = date(2026, 2, 14)
QUERY = "select time, asset, sensor, value from readings where time >= :start and time < :end"


def family_of(source):
    plain = {"step": "5min", "layout": {"kind": "long", "asset": "asset"}, "sensors": {"flow": {}, "speed": {}}}
    return Family.model_validate(plain | {"source": source})


@pytest.fixture(params=[None, "UTC"], ids=["plain", "zoned"])
def table(request, plant) -> pa.Table:
    """The plant's rows and one of the day before, its times with and without a zone."""
    first = plant.rows.iloc[:1]
    both = pd.concat([first.assign(time=first["time"] - timedelta(minutes=5)), plant.rows])
    rows = pa.Table.from_pandas(both.assign(time=both["time"].astype("int64")), preserve_index=False)
    return rows.set_column(0, "time", rows["time"].cast(pa.timestamp("us", request.param)))


def duckdb_of(table, folder):
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(str(folder / "plant.duckdb")) as connection:
        connection.register("rows", table)
        connection.execute("create table readings as select * from rows")
    return {"kind": "duckdb", "database": str(folder / "plant.duckdb"), "query": QUERY}


def delta_of(table, folder):
    deltalake = pytest.importorskip("deltalake", reason="the extra delta is not installed")
    deltalake.write_deltalake(str(folder / "delta"), table.slice(0, 500))
    deltalake.write_deltalake(str(folder / "delta"), table.slice(500), mode="append")
    return {"kind": "delta", "url": str(folder / "delta")}


def iceberg_of(table, folder):
    catalogs = pytest.importorskip("pyiceberg.catalog", reason="the extra iceberg is not installed")
    keys = {"type": "sql", "uri": f"sqlite:///{folder}/catalog.db", "warehouse": f"file://{folder}/warehouse"}
    catalog = catalogs.load_catalog("mill", **keys)
    catalog.create_namespace("plant")
    made = catalog.create_table("plant.readings", schema=table.schema)
    made.append(table.slice(0, 500))
    made.append(table.slice(500))
    return {"kind": "iceberg", "table": "plant.readings", "catalog": {"name": "mill"} | keys}


def static_of(table, folder):
    iceberg_of(table, folder)
    newest = max((folder / "warehouse").rglob("*.metadata.json"))
    return {"kind": "iceberg", "metadata": f"file://{newest}"}


@pytest.mark.parametrize("made", [duckdb_of, delta_of, iceberg_of, static_of])
def test_a_table_gives_the_partition_that_the_csv_gives(made, table, plant, tmp_path):
    source = made(table, tmp_path)
    assert plant.take_in(source=source) == plant.expected
    assert days_in(family_of(source)) == [DAY - timedelta(days=1), DAY]
    readings, rejects = read_day(family_of(source), DAY + timedelta(days=1))
    assert (len(readings), len(rejects)) == (0, 0)


def test_duckdb_reads_files_by_a_query_and_needs_no_database(plant, tmp_path):
    pytest.importorskip("duckdb")
    query = QUERY.replace("readings", f"read_csv('{tmp_path}/csv/*.csv')")
    assert plant.take_in(source={"kind": "duckdb", "query": query}) == plant.expected


@pytest.mark.parametrize(
    ("source", "error", "what"),
    [
        ({"kind": "duckdb", "database": "none.duckdb", "query": QUERY}, NotThereError, "no DuckDB file at none.duckdb"),
        ({"kind": "duckdb", "query": QUERY}, StorageError, "readings does not exist!; correct `query`"),
        ({"kind": "duckdb", "query": "select 1"}, UnusableError, "lacks :start and :end"),
        ({"kind": "delta", "url": "/nowhere"}, NotThereError, "there is no Delta table at /nowhere; correct `url`"),
        ({"kind": "iceberg", "metadata": "/nowhere.json"}, NotThereError, "no Iceberg table /nowhere.json; correct"),
        ({"kind": "iceberg", "table": "a.b"}, UnusableError, "named by `table` and `catalog`, or by `metadata`"),
    ],
)
def test_a_table_that_is_not_there_says_what_to_mend(source, error, what):
    with pytest.raises(error, match=re.escape(what)):
        days_in(family_of(source))


def test_times_that_are_text_or_not_there_are_refused(table, tmp_path):
    text = table.set_column(0, "time", table["time"].cast(pa.string()))
    source = delta_of(text, tmp_path)
    with pytest.raises(UnusableError, match=r"column 'time' of .* is string, no timestamp; read it with"):
        read_day(family_of(source), DAY)
    other = family_of(source).model_copy(
        update={"layout": family_of(source).layout.model_copy(update={"time": ("t",)})}
    )
    with pytest.raises(UnreadableError, match="has no column 't'"):
        read_day(other, DAY)
