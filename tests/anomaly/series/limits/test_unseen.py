"""Thresholds drawn from nights that no model had seen, and lasting changes that become normal."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from anomaly.series.detector import Detector
from anomaly.series.files import save
from anomaly.series.limits.calibration import LEAST_NATS
from anomaly.series.limits.carry import unit_of
from anomaly.series.limits.unseen import unseen_scores, with_unseen
from anomaly.series.training.train_job import found_before
from sensors_data.provenance import Provenance
from sensors_data.settings import Family
from sensors_data.store import Store

DAY = date(2026, 3, 30)
SPEC = Family.model_validate({"inbox": "none", "step": "30min", "sensors": {"flow": {}}})


@pytest.fixture(scope="module")
def detector(sine_detector) -> Detector:
    return sine_detector


def scored(store: Store, detector: Detector, nights: int, times_normal: float) -> None:
    """Nights whose scores are exponential, in units of the model's own normal ones."""
    rng, unit = np.random.default_rng(1), unit_of(detector.threshold)
    for back in range(nights, 0, -1):
        day = DAY - timedelta(days=back)
        rows = pd.DataFrame({"time": pd.date_range(day, periods=48, freq="30min", tz="UTC"), "asset": "a"})
        score = times_normal * unit * rng.exponential(0.3, 48)
        rows = rows.assign(score=score, threshold=detector.threshold.value, p_value=0.5, is_anomaly=False)
        rows = rows.assign(suppressed=False, top_sensor="flow", observed_share=1.0, model=detector.name, evidence=0.0)
        store.write("scores", rows, Provenance(job="test"), family="pump", day=day, shard=0)


NONE = pd.DataFrame({"asset": [], "start": [], "end": []})


def test_the_limit_follows_the_scores_of_nights_that_were_not_seen(tmp_path, detector):
    store = Store(str(tmp_path))
    save(store, detector)
    scored(store, detector, 28, 1.0)
    plain = with_unseen(detector, unseen_scores(store, SPEC, "pump", DAY, NONE), LEAST_NATS)
    scored(store, detector, 28, 3.0)
    louder = with_unseen(detector, unseen_scores(store, SPEC, "pump", DAY, NONE), LEAST_NATS)
    assert louder.threshold.value == pytest.approx(3 * plain.threshold.value, rel=0.01)
    assert "1,344 scores of nights" in louder.card.threshold_from


def test_found_faults_and_short_histories_do_not_move_the_limit(tmp_path, detector):
    store = Store(str(tmp_path))
    save(store, detector)
    scored(store, detector, 10, 1.0)
    assert not len(unseen_scores(store, SPEC, "pump", DAY, NONE))
    assert with_unseen(detector, np.empty(0), LEAST_NATS).threshold == detector.threshold
    scored(store, detector, 28, 1.0)
    day = pd.Timestamp(DAY - timedelta(days=3), tz="UTC")
    fault = pd.DataFrame({"asset": ["a"], "start": [day], "end": [day + timedelta(days=1)]})
    assert len(unseen_scores(store, SPEC, "pump", DAY, fault)) == 27 * 48


def test_a_change_that_lasts_is_learned_after_a_week(tmp_path):
    store, start = Store(str(tmp_path)), pd.Timestamp("2026-03-10T12:00Z")
    row = {"anomaly_id": "a", "asset": "a", "start": start, "detected": start, "peak_time": start, "peak_score": 9.0}
    row |= {"severity": "critical", "sensors": [], "rows": 9, "suppressed": False, "model": "m", "state": "continuing"}
    for day in (date(2026, 3, 12), date(2026, 3, 25)):
        end = pd.Timestamp(day, tz="UTC")
        rows = pd.DataFrame([{**row, "end": end, "cleared": end}])
        store.write("anomalies", rows, Provenance(job="test"), family="pump", day=day)
    found = found_before(store, SPEC, "pump", DAY)
    assert found["end"].max() == start + timedelta(days=7)
    patient = SPEC.model_copy(update={"training": replace_after(SPEC, timedelta(days=30))})
    assert found_before(store, patient, "pump", DAY)["end"].max() == pd.Timestamp("2026-03-25", tz="UTC")


def replace_after(spec: Family, after: timedelta) -> object:
    return spec.training.model_copy(update={"learn_after": after})
