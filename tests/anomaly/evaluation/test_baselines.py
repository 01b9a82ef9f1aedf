import numpy as np
import pytest

from anomaly.evaluation import baselines
from anomaly.evaluation.baselines import (
    Principal,
    channel_spread,
    cover_mean,
    energy,
    held_out_threshold,
    principal,
    signal_channels,
    window_length,
)
from anomaly.evaluation.scores import auc_roc

WINDOWED = [
    baselines.ppca,
    baselines.ppca_150,
    baselines.pca,
    baselines.isolation_forest,
    baselines.kmeans,
]
ALL = [baselines.random, baselines.constant, baselines.last_value, baselines.magnitude, *WINDOWED]


def plant(n: int = 1_200, n_sensors: int = 2) -> np.ndarray:
    """Sines of 48 rows with noise, (T, D)."""
    t = np.arange(n)[:, None]
    noise = np.random.default_rng(0).normal(0, 0.1, (n, n_sensors))
    return np.sin(2 * np.pi * t / 48 + np.arange(n_sensors)) + noise


@pytest.mark.parametrize("baseline", ALL)
@pytest.mark.parametrize("n_sensors", [1, 3])
def test_every_baseline_scores_every_row_with_a_finite_number(baseline, n_sensors):
    series = plant(600, n_sensors)
    score = baseline(series[:300], 0)(series)
    assert score.shape == (600,)
    assert np.isfinite(score).all()


@pytest.mark.parametrize("baseline", WINDOWED)
def test_a_windowed_baseline_finds_a_changed_shape(baseline):
    series = plant()
    series[900:960] = -series[900:960, ::-1]
    labels = np.zeros(len(series))
    labels[900:960] = 1
    assert auc_roc(labels, baseline(series[:600], 0)(series)) > 0.9


@pytest.mark.parametrize("baseline", ALL)
def test_the_same_seed_gives_the_same_score_whatever_was_scored_before(baseline):
    series = plant(600)
    score = baseline(series[:300], 7)
    first = score(series)
    assert np.array_equal(first, score(series))
    assert np.array_equal(first, baseline(series[:300], 7)(series))


@pytest.mark.parametrize("baseline", ALL)
def test_a_flat_train_span_does_not_stop_a_baseline(baseline):
    series = np.full((400, 2), 5.0)
    series[300:310] = 6.0
    score = baseline(series[:200], 0)(series)
    assert np.isfinite(score).all()


@pytest.mark.parametrize("baseline", [baselines.magnitude, *WINDOWED])
def test_the_unit_of_a_sensor_does_not_matter(baseline):
    series = plant(600)
    score = baseline(series[:300], 0)(series)
    rescaled = baseline(series[:300] * (1000, 1), 0)(series * (1000, 1))
    assert rescaled == pytest.approx(score, rel=1e-6)


def test_last_value_and_magnitude_worked_by_hand():
    train = np.array([[-1.0], [1.0]])  # mean 0, standard deviation 1
    series = np.array([[0.0], [2.0], [-1.0]])
    assert baselines.last_value(train, 0)(series).tolist() == [0, 2, 3]
    assert baselines.magnitude(train, 0)(series).tolist() == [0, 2, 1]


def test_random_scores_differ_between_seeds():
    series = plant(50)
    assert not np.array_equal(baselines.random(series, 0)(series), baselines.random(series, 1)(series))


def test_energy_is_the_exponent_of_the_gaussian_that_the_components_describe():
    rng = np.random.default_rng(0)
    axes = np.linalg.qr(rng.normal(size=(6, 6)))[0][:2]
    model = Principal(rng.normal(size=6), axes, np.array([4.0, 2.0]), 0.5)
    covariance = 0.5 * np.eye(6) + axes.T @ np.diag(model.variances - 0.5) @ axes
    w = rng.normal(size=(10, 6))
    expected = [(x - model.mean) @ np.linalg.inv(covariance) @ (x - model.mean) for x in w]
    assert energy(model, w) == pytest.approx(expected)


def test_principal_keeps_nine_tenths_of_the_variance():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50_000, 3)) * np.sqrt([8.0, 1.5, 0.5])
    model = principal(lambda series: series[:, :, None], x, 0)
    assert model.variances == pytest.approx([8.0, 1.5], rel=0.05)
    assert model.residual_variance == pytest.approx(0.5, rel=0.05)


def test_wide_windows_are_decomposed_at_random_with_nearly_the_same_energy(monkeypatch):
    series = plant(900)
    exact = baselines.ppca(series[:600], 0)(series)
    monkeypatch.setattr(baselines, "MAX_EXACT_FEATURES", 10)
    assert baselines.ppca(series[:600], 0)(series) == pytest.approx(exact, rel=0.01)


def test_cover_mean_is_the_mean_over_the_windows_that_cover_a_row():
    assert cover_mean(np.array([1.0, 3.0, 8.0]), 2).tolist() == [1, 2, 5.5, 8]


def test_one_huge_window_does_not_blur_the_others():
    per_window = np.ones(100)
    per_window[10] = 1e30
    assert cover_mean(per_window, 5)[20:].tolist() == [1] * 84


def test_binary_command_channels_are_left_out_unless_there_is_nothing_else():
    train = np.array([[0.0, 0.5, 1.0], [1.0, 1.0, 1.0]])
    assert signal_channels(train).tolist() == [False, True, False]
    assert signal_channels(train[:, [0, 2]]).tolist() == [True, True]


def test_window_length_is_the_median_period_within_its_limits():
    assert window_length(plant(2_000)) == 48
    assert window_length(plant(100)) == 25
    t = np.arange(4_000)[:, None]
    assert window_length(np.sin(2 * np.pi * t / 250)) == 150


def test_spread_of_a_channel_that_does_not_move_is_one():
    assert channel_spread(np.array([[3.0, 0.0], [3.0, 4.0]])).tolist() == [1, 2]


def test_held_out_threshold_is_passed_by_its_budget_of_rows():
    train = np.random.default_rng(0).normal(size=(50_000, 1))
    threshold = held_out_threshold(baselines.magnitude, train, 0, budget=0.01)
    score = baselines.magnitude(train, 0)(np.random.default_rng(1).normal(size=(50_000, 1)))
    assert np.mean(score > threshold) == pytest.approx(0.01, rel=0.2)


def test_held_out_threshold_of_a_short_span_is_its_highest_score():
    train = np.arange(10.0)[:, None]
    assert held_out_threshold(baselines.last_value, train, 0, budget=0.001) == pytest.approx(1 / np.arange(8.0).std())


def test_a_series_shorter_than_the_window_is_refused_with_both_lengths():
    train = plant()
    with pytest.raises(ValueError, match="20 rows is shorter than the window of 48"):
        baselines.ppca(train, 0)(train[:20])
