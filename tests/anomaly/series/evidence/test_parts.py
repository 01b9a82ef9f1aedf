"""A run of rows over the threshold that holds two faults is told as two."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from anomaly.series.evidence.localise import Located
from anomaly.series.evidence.parts import parts_of, without_aftermath

TIMES = pd.Series(pd.date_range("2026-11-21", periods=60, freq="5min", tz="UTC"))
GAP = timedelta(minutes=30)
QUIET = np.zeros(60, bool)


def place(first, last, gain=50.0):
    return Located(TIMES[first], TIMES[last - 1], pd.Series({"flow": 1.0}), gain)


def rows(parts):
    return [(part.first, part.last) for part in parts]


def test_the_border_lies_half_way_and_each_part_has_its_own_rows():
    over = np.ones(60, bool)
    over[28:33] = False
    assert rows(parts_of(TIMES, over, QUIET, 5, 55, [place(10, 20), place(40, 44)], GAP)) == [(5, 28), (33, 55)]


def test_near_places_and_those_without_a_row_over_the_threshold_are_one():
    over = np.ones(60, bool)
    [near] = parts_of(TIMES, over, QUIET, 5, 55, [place(10, 20), place(24, 30)], GAP)
    assert (near.place.start, near.place.last, near.place.gain) == (TIMES[10], TIMES[29], 100.0)
    over[30:] = False
    assert rows(parts_of(TIMES, over, QUIET, 5, 30, [place(10, 20), place(40, 44)], GAP)) == [(5, 30)]


def test_a_run_without_a_place_is_one_part():
    assert parts_of(TIMES, np.ones(60, bool), QUIET, 5, 55, [], GAP)[0].place is None


@pytest.mark.parametrize(
    ("peak", "gain", "places"),
    [(1.5, 25.0, 1), (1.5, 600.0, 2), (9.0, 25.0, 1), (9.0, 90.0, 2)],
    ids=["both small", "strong evidence", "a score that is the fault's", "high score, some evidence"],
)
def test_a_place_after_a_far_worse_one_counts_if_its_score_or_its_evidence_is_large(peak, gain, places):
    score = np.full(60, 1.2)
    score[10:20], score[40:44] = 20.0, peak
    wanted = without_aftermath([place(10, 20, 3000.0), place(40, 44, gain)], TIMES, score)
    assert [found.start for found in wanted] == [TIMES[10], TIMES[40]][:places]


def test_far_from_the_fault_a_high_score_is_a_places_own():
    times = pd.Series(pd.date_range("2026-01-01", periods=150, freq="10min", tz="UTC"))
    later = Located(times[110], times[113], pd.Series({"flow": 1.0}), 25.0)
    fault = Located(times[10], times[19], pd.Series({"flow": 1.0}), 3000.0)
    score = np.full(150, 1.2)
    score[10:20], score[110:114] = 20.0, 9.0
    assert without_aftermath([fault, later], times, score) == [fault, later]


def test_a_small_place_before_a_large_one_is_no_aftermath():
    score = np.full(60, 1.2)
    score[40:44] = 20.0
    score[30] = np.nan
    assert len(without_aftermath([place(10, 20, 25.0), place(40, 44, 3000.0)], TIMES, score)) == 2


def test_an_outlier_of_a_row_or_two_is_no_aftermath_however_large_the_fault_before_it_was():
    score = np.full(60, 1.2)
    score[10:20], score[40:42] = 20.0, 1.5
    fault, spike, slow = place(10, 20, 3000.0), place(40, 42, 45.0), place(40, 50, 45.0)
    assert without_aftermath([fault, spike], TIMES, score) == [fault, spike]
    assert without_aftermath([fault, slow], TIMES, score) == [fault]


def test_an_interval_does_not_reach_to_a_far_outlier_without_a_row_over_the_threshold():
    over = np.zeros(60, bool)
    over[35:50] = True
    spike, fault = place(5, 6, 15.0), place(40, 44, 90.0)
    [part] = parts_of(TIMES, over, QUIET, 35, 50, [spike, fault], GAP)
    assert part.place is fault
