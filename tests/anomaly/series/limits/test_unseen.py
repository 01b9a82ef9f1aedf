"""Thresholds drawn from nights that no model had seen, and lasting changes that become normal."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from anomaly.series.detector import Detector
from anomaly.series.files import KIND, read_card, save
from anomaly.series.limits.calibration import LEAST_NATS
from anomaly.series.limits.carry import unit_of
from anomaly.series.limits.unseen import unseen_scores, with_unseen
from anomaly.series.training.train_job import anomalies_not_to_learn, reported_anomalies, train_series
from sensors_data.model_files import ModelCatalogue
from sensors_data.provenance import Provenance
from sensors_data.series.jobs import impute
from sensors_data.settings import Family, Settings
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


def write_told(
    store: Store, start: pd.Timestamp, day: date, severity: str = "critical", run_start: pd.Timestamp | None = None
) -> None:
    """A night's anomaly that has lasted from `start` on until the day began, in a run that may have begun before."""
    row = {"anomaly_id": "a", "asset": "a", "start": start, "detected": start, "peak_time": start, "peak_score": 9.0}
    row |= {"severity": severity, "sensors": [], "rows": 9, "suppressed": False, "model": "m", "state": "continuing"}
    end = pd.Timestamp(day, tz="UTC")
    rows = pd.DataFrame([{**row, "end": end, "cleared": end, "run_start": run_start or start}])
    store.write("anomalies", rows, Provenance(job="test"), family="pump", day=day)


def test_a_change_that_lasts_is_learned_after_a_week(tmp_path):
    store, start = Store(str(tmp_path)), pd.Timestamp("2026-03-10T12:00Z")
    for day in (date(2026, 3, 12), date(2026, 3, 25)):
        write_told(store, start, day)
    found = anomalies_not_to_learn(store, SPEC, "pump", DAY)
    assert found["end"].max() == start + timedelta(days=7)
    assert reported_anomalies(store, SPEC, "pump", DAY)["end"].max() == pd.Timestamp("2026-03-25", tz="UTC")
    patient = SPEC.model_copy(update={"training": replace_after(SPEC, timedelta(days=30))})
    assert anomalies_not_to_learn(store, patient, "pump", DAY)["end"].max() == pd.Timestamp("2026-03-25", tz="UTC")


@pytest.mark.parametrize(("start", "told"), [("2026-03-12T00:00Z", 1), ("2026-03-13T00:00Z", 0)])
def test_what_is_barely_over_the_limit_is_learned_unless_it_lasts(tmp_path, start, told):
    """By the half hour, 600 rows are twelve and a half days."""
    store = Store(str(tmp_path))
    write_told(store, pd.Timestamp(start), date(2026, 3, 25), "info")
    assert len(reported_anomalies(store, SPEC, "pump", DAY)) == told


def test_a_later_fault_of_a_run_that_lasts_is_learned_a_week_after_the_runs_first_row(tmp_path):
    store, run_start = Store(str(tmp_path)), pd.Timestamp("2026-03-10T12:00Z")
    write_told(store, run_start + timedelta(days=5), date(2026, 3, 25), run_start=run_start)
    [left_out] = anomalies_not_to_learn(store, SPEC, "pump", DAY).to_dict("records")
    assert (left_out["start"], left_out["end"]) == (run_start, run_start + timedelta(days=7))


def replace_after(spec: Family, after: timedelta) -> object:
    return spec.training.model_copy(update={"learn_after": after})


def test_no_limit_is_drawn_from_nights_of_a_lasting_change(tmp_path, detector):
    """It is learned after a week, but models that had not learned it scored it: of 28 nights, 13 do not count."""
    settings = Settings(store=str(tmp_path), families={"pump": SPEC})
    store, changed = Store(settings.store), pd.Timestamp("2026-03-16T00:00Z")
    save(store, detector)
    scored(store, detector, 28, 1.0)
    times = pd.date_range(DAY - timedelta(days=28), periods=28 * 48, freq="30min", tz="UTC")
    values = np.sin(2 * np.pi * np.arange(len(times)) / 48) + np.random.default_rng(0).normal(0, 0.1, len(times))
    rows = pd.DataFrame({"time": times, "asset": "a", "sensor": "flow", "value": values + 3 * (times >= changed)})
    for day, readings in rows.groupby(rows["time"].dt.date):
        store.write("readings", readings, Provenance(job="test"), family="pump", day=day)
        impute(settings, day, "pump")
    write_told(store, changed, DAY - timedelta(days=1))
    train_series(settings, DAY, "pump")
    newest = ModelCatalogue(store).trained_before(KIND, "pump", DAY)[-1]
    assert f"of {15 * 48} scores of nights" in read_card(store, newest).threshold_from
