import numpy as np
import pytest
import torch

from anomaly.images.features import FeatureConfig, gradient_features, represent

CONFIG = FeatureConfig()


def test_the_blocks_have_the_sizes_that_the_grids_say():
    pixels, energies, details = gradient_features(torch.rand(2, 3, 28, 28), CONFIG)
    half, cells = CONFIG.grids
    assert pixels.shape == (2, 3 * half**2) == (2, 588)
    assert energies.shape == (2, 8 * cells**2) == (2, 512)
    assert details.shape == (2, 2 * cells**2)


def test_a_flat_image_has_no_gradient():
    pixels, energies, details = gradient_features(torch.full((1, 1, 28, 28), 0.25), CONFIG)
    assert torch.allclose(pixels, torch.tensor(0.5))
    assert energies.abs().max() < 1e-2
    assert details.abs().max() < 1e-2


def test_an_edge_is_found_in_its_own_direction():
    x = torch.zeros(1, 1, 28, 28)
    x[..., 14:] = 1.0  # brighter to the right: direction 0
    energies = gradient_features(x, CONFIG)[1].view(8, -1).sum(1)
    assert int(energies.argmax()) == 0
    turned = gradient_features(x.transpose(2, 3), CONFIG)[1].view(8, -1).sum(1)
    assert int(turned.argmax()) == 2


def test_gradients_hardly_depend_on_contrast():
    x = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    strong, weak = (gradient_features(v, CONFIG)[1] for v in (x, 0.5 * x))
    assert float((strong - weak).norm() / strong.norm()) < 0.15


def test_larger_images_are_brought_to_the_working_size():
    assert gradient_features(torch.rand(1, 1, 100, 100), CONFIG)[0].shape == (1, 196)


def test_features_do_not_depend_on_what_else_is_computed():
    images = np.random.default_rng(0).integers(0, 256, (7, 1, 28, 28), dtype=np.uint8)
    alone = [represent(images[n : n + 1], CONFIG) for n in range(7)]
    for block, together in enumerate(represent(images, CONFIG)):
        assert torch.equal(torch.cat([one[block] for one in alone]), together)


def test_pixels_are_grey_levels_in_0_to_1():
    (x,) = represent(np.full((1, 1, 16, 16), 51, np.uint8), FeatureConfig(kind="pixels"))
    assert x.numpy() == pytest.approx(0.2)
