import numpy as np
import pytest

from sensors_data.images.arrays import resize, standardise, with_channels


def test_a_flat_image_stays_flat_when_it_is_resized():
    assert (resize(np.full((2, 3, 40, 30), 77, np.uint8), 28) == 77).all()


def test_colour_becomes_its_luma():
    red = np.zeros((1, 3, 2, 2), np.uint8)
    red[:, 0] = 200
    assert with_channels(red, 1).tolist() == [[[[60, 60], [60, 60]]]]  # 0.299 * 200 = 59.8


def test_standardised_grey_levels_lie_between_0_and_1():
    assert standardise(np.array([0, 51, 255], np.uint8)).tolist() == pytest.approx([0, 0.2, 1])
