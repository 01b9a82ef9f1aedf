import numpy as np
import pytest

from synthesis.quality.usefulness import Figures, Labelled, compare, few

LABELS = np.repeat(["a", "b", "c"], [40, 50, 60])


def test_a_gain_is_the_mean_of_pairs_with_students_interval():
    figures = Figures("classifier_100", np.array([0.84, 0.86, 0.85]), np.array([0.80, 0.83, 0.81]))
    mean, low, high = figures.gain
    assert mean == pytest.approx(0.11 / 3)
    half = 4.302653 * np.std([0.04, 0.03, 0.04], ddof=1) / 3**0.5
    assert (low, high) == pytest.approx((mean - half, mean + half))
    assert figures.verdict.endswith("it helps")
    assert figures.measure(2048).passed


def test_a_gain_that_may_be_chance_or_a_loss_is_said_to_be_one():
    chance = Figures("x", np.array([0.84, 0.80]), np.array([0.80, 0.83]))
    loss = Figures("x", np.array([0.70, 0.71, 0.72]), np.array([0.80, 0.81, 0.82]))
    assert chance.verdict.endswith("no difference can be shown")
    assert loss.verdict.endswith("-0.1000 [-0.1000, -0.1000]: it harms")
    assert not chance.measure(1).passed
    assert not loss.measure(1).passed


def test_few_images_are_as_many_of_each_class_or_fewer_of_every_other():
    assert dict(zip(*np.unique(LABELS[few(LABELS, 10, 0)], return_counts=True), strict=True)) == dict.fromkeys(
        "abc", 10
    )
    rare = np.unique(LABELS[few(LABELS, 20, 0, 0.1)], return_counts=True)[1]
    assert rare.tolist() == [20, 2, 20]
    assert few(LABELS, 10, 0).tolist() != few(LABELS, 10, 1).tolist()
    with pytest.raises(ValueError, match="class 'a' has 40 real images, asked for 41; ask for fewer"):
        few(LABELS, 41, 0)


def test_every_seed_runs_with_and_without_on_the_same_real_images():
    seen = []

    def trial(real, drawn, seed):
        seen.append((seed, len(drawn.x), real.x.sum()))
        return len(drawn.x) + seed / 100

    real = Labelled(np.arange(150)[:, None, None, None], LABELS)
    drawn = Labelled(np.zeros((7, 1, 1, 1), int), np.repeat("a", 7))
    figures = compare("x", trial, real, drawn, 10, 2)
    assert [(seed, count) for seed, count, _ in seen] == [(0, 7), (0, 0), (1, 7), (1, 0)]
    assert seen[0][2] == seen[1][2] != seen[2][2]
    assert figures.with_drawn.tolist() == [7, 7.01]
    assert figures.without.tolist() == [0, 0.01]
