"""Poisson blending and visibility against what is known in closed form."""

import numpy as np
import pytest

from sensors_data.defects.pasted import poisson_blend
from sensors_data.defects.shapes import perlin
from sensors_data.defects.visibility import LEAST_NOISE, ROSE, visibility


def test_a_source_that_differs_by_a_constant_is_blended_to_nothing():
    target = np.random.default_rng(0).uniform(0.2, 0.6, (1, 40, 40))
    outline = np.zeros((40, 40))
    outline[10:30, 12:28] = 1
    assert np.allclose(poisson_blend(target, target + 0.3, outline), target, atol=1e-9)


def test_no_gradients_inside_give_the_harmonic_continuation_of_the_surroundings():
    ramp = np.tile(np.linspace(0.1, 0.9, 41), (41, 1))[None]  # linear, so it is harmonic
    hole = np.zeros((41, 41))
    hole[15:26, 15:26] = 1
    spoiled = ramp.copy()
    spoiled[0, 18:23, 18:23] = 1.0
    filled = poisson_blend(spoiled, np.zeros_like(ramp), hole)
    assert np.abs(filled - ramp)[0, 15:26, 15:26].max() < 0.05


def test_visibility_is_the_contrast_to_noise_ratio_of_rose():
    good = np.full((1, 64, 64), 0.5)
    mask = np.zeros((64, 64), bool)
    mask[30:34, 30:34] = True
    painted = good.copy()
    painted[0, mask] += 0.1
    assert visibility(good, painted, mask) == pytest.approx(0.1 * 4 / (ROSE * LEAST_NOISE))
    assert visibility(good, painted, np.zeros_like(mask)) == 0


def test_perlin_noise_is_smooth_centred_and_bounded():
    noise = perlin((80, 60), 4, np.random.default_rng(1))
    assert np.abs(noise).max() <= 1
    assert abs(noise.mean()) < 0.15
    assert np.abs(np.diff(noise, axis=0)).max() < 0.2
