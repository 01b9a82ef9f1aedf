import numpy as np
import pytest

from sensors_data.images.arrays import fitted, resize, standardise, with_channels


def test_a_flat_image_stays_flat_when_it_is_resized():
    assert (resize(np.full((2, 3, 40, 30), 77, np.uint8), 28) == 77).all()


def test_colour_becomes_its_luma():
    red = np.zeros((1, 3, 2, 2), np.uint8)
    red[:, 0] = 200
    assert with_channels(red, 1).tolist() == [[[[60, 60], [60, 60]]]]  # 0.299 * 200 = 59.8


def test_standardised_grey_levels_lie_between_0_and_1():
    assert standardise(np.array([0, 51, 255], np.uint8)).tolist() == pytest.approx([0, 0.2, 1])


def test_an_image_is_fitted_to_a_shape_by_stretching_padding_or_cropping():
    x = np.full((1, 40, 60), 200, np.uint8)
    padded, cropped = fitted(x, (64, 128), "pad"), fitted(x, (64, 128), "crop")
    assert (fitted(x, (64, 128), "stretch") == 200).all()
    assert padded.shape == cropped.shape == (1, 64, 128)
    assert (cropped == 200).all()
    assert int((padded[0, 32] > 100).sum()) == 96  # 60 of 80 columns
