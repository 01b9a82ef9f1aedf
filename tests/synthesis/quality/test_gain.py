"""What a generator's images add, measured on scans of digits that it did not learn from."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from synthesis.quality.gain import HeldOutGain
from synthesis.quality.usefulness import Labelled


@pytest.fixture(scope="module")
def digits() -> Labelled:
    found = load_digits()
    return Labelled(np.rint(found.images * (255 / 16)).astype(np.uint8)[:, None], found.target.astype(str))


def test_true_images_of_each_class_add_more_than_those_of_another_class(digits):
    few, held_out, others = (digits.at(np.arange(*rows)) for rows in ((0, 40), (40, 540), (540, 1500)))
    measure = HeldOutGain(few, held_out, shown=1500)
    wrong = Labelled(others.x, np.roll(others.label, 1))
    assert (right := measure.of(others)) > 0.05
    assert measure.of(wrong) < right - 0.2
