"""The drift job on a hand-made family: silent while it is healthy, loud when a sensor moves, and what it advises."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from anomaly.series.files import read_card, serving
from anomaly.series.night.drift_job import advice, drift
from anomaly.series.night.score_job import score_series
from anomaly.series.training.train_job import train_series
from sensors_data.provenance import Provenance
from sensors_data.series.incidents import Incident, add_incident
from sensors_data.store import Store

FIRST = date(2026, 11, 1)
LEARNED, LATER = 8, 4
NIGHT = FIRST + timedelta(days=LEARNED)


@pytest.fixture(scope="module")
def settings(tmp_path_factory, pump_settings):
    """Two pumps, eight days learned from and four scored."""
    found = pump_settings(tmp_path_factory.mktemp("drift") / "store")
    rng = np.random.default_rng(0)
    for number in range(LEARNED + LATER):
        write_day(found, FIRST + timedelta(days=number), rng, 0.0)
    train_series(found, NIGHT, "pump")
    for number in range(LATER):
        score_series(found, NIGHT + timedelta(days=number), "pump")
    return found


def write_day(settings, day, rng, shift):
    """A day's grid; flow reads `shift` too much, which is as many times 0.7 of its spread."""
    times = pd.date_range(day, periods=96, freq="15min", tz="UTC", unit="us")
    swing = np.sin(np.arange(96) * 2 * np.pi / 16)
    parts = []
    for asset in ("p1", "p2"):
        values = {"flow": 10 + shift + swing + rng.normal(0, 0.1, 96), "speed": 50 - 5 * swing + rng.normal(0, 0.4, 96)}
        rows = pd.DataFrame({"time": times, **values}).melt("time", var_name="sensor")
        parts.append(rows.assign(asset=asset, observed=True))
    Store(settings.store).write("grid", pd.concat(parts), Provenance(job="test"), family="pump", day=day, shard=0)


def drift_of(settings, day):
    return Store(settings.store).read("drift", family="pump", day=day)


def test_the_card_holds_every_sensor_and_the_score(settings):
    store = Store(settings.store)
    reference = read_card(store, serving(store, "pump", NIGHT)).reference
    assert list(reference) == ["flow", "speed", "score"]
    assert {len(spread.quantiles) for spread in reference.values()} == {101}
    assert {len(spread.ks) for spread in reference.values()} == {4}  # runs of up to half of the eight days
    assert reference["flow"].day_values == 2 * 96
    assert reference["score"].ks_offset > 0
    assert reference["flow"].ks_offset == 0


def test_healthy_days_have_not_drifted_and_say_so(settings):
    for number in range(LATER):
        day = NIGHT + timedelta(days=number)
        line = drift(settings, day, "pump")
        rows = drift_of(settings, day)
        assert not rows["drifted"].any()
        assert line == (
            f"measured drift of pump {day} over {number + 1} days: none in 2 sensors and the score; no need to retrain"
        )
        assert rows.groupby(["sensor", "measure"]).size().to_dict() == {
            (sensor, measure): 1 for sensor in ("flow", "score", "speed") for measure in ("ks", "psi")
        }
        assert set(rows["rows"]) == {192 * (number + 1)}
        assert (rows["p_value"].isna() == (rows["measure"] == "psi")).all()
        assert rows["model"].unique() == [f"pump@{NIGHT - timedelta(days=1)}"]


def test_a_sensor_that_moved_drifts_at_once_and_the_advice_is_one_sentence(settings):
    day = NIGHT + timedelta(days=LATER)
    write_day(settings, day, np.random.default_rng(9), 3.0)
    line = drift(settings, day, "pump")
    rows = drift_of(settings, day)
    assert set(rows.loc[rows["drifted"], "sensor"]) == {"flow"}
    assert "flow drifted (flow furthest, " in line
    retrain = f"nightscore train-series --family pump --day {day + timedelta(days=1)}"
    assert line.endswith(f"if that is the new normal, retrain: {retrain}; if not, repair the sensor")


def test_planned_work_is_no_drift(settings):
    day = NIGHT + timedelta(days=LATER + 7)
    write_day(settings, day, np.random.default_rng(9), 0.0)
    store = Store(settings.store)
    rows = store.read("grid", family="pump", day=day, shard=0)
    stopped = rows["time"].dt.hour < 8
    rows[["flow", "speed"]] = rows[["flow", "speed"]].where(~stopped, 0).astype(np.float32)
    store.write("grid", rows, Provenance(job="test"), family="pump", day=day, shard=0)
    assert "drifted" in drift(settings, day, "pump")
    work = {"family": "pump", "kind": "planned", "start": f"{day}T00:00Z", "end": f"{day}T08:00Z"}
    add_incident(store, Incident.model_validate(work))
    assert "no need to retrain" in drift(settings, day, "pump")
    assert set(drift_of(settings, day)["rows"]) == {128}  # two thirds of the day are left; it was not scored


def test_the_same_partition_gives_the_same_bytes(settings):
    store, path = Store(settings.store), f"drift/family=pump/day={NIGHT}/data.parquet"
    drift(settings, NIGHT, "pump")
    first = store.read_bytes(path)
    drift(settings, NIGHT, "pump")
    assert store.read_bytes(path) == first


def test_what_is_missing_is_named(settings):
    with pytest.raises(LookupError, match="no accepted model of pump"):
        drift(settings, FIRST, "pump")
    empty = NIGHT + timedelta(days=30)
    with pytest.raises(LookupError, match=f"no grid of pump on {empty} in .*; run: nightscore impute --family pump"):
        drift(settings, empty, "pump")


def row(sensor, drifted):
    return {"sensor": sensor, "measure": "ks", "value": 0.3, "limit": 0.2, "drifted": drifted}


@pytest.mark.parametrize(
    ("drifted", "words"),
    [
        (["score"], "the score drifted (score furthest, ks 0.30 over its limit 0.20) though no sensor did"),
        (["flow", "score"], "flow drifted ("),
        (["a", "b", "c", "d"], "a, b, c and 1 more drifted ("),
        ([], "none in 1 sensor and the score; no need to retrain"),
    ],
)
def test_advice_follows_from_what_drifted(drifted, words):
    rows = pd.DataFrame([row("x", False), row("score", False), *(row(name, True) for name in drifted)])
    assert advice(rows, "pump", NIGHT).startswith(words)


def test_a_model_of_too_few_days_advises_nothing():
    assert advice(pd.DataFrame(), "pump", NIGHT).startswith("nothing to hold it against")
