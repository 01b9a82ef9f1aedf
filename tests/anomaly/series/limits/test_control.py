"""The false-alarm budget over time."""

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from anomaly.series.detector import Detector
from anomaly.series.files import save
from anomaly.series.limits.calibration import LEAST_NATS
from anomaly.series.limits.carry import MOST_OF_ROWS, carried
from anomaly.series.limits.control import CLEAR, FARTHEST, GAIN, NightAlarms, controlled, nights_since, step_of
from sensors_data.provenance import Provenance
from sensors_data.store import Store
from sensors_data.tables import TABLES

TRAINED = date(2026, 3, 1)


@pytest.fixture(scope="module")
def detector(sine_detector) -> Detector:
    return with_card(sine_detector, row_limit=8.0)


def with_card(detector: Detector, **update: object) -> Detector:
    return replace(detector, card=detector.card.model_copy(update=update))


def test_alarms_beyond_the_budget_raise_the_limits_and_quiet_nights_lower_them():
    assert step_of([]) == 0
    assert step_of([NightAlarms(2, 0.5), NightAlarms(0, 0.5)]) == pytest.approx(GAIN * (1.5 - 0.5))
    assert step_of([NightAlarms(0, 0.2)] * 7) == pytest.approx(-GAIN * 7 * 0.2)
    assert step_of([NightAlarms(30, 20.0)]) == pytest.approx(GAIN * 0.5)  # of a large fleet, in units of its budget


def test_one_night_full_of_alarms_and_one_week_move_little():
    assert step_of([NightAlarms(1000, 0.5)]) == pytest.approx(GAIN * 3)
    assert step_of([NightAlarms(1000, 0.5)] * 7) == 0.5
    assert step_of([NightAlarms(0, 3.0)] * 28) == -0.25


@pytest.mark.parametrize("off", [0.4, 1.0, 2.5])
@pytest.mark.parametrize("stated", [0.15, 3.0])
def test_the_budget_is_kept_though_the_first_limit_is_far_off(off, stated):
    """Peaks are exponential and 3 times the limit has the budget, where the limit is right; trainings are weekly."""
    rng, control, alarms = np.random.default_rng(0), 0.0, []
    for _ in range(80):
        limit = off * math.exp(control)
        week = [int(rng.poisson(stated * math.exp(3 - 3 * limit))) for _ in range(7)]
        alarms.append(sum(week))
        control = float(np.clip(control + step_of([NightAlarms(n, stated) for n in week]), -FARTHEST, FARTHEST))
    assert 0.7 < sum(alarms[20:]) / (60 * 7 * stated) < 1.3


def test_both_limits_move_and_the_card_says_why(detector):
    nights = [NightAlarms(1, 0.25)] * 4
    moved = controlled(detector, detector, nights, LEAST_NATS)
    factor = math.exp(GAIN * 4 * 0.75)
    assert moved.threshold.value == pytest.approx(factor * detector.threshold.value)
    assert moved.card.row_limit == pytest.approx(factor * 8.0)
    assert "times 1.35 by control: 4 alarms in 4 nights, 1.0 stated" in moved.card.threshold_from
    again = controlled(detector, moved, [], LEAST_NATS)  # carried on where no night was scored since
    assert again.threshold.value == pytest.approx(moved.threshold.value)


def test_control_starts_anew_with_another_budget_and_never_goes_far(detector):
    nights = [NightAlarms(9, 0.25)] * 7
    other = detector.threshold.model_copy(update={"budget": 5 * detector.threshold.budget})
    assert controlled(with_card(detector, threshold=other), detector, nights, LEAST_NATS).card.control == 0
    assert controlled(detector, None, nights, LEAST_NATS) is detector
    far = with_card(detector, control=FARTHEST)
    assert controlled(detector, far, nights, LEAST_NATS).card.control == FARTHEST


def test_the_limit_of_rows_is_carried_over_a_training(detector):
    higher = carried(with_card(detector, row_limit=30.0), detector, LEAST_NATS)
    assert higher.card.row_limit == pytest.approx(8.0 * MOST_OF_ROWS)
    assert "rows 30.0 held to 12.0 standard deviations" in higher.card.threshold_from
    assert carried(with_card(detector, row_limit=9.0), detector, LEAST_NATS).card.row_limit == 9.0


def test_clear_faults_continuing_ones_and_planned_work_do_not_count(tmp_path, detector):
    store, value = Store(str(tmp_path)), detector.threshold.value
    save(store, detector)
    night = TRAINED + timedelta(days=1)
    rows = pd.DataFrame({"time": pd.date_range(night, periods=48, freq="30min", tz="UTC"), "asset": "a"})
    rows = rows.assign(score=0.1, threshold=value, p_value=0.5, is_anomaly=False, suppressed=False, top_sensor="flow")
    rows = rows.assign(observed_share=1.0, model=detector.name, evidence=0.0)
    store.write("scores", rows, Provenance(job="test"), family="pump", day=night, shard=0)
    start = pd.Timestamp(night, tz="UTC")
    base = {
        "asset": "a",
        "start": start,
        "end": start,
        "peak_time": start,
        "severity": "info",
        "sensors": [],
        "rows": 1,
    }
    base |= {"model": detector.name, "detected": start, "cleared": start, "run_start": start, "oddity": ""}
    kinds = [(1.5, "new", False), (CLEAR + 1, "new", False), (1.5, "continuing", False), (1.5, "new", True)]
    told = [
        {**base, "anomaly_id": str(n), "peak_score": times * value, "state": state, "suppressed": suppressed}
        for n, (times, state, suppressed) in enumerate(kinds)
    ]
    told.append({**base, "anomaly_id": "of a run", "peak_score": 1.5 * value, "state": "new", "suppressed": False})
    told[-1]["run_start"] = start - timedelta(hours=3)
    store.write("anomalies", TABLES["anomalies"].frame(told), Provenance(job="test"), family="pump", day=night)
    [counted] = nights_since(store, "pump", detector, night + timedelta(days=3))
    assert counted == NightAlarms(1, pytest.approx(0.25 / 7))
    assert nights_since(store, "pump", detector, night) == []
