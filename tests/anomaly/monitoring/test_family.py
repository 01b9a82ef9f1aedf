"""A family's night as samples, from hand-made tables."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anomaly.monitoring.family import family_samples
from anomaly.monitoring.prometheus import registry_of, text_of
from sensors_data.provenance import Provenance
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.tables.shares import shares_of_text

DAY = date(2026, 11, 21)
WORST = (
    "worst_anomaly_info c p1 speed warning "
    "speed and flow odd from 2026-11-21 00:00 UTC for 6 h, 14.0 times its threshold"
)
TIMES = [pd.Timestamp(f"2026-11-21T{hour}:00Z") for hour in ("00", "06", "12", "18")]


def put(store, table, rows, **where):
    store.write(table, pd.DataFrame(rows), Provenance(job="test"), **{"day": DAY, **where})


def put_run(store, job, state="done", day=DAY, partition="pump", seconds=2.0, reason=""):
    run = {"job": job, "partition": partition, "family": "pump", "seconds": seconds, "rows": 4, "state": state}
    finished = pd.Timestamp("2026-11-22T01:00Z") + pd.Timedelta(seconds=seconds) + (day - DAY)
    put(store, "runs", [{**run, "finished": finished, "reason": reason}], day=day, run=f"{job}-{partition}")


@pytest.fixture
def store(tmp_path) -> Store:
    """A pump's night: four rows of p1, p2 silent since the day before, three anomalies of which one is planned."""
    store = Store(str(tmp_path / "store"))
    grid = [
        {"time": t, "asset": "p1", "sensor": s, "value": v, "observed": o}
        for t, v, o in zip(TIMES, (1.0, 2.0, 3.0, float("nan")), (True, True, False, False), strict=True)
        for s in ("flow", "speed")
    ]
    put(store, "grid", grid, family="pump", shard=0)
    before = [{**row, "asset": asset, "observed": True} for row in grid for asset in ("p1", "p2")]
    put(store, "grid", before, family="pump", shard=0, day=DAY - timedelta(days=1))
    score = {"asset": "p1", "threshold": 0.5, "p_value": 0.1, "is_anomaly": False, "suppressed": False}
    score |= {"top_sensor": "flow", "observed_share": 1.0, "model": "pump@2026-11-15", "evidence": 0.0}
    put(store, "scores", [{**score, "time": t, "score": i + 0.0} for i, t in enumerate(TIMES)], family="pump", shard=0)
    anomaly = {"asset": "p1", "start": TIMES[0], "end": TIMES[1], "peak_time": TIMES[0], "rows": 1}
    anomaly |= {"model": "pump@2026-11-15"}
    three = [
        ("a", "warning", False, 3.0, shares_of_text("flow 0.90, speed 0.10")),
        ("b", "critical", True, 9.0, shares_of_text("speed 1.00")),
    ]
    three += [("c", "warning", False, 7.0, shares_of_text("speed 0.60, flow 0.40"))]
    keys = ("anomaly_id", "severity", "suppressed", "peak_score", "sensors")
    put(store, "anomalies", [{**anomaly, **dict(zip(keys, row, strict=True))} for row in three], family="pump")
    readings = [{"time": t, "asset": "p1", "sensor": f"s{n}", "value": 1.0} for t in TIMES for n in range(4)]
    put(store, "readings", readings, family="pump")
    reasons = [(2, "not a number", False), (3, "not a number", False), (4, "out of order", True)]
    reasons += [(n, f"p{n}.csv cannot be read: no Parquet", False) for n in (0, 0)]
    rows = [{"source": "p1.csv", "line": n, "raw": "", "reason": why, "used": used} for n, why, used in reasons]
    put(store, "rejects", rows, family="pump")
    for job, seconds in (("ingest", 2.0), ("find-anomalies", 3.0)):
        put_run(store, job, seconds=seconds)
    return store


@pytest.fixture
def spec():
    """The pump's settings: two sensors, four rows a day, one shard."""
    pump = {"inbox": "inbox", "step": "6h", "sensors": {"flow": {}, "speed": {}}}
    return Settings.model_validate({"families": {"pump": pump}}).family("pump")


def told(store, spec, day=DAY) -> dict[str, float]:
    """Every sample by name without its prefix and the values of its labels but the family."""
    found = {}
    for sample in family_samples(store, spec, "pump", day):
        assert sample.labels["family"] == "pump"
        others = [value for label, value in sorted(sample.labels.items()) if label != "family"]
        found[" ".join([sample.name.removeprefix("nightscore_"), *others])] = sample.value
    registry_of(family_samples(store, spec, "pump", day))
    return found


def test_a_night_is_what_its_tables_hold(store, spec):
    found = told(store, spec)
    finished = datetime(2026, 11, 22, 1, 0, 3, tzinfo=UTC).timestamp()
    files = list(Path(store.root).glob(f"*/family=pump/day={DAY}/*.parquet"))
    assert found.pop("day_bytes") == sum(path.stat().st_size for path in files) > 1000
    assert 0 < found.pop("store_free_bytes") <= found.pop("store_capacity_bytes")
    assert found.pop(WORST) == 1
    assert found == {
        "scored_rows": 4,
        "scored_assets": 1,
        "scored_day_timestamp_seconds": datetime(2026, 11, 21, tzinfo=UTC).timestamp(),
        "anomalies info": 0,
        "anomalies warning": 2,
        "anomalies critical": 0,
        "anomalous_assets": 1,
        "suppressed_anomalies": 1,
        "worst_anomaly_nats p1 speed warning": 7,
        "threshold_nats": 0.5,
        "score_nats 0.5": 1.5,
        "score_nats 0.9": pytest.approx(2.7),
        "score_nats 0.99": pytest.approx(2.97),
        "score_nats 1": 3,
        "missing_ratio": 10 / 16,  # two assets, four rows, two sensors; six values are there
        "imputed_ratio": 2 / 16,
        "silent_assets": 1,
        "rejected_rows not a number": 2,
        "rejected_rows a file that cannot be read": 2,
        "rejected_ratio": 4 / 20,
        "job_runs ingest done": 1,
        "job_runs ingest failed": 0,
        "job_seconds ingest": 2,
        "job_rows ingest": 4,
        "job_runs find-anomalies done": 1,
        "job_runs find-anomalies failed": 0,
        "job_seconds find-anomalies": 3,
        "job_rows find-anomalies": 4,
        "last_success_timestamp_seconds": finished,
    }


def test_a_night_in_which_nothing_was_ever_scored_has_its_jobs_told(tmp_path, spec):
    store = Store(str(tmp_path))
    put_run(store, "ingest", "failed", reason="LookupError: the inbox of pump holds no usable value (<x>)")
    found = told(store, spec)
    assert found.pop("store_free_bytes") > 0
    assert found.pop("store_capacity_bytes") > 0
    reason = "LookupError: the inbox of pump holds no usable value (_x_)"
    assert found == {
        "day_bytes": 0,
        "job_runs ingest done": 0,
        "job_runs ingest failed": 1,
        "job_seconds ingest": 2,
        "job_rows ingest": 4,
        f"job_failure_info ingest {reason}": 1,
    }


def test_a_night_that_failed_keeps_what_the_newest_scored_day_found(store, spec):
    tomorrow = DAY + timedelta(days=1)
    put_run(store, "ingest", "failed", day=tomorrow, reason="OSError: no room")
    found = told(store, spec, tomorrow)
    assert found["anomalies warning"] == 2
    assert found["scored_day_timestamp_seconds"] == datetime(2026, 11, 21, tzinfo=UTC).timestamp()
    assert found["last_success_timestamp_seconds"] == datetime(2026, 11, 22, 1, 0, 3, tzinfo=UTC).timestamp()
    assert found["job_runs ingest failed"] == 1
    assert "missing_ratio" not in found


def test_a_failed_job_stays_failed_until_it_succeeds(store, spec):
    put_run(store, "train-series", "failed", reason="ValueError: too few rows")
    put_run(store, "train-series", "done", day=DAY - timedelta(days=7))
    assert told(store, spec, DAY + timedelta(days=3))["job_runs train-series failed"] == 1
    put_run(store, "train-series", "done", day=DAY + timedelta(days=3))
    found = told(store, spec, DAY + timedelta(days=3))
    assert (found["job_runs train-series done"], found["job_runs train-series failed"]) == (1, 0)
    assert not any(name.startswith("job_failure_info") for name in found)


def test_shards_of_a_job_add_up(store, spec):
    two = spec.model_copy(update={"shards": 2})
    put_run(store, "score-series", partition="pump-0", seconds=5.0)
    put_run(store, "score-series", "failed", partition="pump-1", seconds=6.0, reason="ValueError: x")
    found = told(store, two)
    assert found["job_seconds score-series"] == 11
    assert (found["job_runs score-series done"], found["job_runs score-series failed"]) == (1, 1)


def test_drift_is_told_in_times_its_limit(store, spec):
    row = {"p_value": 0.5, "rows": 100, "model": "pump@2026-11-15"}
    rows = [("flow", "ks", 0.3, 0.2), ("speed", "ks", 0.1, 0.2), ("flow", "psi", 0.1, 0.5), ("score", "ks", 0.1, 0.4)]
    keys = ("sensor", "measure", "value", "limit")
    rows = [{**row, **dict(zip(keys, r, strict=True)), "drifted": r[2] > r[3]} for r in rows]
    put(store, "drift", rows, family="pump")
    found = {name: value for name, value in told(store, spec).items() if name.startswith("drift")}
    assert found == {
        "drift_limit_ratio ks sensors": pytest.approx(1.5),
        "drift_limit_ratio psi sensors": pytest.approx(0.2),
        "drift_limit_ratio ks score": pytest.approx(0.25),
        "drifted_sensors": 1,
    }


def test_a_family_of_hostile_names_stays_small_and_plain(store, spec):
    rng = np.random.default_rng(0)
    names = ["".join(chr(c) for c in rng.integers(32, 0x3000, 60)) for _ in range(2000)]
    rows = [{"source": "x", "line": 5, "raw": "", "reason": name, "used": False} for name in names]
    put(store, "rejects", rows, family="pump")
    anomaly = {"start": TIMES[0], "end": TIMES[1], "peak_time": TIMES[0], "rows": 1, "suppressed": False}
    anomaly |= {"model": "pump@2026-11-15", "severity": "critical"}
    rows = [
        {**anomaly, "anomaly_id": str(n), "asset": a, "peak_score": n, "sensors": [{"sensor": a, "share": 1.0}]}
        for n, a in enumerate(names)
    ]
    put(store, "anomalies", rows, family="pump")
    for job in ("ingest", "find-anomalies", "drift", "train-series"):
        put_run(store, job, "failed", reason=names[0] * 20)
    samples = family_samples(store, spec, "pump", DAY)
    assert len(samples) <= 105
    for sample in samples:
        for value in sample.labels.values():
            assert len(value) <= 80
            assert not set(value) & set("<>{}\"'`\\@!|&$\n")
    assert all(line.isprintable() for line in text_of(registry_of(samples)).decode().split("\n"))
