"""The axis of a score: a few round numbers, whatever the score is."""

import pytest

from anomaly.series.plot import score_ticks


@pytest.mark.parametrize(
    ("threshold", "top", "ticks"),
    [
        (0.2, 0.22, [0, 0.05, 0.1, 0.2]),
        (0.55, 0.95, [0, 0.2, 0.5]),
        (0.13, 60.0, [0, 0.1, 1, 10]),
        (5.0, 1e9, [0, 1, 1e3, 1e6, 1e9]),
    ],
)
def test_a_scores_axis_has_zero_and_two_to_four_round_numbers(threshold, top, ticks):
    assert score_ticks(threshold, top) == ticks


def test_there_are_at_least_two_numbers_over_zero_for_any_threshold_and_peak():
    for step in range(200):
        threshold = 10 ** (-4 + step / 25)
        for factor in (1.0, 1.1, 3.0, 42.0, 1e6):
            ticks = score_ticks(threshold, threshold * factor)
            assert 3 <= len(ticks) <= 5
            assert ticks == sorted(set(ticks))
