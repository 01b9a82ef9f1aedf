"""A day's small files as one: the same rows, hashes and provenance, whoever reads, writes or is killed meanwhile."""

import subprocess
import sys
import threading
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.dataset as pa_dataset
import pytest
from pandas.testing import assert_frame_equal

from sensors_data.folder import Folder
from sensors_data.parquet import open_parquet
from sensors_data.provenance import Provenance
from sensors_data.retention import Retention
from sensors_data.runs import Done, newest_runs, run_job
from sensors_data.series.intake.readings_table import in_columns, write_day
from sensors_data.series.jobs import impute, ingest
from sensors_data.settings import Settings
from sensors_data.store import Store, shard_of
from sensors_data.upkeep import joining
from sensors_data.upkeep.cleaning import clean
from sensors_data.upkeep.joining import join, to_join
from sensors_data.upkeep.verify import verify

DAY = date(2026, 11, 21)
LATER = DAY + timedelta(days=40)
SHARDS = 12
JOINED = "grid/family=pump/day=2026-11-21/joined.parquet"


def grid_of(make_readings, shard: int, more: float = 0.0) -> pd.DataFrame:
    frame = make_readings(assets=40)
    frame = frame[[shard_of(name, SHARDS) == shard for name in frame["asset"]]].reset_index(drop=True)
    rows = frame.assign(flow=frame["flow"] + more, observed_flow=True, observed_speed=True)
    return rows.astype({"flow": "float32", "speed": "float32"})


def put_grid(store: Store, make_readings, shard: int, more: float = 0.0) -> str:
    made = Provenance(job="impute", settings=f"of {shard}", inputs=f"{shard}", made_from=(f"readings/{shard}",))
    where = {"family": "pump", "day": DAY, "shard": shard}
    return store.write("grid", grid_of(make_readings, shard, more), made, **where)


@pytest.fixture
def paths(store, make_readings) -> list[str]:
    """A day's grid in a file a shard."""
    return [put_grid(store, make_readings, shard) for shard in range(SHARDS)]


def facts_of(store: Store) -> dict[str, object]:
    """What a reader may ask of the day."""
    paths = store.written("grid", [DAY], family="pump")
    return {
        "paths": paths,
        "days": store.days("grid", family="pump"),
        "digests": [store.digest([path]) for path in paths],
        "provenance": [store.provenance(path) for path in paths],
        "assets": [store.assets_in([path]) for path in paths],
        "rows": [store.read("grid", family="pump", day=DAY, shard=n).to_csv() for n in range(len(paths))],
        "asset": store.read_files("grid", paths, ["p3"]).to_csv(),
        "column": [store.columns("grid", path, ["flow"]).to_pylist() for path in paths],
        "one": store.written("grid", [DAY], family="pump", shard=3),
        "there": [store.exists(path) for path in [*paths, "grid/family=pump/day=2026-11-21/shard-99.parquet"]],
    }


def joined_once(store: Store) -> int:
    return sum(join(store, paths) for paths in to_join(store, Retention(), LATER))


def test_a_joined_day_answers_every_question_as_its_files_did(store, paths):
    before = facts_of(store)
    assert joined_once(store) == SHARDS
    assert store.files("grid") == [JOINED]
    assert facts_of(store) == before == facts_of(Store(store.root))
    assert before["there"] == [True] * SHARDS + [False]
    assert joined_once(store) == 0


def test_other_tools_read_the_union_of_the_rows_from_the_joined_file(store, paths):
    rows = store.read_files("grid", paths)
    joined_once(store)
    found = pa_dataset.dataset(f"{store.root}/grid", partitioning="hive").to_table().to_pandas()
    assert_frame_equal(found[rows.columns], rows)
    assert set(found["family"]) == {"pump"}


def test_files_with_equal_bytes_are_joined_to_equal_bytes(tmp_path, make_readings):
    stores = [Store(str(tmp_path / name)) for name in "ab"]
    for store in stores:
        for shard in range(SHARDS):
            put_grid(store, make_readings, shard)
        joined_once(store)
    assert len({store.read_bytes(JOINED) for store in stores}) == 1


def test_a_shard_that_is_written_again_counts_and_is_joined_with_the_others(store, paths, make_readings):
    joined_once(store)
    others = store.read_files("grid", [path for path in paths if path != paths[5]])
    put_grid(store, make_readings, 5, more=7.0)
    again = facts_of(store)
    assert_frame_equal(store.read("grid", family="pump", day=DAY, shard=5), grid_of(make_readings, 5, 7.0))
    assert_frame_equal(store.read_files("grid", [path for path in paths if path != paths[5]]), others)
    assert joined_once(store) == 1
    assert store.files("grid") == [JOINED]
    assert facts_of(store) == again


def test_a_joined_day_is_read_in_three_calls_whatever_the_number_of_its_files(store, paths, make_readings, monkeypatch):
    joined_once(store)
    put_grid(store, make_readings, 5, more=7.0)
    calls = []
    for name in ("unchecked_bytes", "stamps"):
        plain = getattr(Folder, name)
        monkeypatch.setattr(Folder, name, lambda *a, plain=plain, name=name: calls.append((name, *a[1:])) or plain(*a))
    store.read_files("grid", paths)
    folder = JOINED.rpartition("/")[0]
    assert calls == [
        ("unchecked_bytes", paths[0]),
        ("stamps", folder),
        ("unchecked_bytes", JOINED),
        ("unchecked_bytes", paths[5]),
    ]


def test_a_file_that_is_taken_away_is_gone_and_with_the_last_one_the_joined_file(store, paths):
    joined_once(store)
    store.remove(paths[0])
    assert store.written("grid", [DAY], family="pump") == paths[1:]
    with pytest.raises(LookupError):
        store.read("grid", family="pump", day=DAY, shard=0)
    for path in paths:
        store.remove(path)
    assert store.files("grid") == []


def test_a_file_that_was_written_meanwhile_stays(store, paths, make_readings):
    joined_once(store)
    (before,) = (part.sha256 for path, part in store.parts_of_joined(JOINED).items() if path == paths[2])
    put_grid(store, make_readings, 2, more=1.0)
    store.let_go(paths[2], before)
    assert_frame_equal(store.read("grid", family="pump", day=DAY, shard=2), grid_of(make_readings, 2, 1.0))


def test_a_cleaning_that_is_killed_leaves_a_whole_day_and_the_next_one_ends_it(store, paths):
    before = facts_of(store)
    hang = (
        "import time; from datetime import date; from sensors_data.upkeep.joining import join, to_join\n"
        "from sensors_data.retention import Retention; from sensors_data.store import Store\n"
        "go = Store.let_go; gone = []\n"
        "def some(*a):\n"
        "    if len(gone) == 4: print('there', flush=True); time.sleep(60)\n"
        "    gone.append(go(*a))\n"
        "Store.let_go = some\n"
        f"store = Store('{store.root}')\n"
        f"[join(store, paths) for paths in to_join(store, Retention(), date({LATER:%Y, %-m, %-d}))]"
    )
    cleaner = subprocess.Popen([sys.executable, "-c", hang], stdout=subprocess.PIPE, text=True)
    assert cleaner.stdout.readline() == "there\n"
    cleaner.kill()
    cleaner.communicate()
    assert len(store.files("grid")) == 1 + SHARDS - 4
    assert facts_of(store) == before
    assert joined_once(store) == SHARDS - 4
    assert store.files("grid") == [JOINED]
    assert facts_of(store) == before


def test_readers_that_race_with_a_cleaning_see_every_row_once(store, paths, make_readings):
    rows, wrong, ended = len(store.read_files("grid", paths)), [], threading.Event()

    def read() -> None:
        while not ended.is_set():
            try:
                found = Store(store.root).read_days("grid", [DAY], family="pump")
            except Exception as error:
                wrong.append(error)
                return
            wrong.extend([len(found)] if len(found) != rows else [])

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(4):
        joined_once(store)
        for shard in range(SHARDS):
            put_grid(store, make_readings, shard)
    ended.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_verify_finds_a_joined_file_whole_and_each_stale_one_in_it(store, make_readings):
    source = store.write("readings", make_readings(), Provenance(job="ingest"), family="pump", day=DAY)
    made = store.made_from([source], Provenance(job="impute"))
    for shard in range(3):
        store.write("grid", grid_of(make_readings, shard), made, family="pump", day=DAY, shard=shard)
    table = store.made_from(store.written("grid", [DAY], family="pump"), Provenance(job="x"))
    joined_once(store)
    below = store.path("grid", family="pump", day=DAY + timedelta(days=1), shard=0)
    store.write("grid", grid_of(make_readings, 0), table, family="pump", day=DAY + timedelta(days=1), shard=0)
    assert list(verify(store, store.all_files())) == [None] * 3
    store.write("readings", make_readings(rows=3), Provenance(job="ingest"), family="pump", day=DAY)
    findings = [finding for finding in verify(store, store.all_files()) if finding]
    assert [(f.path, f.state) for f in findings] == [
        (JOINED.replace("joined", f"shard-{n}"), "stale") for n in range(3)
    ]
    assert findings[1].remake.command == "nightscore impute --family pump --day 2026-11-21 --shard 1"
    again = store.made_from([source], Provenance(job="impute"))
    store.write("grid", grid_of(make_readings, 1, 1.0), again, family="pump", day=DAY, shard=1)
    found = {finding.path for finding in verify(store, store.all_files()) if finding}
    assert found == {JOINED.replace("joined", "shard-0"), JOINED.replace("joined", "shard-2"), below}


def test_verify_tells_a_damaged_joined_file_and_the_command_that_makes_its_day_remake_of(store, paths):
    joined_once(store)
    data = bytearray(store.read_bytes(JOINED))
    data[200] ^= 1
    (Path(store.root) / JOINED).write_bytes(bytes(data))
    (finding,) = verify(store, store.all_files())
    assert (finding.path, finding.state) == (JOINED, "damaged")
    assert finding.remake.command == "nightscore backfill --family pump --from 2026-11-21 --to 2026-11-21"
    with pytest.raises(ValueError, match="is damaged"):
        store.read_days("grid", [DAY], family="pump")


def test_runs_of_a_day_are_joined_and_a_damaged_one_stops_nobody(store):
    for name, family in (("ingest", "pump"), ("impute", "pump"), ("ingest", "fan")):
        run_job(store, name, DAY, family, lambda: Done(3, "done"), shard=0 if name == "impute" else None)
    before = store.read_days("runs", [DAY]), newest_runs(store, "impute", ["pump-0"]), store.partitions("runs", day=DAY)
    assert joined_once(store) == 3
    (path,) = store.files("runs")
    assert path == "runs/day=2026-11-21/joined.parquet"
    after = store.read_days("runs", [DAY]), newest_runs(store, "impute", ["pump-0"]), store.partitions("runs", day=DAY)
    assert_frame_equal(before[0].sort_values(["job", "family"]), after[0].sort_values(["job", "family"]))
    assert before[1:] == after[1:]
    (Path(store.root) / path).write_bytes(b"PAR1 nightscore-sha256:")
    assert store.read_days("runs", [DAY]).empty
    assert newest_runs(store, "impute", ["pump-0"]) == []


@pytest.mark.parametrize("why", ["young", "single", "whole", "damaged", "other columns", "no hash", "large", "never"])
def test_what_is_not_joined(store, make_readings, paths, monkeypatch, why):
    kept = Retention(join_after=None) if why == "never" else Retention()
    if why == "single":
        for path in paths[1:]:
            store.remove(path)
    elif why == "whole":
        store.write_bytes(paths[0].replace("shard-0", "data"), store.read_bytes(paths[0]))
    elif why == "damaged":
        (Path(store.root) / paths[1]).write_bytes(b"PAR1 nightscore-sha256:")
    elif why == "other columns":
        rows = grid_of(make_readings, 1).assign(heat=1.0, observed_heat=True)
        store.write("grid", rows, Provenance(job="impute"), family="pump", day=DAY, shard=1)
    elif why == "no hash":
        rows = open_parquet(store.read_bytes(paths[1])).read()
        pd.DataFrame(rows.to_pandas()).to_parquet(Path(store.root) / paths[1])
    elif why == "large":
        monkeypatch.setattr(joining, "LARGEST", 1000)
    before = store.files("grid")
    day = DAY + timedelta(days=13) if why == "young" else LATER
    joined = [join(store, found) for found in to_join(store, kept, day)]
    if why == "whole":  # a file of no table is left where it is
        assert store.files("grid") == [paths[0].replace("shard-0", "data"), JOINED]
    else:
        assert sum(joined) == 0
        assert store.files("grid") == before


def test_readings_that_are_taken_in_again_in_fewer_shards_leave_none_of_the_joined_ones(
    store, make_readings, make_family
):
    readings = make_readings(assets=9)
    columns = in_columns(readings, ("flow", "speed"))
    for shards in (4, 2, 1):
        write_day(store, make_family(shards=shards), "pump", DAY, columns, Provenance(job="ingest"))
        joined_once(store)
        assert len(store.files("readings")) == 1
        found = store.read("readings", family="pump", day=DAY)
        assert_frame_equal(found, readings[found.columns])


def test_what_is_made_from_joined_days_has_the_same_bytes(tmp_path, make_family, make_readings):
    grids = []
    for name, is_joined in (("plain", False), ("joined", True)):
        spec = make_family(shards=3, inbox=str(tmp_path / "inbox-{day}.csv"), layout={"asset": "asset", "kind": "wide"})
        settings = Settings(store=str(tmp_path / name), families={"pump": spec})
        store = Store(settings.store)
        for back in (1, 0):
            day = DAY - timedelta(days=back)
            frame = make_readings(assets=9, rows=288)
            frame["time"] -= pd.Timedelta(days=back)
            frame[frame["time"].dt.hour != 12].to_csv(tmp_path / f"inbox-{day}.csv", index=False)
            ingest(settings, day, "pump")
            for shard in range(3):
                impute(settings, day, "pump", shard)
            if is_joined:
                assert clean(settings, LATER).startswith(f"cleaned for {LATER}: 0 files removed, ")
        paths = store.written("grid", [DAY], family="pump")
        assert any(
            str(DAY - timedelta(days=1)) in source for path in paths for source in store.provenance(path).made_from
        )
        grids.append([(store.digest([path]), store.provenance(path)) for path in paths])
        assert [finding for finding in verify(store, store.all_files()) if finding] == []
    assert grids[0] == grids[1]
