import math

import numpy as np
import pytest

from anomaly.evaluation.affiliation import affiliation
from anomaly.evaluation.scores import (
    auc_pr,
    auc_roc,
    event_recall,
    events,
    false_alarms,
    false_alarms_per_10k,
    false_alarms_per_day,
    nab_score,
    range_auc,
    row_agreement,
    vus,
)
from anomaly.series.lstm_vae.period import period_length

LABELS = np.array([0, 0, 1, 1, 0, 0, 0, 0, 0, 1])


def test_events_are_runs_of_ones_with_the_end_past_the_last_row():
    starts, ends = events(LABELS)
    assert starts.tolist() == [2, 9]
    assert ends.tolist() == [4, 10]


def test_events_of_a_series_without_a_label_are_none():
    assert [len(rows) for rows in events(np.zeros(5))] == [0, 0]


def test_period_of_a_noisy_sine_is_its_length_in_rows():
    t = np.arange(3000)
    noise = np.random.default_rng(0).normal(0, 0.2, len(t))
    assert period_length(np.sin(2 * np.pi * t / 48) + noise) == 48


@pytest.mark.parametrize("values", [np.ones(500), np.arange(500.0), np.array([1.0, 2.0]), np.zeros(1)])
def test_period_is_125_where_the_autocorrelation_has_no_peak(values):
    assert period_length(values) == 125


def test_a_score_equal_to_the_labels_has_area_one_without_a_buffer():
    assert vus(LABELS, LABELS, 0).pr == pytest.approx(1)
    assert vus(LABELS, LABELS, 0).roc == pytest.approx(1)
    assert auc_pr(LABELS, LABELS) == auc_roc(LABELS, LABELS) == 1


def test_average_precision_of_a_ranking_worked_by_hand():
    # ranks: hit, miss, hit, so precision 1 at recall 1/2 and 2/3 at recall 1
    assert auc_pr([1, 0, 1, 0], [4, 3, 2, 1]) == pytest.approx((1 + 2 / 3) / 2)
    assert auc_roc([1, 0, 1, 0], [4, 3, 2, 1]) == pytest.approx(3 / 4)


def test_a_constant_score_has_the_share_of_labelled_rows_as_precision_and_half_as_roc():
    assert auc_pr(LABELS, np.ones(10)) == pytest.approx(0.3)
    assert auc_roc(LABELS, np.ones(10)) == pytest.approx(0.5)


def test_an_alarm_just_before_the_event_earns_only_within_the_buffer():
    labels = np.zeros(200, dtype=int)
    labels[100:110] = 1
    score = np.zeros(200)
    score[95:100] = 1
    assert range_auc(labels, score, 20).pr > 2 * range_auc(labels, score, 0).pr


def test_range_area_with_a_buffer_worked_by_hand():
    # one event in row 5 of 10, window 2: rows 4 and 6 weigh sqrt(1/2); the score flags row 6 first, then the rest
    labels, score = np.eye(10)[5], np.eye(10)[6]
    w = math.sqrt(1 / 2)
    recall = min(w / (1 + w / 2), 1)  # TP over the mean of the event and the event with what was hit of its buffer
    rest = (1 + 2 * w) / 10
    assert range_auc(labels, score, 2).pr == pytest.approx(recall * w + (1 - recall) * rest)


def test_vus_is_the_mean_of_the_areas_at_every_window():
    rng = np.random.default_rng(0)
    score = rng.normal(size=10)
    areas = [range_auc(LABELS, score, window) for window in range(5)]
    assert vus(LABELS, score, 4).pr == pytest.approx(np.mean([area.pr for area in areas]))
    assert vus(LABELS, score, 4).roc == pytest.approx(np.mean([area.roc for area in areas]))


def test_vus_depends_on_the_order_of_the_scores_alone():
    rng = np.random.default_rng(1)
    score = rng.normal(size=10)
    assert vus(LABELS, np.exp(score), 4) == vus(LABELS, score, 4)


@pytest.mark.parametrize("labels", [np.zeros(4), np.ones(4)])
def test_an_area_needs_both_kinds_of_row(labels):
    with pytest.raises(ValueError, match="of 4 rows are labelled"):
        vus(labels, np.arange(4.0), 3)


def test_a_score_that_is_not_finite_is_named_by_its_row():
    with pytest.raises(ValueError, match="row 2 is nan"):
        auc_pr([0, 1, 0], [1.0, 2.0, np.nan])


def test_labels_and_score_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"\(3,\) and score \(2,\)"):
        auc_roc([0, 1, 0], [1.0, 2.0])


def test_row_agreement_counts_rows():
    found = row_agreement(LABELS, [0, 0, 1, 0, 1, 0, 0, 0, 0, 0])
    assert (found.precision, found.recall, found.f1) == pytest.approx((1 / 2, 1 / 3, 0.4))


def test_row_agreement_is_zero_without_an_alarm():
    assert row_agreement(LABELS, np.zeros(10)).f1 == 0


def test_event_recall_asks_for_one_row_an_event():
    assert event_recall(LABELS, [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]) == 0.5
    assert math.isnan(event_recall(np.zeros(3), np.ones(3)))


def test_a_run_of_alarms_that_touches_an_event_is_no_false_alarm():
    alarms = [1, 0, 0, 1, 1, 0, 1, 1, 0, 0]
    assert false_alarms(LABELS, alarms) == 2
    assert false_alarms_per_10k(LABELS, alarms) == 2_000
    assert false_alarms_per_day(LABELS, alarms, step_s=3_600) == pytest.approx(2 * 24 / 10)


def test_affiliation_is_one_where_the_alarms_are_the_events_and_zero_without_an_alarm():
    assert affiliation(LABELS, LABELS).f1 == pytest.approx(1)
    assert affiliation(LABELS, np.zeros(10)).f1 == 0


def test_affiliation_of_one_near_alarm_worked_by_hand():
    # event [4, 5), alarm [6, 7) in the zone [0, 10)
    found = affiliation(np.eye(10)[4], np.eye(10)[6])
    # the alarm's points are at d = 1..2, where 2 d + 1 of the zone's 10 rows are nearer: 1 - (1.5 * 2 + 1) / 10
    assert found.precision == pytest.approx(1 - (1.5 * 2 + 1) / 10)
    # the event's points are at d = 1..2 of the alarm, and 2 d of 10 rows are nearer
    assert found.recall == pytest.approx(1 - 1.5 * 2 / 10)


def test_random_alarms_have_an_affiliation_precision_near_one_half():
    labels = np.zeros(20_000, dtype=int)
    labels[::2_000] = 1
    alarms = np.random.default_rng(0).random(20_000) < 0.01
    assert affiliation(labels, alarms).precision == pytest.approx(0.5, abs=0.05)


def test_affiliation_needs_an_event():
    with pytest.raises(ValueError, match="at least one event"):
        affiliation(np.zeros(5), np.ones(5))


def test_nab_score_is_100_for_the_first_rows_and_0_without_an_alarm():
    labels = np.zeros(100)
    labels[30:40] = labels[60:80] = 1
    first = np.zeros(100)
    first[[30, 60]] = 1
    assert nab_score(labels, first) == pytest.approx(100)
    assert nab_score(labels, np.zeros(100)) == 0


def test_nab_score_takes_off_for_a_false_alarm_long_before_an_event():
    labels = np.zeros(100)
    labels[60:80] = 1
    alarms = np.zeros(100)
    alarms[[50, 60]] = 1
    assert nab_score(labels, alarms) == pytest.approx(100 * (1 - 0.11 / 2))


def test_nab_score_of_a_late_detection_follows_the_sigmoid():
    labels = np.zeros(100)
    labels[60:80] = 1
    alarms = np.eye(100)[70]  # position -1/2
    gain = math.tanh(1.25) / math.tanh(2.5)
    assert nab_score(labels, alarms) == pytest.approx(100 * (gain + 1) / 2)


def test_nab_score_leaves_the_probation_out():
    labels = np.zeros(100)
    labels[60:80] = 1
    alarms = np.zeros(100)
    alarms[[5, 60]] = 1
    assert nab_score(labels, alarms) == pytest.approx(100)
    assert math.isnan(nab_score(np.eye(100)[3], alarms))
