from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from anomaly.series.night.anomalies import Rules
from anomaly.series.night.find_job import anomalies_touching
from sensors_data.arrow_rows import to_arrow
from sensors_data.provenance import Provenance
from sensors_data.settings import Family
from sensors_data.store import Store
from sensors_data.tables import TABLES

DAY = date(2026, 11, 21)
EVE = DAY - timedelta(days=1)
SPEC = Family.model_validate({"inbox": "none", "step": "10min", "sensors": {"flow": {}}})
TWO_OF_FOUR = Rules(k=2, n=4, merge_gap=timedelta(minutes=10))


def scores(day: date, *over: str) -> pd.DataFrame:
    """A day's rows of `scores`, one every ten minutes; those at `over` are over the threshold."""
    times = pd.date_range(day, periods=144, freq="10min", tz="UTC")
    hit = times.strftime("%H:%M").isin(over)
    same = {
        "threshold": 1.0,
        "suppressed": False,
        "top_sensor": "flow",
        "observed_share": 1.0,
        "model": "pump@x",
        "evidence": 0.0,
    }
    row = {
        "evidence": 0.0,
        "time": times,
        "asset": "p1",
        "score": 0.5 + hit,
        "p_value": 0.5 - 0.4 * hit,
        "is_anomaly": hit,
    }
    return to_arrow(TABLES["scores"], pd.DataFrame(row | same)).to_pandas()


def sensor_scores(day: date) -> pd.DataFrame:
    """A day's rows of `sensor_scores`, nothing in them out of the ordinary."""
    times = pd.date_range(day, periods=144, freq="10min", tz="UTC")
    same = {"asset": "p1", "sensor": "flow", "value": 1.0, "expected": 1.0, "low": 0.0, "high": 2.0}
    rows = pd.DataFrame(
        {"time": times} | same | {"score": 0.1, "share": 1.0, "observed": True, "pattern": np.nan, "cross": np.nan}
    )
    return to_arrow(TABLES["sensor_scores"], rows).to_pandas()


def test_two_rows_on_either_side_of_midnight_are_one_anomaly(tmp_path):
    store, here = Store(str(tmp_path)), {"family": "pump", "day": EVE, "shard": 0}
    store.write("scores", scores(EVE, "23:50"), Provenance(job="test"), **here)
    store.write("sensor_scores", sensor_scores(EVE), Provenance(job="test"), **here)
    today = scores(DAY, "00:00")
    found = anomalies_touching(store, TWO_OF_FOUR, SPEC, "pump", DAY, today, sensor_scores(DAY))
    assert [str(found[side].iloc[0]) for side in ("start", "end")] == [
        "2026-11-20 23:50:00+00:00",
        "2026-11-21 00:10:00+00:00",
    ]
    assert found["rows"].tolist() == [2]


def test_a_day_whose_first_rows_are_quiet_asks_for_no_earlier_day(tmp_path):
    store = Store(str(tmp_path))
    store.write_bytes(store.path("scores", family="pump", day=EVE, shard=0), b"no Parquet: reading it would fail")
    today = scores(DAY, "12:40", "12:50")
    found = anomalies_touching(store, TWO_OF_FOUR, SPEC, "pump", DAY, today, sensor_scores(DAY))
    assert found["start"].astype(str).tolist() == ["2026-11-21 12:40:00+00:00"]


def test_what_was_told_of_the_eve_is_not_told_again_as_the_days_own(tmp_path):
    store, here = Store(str(tmp_path)), {"family": "pump", "day": EVE, "shard": 0}
    spoke = ["18:00", "18:10", "18:20"]
    clear = sensor_scores(EVE)
    clear["pattern"] = np.where(clear["time"].dt.strftime("%H:%M").isin(spoke), 50.0, -1.0)
    store.write("scores", scores(EVE, *spoke), Provenance(job="test"), **here)
    store.write("sensor_scores", clear, Provenance(job="test"), **here)
    today = sensor_scores(DAY)
    today["pattern"] = np.where(today["time"].dt.strftime("%H:%M") == "02:00", 5.0, -1.0)
    [anomaly] = anomalies_touching(store, Rules(), SPEC, "pump", DAY, scores(DAY, "02:00"), today).to_dict("records")
    assert anomaly["start"] == pd.Timestamp("2026-11-21 02:00", tz="UTC")


def test_an_asset_that_is_quiet_today_is_not_followed_back(tmp_path):
    store, here = Store(str(tmp_path)), {"family": "pump", "day": EVE, "shard": 0}
    other = scores(EVE, "00:00", "00:10").assign(asset="p2")
    store.write("scores", pd.concat([scores(EVE, "23:50"), other]), Provenance(job="test"), **here)
    store.write("sensor_scores", sensor_scores(EVE), Provenance(job="test"), **here)
    before = store.path("scores", family="pump", day=EVE - timedelta(days=1), shard=0)
    store.write_bytes(before, b"no Parquet: reading it would fail")
    today = pd.concat([scores(DAY, "00:00"), scores(DAY).assign(asset="p2")])
    found = anomalies_touching(store, TWO_OF_FOUR, SPEC, "pump", DAY, today, sensor_scores(DAY))
    assert found["asset"].tolist() == ["p1"]
    assert found["rows"].tolist() == [2]


def test_a_run_that_ends_today_is_told_as_ended_though_its_evidence_lies_in_the_eve(tmp_path):
    store, here = Store(str(tmp_path)), {"family": "pump", "day": EVE, "shard": 0}
    store.write("scores", scores(EVE, "23:30", "23:40", "23:50"), Provenance(job="test"), **here)
    carried_by = sensor_scores(EVE)
    moments = carried_by["time"].dt.strftime("%H:%M")
    carried_by["pattern"] = np.where(moments.isin(["23:00", "23:10", "23:20"]), 50.0, -1.0)
    store.write("sensor_scores", carried_by, Provenance(job="test"), **here)
    today = sensor_scores(DAY).assign(pattern=-1.0)
    found = anomalies_touching(store, Rules(), SPEC, "pump", DAY, scores(DAY, "00:00", "00:10"), today)
    ends = [str(found[name].item()) for name in ("end", "cleared")]
    assert ends == ["2026-11-20 23:30:00+00:00", "2026-11-21 00:20:00+00:00"]
    assert found["state"].tolist() == ["ended"]


def changed(day: date, level: float, since: str = "00:00") -> tuple[pd.DataFrame, pd.DataFrame]:
    """A day's rows of both tables: from `since` on flow reads `level` more than expected, as the score says."""
    rows, sensors = scores(day), sensor_scores(day).assign(pattern=-1.0)
    later = sensors["time"] >= pd.Timestamp(f"{day} {since}", tz="UTC")
    sensors.loc[later, ["value", "pattern"]] = [1.0 + level, 20.0 * level]
    rows.loc[later, "score"] = 5.0 * level
    return rows.assign(is_anomaly=later), sensors


def told_each_night(store: Store, nights: list[tuple[pd.DataFrame, pd.DataFrame]]) -> list[pd.DataFrame]:
    """What each of the nights from EVE on tells."""
    every = []
    for number, (rows, sensors) in enumerate(nights):
        day = EVE + timedelta(days=number)
        every.append(anomalies_touching(store, Rules(), SPEC, "pump", day, rows, sensors))
        here = {"family": "pump", "day": day, "shard": 0}
        store.write("scores", rows, Provenance(job="test"), **here)
        store.write("sensor_scores", sensors, Provenance(job="test"), **here)
    return every


def test_a_level_that_stays_changed_is_one_anomaly_that_ended_when_it_had_settled(tmp_path):
    days = [EVE + timedelta(days=n) for n in range(9)]
    nights = [changed(EVE, 1.0, "12:00"), *(changed(day, 1.0) for day in days[1:])]
    first, *others = told_each_night(Store(str(tmp_path)), nights)
    assert {one["anomaly_id"].item() for one in others} == set(first["anomaly_id"])
    assert [one["state"].item() for one in others] == ["continuing"] * 8
    ends = [str(one["end"].item())[:16] for one in (first, *others)]
    assert ends == [f"2026-11-{21 + night} 00:00" for night in range(4)] + ["2026-11-20 22:40"] * 5
    assert {str(one["start"].item())[:16] for one in others} == {"2026-11-20 12:00"}
    assert others[-1]["oddity"].item() == "flow at a new, higher level"
    assert others[-1]["cleared"].item() == pd.Timestamp(days[-1] + timedelta(days=1), tz="UTC")


def test_a_fault_in_a_changed_state_is_new(tmp_path):
    days = [EVE + timedelta(days=n) for n in range(6)]
    *nights, (rows, sensors) = (changed(day, 1.0) for day in days)
    worse = rows["time"].dt.strftime("%H") == "15"
    rows.loc[worse, "score"], sensors.loc[worse, ["value", "pattern"]] = 50.0, [11.0, 200.0]
    told = told_each_night(Store(str(tmp_path)), [*nights, (rows, sensors)])[-1]
    assert told["state"].tolist() == ["ended", "new"]
    later = told.iloc[1]
    assert [str(later[name])[:16] for name in ("detected", "start", "end")] == [
        f"{days[-1]} 15:00",
        f"{days[-1]} 15:00",
        f"{days[-1]} 16:00",
    ]


def by_day(day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A day's rows of both tables, changed from six to eight in the evening."""
    rows, sensors = changed(day, 1.0, "06:00")
    calm = rows["time"].dt.hour >= 20
    rows.loc[calm, ["score", "is_anomaly"]] = [0.5, False]
    sensors.loc[calm, ["value", "pattern"]] = [1.0, -2.0]
    return rows, sensors


def test_a_change_that_shows_by_day_alone_is_one_anomaly_for_all_its_nights(tmp_path):
    nights = told_each_night(Store(str(tmp_path)), [by_day(EVE + timedelta(days=n)) for n in range(12)])
    assert [one["anomaly_id"].nunique() for one in nights] == [1] * 12
    assert len({one["anomaly_id"].item() for one in nights}) == 1
    assert [one["state"].item() for one in nights] == ["new", *["continuing"] * 11]
    assert {str(one["end"].item())[:16] for one in nights} == {"2026-11-20 20:00"}
    assert str(nights[-1]["cleared"].item())[:16] == "2026-12-01 20:00"
