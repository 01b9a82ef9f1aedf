import numpy as np
import pytest

from anomaly.thresholds import MARGIN, pot_threshold


def exponential(rows: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).exponential(1.0, rows)


def test_the_limit_of_exponential_scores_is_their_quantile() -> None:
    found = pot_threshold(exponential(50_000), budget=1e-4)
    assert found.value == pytest.approx(-np.log(1e-4), rel=0.06)
    assert found.low <= found.value <= found.high
    assert found.low < -np.log(1e-4) < found.high
    assert found.shape == pytest.approx(0.0, abs=0.1)


def test_the_limit_of_heavy_tailed_scores_is_their_quantile() -> None:
    scores = np.random.default_rng(1).pareto(4.0, 50_000)  # P(X > x) = (1 + x) ** -4
    found = pot_threshold(scores, budget=1e-4)
    assert found.value == pytest.approx(1e-4**-0.25 - 1, rel=0.15)
    assert found.shape == pytest.approx(0.25, abs=0.1)


def test_new_normal_rows_keep_to_twice_the_budget() -> None:
    alarms = [
        (exponential(50_000, 100 + k) > pot_threshold(exponential(5_000, k), 1e-3).value).sum() for k in range(20)
    ]
    assert 0.5 * 50 < np.mean(alarms) < 2 * 50


def test_a_run_of_high_scores_is_one_alarm() -> None:
    runs = np.random.default_rng(2).exponential(1.0, 10_000)
    scores = np.zeros(200_000)
    for offset in range(5):
        scores[offset::20] = runs  # five equal rows in a row, then fifteen quiet ones
    together = pot_threshold(scores, budget=1e-4, gap=5)
    assert together.value == pytest.approx(-np.log(1e-4 * 20), rel=0.06)
    apart = pot_threshold(scores, budget=1e-4, gap=0)
    assert apart.value == pytest.approx(-np.log(1e-4 * 4), rel=0.08)
    assert pot_threshold(scores, budget=1e-4, gap=20).value < together.value


def test_a_short_span_puts_the_limit_well_above_its_highest_score() -> None:
    scores = exponential(300)
    found = pot_threshold(scores, budget=1e-3, gap=50)
    assert found.value >= scores.max() + MARGIN * (scores.max() - np.median(scores)) - 1e-9
    assert pot_threshold(exponential(5_000), budget=1e-3).value < exponential(5_000).max()


def test_the_limit_moves_with_the_scores() -> None:
    scores = exponential(2_000)
    plain, moved = (pot_threshold(s, budget=1e-3, gap=10) for s in (scores, 7 + 3 * scores))
    assert moved.value == pytest.approx(7 + 3 * plain.value)
    assert (moved.low, moved.high) == pytest.approx((7 + 3 * plain.low, 7 + 3 * plain.high))


def test_equal_scores_have_a_limit_just_above() -> None:
    found = pot_threshold(np.full(100, 2.0), budget=1e-3)
    assert 2.0 < found.value < 2.0001
    assert pot_threshold(np.zeros(5), budget=1e-3).value > 0


def test_a_row_without_a_score_counts_for_nothing() -> None:
    scores = exponential(1_000)
    holed = np.insert(scores, [10, 500], [np.nan, np.nan])
    assert pot_threshold(holed, 1e-3) == pot_threshold(scores, 1e-3)
    with pytest.raises(ValueError, match="no normal row has a score, so there is no threshold"):
        pot_threshold(np.full(10, np.nan), 1e-3)


def test_the_tail_probability_is_that_of_a_normal_row() -> None:
    found = pot_threshold(exponential(50_000), budget=1e-4)
    p = found.p_value(np.array([0.1, 1.0, 3.0, 8.0, np.nan, 1e9]))
    np.testing.assert_allclose(p[:3], np.exp([-0.1, -1.0, -3.0]), rtol=0.1)
    assert p[3] == pytest.approx(np.exp(-8.0), rel=0.5)
    assert np.isnan(p[4])
    assert 0 < p[5] < 1e-9
    assert found.p_value(np.array([found.value]))[0] == pytest.approx(1e-4, rel=0.1)
    assert (np.diff(found.p_value(np.linspace(0, 20, 500))) <= 1e-12).all()


def test_the_same_seed_gives_the_same_interval() -> None:
    scores = exponential(2_000)
    assert pot_threshold(scores, 1e-3, seed=3) == pot_threshold(scores, 1e-3, seed=3)
    assert pot_threshold(scores, 1e-3, seed=3).high != pot_threshold(scores, 1e-3, seed=4).high


def test_a_worse_score_is_always_less_likely():
    threshold = pot_threshold(np.random.default_rng(0).exponential(1, 5000), 1e-4)
    p = threshold.p_value(np.array([5.0, 20.0, 1e3, 1e6, 1e12, 1e30]))
    assert (np.diff(p) < 0).all()
    assert p[-1] > 0
