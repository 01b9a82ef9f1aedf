import numpy as np
import pytest

from synthesis.quality import selection
from synthesis.quality.selection import agreed, hard, parts_of, rare_classes
from synthesis.quality.usefulness import Labelled

CLASSES = np.array(["boot", "shirt"])
DRAWN = Labelled(np.arange(6)[:, None, None, None], np.array(["boot", "boot", "boot", "shirt", "shirt", "shirt"]))


@pytest.fixture
def network(monkeypatch):
    """A classifier that is ever surer of a boot; it takes the last two shirts for what they are."""
    outputs = np.array([[1, 0], [2, 0], [3, 0], [1, 0], [0, 4], [0, 1]])
    monkeypatch.setattr(selection, "logits", lambda network, x: outputs[x.ravel()])


def test_images_that_show_another_class_are_left_out(network):
    assert agreed(DRAWN, network, CLASSES).x.ravel().tolist() == [0, 1, 2, 4, 5]


def test_hard_ones_are_the_half_of_each_class_of_which_the_classifier_is_least_sure(network):
    assert hard(DRAWN, network, CLASSES).x.ravel().tolist() == [0, 1, 5]


def test_where_the_classifier_agrees_with_none_nothing_is_left(network):
    assert not len(hard(DRAWN.at(np.array([3])), network, CLASSES).x)


def test_a_class_is_rare_with_less_than_half_of_the_images_of_the_most_frequent():
    labels = np.repeat(["a", "b", "c"], [100, 50, 49])
    assert rare_classes(labels).tolist() == ["c"]
    assert parts_of(labels) == ("rare", "agreed", "hard")
    assert parts_of(labels[:150]) == ("agreed", "hard")
