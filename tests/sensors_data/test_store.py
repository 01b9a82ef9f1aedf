import io
import json
from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from sensors_data import parquet as parquet_module
from sensors_data.errors import UnusableError
from sensors_data.provenance import FORMAT, Provenance, settings_hash
from sensors_data.settings import Family
from sensors_data.store import Store, shard_of
from sensors_data.tables import TABLES, Column

DAY = date(2026, 11, 21)
WHERE = {"family": "pump", "day": DAY}
JOB = Provenance(job="ingest", settings="abc", inputs="def", model="2026-11-20")


def test_what_was_written_is_read_back(store, make_readings):
    frame = make_readings()
    path = store.write("readings", frame, JOB, **WHERE)
    assert path == "readings/family=pump/day=2026-11-21/data.parquet"
    assert_frame_equal(store.read("readings", **WHERE), frame)


def test_rows_are_sorted_by_asset_and_time_whatever_order_they_came_in(store, make_readings):
    frame = make_readings(assets=5, rows=40)
    store.write("readings", frame, JOB, **WHERE)
    expected = store.read_bytes(store.path("readings", **WHERE))
    for seed in range(5):
        shuffled = frame.sample(frac=1, random_state=seed)
        store.write("readings", shuffled, JOB, **WHERE)
        assert store.read_bytes(store.path("readings", **WHERE)) == expected
        assert_frame_equal(store.read("readings", **WHERE), frame)
        store.write("readings", pd.concat([shuffled[:7], shuffled[7:]]), JOB, **WHERE)
        assert store.read_bytes(store.path("readings", **WHERE)) == expected


def test_text_as_categories_gives_the_same_bytes(store, make_readings):
    frame = make_readings(assets=5, rows=40)
    expected = store.read_bytes(store.write("readings", frame, JOB, **WHERE))
    names = frame["asset"].unique()[::-1]
    coded = frame.assign(asset=pd.Categorical(frame["asset"], names))
    assert store.read_bytes(store.write("readings", coded.sample(frac=1, random_state=0), JOB, **WHERE)) == expected


def test_some_assets_are_read_without_the_others(store, make_readings):
    frame = make_readings(assets=5, rows=40)
    path = store.write("readings", frame, JOB, **WHERE)
    expected = frame[frame["asset"].isin(["p1", "p3"])].reset_index(drop=True)
    assert_frame_equal(store.read_files("readings", [path], ["p3", "p1", "unknown"]), expected)
    assert store.read_files("readings", [path], []).empty
    assert store.assets_in([path]) == {"p0", "p1", "p2", "p3", "p4"}


def test_an_asset_s_question_passes_over_the_row_groups_of_others(store, make_readings, monkeypatch):
    monkeypatch.setattr(parquet_module, "GROUP", 40)  # an asset's rows
    frame = make_readings(assets=5, rows=40)
    path = store.write("readings", frame, JOB, **WHERE)
    (file,) = store.opened([path])
    for wanted, groups in (
        ([], []),
        (["p1"], [1]),
        (["p1", "p3"], [1, 3]),
        (["a", "p22", "q"], []),
        (None, list(range(5))),
    ):
        names = None if wanted is None else pa.array(wanted, pa.string())
        assert parquet_module._groups_of(file, names) == groups
    expected = frame[frame["asset"] == "p3"].reset_index(drop=True)
    assert_frame_equal(store.read_files("readings", [path], ["p3"]), expected)


def test_the_same_frame_gives_the_same_bytes_in_another_store(tmp_path, make_readings):
    first, second = Store(str(tmp_path / "a")), Store(str(tmp_path / "b"))
    for store in (first, second):
        path = store.write("readings", make_readings(), JOB, **WHERE)
    assert first.read_bytes(path) == second.read_bytes(path)
    assert first.digest([path]) == second.digest([path])
    assert len(first.digest([path])) == 16


def test_a_partition_says_in_its_own_metadata_where_it_came_from(store, make_readings, tmp_path):
    path = store.write("readings", make_readings(assets=2, rows=3), JOB, **WHERE)
    stamp = pq.read_schema(tmp_path / "store" / path).metadata[b"nightscore"]
    found = Provenance.model_validate_json(stamp)
    assert (found.job, found.settings, found.inputs, found.model) == ("ingest", "abc", "def", "2026-11-20")
    assert (found.rows, found.values, found.many, found.revision) == (6, 12, 12, FORMAT)
    assert found.code.count(".") == 2
    assert store.provenance(path) == found


def restamp(store, path, metadata):
    """Write a file again with other metadata."""
    buffer = io.BytesIO()
    pq.write_table(pq.read_table(io.BytesIO(store.read_bytes(path))).replace_schema_metadata(metadata), buffer)
    store.write_bytes(path, buffer.getvalue())


def test_a_file_without_provenance_is_from_an_unknown_job(store, make_readings):
    path = store.write("readings", make_readings(), JOB, **WHERE)
    restamp(store, path, {})
    assert store.provenance(path).job == "unknown"
    assert len(store.read("readings", **WHERE)) == 60


@pytest.mark.parametrize("stamp", [{"job": "x", "revision": FORMAT + 1}, {"new key": [1], "revision": FORMAT + 7}])
def test_a_file_of_a_newer_revision_is_refused(store, make_readings, stamp):
    path = store.write("readings", make_readings(), JOB, **WHERE)
    restamp(store, path, {"nightscore": json.dumps(stamp)})
    with pytest.raises(ValueError, match="written by a newer nightscore"):
        store.read("readings", **WHERE)
    with pytest.raises(ValueError, match="written by a newer nightscore"):
        store.provenance(path)


@pytest.mark.parametrize("stamp", ["{", "[" * 100_000, "7", '{"revision": "x"}', '{"job": 5}'])
def test_a_file_that_does_not_say_where_it_came_from_is_refused_by_its_name(store, make_readings, stamp):
    path = store.write("readings", make_readings(), JOB, **WHERE)
    restamp(store, path, {"nightscore": stamp})
    for read in (lambda: store.provenance(path), lambda: store.read("readings", **WHERE)):
        with pytest.raises(UnusableError) as refusal:
            read()
        assert path in str(refusal.value)


HOSTILE = st.one_of(
    st.sampled_from(
        ["", ".", "..", "../x", "a/b", "a\\b", "/etc", "~", "a b", "x\n", "x\0", "-a", "ä", "a" * 129, "*"]
    ),
    st.text(max_size=8).map(lambda t: t + "/"),
    st.text(max_size=8).map(lambda t: "../" + t),
    st.text(st.characters(categories=("Cc", "Zs", "Zl", "Lo", "Sc", "So")), min_size=1, max_size=12),
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HOSTILE)
def test_a_value_that_could_leave_its_folder_is_refused(store, text):
    with pytest.raises(ValueError, match="cannot be part of a path"):
        store.path("readings", family=text, day=DAY)


def test_a_moment_is_no_day(store):
    with pytest.raises(ValueError, match="cannot be part of a path"):
        store.path("readings", family="pump", day=datetime(2026, 11, 21, 8))


@pytest.mark.parametrize("where", [{"family": "pump"}, {"day": DAY}, {**WHERE, "run": 0}])
def test_a_partition_has_just_its_tables_keys(store, where):
    with pytest.raises(ValueError, match=r"readings is partitioned by \('family', 'day'\)"):
        store.path("readings", **where)


def test_a_missing_column_is_named(store, make_readings):
    with pytest.raises(ValueError, match=r"table readings wants columns .* missing \['asset'\]"):
        store.write("readings", make_readings().drop(columns="asset"), JOB, **WHERE)
    assert store.files("") == []


@pytest.mark.parametrize(
    ("column", "value"), [("flow", "warm"), ("asset", 3), ("time", "soon"), ("time", 1.5), ("asset", b"\xff")]
)
def test_a_column_of_another_type_is_named(store, make_readings, column, value):
    frame = make_readings(assets=1, rows=2).assign(**{column: [value, value]})
    with pytest.raises(ValueError, match=f"table readings: column {column} must be .*, found"):
        store.write("readings", frame, JOB, **WHERE)
    assert store.files("") == []


def test_a_column_that_is_not_the_tables_is_left_out(store):
    rows = [{"source": "a.csv", "line": 1, "raw": "x", "reason": "not a number", "used": False, "extra": 1}]
    store.write("rejects", pd.DataFrame(rows), JOB, **WHERE)
    assert list(store.read("rejects", **WHERE)) == ["source", "line", "raw", "reason", "used"]


def test_writing_leaves_the_frame_as_it_was(store, make_readings):
    frame = make_readings().sample(frac=1, random_state=0)
    before = frame.copy()
    store.write("readings", frame, JOB, **WHERE)
    assert_frame_equal(frame, before)


@pytest.mark.parametrize("keep", [0, 3, 400, -1])
def test_a_broken_parquet_gives_a_clear_error(store, make_readings, keep):
    path = store.write("readings", make_readings(), JOB, **WHERE)
    store.write_bytes(path, store.read_bytes(path)[:keep])
    with pytest.raises(ValueError, match=r"day=2026-11-21/data.parquet is (damaged|not a readable Parquet file)"):
        store.read("readings", **WHERE)
    with pytest.raises(ValueError, match=r"is (damaged|not a readable Parquet file)"):
        store.provenance(path)


def test_a_parquet_whose_pages_are_broken_gives_a_clear_error(store, make_readings):
    path = store.write("readings", make_readings(rows=200), JOB, **WHERE)
    data = bytearray(store.read_bytes(path))
    data[4:400] = bytes(396)
    store.write_bytes(path, bytes(data).replace(b"sha256:", b"sha999:").replace(b":sealed", b":unsaid"))
    with pytest.raises(ValueError, match="is not a readable Parquet file"):
        store.read("readings", **WHERE)


def test_a_parquet_of_other_columns_says_which_it_has(store):
    buffer = io.BytesIO()
    pq.write_table(pa.table({"when": [1], "what": ["x"]}), buffer)
    path = store.path("readings", **WHERE)
    store.write_bytes(path, buffer.getvalue())
    with pytest.raises(ValueError, match=r"not the columns of table readings; it has when int64, what string"):
        store.read("readings", **WHERE)


def test_what_was_never_written_names_the_job_to_run(store):
    with pytest.raises(LookupError, match=r"no readings for family pump day 2026-11-21 .*; run: nightscore ingest"):
        store.read("readings", **WHERE)
    none = store.read_days("readings", [WHERE["day"]], family=WHERE["family"])
    assert len(none) == 0
    assert list(none) == TABLES["readings"].schema.names


def test_partitions_and_days_are_those_that_were_written(store, make_readings):
    for day in (date(2026, 11, 22), DAY):
        for family in ("pump", "oven"):
            store.write("readings", make_readings(), JOB, family=family, day=day)
    assert store.days("readings", family="pump") == [DAY, date(2026, 11, 22)]
    assert store.partitions("readings", day=DAY) == [
        {"family": "oven", "day": "2026-11-21"},
        {"family": "pump", "day": "2026-11-21"},
    ]
    assert store.partitions("readings", family="fan") == []
    assert store.partitions("grid") == []
    with pytest.raises(ValueError, match="partitioned by"):
        store.partitions("readings", shard=1)


def test_shards_are_found_by_their_file_name(store, make_readings):
    grid = make_readings().assign(observed_flow=True, observed_speed=True)
    for shard in (0, 2):
        store.write("grid", grid, JOB, **WHERE, shard=shard)
    assert [p["shard"] for p in store.partitions("grid", **WHERE)] == ["0", "2"]
    assert store.partitions("grid", shard=2) == [{"family": "pump", "day": "2026-11-21", "shard": "2"}]


@pytest.mark.parametrize(
    "stray",
    [
        "readings/notes.parquet",
        "readings/old/day=2026-11-21/data.parquet",
        "readings/family=pump/day=2026-11-21/copy.parquet",
        "readings/family=pump/day=2026-11-22/deep/data.parquet",
        "readings/family=pump/day=2026-11-23/.data.parquet.1-ab.tmp",
        "readings/family=p ump/day=2026-11-21/data.parquet",
    ],
)
def test_a_file_that_is_no_partition_is_passed_over(store, make_readings, stray):
    store.write("readings", make_readings(), JOB, **WHERE)
    store.write_bytes(stray, b"x")
    assert store.partitions("readings") == [{"family": "pump", "day": "2026-11-21"}]
    assert store.days("readings") == [DAY]


def test_a_file_can_be_taken_away_twice(store):
    store.write_bytes("models/a.safetensors", b"1")
    store.remove("models/a.safetensors")
    store.remove("models/a.safetensors")
    assert store.files("models") == []


def test_a_store_at_an_unknown_protocol_says_so():
    with pytest.raises(ValueError, match="cannot open the store at 'nowhere://x'"):
        Store("nowhere://x").exists("a")


def test_an_asset_stays_in_its_shard():
    assert [shard_of(f"pump-{i}", 8) for i in range(1, 9)] == [6, 4, 0, 3, 7, 4, 1, 4]
    assert shard_of("Kältemaschine 3/α", 1024) == 744


@pytest.mark.parametrize("shards", [1, 2, 7, 64])
def test_shards_are_balanced(shards):
    counts = np.bincount([shard_of(f"asset-{i}", shards) for i in range(10_000)], minlength=shards)
    mean = 10_000 / shards
    assert len(counts) == shards
    assert abs(counts - mean).max() <= 5 * np.sqrt(mean)


def test_the_settings_hash_changes_with_any_setting():
    plain = {"inbox": "a", "step": "5min", "sensors": {"x": {}}}
    hashes = {
        settings_hash(Family.model_validate({**plain, **change}))
        for change in ({}, {"step": "1min"}, {"shards": 2}, {"sensors": {"x": {"low": 1}}}, {"assets": ["a"]})
    }
    assert len(hashes) == 5
    assert settings_hash(Family.model_validate(plain)) in hashes


def test_the_rows_of_days_come_day_after_day_and_shard_after_shard_by_number(store, make_readings):
    grid = make_readings(assets=1, rows=1, sensors=("flow",)).assign(observed_flow=True)
    later = date(2026, 11, 23)
    for number, (day, shard) in enumerate([(DAY, 0), (DAY, 2), (DAY, 10), (later, 0)]):
        store.write("grid", grid.assign(flow=float(number)), JOB, family="pump", day=day, shard=shard)
    days = [later, date(2026, 11, 22), DAY]
    assert store.read_days("grid", days, family="pump")["flow"].drop_duplicates().tolist() == [3, 0, 1, 2]
    assert store.read_days("grid", days, family="pump", shard=10)["flow"].drop_duplicates().tolist() == [2]
    assert store.written("grid", [DAY], family="pump", shard=10) == [store.path("grid", **WHERE, shard=10)]
    assert len(store.written("grid")) == 4
    assert store.written("grid", days, family="oven") == []
    assert store.read_days("grid", days, family="oven").dtypes.equals(TABLES["grid"].frame().dtypes)


def test_a_table_may_gain_columns_any_number_of_times(store, monkeypatch):
    first = TABLES["rejects"]
    second = replace(first, columns=(*first.columns, Column("quality", pa.string(), "as its source says", since=2)))
    third = replace(second, columns=(*second.columns, Column("count", pa.int64(), "how many", since=3)))
    frame, days = (
        first.frame([{"source": "a", "line": 1, "raw": "", "reason": "", "used": True}]).assign(
            quality="good", count=7
        ),
        [date(2026, 11, d) for d in (1, 2, 3)],
    )
    for day, generation in zip(days, (first, second, third), strict=True):
        monkeypatch.setitem(TABLES, "rejects", generation)
        store.write("rejects", frame, JOB, family="pump", day=day)
    rows = store.read_days("rejects", days, family="pump").drop_duplicates(["quality", "count"])
    assert rows["quality"].fillna("null").tolist() == ["null", "good", "good"]
    assert rows["count"].fillna(0).tolist() == [0, 0, 7]
    monkeypatch.setitem(TABLES, "rejects", first)
    with pytest.raises(ValueError, match=r"not the columns of table rejects; it has .* quality string"):
        store.read("rejects", family="pump", day=days[1])
