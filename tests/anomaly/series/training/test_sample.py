"""A fleet larger than a training holds: a sample is learned from, the others' scales lie in a table a shard."""

from datetime import date, timedelta

import numpy as np
import pytest

from anomaly.series.files import load_for
from anomaly.series.fleet_scales import fleet_scales, spread_sample
from anomaly.series.night.score_job import score_series
from anomaly.series.replay import replay
from anomaly.series.span import ABNORMAL
from anomaly.series.training import sample as training_sample
from anomaly.series.training.train_job import train_series
from sensors_data.provenance import Provenance
from sensors_data.series.grids.grid import Scale, fit_scale
from sensors_data.series.grids.grid_table import read_grids
from sensors_data.series.incidents import read_incidents
from sensors_data.store import Store, shard_of

DAYS = [date(2026, 11, 15) + timedelta(days=d) for d in range(7)]
NIGHT = DAYS[6]
FLEET = tuple(f"p{number}" for number in range(8))
SHARDS = 2


@pytest.fixture(scope="module")
def settings(tmp_path_factory, pump_settings, pump_days):
    """Eight pumps in two shards, pump p7 running ten times as high as the others."""
    plain = pump_settings(tmp_path_factory.mktemp("fleet"))
    pump_days(plain, DAYS, FLEET)
    spec = plain.families["pump"].model_copy(update={"shards": SHARDS})
    store = Store(plain.store)
    for day in DAYS:
        rows = store.read("grid", family="pump", day=day, shard=0)
        rows.loc[rows["asset"] == "p7", ["flow", "speed"]] *= np.float32(10)
        shard = rows["asset"].map(lambda asset: shard_of(asset, SHARDS))
        for k in range(SHARDS):
            store.write("grid", rows[shard == k], Provenance(job="test"), family="pump", day=day, shard=k)
    return plain.model_copy(update={"families": {"pump": spec}})


@pytest.fixture(scope="module")
def trained(settings):
    """Its detector, which learned from four of the eight."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_sample, "MOST_WORK", 4 * 6 * 96 * (2 + training_sample.ROW_WORK))
        line = train_series(settings, NIGHT, "pump")
    return line, load_for(Store(settings.store), "pump", NIGHT)


def test_the_card_names_the_sample_and_counts_the_fleet(trained):
    line, detector = trained
    assert ": 2,304 normal rows of 4 of 8 assets" in line
    assert (len(detector.card.assets), detector.card.fleet, detector.card.scales_day) == (4, 8, DAYS[5])
    assert len(detector.scales) == 4


def test_an_asset_that_was_not_learned_from_has_its_own_scale(settings, trained):
    detector, store = trained[1], Store(settings.store)
    others = sorted(set(FLEET) - set(detector.card.assets))
    days = [DAYS[1], DAYS[3], DAYS[5]]
    for asset in others:
        grids = [read_grids(store, settings.families["pump"], "pump", d, 1, [0, 1])[asset] for d in days]
        values, observed = (np.concatenate([getattr(g, part) for g in grids]) for part in ("values", "observed"))
        expected, found = fit_scale(values, observed), detector.scale_of(asset)
        np.testing.assert_allclose(found.center, expected.center, rtol=1e-9)
        np.testing.assert_allclose(found.spread, expected.spread, rtol=1e-9)
    assert detector.scale_of("never seen").center == pytest.approx([10, 50], rel=0.02)


def test_the_whole_fleet_is_scored_and_none_alarms_for_running_elsewhere(settings, trained):
    for shard in range(SHARDS):
        score_series(settings, NIGHT, "pump", shard)
    rows = Store(settings.store).read_days("scores", [NIGHT], family="pump")
    assert rows["asset"].nunique() == 8
    assert rows.groupby("asset")["score"].median().max() < trained[1].threshold.value
    assert replay(settings, "pump", NIGHT, NIGHT).detector.card.fleet == 8


def test_a_small_family_is_learned_from_whole(settings):
    store, spec = Store(settings.store), settings.families["pump"]
    incidents = read_incidents(store, "pump")
    assert training_sample.sample_of(store, spec, "pump", NIGHT, incidents) is None


def test_incidents_do_not_move_a_scale(settings):
    store, spec = Store(settings.store), settings.families["pump"]
    incidents = read_incidents(store, "pump")
    clean = fleet_scales(store, spec, "pump", DAYS[:6], incidents)["p1"]
    away = incidents.reindex(range(1)).assign(
        start=f"{DAYS[5]}T00:00Z", end=f"{DAYS[5]}T12:00Z", kind=ABNORMAL[0], asset="p1"
    )
    other = fleet_scales(
        store, spec, "pump", DAYS[:6], away.astype({"start": "datetime64[us, UTC]", "end": "datetime64[us, UTC]"})
    )["p1"]
    assert 0 < np.abs(clean.center - other.center).max() < 0.1
    assert other.spread == pytest.approx(clean.spread, rel=0.05)


def test_a_sample_is_spread_evenly_over_how_much_the_assets_move():
    scales = {f"a{n:02}": Scale(np.zeros(2), np.array([1.0, 2.0]) * 1.5**n) for n in range(12)}
    assert spread_sample(scales, 3) == ["a02", "a06", "a10"]
    assert spread_sample(scales, 12) == sorted(scales)
