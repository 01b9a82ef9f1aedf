"""The source of SQL databases, tried on a SQLite and on a PostgreSQL that runs beside."""

import sqlite3
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from sensors_data.errors import NotThereError, StorageError, UnusableError
from sensors_data.series.sources import sql as sql_source
from sensors_data.series.sources.kinds import days_in, read_day
from sensors_data.settings import Family

sqlalchemy = pytest.importorskip("sqlalchemy", reason="the extra sql is not installed")
sys.path.insert(0, str(Path(__file__).parents[4] / "deploy" / "demo"))
from databases import postgresql  # noqa: E402

DAY = date(2026, 2, 14)
QUERY = "select time, asset, sensor, value from readings where time >= :start and time < :end"


def family_of(source, **changes):
    plain = {"step": "5min", "layout": {"kind": "long", "asset": "asset"}, "sensors": {"flow": {}, "speed": {}}}
    return Family.model_validate(plain | {"source": {"kind": "sql", "query": QUERY} | source} | changes)


@pytest.fixture
def sqlite(tmp_path, plant):
    """A SQLite database of the plant, times as text; its URL."""
    path = tmp_path / "plant.db"
    rows = plant.rows.assign(time=plant.rows["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    with sqlite3.connect(path) as connection:
        rows.to_sql("readings", connection, index=False)
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def server(program):
    """A PostgreSQL of its own; its URL. Its folder is one that its user may enter, which pytest's are not."""
    program("initdb")
    place = tempfile.TemporaryDirectory(prefix="nightscore-postgresql-", ignore_cleanup_errors=True)
    with place as folder, postgresql(Path(folder)) as url:
        yield url


@pytest.fixture
def database(server, plant):
    """A table of the plant in that PostgreSQL, times with their zone."""
    engine = sqlalchemy.create_engine(server)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("drop table if exists readings"))
        connection.execute(
            sqlalchemy.text("create table readings (time timestamptz, asset text, sensor text, value float)")
        )
        insert = sqlalchemy.text("insert into readings values (:time, :asset, :sensor, :value)")
        connection.execute(insert, plant.rows.to_dict("records"))
    engine.dispose()
    return server


def test_sqlite_gives_the_partition_that_the_csv_gives(plant, sqlite):
    assert plant.take_in(source={"kind": "sql", "url": sqlite, "query": QUERY}) == plant.expected


def test_postgresql_gives_the_partition_that_the_csv_gives(plant, database):
    assert plant.take_in(source={"kind": "sql", "url": database, "query": QUERY}) == plant.expected


def test_a_wide_query_gives_it_too(plant, database):
    wide = "select time, asset, max(value) filter (where sensor = 'flow') as flow, "
    wide += "max(value) filter (where sensor = 'speed') as speed "
    wide += "from readings where time >= :start and time < :end group by time, asset"
    source = {"kind": "sql", "url": database, "query": wide}
    readings, rejects = read_day(family_of(source, layout={"asset": "asset"}), DAY)
    assert rejects.empty
    assert len(readings) == len(plant.rows)
    assert readings["value"].sum() == pytest.approx(plant.rows["value"].sum())


@pytest.mark.parametrize("kind", ["sqlite", "database"])
def test_the_days_are_those_with_a_row(kind, request, plant):
    url = request.getfixturevalue(kind)
    assert days_in(family_of({"url": url})) == [DAY]
    assert days_in(family_of({"url": url, "query": f"{QUERY} and value > 1000"})) == []


def test_a_day_without_a_row_is_empty(plant, sqlite):
    readings, rejects = read_day(family_of({"url": sqlite}), DAY + timedelta(days=1))
    assert (len(readings), len(rejects)) == (0, 0)


def test_a_value_that_cannot_be_used_is_rejected_with_its_reason(plant, sqlite):
    with sqlite3.connect(sqlite.removeprefix("sqlite:///")) as connection:
        connection.execute("insert into readings values ('2026-02-14T12:01:00Z', 'pump-1', 'depth', 3)")
        connection.execute("insert into readings values ('2026-02-14T12:02:00Z', 'pump-1', 'flow', 'ERR')")
    readings, rejects = read_day(family_of({"url": sqlite}), DAY)
    assert len(readings) == len(plant.rows)
    assert rejects[["source", "reason"]].to_numpy().tolist() == [["sql", "unknown sensor"], ["sql", "not a number"]]


def test_a_database_that_is_not_there_is_not_made(tmp_path):
    path = tmp_path / "none.db"
    with pytest.raises(NotThereError, match="no SQLite database"):
        days_in(family_of({"url": f"sqlite:///{path}"}))
    assert not path.exists()


def test_the_source_only_reads(database):
    query = "delete from readings where time >= :start and time < :end"
    with pytest.raises(StorageError, match="read-only"):
        read_day(family_of({"url": database, "query": query}), DAY)


def test_a_query_that_takes_too_long_is_ended(database):
    slow = "select pg_sleep(20), time from readings where time >= :start and time < :end"
    with pytest.raises(StorageError, match="statement timeout"):
        read_day(family_of({"url": database, "query": slow, "timeout": "1s"}), DAY)


def test_a_refused_password_is_in_no_message(database, monkeypatch):
    monkeypatch.setenv("PLANT_PASSWORD", "geheim-42")
    gone = database.replace("airflow@", "nobody@").replace("/airflow", "/elsewhere")
    family = family_of({"url": gone, "password": {"env": "PLANT_PASSWORD"}})
    with pytest.raises(StorageError, match=r"nobody.*does not exist") as refused:
        days_in(family)
    assert "geheim-42" not in f"{refused.value} {refused.value.__context__!r}"


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ({"url": "sqlite:///x.db", "query": "select 1"}, "lacks :start and :end"),
        ({"url": "postgresql+psycopg2://me:geheim@host/db"}, "holds a password"),
        ({"url": "nonsense"}, "url is not a URL"),
    ],
)
def test_a_source_that_cannot_work_says_what_to_mend(source, what):
    with pytest.raises(UnusableError, match=what) as refused:
        days_in(family_of(source))
    assert "geheim" not in str(refused.value)


def test_bounds_are_given_as_the_table_has_its_times():
    source = sql_source.SqlSource(kind="sql", url="x", query=QUERY, times="ms")
    assert sql_source._between(source, "sqlite", DAY, DAY + timedelta(days=1)) == {
        "start": 1771027200000,
        "end": 1771113600000,
    }
