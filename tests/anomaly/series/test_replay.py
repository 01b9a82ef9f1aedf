"""What people say of past nights, and what a threshold fitted again would have made of them."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from anomaly.series.files import card_by_name, load_for, serving
from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from anomaly.series.replay import _compared, _judged, accept_threshold, replay
from anomaly.series.training.train_job import train_series
from sensors_data.series.incidents import Incident, label
from sensors_data.store import Store

DAYS = [date(2026, 11, 14) + timedelta(days=d) for d in range(8)]
NIGHTS = DAYS[6:]


@pytest.fixture
def settings(tmp_path, pump_settings, pump_days):
    """Two pumps, six days to learn from and two scored; p1 is unlike itself for two hours of the first of these."""
    found = pump_settings(tmp_path)
    pump_days(found, DAYS, ("p1", "p2"), {("p1", NIGHTS[0]): 0.5})
    train_series(found, NIGHTS[0], "pump")
    for day in NIGHTS:
        score_series(found, day, "pump")
        find_anomalies(found, day, "pump")
    return found


def test_what_was_dismissed_is_normal_when_the_threshold_is_fitted_again(settings):
    store, plain = Store(settings.store), replay(settings, "pump", NIGHTS[0], NIGHTS[1])
    name, every = f"pump@{DAYS[5]}", 8 * 96 * 2
    assert list(plain.before) == list(plain.after) == [name]
    assert plain.before[name].value == load_for(store, "pump", NIGHTS[0]).threshold.value
    found = store.read("anomalies", family="pump", day=NIGHTS[0]).iloc[0]
    assert (found["asset"], plain.counts["kept"]) == ("p1", 1)
    rows = round((found["cleared"] - found["detected"]) / timedelta(minutes=15))
    assert plain.after[name].rows == every - rows
    said = {"family": "pump", "asset": "p1", "start": found["start"], "end": found["end"], "author": "Ann"}
    label(store, Incident.model_validate({**said, "kind": "dismissed"}))
    dismissed = replay(settings, "pump", NIGHTS[0], NIGHTS[1])
    assert dismissed.after[name].rows == every
    assert dismissed.after[name].value > plain.after[name].value
    label(store, Incident.model_validate({**said, "kind": "confirmed"}))
    label(store, Incident.model_validate({**said, "asset": "p2", "kind": "confirmed"}))
    tight = round((found["end"] - found["start"]) / timedelta(minutes=15))
    assert replay(settings, "pump", NIGHTS[0], NIGHTS[1]).after[name].rows == every - rows - tight


def test_a_larger_budget_of_alarms_lowers_the_threshold_and_a_smaller_one_raises_it(settings):
    values = [
        next(iter(replay(settings, "pump", NIGHTS[0], NIGHTS[1], budget).after.values())).value
        for budget in (0.05, 0.25, 5.0)
    ]
    assert values[0] > values[1] > values[2]


def test_nothing_is_written_until_it_is_accepted_and_then_it_serves_the_next_day(settings):
    store = Store(settings.store)
    before = {path: store.read_bytes(path) for path in store.files("")}
    found = replay(settings, "pump", NIGHTS[0], NIGHTS[1])
    assert {path: store.read_bytes(path) for path in store.files("")} == before
    line = accept_threshold(settings, NIGHTS[1], "pump", NIGHTS[0])
    day = NIGHTS[1] + timedelta(days=1)
    assert serving(store, "pump", day).path == f"models/series/pump/{NIGHTS[1]}.safetensors"
    kept = load_for(store, "pump", day)
    assert kept.threshold.value == found.after[f"pump@{DAYS[5]}"].value
    assert f"to {kept.threshold.value:.3f} nats" in line
    assert card_by_name(store, f"pump@{NIGHTS[1]}").verdict.endswith(f"on the weights of pump@{DAYS[5]}")
    assert load_for(store, "pump", NIGHTS[1]).name == f"pump@{DAYS[5]}"


def test_a_threshold_is_not_accepted_under_days_that_were_scored_without_it(settings):
    with pytest.raises(ValueError, match=f"scored through {NIGHTS[1]}; replay through that day"):
        accept_threshold(settings, NIGHTS[0], "pump", NIGHTS[0])


def test_a_span_without_scores_is_refused(settings):
    with pytest.raises(LookupError, match=f"no row of pump from {DAYS[0]} to {DAYS[1]} was scored"):
        replay(settings, "pump", DAYS[0], DAYS[1])
    with pytest.raises(ValueError, match=f"last night {DAYS[0]} lies before the first {DAYS[1]}; exchange the two"):
        replay(settings, "pump", DAYS[1], DAYS[0])


def test_rows_keep_their_coverage_factor_under_another_threshold(settings):
    threshold = load_for(Store(settings.store), "pump", NIGHTS[0]).threshold.model_copy(update={"value": 2.0})
    higher = threshold.model_copy(update={"value": 3.0})
    rows = pd.DataFrame({"model": "m", "score": [2.5, 3.5, 7.0], "threshold": [2.0, 2.0, 4.0]})
    rows = rows.assign(is_anomaly=True, p_value=0.0)
    found = _judged(rows, {"m": threshold}, {"m": higher})
    assert found["threshold"].tolist() == [3.0, 3.0, 6.0]
    assert found["is_anomaly"].tolist() == [False, True, True]
    assert found["p_value"].tolist() == higher.p_value(np.array([2.5, 3.5, 3.5])).tolist()


def test_kept_gone_and_new_are_told_by_touching_intervals():
    def anomalies(*rows):
        frame = pd.DataFrame(rows, columns=["asset", "start", "end", "peak_score", "severity"])
        moments = {c: pd.to_datetime(frame[c], utc=True) for c in ("start", "end")}
        return frame.assign(**moments, sensors="")

    before = anomalies(("a", "2026-01-01T01:00Z", "2026-01-01T03:00Z", 9.0, "critical"), ("b", *HOUR, 5.0, "info"))
    after = anomalies(("a", "2026-01-01T02:00Z", "2026-01-01T04:00Z", 9.0, "warning"), ("c", *HOUR, 7.0, "info"))
    found = _compared(before, after).set_index("asset")
    assert found["change"].to_dict() == {"a": "kept", "c": "new", "b": "gone"}
    assert found.loc["a", ["severity_before", "severity_after"]].tolist() == ["critical", "warning"]
    assert list(found.index) == ["a", "c", "b"]


HOUR = ("2026-01-01T01:00Z", "2026-01-01T02:00Z")
