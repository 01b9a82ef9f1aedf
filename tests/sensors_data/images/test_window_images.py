import numpy as np
import pytest

from sensors_data.images.window_images import gramian_images, spectrogram_images

LOW, HIGH = np.array([-1.0]), np.array([1.0])


def test_a_gramian_field_holds_the_cosine_of_summed_angles():
    window = np.array([[[1.0], [0.0], [-1.0], [0.5]]])
    angle = np.arccos(window[0, :, 0])
    wanted = np.rint((np.cos(angle[:, None] + angle) + 1) * 127.5)
    assert np.abs(gramian_images(window, 4, LOW, HIGH)[0, 0].astype(int) - wanted).max() <= 1


def test_a_tone_is_bright_in_the_row_of_its_frequency():
    t = np.arange(256)
    for cycles in (16, 64):  # of 256 rows; half of them is the top of the image
        tone = np.sin(2 * np.pi * cycles / 256 * t)[None, :, None]
        image = spectrogram_images(tone, 33, LOW, HIGH)[0, 0]
        assert image.shape == (33, 33)
        assert int(image.mean(axis=1).argmax()) == pytest.approx(32 - cycles / 128 * 32, abs=1.5)


def test_every_sensor_has_its_channel_and_a_missing_value_is_the_middle():
    windows = np.full((3, 20, 2), np.nan)
    images = gramian_images(windows, 28, np.zeros(2), np.ones(2))
    assert images.shape == (3, 2, 28, 28)
    assert (images == 0).all()  # two right angles: cos(pi) = -1


def test_a_sensor_that_spans_nothing_is_refused():
    with pytest.raises(ValueError, match="span a range"):
        gramian_images(np.zeros((1, 4, 1)), 8, LOW, LOW)
