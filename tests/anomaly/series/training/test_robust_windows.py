"""What windows expect of rows that are not to be believed."""

import numpy as np

from anomaly.series.training.robust_windows import expected_rows


def test_hidden_rows_of_a_rhythm_are_expected_where_it_would_be():
    rows = np.arange(1500)
    rhythm = np.sin(rows * 2 * np.pi / 80)
    noisy = rhythm + np.random.default_rng(0).normal(0, 0.05, 1500)
    hidden = np.zeros(1500, dtype=bool)
    for first in range(100, 1400, 130):
        hidden[first : first + 5] = True
    noisy[hidden] += 9
    expected = expected_rows(noisy, ~hidden, 64)
    assert np.abs(expected - rhythm).max() < 0.2
    assert np.abs(expected - rhythm)[hidden].mean() < 0.06


def test_a_spike_that_is_not_believed_moves_no_expectation():
    noise = np.random.default_rng(1).normal(0, 0.1, 1000)
    values, believed = noise.copy(), np.ones(1000, dtype=bool)
    values[500], believed[500] = 20.0, False
    assert np.abs(expected_rows(values, believed, 64)).max() < 0.5
