"""Scored rows against incidents on two hand-made assets of ten hours each, a row an hour."""

import pandas as pd
import pytest

from anomaly.evaluation import evaluate, row_labels, vus
from sensors_data.errors import UnusableError

TIMES = pd.date_range("2026-03-01", periods=10, freq="1h", tz="UTC", unit="us")


def scores(**marks):
    """Rows of `scores`: a mark an hour, `x` over the threshold, `?` without a score, `s` suppressed."""
    parts = []
    for asset, text in marks.items():
        score = [{"x": 3.0, "s": 3.0, "?": float("nan")}.get(mark, 0.1) for mark in text]
        over = [mark in "xs" for mark in text]
        flags = {"is_anomaly": over, "suppressed": [mark == "s" for mark in text]}
        parts.append(pd.DataFrame({"time": TIMES, "asset": asset, "score": score, **flags}))
    return pd.concat(parts, ignore_index=True)


def intervals(*rows):
    """asset, first and last hour of each."""
    columns = {"asset": [r[0] for r in rows], "start": [TIMES[r[1]] for r in rows]}
    return pd.DataFrame({**columns, "end": [TIMES[r[2]] for r in rows], "suppressed": False})


def test_found_missed_and_false_are_counted_and_the_delay_told():
    rows = scores(a="...xx.....", b="........x.")
    found = intervals(("a", 3, 5), ("b", 8, 9))
    outcome = evaluate(rows, found, intervals(("a", 2, 5), ("b", 1, 4)))
    assert (outcome.anomalies.precision, outcome.anomalies.recall) == (0.5, 0.5)
    assert outcome.incidents["found"].tolist() == [False, True]
    assert outcome.incidents["delay"].tolist() == [pd.NaT, pd.Timedelta(hours=1)]
    assert outcome.incidents["peak_score"].tolist() == [0.1, 3.0]
    assert outcome.false_alarms_per_asset_week == pytest.approx(1 / (14 / 168))


def test_areas_are_means_over_the_assets_that_have_an_incident():
    rows = scores(a="..xxx.....", b="..........", c=".....xx..x")
    outcome = evaluate(rows, intervals(("a", 2, 5)), intervals(("a", 2, 5), ("c", 5, 7)))
    parts = [rows[rows["asset"] == asset]["score"] for asset in ("a", "c")]
    wanted = [vus([0, 0, 1, 1, 1, 0, 0, 0, 0, 0], parts[0], 3), vus([0, 0, 0, 0, 0, 1, 1, 0, 0, 0], parts[1], 2)]
    assert outcome.areas.pr == pytest.approx((wanted[0].pr + wanted[1].pr) / 2)
    assert outcome.areas.roc == pytest.approx((wanted[0].roc + wanted[1].roc) / 2)


def test_an_incident_without_an_asset_is_one_of_every_asset():
    rows = scores(a="..xx......", b="..........")
    outcome = evaluate(rows, intervals(("a", 2, 4)), intervals(("a", 2, 4)).drop(columns="asset"))
    assert outcome.incidents["asset"].tolist() == ["a", "b"]
    assert outcome.anomalies.recall == 0.5


def test_rows_without_a_score_and_suppressed_ones_do_not_count():
    rows = scores(a="..x?ss....")
    outcome = evaluate(rows, intervals(("a", 2, 3)), intervals(("a", 2, 3)))
    assert outcome.rows.recall == 1.0
    assert outcome.false_alarms_per_asset_week == 0


def test_labels_are_of_the_rows_in_an_incident_and_its_end_is_not_in_it():
    labels = row_labels(scores(a="..........", b=".........."), intervals(("a", 2, 4)))
    assert labels.nonzero()[0].tolist() == [2, 3]


@pytest.mark.parametrize("known", [("z", 2, 4), ("a", 0, 9)])
def test_labels_that_leave_nothing_to_compare_are_refused(known):
    rows = scores(a="..........").iloc[:9]
    with pytest.raises(UnusableError, match=r"of 9 scored rows lie in an incident; give incidents of the scored"):
        evaluate(rows, intervals(("a", 2, 3)), intervals(known))
    with pytest.raises(UnusableError, match="the incidents have no column 'end' but"):
        evaluate(rows, intervals(("a", 2, 3)), intervals(known).drop(columns="end"))
