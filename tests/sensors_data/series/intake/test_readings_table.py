import hashlib
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from sensors_data.errors import DamagedError
from sensors_data.series.intake.readings_table import files_of, read_to_grid
from sensors_data.series.jobs import impute, ingest
from sensors_data.settings import Settings
from sensors_data.store import Store, shard_of

DAY = date(2026, 11, 21)
DAYS = [DAY - timedelta(days=1), DAY]
SHARDS = 8


@pytest.fixture
def plant(tmp_path):
    """Settings of five machines with two days in the inbox, some rows of them dirty, by the number of shards."""
    rng = np.random.default_rng(0)
    for day in DAYS:
        moments = pd.date_range(day.isoformat(), periods=96, freq="15min").strftime("%Y-%m-%dT%H:%M:%SZ")
        rows = [f"{t},m{a},{rng.normal(20, 1):.3f},{rng.normal(5, 1):.3f}" for t in moments for a in range(5)]
        for row in rng.choice(len(rows), 20, replace=False):
            rows[row] = rows[row].rsplit(",", 1)[0] + ",broken"
        (tmp_path / f"in-{day}.csv").write_text("\n".join(["time,asset,flow,speed", *rows, ""]))

    def of(shards: int, store: str = "") -> Settings:
        keys = {"step": "15min", "sensors": {"flow": {}, "speed": {}}, "layout": {"asset": "asset"}, "shards": shards}
        family = {"inbox": str(tmp_path / "in-{day}.csv"), **keys}
        return Settings.model_validate({"store": str(tmp_path / (store or f"s{shards}")), "families": {"mill": family}})

    return of


def night(settings: Settings, days: list[date] = DAYS) -> Store:
    for day in days:
        ingest(settings, day, "mill")
        for shard in range(settings.family("mill").shards):
            impute(settings, day, "mill", shard)
    return Store(settings.store)


def rows_of(store: Store, table: str) -> str:
    """A hash of a table's rows of all days, sorted."""
    rows = store.read_days(table, DAYS, family="mill")
    rows = rows.sort_values(list(rows))
    return hashlib.sha256(rows.to_csv(index=False).encode()).hexdigest()


def test_any_number_of_shards_gives_the_same_rows_in_union(plant):
    stores = [night(plant(shards)) for shards in (1, SHARDS, 64)]
    assert [len(store.written("readings", [DAY], family="mill")) for store in stores] == [1, SHARDS, 64]
    for table in ("readings", "rejects", "grid"):
        assert len({rows_of(store, table) for store in stores}) == 1
    values = stores[0].read("readings", family="mill", day=DAY)
    assert values[["flow", "speed"]].notna().sum().tolist() == [5 * 96, 5 * 96 - 20]
    assert stores[1].read("readings", family="mill", day=DAY).shape == values.shape


def test_days_of_another_number_of_shards_are_read_and_written_anew_when_they_come_again(plant):
    whole, sharded = night(plant(1, "one")), night(plant(SHARDS, "cut"))
    night(plant(1, "mixed"), DAYS[:1])
    mixed = night(plant(SHARDS, "mixed"), DAYS[1:])
    assert mixed.partitions("readings", family="mill", day=DAYS[0]) == [{"family": "mill", "day": str(DAYS[0])}]
    assert len(mixed.partitions("readings", family="mill")) == 1 + SHARDS
    assert rows_of(mixed, "readings") == rows_of(whole, "readings")
    for settings in (plant(SHARDS, "mixed"), plant(3, "mixed")):
        store = night(settings)
        assert [len(store.files(f"readings/family=mill/day={day}")) for day in DAYS] == 2 * [
            settings.families["mill"].shards
        ]
        assert rows_of(store, "readings") == rows_of(sharded, "readings")
    back = night(plant(1, "mixed"))
    path = back.path("readings", family="mill", day=DAY)
    assert back.files(f"readings/family=mill/day={DAY}") == [path]
    assert back.read_bytes(path) == whole.read_bytes(path)


def test_a_whole_file_counts_alone_while_it_is_there(plant):
    store = night(plant(1, "kill"))
    before = store.read_bytes(store.path("readings", family="mill", day=DAY))
    store = night(plant(SHARDS, "kill"))
    store.write_bytes(store.path("readings", family="mill", day=DAY), before)  # as a killed ingest leaves it
    assert len(store.written("readings", [DAY], family="mill")) == 1
    assert store.days("readings", family="mill") == DAYS
    impute(plant(SHARDS, "kill"), DAY, "mill", shard_of("m0", SHARDS))
    assert set(store.read("grid", family="mill", day=DAY, shard=shard_of("m0", SHARDS))["asset"]) >= {"m0"}


def test_a_broken_file_fails_its_shard_alone_and_a_shard_without_assets_is_fine(plant):
    settings = plant(SHARDS)
    store = night(settings)
    shards = {shard_of(f"m{asset}", SHARDS) for asset in range(5)}
    broken, empty = min(shards), min(set(range(SHARDS)) - shards)
    store.write_bytes(store.path("readings", family="mill", day=DAY, shard=broken), b"PAR1 and no more")
    with pytest.raises(Exception, match="not a readable Parquet file") as refused:
        impute(settings, DAY, "mill", broken)
    assert not isinstance(refused.value, DamagedError)
    assert "0 values of 0 assets" in impute(settings, DAY, "mill", empty)
    assert "values of" in impute(settings, DAY, "mill", max(shards))


def test_a_shard_reads_its_readings_alone(plant, monkeypatch):
    settings = plant(SHARDS)
    night(settings)
    opened = []
    read = Store.unchecked_bytes
    monkeypatch.setattr(Store, "unchecked_bytes", lambda self, path: (opened.append(path), read(self, path))[1])
    impute(settings, DAY, "mill", 2)
    assert sorted(path for path in opened if path.startswith("readings")) == [
        f"readings/family=mill/day={DAY}/shard-2.parquet"
    ]


@pytest.mark.parametrize("order", ["in turns", "by machine", "shuffled"])
def test_rows_in_any_order_give_the_same_files(tmp_path, order):
    rng = np.random.default_rng(0)
    moments = pd.date_range(DAY.isoformat(), periods=96, freq="15min").strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = [(t, f"m{a}", round(rng.normal(20, 1), 3)) for t in moments for a in (3, 1, 2)]
    if order == "by machine":
        rows.sort(key=lambda row: row[1])
    if order == "shuffled":
        rows = [rows[place] for place in rng.permutation(len(rows))]
    (tmp_path / "in.csv").write_text("\n".join(["time,asset,flow", *(f"{t},{a},{v}" for t, a, v in rows), ""]))
    keys = {"inbox": str(tmp_path / "in.csv"), "step": "15min", "sensors": {"flow": {}}, "layout": {"asset": "asset"}}
    store = night(Settings.model_validate({"store": str(tmp_path / "s"), "families": {"mill": keys}}), [DAY])
    readings = store.read("readings", family="mill", day=DAY)
    wanted = sorted((a, t, v) for t, a, v in rows)
    found = zip(readings["asset"], readings["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"), readings["flow"], strict=True)
    assert list(found) == wanted
    grid = store.read("grid", family="mill", day=DAY, shard=0)
    assert grid["flow"].tolist() == [np.float32(v) for _, _, v in wanted]


@pytest.mark.parametrize(
    ("values", "step", "kind"), [([0.1, 0.2], "15min", np.float32), ([0.1, 0.2], "1h", np.float64)]
)
def test_readings_come_rounded_where_each_has_a_step_to_itself(tmp_path, values, step, kind):
    text = "\n".join(f"{DAY}T00:{15 * place:02}:00Z,m,{value}" for place, value in enumerate(values))
    (tmp_path / "in.csv").write_text(f"time,asset,flow\n{text}\n")
    keys = {"inbox": str(tmp_path / "in.csv"), "step": step, "sensors": {"flow": {}}, "layout": {"asset": "asset"}}
    settings = Settings.model_validate({"store": str(tmp_path / "s"), "families": {"mill": keys}})
    store, spec = night(settings, [DAY]), settings.family("mill")
    assert read_to_grid(store, files_of(store, spec, "mill", DAY, 0), spec).values.dtype == kind
    grid = store.read("grid", family="mill", day=DAY, shard=0)
    mean = np.float32((0.1 + 0.2) / 2)
    assert grid["flow"].dropna().tolist()[: len(values)] == (
        [np.float32(0.1), np.float32(0.2)] if kind is np.float32 else [mean]
    )
