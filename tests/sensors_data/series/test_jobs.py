from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from sensors_data.series.grids.grid_table import read_grids
from sensors_data.series.jobs import impute, ingest
from sensors_data.store import Store, shard_of

DAY = date(2026, 11, 21)
NEXT = DAY + timedelta(days=1)


def lines(day: date = DAY, assets: int = 3, skip: range = range(0), rows: int = 288) -> str:
    """A wide CSV of a day: flow counts the rows, speed stands at a level of its own per asset."""
    head = ["time,asset,flow,speed"]
    times = pd.date_range(day, periods=rows, freq="5min")
    body = [
        f"{t:%Y-%m-%dT%H:%MZ},p{a},{row % 100},{a}"
        for a in range(assets)
        for row, t in enumerate(times)
        if row not in skip
    ]
    return "\n".join(head + body)


@pytest.fixture
def plant(make_settings):
    """Settings of three assets in two shards."""
    return make_settings(layout={"asset": "asset"}, shards=2)


def files(settings) -> dict[str, bytes]:
    """Every file of the store but the rows of `runs`, which say when."""
    store = Store(settings.store)
    return {path: store.read_bytes(path) for path in store.files("") if not path.startswith("runs/")}


def run_of(settings, day: date = DAY) -> dict[str, object]:
    store = Store(settings.store)
    rows = store.read_days("runs", [day])
    assert len(rows) == 1
    return rows.iloc[0].to_dict()


def test_a_day_is_ingested_with_its_readings_rejects_and_numbers(plant, put):
    put(lines() + f"\n{DAY}T12:01Z,p0,ERR,101\n")
    said = ingest(plant, DAY, "pump")
    assert said == f"ingested pump {DAY}: 1,729 values, 3 assets, 2 sensors, 1 reject"
    store = Store(plant.store)
    readings = store.read("readings", family="pump", day=DAY)
    assert readings[["flow", "speed"]].notna().sum().tolist() == [864, 865]
    pd.testing.assert_frame_equal(readings, readings.sort_values(["asset", "time"], ignore_index=True))
    rejects = store.read("rejects", family="pump", day=DAY)
    assert rejects.loc[~rejects["used"], ["line", "reason"]].to_numpy().tolist() == [[866, "not a number"]]
    stamps = [store.provenance(path) for path in store.written("readings", [DAY], family="pump")]
    assert sum(stamp.rows for stamp in stamps) == 865
    assert sum(stamp.many for stamp in stamps) == 1729
    assert [(stamp.job, len(stamp.settings)) for stamp in stamps] == 2 * [("ingest", 16)]


def test_a_job_run_twice_leaves_the_same_bytes(plant, put):
    put(lines())
    put(lines(NEXT, skip=range(100, 103)), "b.csv")
    outcomes = []
    for _ in range(2):
        for day in (DAY, NEXT):
            ingest(plant, day, "pump")
            for shard in (0, 1):
                impute(plant, day, "pump", shard)
        outcomes.append(files(plant))
    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0]) == 10  # two days of rejects and of two shards of readings and grid


def test_a_failed_ingest_leaves_the_day_as_it_was_and_is_kept_in_runs(plant, put):
    put(lines())
    ingest(plant, DAY, "pump")
    before = files(plant)
    assert run_of(plant)["state"] == "done"
    assert run_of(plant)["rows"] == 1728
    put("time,asset,flow,speed\n2026-11-21T00:00Z,p0,ERR,ERR\n")
    with pytest.raises(LookupError, match=r"holds no usable value on 2026-11-21 .*; 2 rows were refused, first: not a"):
        ingest(plant, DAY, "pump")
    put(b"\xff\xfe broken")
    with pytest.raises(ValueError, match=r"a.csv cannot be read"):
        ingest(plant, DAY, "pump")
    assert files(plant) == before
    run = run_of(plant)
    assert (run["job"], run["partition"], run["state"], run["rows"]) == ("ingest", "pump", "failed", 0)
    assert run["reason"].startswith("UnreadableError: a.csv cannot be read")
    assert run["seconds"] >= 0
    assert abs(run["finished"] - pd.Timestamp.now("UTC")) < pd.Timedelta("1h")


def test_a_rerun_after_the_inbox_was_mended_replaces_the_day(plant, put):
    put(lines(rows=10))
    ingest(plant, DAY, "pump")
    put(lines())
    ingest(plant, DAY, "pump")
    assert len(Store(plant.store).read("readings", family="pump", day=DAY)) == 864


def test_an_unknown_family_names_the_known_ones(plant):
    with pytest.raises(LookupError, match=r"no family 'fan' \(known: pump\)"):
        ingest(plant, DAY, "fan")


def test_every_asset_is_in_the_grid_of_its_own_shard_and_no_other(plant, put):
    put(lines(assets=9))
    ingest(plant, DAY, "pump")
    said = [impute(plant, DAY, "pump", shard) for shard in (0, 1)]
    store = Store(plant.store)
    found = {s: set(store.read("grid", family="pump", day=DAY, shard=s)["asset"]) for s in (0, 1)}
    assert found == {s: {f"p{i}" for i in range(9) if shard_of(f"p{i}", 2) == s} for s in (0, 1)}
    counts = f"{len(found[0]) * 576:,} values of {len(found[0])} assets, 0 filled, 0 still missing"
    assert said[0] == f"imputed pump {DAY} shard 0: {counts}"


def test_a_shard_without_assets_is_an_empty_partition(make_settings, put):
    settings = make_settings(layout={"asset": "asset"}, shards=64)
    put(lines(assets=1))
    ingest(settings, DAY, "pump")
    empty = (shard_of("p0", 64) + 1) % 64
    assert "0 values of 0 assets" in impute(settings, DAY, "pump", empty)
    grid = Store(settings.store).read("grid", family="pump", day=DAY, shard=empty)
    assert list(grid) == ["time", "asset", "flow", "speed", "observed_flow", "observed_speed"]
    assert len(grid) == 0


def test_a_shard_that_does_not_exist_is_refused(plant):
    with pytest.raises(ValueError, match="shard 2 does not exist: the family has 2, numbered from 0"):
        impute(plant, DAY, "pump", 2)


def test_a_day_that_was_not_ingested_cannot_be_imputed(plant):
    with pytest.raises(LookupError, match=r"no readings for family pump day 2026-11-21 .*; run: nightscore ingest"):
        impute(plant, DAY, "pump")
    assert run_of(plant)["state"] == "failed"
    assert run_of(plant)["partition"] == "pump-0"


def test_gaps_are_filled_and_told_apart_from_what_was_measured(make_settings, put):
    settings = make_settings(layout={"asset": "asset"}, linear_gap="10min", seasonal_gap="30min")
    put(
        lines(assets=1)
        + "\n"
        + lines(NEXT, assets=1, skip={*range(40, 42), *range(50, 56), *range(60, 67)}).split("\n", 1)[1]
    )
    for day in (DAY, NEXT):
        ingest(settings, day, "pump")
        said = impute(settings, day, "pump")
    assert said.endswith("16 filled, 0 still missing")  # a time without any value takes no row
    grid = Store(settings.store).read("grid", family="pump", day=NEXT, shard=0)
    flow = grid.set_index("time")
    row = ((flow.index - pd.Timestamp(NEXT, tz="UTC")) / pd.Timedelta("5min")).astype(int)
    assert set(range(288)) - set(row) == set(range(60, 67))
    assert set(row[~flow["observed_flow"]]) == {40, 41, *range(50, 56)}
    np.testing.assert_allclose(flow["flow"], np.asarray(row) % 100)  # both ways give back what counts the rows


def test_a_gap_over_midnight_is_open_on_its_first_day_and_closed_on_the_next(make_settings, put):
    settings = make_settings(layout={"asset": "asset"}, linear_gap="30min", seasonal_gap="30min")
    put(lines(assets=1, skip=range(286, 288)) + "\n" + lines(NEXT, assets=1, skip=range(2)).split("\n", 1)[1])
    store = Store(settings.store)
    kept = {}
    for day in (DAY, NEXT):
        ingest(settings, day, "pump")
        impute(settings, day, "pump")
        grid = store.read("grid", family="pump", day=day, shard=0)
        kept[day] = grid[~grid["observed_flow"]]
    assert kept[DAY].empty  # no earlier day to go by, and its end was not known that night
    np.testing.assert_allclose(kept[NEXT]["flow"], [85 + 3 * (2 - 85) / 5, 85 + 4 * (2 - 85) / 5], rtol=1e-6)


def test_a_later_day_never_changes_an_earlier_grid(plant, put):
    put(lines())
    put(lines(NEXT), "b.csv")
    for day in (DAY, NEXT):
        ingest(plant, day, "pump")
    impute(plant, DAY, "pump")
    before = files(plant)
    put(lines(NEXT, assets=5, rows=50), "b.csv")
    ingest(plant, NEXT, "pump")
    impute(plant, DAY, "pump")
    path = Store(plant.store).path("grid", family="pump", day=DAY, shard=0)
    assert files(plant)[path] == before[path]


def test_grids_are_read_back_as_they_were_imputed(make_settings, put):
    settings = make_settings(layout={"asset": "asset"})
    put(lines(skip=range(5, 8)) + "\n" + lines(NEXT, rows=100).split("\n", 1)[1])
    for day in (DAY, NEXT):
        ingest(settings, day, "pump")
        impute(settings, day, "pump")
    store, spec = Store(settings.store), settings.family("pump")
    grids = read_grids(store, spec, "pump", DAY - timedelta(days=2), 5, [0])
    assert list(grids) == ["p0", "p1", "p2"]
    grid = grids["p2"]
    assert len(grid) == 576  # what the second day had not yet measured was filled by the first
    np.testing.assert_allclose(grid.values[:388, 0], [*(np.arange(288) % 100), *range(100)])
    assert (grid.values[:, 1] == 2).all()
    assert np.flatnonzero(~grid.observed[:, 0]).tolist() == [5, 6, 7, *range(388, 576)]
    assert read_grids(store, spec, "pump", NEXT + timedelta(days=5), 3, [0]) == {}


def test_a_sensor_that_is_no_longer_in_the_settings_is_passed_over(make_settings, put):
    put(lines(assets=1))
    before = make_settings(layout={"asset": "asset"})
    ingest(before, DAY, "pump")
    impute(before, DAY, "pump")
    after = make_settings(layout={"asset": "asset", "ignore": ["flow"]}, sensors={"speed": {}})
    grid = read_grids(Store(after.store), after.family("pump"), "pump", DAY, 1, [0])["p0"]
    assert grid.values.shape == (288, 1)
    assert grid.observed.all()
    impute(after, DAY, "pump")
    assert "flow" not in Store(after.store).read("grid", family="pump", day=DAY, shard=0)
