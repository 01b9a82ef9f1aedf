"""A limit from few scores keeps its rate of false alarms, and says what that rate may really be."""

import numpy as np
import pytest

from anomaly.images.limits import false_alarm_interval, predictive_threshold, threshold_of_folds


def limits(draws: int, count: int, budget: float) -> list:
    rng = np.random.default_rng(0)
    return [predictive_threshold(rng.exponential(size=count), budget) for _ in range(draws)]


@pytest.mark.parametrize(("count", "budget"), [(8, 0.05), (50, 0.01), (200, 0.05)])
def test_over_many_draws_the_false_alarms_of_exponential_scores_are_as_stated(count: int, budget: float) -> None:
    shares = [np.exp(-limit.value) for limit in limits(300, count, budget)]
    assert np.mean(shares) == pytest.approx(budget, rel=0.2)


def test_nine_in_ten_intervals_hold_the_real_share_of_false_alarms() -> None:
    drawn = limits(200, 50, 0.05)
    intervals = [false_alarm_interval(limit) for limit in drawn]
    covered = [low <= np.exp(-limit.value) <= high for limit, (low, high) in zip(drawn, intervals, strict=True)]
    assert np.mean(covered) == pytest.approx(0.9, abs=0.06)


def test_at_the_limit_the_tail_probability_is_the_budget() -> None:
    limit = predictive_threshold(np.random.default_rng(1).normal(size=60), 0.01)
    assert float(limit.p_value(np.array([limit.value]))[0]) == pytest.approx(0.01)
    assert limit.low <= limit.value <= limit.high


def test_one_defect_among_good_parts_hardly_moves_the_limit() -> None:
    scores = np.random.default_rng(2).exponential(size=100)
    clean, spoilt = (predictive_threshold(x, 0.01).value for x in (scores, np.append(scores, 500.0)))
    assert spoilt == pytest.approx(clean, rel=0.25)


def test_scores_that_are_no_numbers_give_no_limit() -> None:
    with pytest.raises(ValueError, match="fewer than two normal images have a score"):
        predictive_threshold(np.array([np.nan, 1.0]), 0.01)


def test_fifty_scores_of_folds_get_the_allowance_of_twice_their_excesses_and_fewer_than_forty_all_of_it() -> None:
    scores = np.random.default_rng(3).exponential(size=50)
    ordered = np.sort(scores)
    start, mean = ordered[-11], float(np.mean(ordered[-10:] - ordered[-11]))
    limit = threshold_of_folds(scores, 0.01)
    assert limit.value == pytest.approx(start + 20 * mean * ((11 / 51 / 0.01) ** (1 / 20) - 1))
    assert float(limit.p_value(np.array([limit.value]))[0]) == pytest.approx(0.01)
    few = scores[:39]
    assert threshold_of_folds(few, 0.01).value == predictive_threshold(few, 0.01).value
