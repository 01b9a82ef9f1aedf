"""Five lines of Python: the same bits as the night, whatever the layout of the frame."""

import subprocess
import sys
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

import anomaly
from anomaly.series.files import load_for
from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from anomaly.series.training.train_job import train_series
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.series.jobs import impute, ingest
from sensors_data.settings import Settings
from sensors_data.store import Store

DAYS = [date(2026, 11, 14) + timedelta(days=d) for d in range(8)]
NIGHTS = DAYS[6:]
LINEAR = {"shortest": 16, "longest": 16, "tokens": 8, "draws": 1, "lengths": [1.0], "recurrent": False}


@pytest.fixture(scope="module")
def readings():
    """Eight days of two pumps in a wide frame with a time index, gaps and an hour off on the seventh day."""
    rng, parts = np.random.default_rng(0), []
    times = pd.date_range(DAYS[0], periods=8 * 96, freq="15min", tz="UTC", unit="us")
    for asset in ("p1", "p2"):
        swing = np.sin(np.arange(len(times)) / 2.5)
        flow, speed = 10 + swing + rng.normal(0, 0.05, len(times)), 50 - 5 * swing + rng.normal(0, 0.2, len(times))
        flow[300:304] = np.nan  # filled linearly
        speed[400:420] = np.nan  # filled by earlier days
        flow[700:710] = np.nan
        if asset == "p1":
            flow[6 * 96 + 48 : 6 * 96 + 56] += 3.0
        parts.append(pd.DataFrame({"asset": asset, "flow": flow, "speed": speed}, index=times))
    return pd.concat(parts)


@pytest.fixture(scope="module")
def known(readings):
    return readings[readings.index < pd.Timestamp(NIGHTS[0], tz="UTC")]


@pytest.fixture(scope="module")
def new(readings):
    return readings[readings.index >= pd.Timestamp(NIGHTS[0], tz="UTC")]


@pytest.fixture(scope="module")
def detector(known):
    return anomaly.fit(known, step="15min", family="pump", config=LINEAR)


@pytest.fixture(scope="module")
def scored(detector, known, new):
    return detector.score(new, history=known)


@pytest.fixture(scope="module")
def night(readings, tmp_path_factory):
    """The same readings as a file in an inbox, through the jobs of the nights."""
    folder = tmp_path_factory.mktemp("night")
    readings.rename_axis("time").to_csv(folder / "pumps.csv")
    pump = {
        "inbox": str(folder / "pumps.csv"),
        "step": "15min",
        "linear_gap": "90min",
        "sensors": {"flow": {}, "speed": {}},
        "layout": {"asset": "asset"},
        "detector": LINEAR,
    }
    settings = Settings.model_validate({"store": str(folder / "store"), "families": {"pump": pump}})
    for day in DAYS:
        ingest(settings, day, "pump")
        impute(settings, day, "pump")
    train_series(settings, NIGHTS[0], "pump")
    for day in NIGHTS:
        score_series(settings, day, "pump")
        find_anomalies(settings, day, "pump")
    return Store(settings.store)


def test_the_front_door_gives_the_same_bits_as_the_night(night, detector, scored):
    served = load_for(night, "pump", NIGHTS[0])
    assert served.threshold == detector.threshold
    assert served.name == detector.detector.name == f"pump@{DAYS[5]}"
    for table, rows in (("scores", scored.rows), ("sensor_scores", scored.sensors)):
        wanted = night.read_files(table, [night.path(table, family="pump", day=day, shard=0) for day in NIGHTS])
        order = ["asset", "time"] + (["sensor"] if table == "sensor_scores" else [])
        wanted, rows = (part.sort_values(order, ignore_index=True) for part in (wanted, rows))
        assert len(rows) == 2 * 2 * 96 * (2 if table == "sensor_scores" else 1)
        pd.testing.assert_frame_equal(rows, wanted, check_exact=True)


def test_the_anomalies_are_those_of_the_night(night, scored):
    wanted = night.read("anomalies", family="pump", day=NIGHTS[0])
    first = scored.anomalies().iloc[[0]].reset_index(drop=True)
    assert first["asset"].tolist() == ["p1"]
    wanted = wanted[wanted["anomaly_id"] == first["anomaly_id"].iloc[0]]
    assert (wanted["state"].tolist(), first["state"].tolist()) == (["new"], ["ended"])  # the frame ends a night later
    pd.testing.assert_frame_equal(first.drop(columns="state"), wanted.drop(columns="state"), check_exact=True)


def test_a_long_frame_in_any_order_gives_the_same_scores_as_a_wide_one(detector, known, new, scored):
    def long(wide):
        rows = wide.rename_axis("time").reset_index().melt(["time", "asset"], var_name="sensor")
        return rows.sample(frac=1, random_state=0)

    again = anomaly.fit(long(known), family="pump", config=LINEAR)
    assert again.card.model_dump() == detector.card.model_dump()
    pd.testing.assert_frame_equal(again.score(long(new), history=long(known)).rows, scored.rows, check_exact=True)


def test_a_saved_detector_scores_the_same_bits(tmp_path, detector, known, new, scored):
    detector.save(tmp_path / "pump.safetensors")
    again = anomaly.load(tmp_path / "pump.safetensors")
    pd.testing.assert_frame_equal(again.score(new, history=known).sensors, scored.sensors, check_exact=True)
    with pytest.raises(NotThereError, match=r"there is no file .*none; save a detector there"):
        anomaly.load(tmp_path / "none")


def test_without_history_only_the_first_rows_know_less(detector, new, scored):
    alone = detector.score(new)
    assert len(alone.rows) == len(scored.rows)
    same = np.isclose(alone.rows["score"], scored.rows["score"], rtol=1e-9)
    first = (alone.rows["time"] - alone.rows["time"].min()) < timedelta(minutes=15 * detector.detector.context_rows)
    assert not same[first].all()
    later = alone.rows["time"] >= pd.Timestamp(NIGHTS[0], tz="UTC") + timedelta(hours=6)
    assert same[later & (alone.rows["time"] < pd.Timestamp(NIGHTS[1], tz="UTC"))].all()


def test_known_faults_are_not_learned_and_planned_work_does_not_alarm(readings, detector):
    off = {"asset": ["p1"], "start": [f"{NIGHTS[0]}T12:00Z"], "end": [f"{NIGHTS[0]}T14:00Z"]}
    taught = anomaly.fit(readings, abnormal=pd.DataFrame(off), config=LINEAR)
    untold = anomaly.fit(readings, config=LINEAR)
    every = untold.card.rows + untold.card.set_aside
    assert 8 <= every - taught.card.rows - taught.card.set_aside <= 8 + taught.card.hidden
    assert untold.card.set_aside > taught.card.set_aside  # what nobody marked is still too odd to be learned
    work = detector.score(readings, planned=pd.DataFrame(off)).anomalies()
    assert work.loc[work["start"] >= pd.Timestamp(NIGHTS[0], tz="UTC"), "suppressed"].iloc[-1]


def test_a_single_machine_needs_no_asset_and_naive_times_are_utc(known):
    alone = known[known["asset"] == "p1"].drop(columns="asset")
    detector = anomaly.fit(alone.tz_localize(None), config=LINEAR)
    assert detector.card.assets == ("asset",)
    assert (detector.card.step_s, detector.card.trained_through) == (900.0, DAYS[5])


def test_the_picture_is_of_the_worst_asset_unless_one_is_named(scored):
    figure = scored.plot()
    assert figure.get_suptitle().startswith(f"p1 · {NIGHTS[0]} to {NIGHTS[1]} · ")
    assert len(figure.axes) == 3
    assert figure._repr_png_().startswith(b"\x89PNG")
    with pytest.raises(NotThereError, match="asset 'p9' was not scored; scored are p1, p2"):
        scored.plot("p9")


def test_the_frames_that_were_given_stay_as_they_were(known):
    before = known.copy(deep=True)
    anomaly.fit(known, config=LINEAR)
    pd.testing.assert_frame_equal(known, before)


def test_sensors_that_the_detector_does_not_know_are_named(detector, new):
    with pytest.raises(UnusableError, match=r"sensor 'heat' was not there .* the detector knows flow, speed"):
        detector.score(new.assign(heat=1.0))
    assert len(detector.score(new.drop(columns="speed")).rows) > 0  # one that is missing is only missing


def test_import_anomaly_loads_nothing_heavy_and_lists_its_names():
    code = "import sys, anomaly; print(*anomaly.__all__, '|', *sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names, modules = (part.split() for part in ran.stdout.split("|"))
    assert not {"torch", "numpy", "pandas", "pyarrow", "matplotlib", "scipy", "sklearn", "pydantic"} & set(modules)
    assert names == sorted(dir(anomaly))
    assert all(getattr(anomaly, name) is not None for name in names)


def test_an_unknown_name_is_refused_with_those_that_there_are():
    with pytest.raises(AttributeError, match=r"module 'anomaly' has no name 'detect'; it has .*, Rules, "):
        anomaly.detect  # noqa: B018
