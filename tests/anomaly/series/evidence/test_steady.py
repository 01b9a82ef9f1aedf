"""A change that lasts is told for as long as it is news."""

from datetime import timedelta

import numpy as np
import pytest

from anomaly.series.evidence.steady import CHANGE_ROWS, FEWEST_ROWS, steady_rows

STEP = timedelta(minutes=2)
DAY = 720
WEEK = 7 * DAY


def steady(score, over=None):
    """Begins and ends of the steady stretches of a run with these scores."""
    found = steady_rows(score, np.ones(len(score), bool) if over is None else over, STEP)
    return np.flatnonzero(np.diff(np.concatenate([[0], found, [0]]))).tolist()


def test_a_state_is_steady_from_when_the_score_has_settled():
    score = np.full(WEEK, 5.0)
    score[:100] = 80.0
    assert steady(score) == [100, WEEK]


def test_a_state_that_has_lasted_for_less_than_a_day_is_still_news():
    assert steady(np.full(DAY - 1, 5.0)) == []
    assert steady(np.full(DAY, 5.0)) == [CHANGE_ROWS, DAY]


def test_a_day_of_hours_is_no_longer_than_what_a_short_fault_raises():
    hours = np.full(FEWEST_ROWS, 5.0)
    assert not steady_rows(hours[1:], np.ones(FEWEST_ROWS - 1, bool), timedelta(hours=1)).any()


def test_a_score_that_doubles_every_day_never_settles():
    assert steady(2.0 ** (1.1 * np.arange(WEEK) / DAY)) == []


@pytest.mark.parametrize(("height", "stretches"), [(9.0, [CHANGE_ROWS, WEEK]), (11.0, [CHANGE_ROWS, 2000, 2050, WEEK])])
def test_more_than_twice_the_height_is_news(height, stretches):
    score = np.full(WEEK, 5.0)
    score[2000:2050] = height
    assert steady(score) == stretches


def test_falling_scores_are_no_news():
    score = np.full(WEEK, 5.0)
    score[2000:] = 1.1
    assert steady(score) == [CHANGE_ROWS, WEEK]


def test_a_few_rows_under_the_limit_do_not_matter_and_many_do():
    score, over = np.full(WEEK, 5.0), np.ones(WEEK, bool)
    over[::25] = False
    assert steady(score, over) == [CHANGE_ROWS, WEEK]
    over[::5] = False
    assert steady(score, over) == []
