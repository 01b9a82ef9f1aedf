import numpy as np
import pytest

from synthesis.quality.extractors import Features
from synthesis.training.collapse import WatchConfig, alarms, collapsed, measured

RNG = np.random.default_rng(0)
WATCH = WatchConfig()
CLASSES = np.eye(10)[np.arange(1000) % 10] * 0.9 + 0.01
REAL = Features(RNG.normal(size=(1000, 8)), CLASSES)
EVEN = np.linspace(-1, 1, 100)


def wrong(drawn: Features, real_logits=EVEN, drawn_logits=EVEN) -> list[str]:
    return alarms(measured(REAL, drawn, real_logits, drawn_logits), WATCH)


def test_drawn_images_like_the_real_ones_raise_no_alarm():
    assert wrong(Features(RNG.normal(size=(1000, 8)), CLASSES)) == []


def test_one_class_alone_is_an_alarm():
    one = np.eye(10)[np.zeros(1000, int)] * 0.9 + 0.01
    assert wrong(Features(RNG.normal(size=(1000, 8)), one))[0].startswith("few classes are drawn: 0.5")


def test_half_of_the_classes_are_an_alarm_and_nine_of_ten_are_none():
    five = np.eye(10)[np.arange(1000) % 5] * 0.9 + 0.01
    nine = np.eye(10)[np.arange(1000) % 9] * 0.9 + 0.01
    assert len(wrong(Features(RNG.normal(size=(1000, 8)), five))) == 1
    assert wrong(Features(RNG.normal(size=(1000, 8)), nine)) == []


def test_images_that_are_alike_are_an_alarm():
    assert "drawn images are alike: 10%" in wrong(Features(0.1 * RNG.normal(size=(1000, 8)), CLASSES))[0]


def test_a_discriminator_that_tells_every_pair_apart_has_won():
    assert "the discriminator has won: it tells 100.0% of pairs apart" in wrong(REAL, EVEN + 5)[0]
    assert wrong(REAL, EVEN + 0.5) == []


def test_without_classes_their_entropy_is_no_alarm():
    found = measured(Features(REAL.x, None), Features(REAL.x, None), EVEN, EVEN)
    assert alarms(found, WATCH) == []
    assert np.isnan(found.class_entropy)
    assert found.distance == pytest.approx(0, abs=1e-6)


def test_a_training_has_collapsed_after_as_many_alarms_in_a_row_as_patience_asks_for():
    assert not collapsed([["a"], ["a"]], WATCH)
    assert not collapsed([["a"], [], ["a"], ["a"]], WATCH)
    assert collapsed([[], ["a"], ["b"], ["a"]], WATCH)
