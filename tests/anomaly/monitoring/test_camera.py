"""A camera's night as samples, from hand-made tables."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from anomaly.monitoring.camera import camera_samples
from anomaly.monitoring.camera_power import camera_power_samples
from anomaly.monitoring.prometheus import registry_of
from sensors_data.provenance import Provenance
from sensors_data.store import Store

DAY = date(2026, 11, 21)
MEASURE = {"generator": "press@2026-11-20", "low": 0.0, "high": 9.0, "images": 8, "features": "", "reason": ""}
SNAPSHOT = {"images": 640, "discriminator_loss": 1.0, "generator_loss": 1.0, "class_entropy": 2.0, "diversity": 0.9}


def put(store, table, rows, **where):
    store.write(table, pd.DataFrame(rows), Provenance(job="test"), camera="press", **where)


@pytest.fixture
def store(tmp_path) -> Store:
    """A press's night: three images of which one is over the threshold, one file not used, a done generator."""
    store = Store(str(tmp_path))
    image = {"time": pd.Timestamp("2026-11-21T08:00Z"), "threshold": 20.0, "p_value": 0.1, "model": "press@2026-11-15"}
    rows = [
        {**image, "image_id": f"{n}.png", "score": s, "is_anomaly": s > 20} for n, s in enumerate((10.0, 30.0, 14.0))
    ]
    put(store, "image_scores", rows, day=DAY)
    put(store, "image_rejects", [{"source": "x.png", "reason": "no image"}], day=DAY)
    rows = [
        {**SNAPSHOT, "epoch": e, "distance": d, "state": s, "best": e == 1}
        for e, d, s in ((1, 4.5, "training"), (2, 6.0, "done"))
    ]
    put(store, "generator_training", rows, model=DAY - timedelta(days=1))
    drawn = {"time": pd.Timestamp("2026-11-21T00:00Z"), "asset": "", "label": "", "png": b"x", "seed": 0}
    drawn = [{**drawn, "image_id": str(n), "generator": "press@2026-11-20"} for n in range(8)]
    put(store, "synthetic_images", drawn, day=DAY)
    measures = [("frechet", 4.5, 5.0, True), ("recall", 0.5, float("nan"), True), ("gate", 1.0, float("nan"), True)]
    put(
        store,
        "quality",
        [{**MEASURE, "measure": m, "value": v, "limit": x, "passed": p} for m, v, x, p in measures],
        day=DAY,
    )
    return store


def told(store, day=DAY) -> dict[str, float]:
    found = {}
    for sample in camera_samples(store, "press", day):
        assert sample.labels["camera"] == "press"
        others = [value for label, value in sorted(sample.labels.items()) if label != "camera"]
        found[" ".join([sample.name.removeprefix("nightscore_"), *others])] = sample.value
    registry_of(camera_samples(store, "press", day))
    return {name: value for name, value in found.items() if not name.endswith("bytes")}


def test_a_cameras_night_is_what_its_tables_hold(store):
    assert told(store) == {
        "scored_images": 3,
        "scored_day_timestamp_seconds": datetime(2026, 11, 21, tzinfo=UTC).timestamp(),
        "anomalous_images": 1,
        "rejected_images": 1,
        "worst_image_nats 1.png": 30,
        "threshold_nats": 20,
        "score_nats 0.5": 14,
        "score_nats 0.9": pytest.approx(26.8),
        "score_nats 0.99": pytest.approx(29.68),
        "score_nats 1": 30,
        "generator_state training": 0,
        "generator_state done": 1,
        "generator_state collapsed": 0,
        "generator_state diverged": 0,
        "generator_age_seconds": 86_400,
        "generator_distance": 4.5,
        "synthetic_images accepted": 8,
        "synthetic_images rejected": 0,
        "synthetic_gate_passed": 1,
        "synthetic_quality frechet": 4.5,
        "synthetic_quality_limit frechet": 5,
        "synthetic_quality recall": 0.5,
    }


def test_a_collapsed_generator_and_a_rejected_batch_are_told(store):
    rows = [{**SNAPSHOT, "epoch": 1, "distance": float("nan"), "state": "collapsed", "best": False}]
    put(store, "generator_training", rows, model=DAY)
    later = DAY + timedelta(days=1)
    put(store, "quality", [{**MEASURE, "measure": "gate", "value": 0.0, "limit": 1.0, "passed": False}], day=later)
    found = told(store, later)
    assert (found["generator_state collapsed"], found["generator_state done"]) == (1, 0)
    assert "generator_distance" not in found
    assert found["synthetic_gate_passed"] == 0
    assert found["scored_images"] == 3  # of the newest scored day
    assert told(store)["generator_state done"] == 1  # a training is not told before the day after it


def test_many_measures_are_ten_and_a_camera_is_small(store):
    rows = [{**MEASURE, "measure": f"m{n:04}", "value": 1.0, "limit": 2.0, "passed": True} for n in range(500)]
    put(store, "quality", rows, day=DAY)
    assert len(camera_samples(store, "press", DAY)) <= 85
    assert sum(name.startswith("synthetic_quality m") for name in told(store)) == 10


def test_a_camera_of_which_nothing_is_known_has_no_findings(tmp_path):
    assert told(Store(str(tmp_path))) == {}


def test_drift_and_power_are_the_nights_and_the_weeks(store):
    band = {"low": 0.1, "middle": 0.2, "high": 0.3, "images": 20, "model": "press@2026-11-01"}
    looks = [{"look": "focus", "value": 0.4, "ratio": 2.0, "drifted": True, **band}]
    looks.append({"look": "light", "value": 0.2, "ratio": 0.0, "drifted": False, **band})
    put(store, "camera_drift", looks, day=DAY)
    shared = {"good": "a", "size": 5.0, "score": 1.0, "threshold": 2.0, "model": "press@2026-11-01"}
    plants = [("hole", 2.0, False), ("hole", 8.0, False), ("hole", 20.0, True), ("stain", 20.0, True)]
    rows = [
        {"number": n, "kind": kind, "visibility": seen, "found": found, **shared}
        for n, (kind, seen, found) in enumerate(plants)
    ]
    put(store, "image_self_tests", rows, day=DAY)
    samples = {
        (s.name.removeprefix("nightscore_"), *s.labels.values()): s.value
        for s in camera_power_samples(store, "press", DAY)
    }
    assert samples == {
        ("camera_drift_ratio", "press", "focus"): 2.0,
        ("camera_drift_ratio", "press", "light"): 0.0,
        ("image_self_test_found_ratio", "press", "hole"): 0.5,
        ("image_self_test_found_ratio", "press", "stain"): 1.0,
        ("image_self_test_power_ratio", "press", "faint"): 0.0,
        ("image_self_test_power_ratio", "press", "plain"): 0.0,
        ("image_self_test_power_ratio", "press", "striking"): 1.0,
    }
