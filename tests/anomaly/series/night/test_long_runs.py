"""Runs that last for nights, with gaps in their evidence: each row is of one anomaly, which keeps its id."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from anomaly.series.night.anomalies import Rules
from anomaly.series.night.find_job import anomalies_touching
from benchmarks.nights.ids import Ids, ids_of
from sensors_data.arrow_rows import to_arrow
from sensors_data.provenance import Provenance
from sensors_data.settings import Family
from sensors_data.store import Store
from sensors_data.tables import TABLES

FIRST = date(2026, 11, 20)
SPEC = Family.model_validate({"inbox": "none", "step": "10min", "sensors": {"flow": {}}})
ROW = timedelta(minutes=10)
A_PAUSE = -1.0
"""Nats of a row that speaks against a fault."""


def night(number: int, evidence: dict[str, float], since: str = "00:00") -> tuple[pd.DataFrame, pd.DataFrame]:
    """A night's rows of `scores`, over the threshold from `since` on, and of `sensor_scores`.

    An hour from each of the times of `evidence` has so many nats a row; each other row has A_PAUSE.
    """
    times = pd.date_range(FIRST + timedelta(days=number), periods=144, freq="10min", tz="UTC")
    over = times.strftime("%H:%M") >= since
    nats = pd.Series(A_PAUSE, index=times)
    for hour, height in evidence.items():
        begin = pd.Timestamp(f"{FIRST + timedelta(days=number)} {hour}", tz="UTC")
        nats[begin : begin + 5 * ROW] = height
    values = {"value": 1.0, "expected": 1.0, "low": 0.0, "high": 2.0, "score": 0.1, "share": 1.0, "observed": True}
    sensors = {"time": times, "asset": "p1", "sensor": "flow"} | values | {"pattern": nats.to_numpy(), "cross": np.nan}
    high = np.where(np.arange(144) % 7, 2.0, 6.0)  # no steady state
    rows = {"time": times, "asset": "p1", "score": np.where(over, high, 0.5), "is_anomaly": over, "threshold": 1.0}
    rows |= {"p_value": 0.1, "suppressed": False, "top_sensor": "flow", "observed_share": 1.0, "model": "pump@x"}
    frames = {"scores": rows | {"evidence": 0.0}, "sensor_scores": sensors}
    scores, sensor_scores = (to_arrow(TABLES[name], pd.DataFrame(frame)).to_pandas() for name, frame in frames.items())
    return scores, sensor_scores


GROWING = [
    night(0, {"18:00": 5.0, "23:00": 3.6}, since="18:00"),
    night(1, {"00:00": 10.0, "01:00": 10.0}),
    night(2, {}),
]
"""The second place of the first night is worth more than the gap before it once the second night is known."""
RETURNING = [
    night(0, {"18:00": 10.0}, since="18:00"),
    night(1, {"12:00": 8.0}),
    night(2, {"12:00": 200.0}),
    night(3, {"03:00": 9.0}),
    night(4, {}),
]
SECOND = 3
LATER = [night(n, {"12:00": 8.0} if n == SECOND else {}) for n in range(1, 13)]
LONG = [night(0, {"18:00": 10.0}, since="18:00"), *LATER]
"""The evidence of the part that goes on is more than a week old in the end."""


def reports(store: Store, nights: list[tuple[pd.DataFrame, pd.DataFrame]]) -> dict[date, pd.DataFrame]:
    """The anomalies of each night, found when no later one was known, and kept in the store."""
    every = {}
    for number, (rows, sensors) in enumerate(nights):
        day = FIRST + timedelta(days=number)
        every[day] = anomalies_touching(store, Rules(), SPEC, "pump", day, rows, sensors)
        for table, frame in (("scores", rows), ("sensor_scores", sensors)):
            store.write(table, frame, Provenance(job="test"), family="pump", day=day, shard=0)
        store.write("anomalies", every[day], Provenance(job="test"), family="pump", day=day)
    return every


@pytest.mark.parametrize("nights", [GROWING, RETURNING, LONG], ids=["growing", "returning", "long"])
def test_rows_of_a_long_run_stand_once_and_each_anomaly_is_new_once(tmp_path, nights):
    every = reports(Store(str(tmp_path)), nights)
    ids = ids_of(every)
    assert ids == Ids(len(nights), ids.anomalies, borders=0, overlaps=0, not_new=0, out_of_turn=0)
    assert ids.anomalies > 1
    last = pd.concat(list(every.values())).drop_duplicates("anomaly_id", keep="last")
    assert last["rows"].sum() == sum(int(rows["is_anomaly"].sum()) for rows, _ in nights)


@pytest.mark.parametrize("nights", [GROWING, RETURNING, LONG], ids=["growing", "returning", "long"])
def test_a_night_that_is_found_again_gives_the_same_whatever_came_after(tmp_path, nights):
    store = Store(str(tmp_path))
    every = reports(store, nights)
    for number, (rows, sensors) in reversed(list(enumerate(nights))):
        day = FIRST + timedelta(days=number)
        pd.testing.assert_frame_equal(anomalies_touching(store, Rules(), SPEC, "pump", day, rows, sensors), every[day])


def test_after_a_night_without_scores_an_anomaly_is_another_one(tmp_path):
    store = Store(str(tmp_path))
    reports(store, GROWING[:1])
    rows, sensors = GROWING[1]
    later = (frame.assign(time=frame["time"] + timedelta(days=1)) for frame in (rows, sensors))
    anomalies = anomalies_touching(store, Rules(), SPEC, "pump", FIRST + timedelta(days=2), *later)
    assert set(anomalies["state"]) == {"new"}
    assert (anomalies["detected"] >= pd.Timestamp(FIRST + timedelta(days=2), tz="UTC")).all()


def test_a_part_keeps_its_id_and_interval_when_its_evidence_is_more_than_a_week_old(tmp_path):
    every = list(reports(Store(str(tmp_path)), LONG).values())
    second = every[SECOND].iloc[-1]
    assert second["anomaly_id"] not in set(every[SECOND - 1]["anomaly_id"])
    assert str(second["start"])[:16] == f"{FIRST + timedelta(days=SECOND)} 12:00"
    for later in every[SECOND + 1 :]:
        [same] = later.to_dict("records")
        assert all(same[name] == second[name] for name in ("anomaly_id", "start", "end"))
        assert same["state"] == "continuing"
