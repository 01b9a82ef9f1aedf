"""How a camera looks: light, focus and place told apart, and defects that move none of them."""

import numpy as np
import pytest
from scipy import ndimage

from anomaly.images.looks import LOOKS, SIDE, camera_drift, reference_of, shifts, small


def parts(count=60, seed=0):
    """A plate with a notch, its place and light varying a little."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:64, :64]
    plate = ((np.abs(y - 32) < 20) & (np.abs(x - 30) < 16) & ~((np.abs(y - 20) < 5) & (x > 36))).astype(float)
    soft = ndimage.gaussian_filter(plate, 0.7)
    moved = np.stack([ndimage.shift(soft, rng.normal(0, 0.3, 2), order=1) for _ in range(count)])
    noisy = moved * rng.normal(0.6, 0.01, (count, 1, 1)) + rng.normal(0, 0.01, moved.shape) + 0.1
    return np.rint(255 * np.clip(noisy, 0, 1)).astype(np.uint8)[:, None]


@pytest.fixture(scope="module")
def reference():
    return reference_of(parts())


def drifted(reference, images):
    rows = camera_drift(reference, images, "press@2026-03-01")
    assert rows["look"].tolist() == list(LOOKS)
    return set(rows.loc[rows["drifted"].astype(bool), "look"])


def test_another_day_of_the_same_camera_has_not_drifted(reference):
    assert drifted(reference, parts(30, seed=1)) == set()


def test_a_dim_lamp_is_light_and_not_place_or_focus(reference):
    dim = np.rint(parts(30, seed=1) * 0.85).astype(np.uint8)
    assert drifted(reference, dim) == {"light", "contrast"}


def test_a_loose_lens_is_focus(reference):
    soft = ndimage.gaussian_filter(parts(30, seed=1).astype(float), (0, 0, 1.5, 1.5)).astype(np.uint8)
    assert "focus" in drifted(reference, soft)
    assert "light" not in drifted(reference, soft)


def test_a_moved_mounting_is_told_by_its_direction(reference):
    assert drifted(reference, np.roll(parts(30, seed=1), 4, axis=3)) == {"across"}
    assert drifted(reference, np.roll(parts(30, seed=1), -4, axis=2)) == {"down"}


def test_defects_on_every_fifth_part_are_no_drift_of_the_camera(reference):
    images = parts(30, seed=1)
    images[::5, :, 28:36, 24:32] = 255
    assert drifted(reference, images) == set()


def test_a_shift_is_found_to_a_part_of_a_pixel():
    images = small(parts(10))
    mean = images.mean(0)
    moved = ndimage.shift(images, (0, 1.5, -2.0), order=3, mode="nearest")
    apart = (shifts(moved, mean) - shifts(images, mean)) * SIDE
    assert apart.mean(0) == pytest.approx([-2.0, 1.5], abs=0.3)


def test_nothing_is_said_of_a_few_images_or_without_a_reference(reference):
    assert camera_drift(reference, parts(7), "m").empty
    assert camera_drift(None, parts(20), "m").empty
