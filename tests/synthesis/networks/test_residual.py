"""Residual pairs (BigGAN, R3GAN) and the layers of growing ones, against their formulas written out."""

import math

import pytest
import torch
from torch.nn import functional as F

from synthesis.networks.equalised import EqualConvolution, EqualDense, pixel_norm
from synthesis.networks.minibatch import deviation_map
from synthesis.networks.r3 import R3Block, R3Generator
from synthesis.networks.residual import ResidualGenerator
from synthesis.presets.catalogue import preset

IMAGE = (1, 28, 28)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_a_block_sees_its_own_part_of_a_hierarchical_code_and_the_shared_class():
    generator = ResidualGenerator(preset("biggan", IMAGE, 3).generator).eval()
    seen = []
    for block in generator.blocks:
        block.register_forward_pre_hook(lambda _, inputs: seen.append(inputs))
    z = torch.randn(2, 120)
    generator(z, torch.tensor([0, 2]))
    classes = generator.embedding(torch.tensor([0, 2]))
    for number, (_, condition) in enumerate(seen, 1):
        assert torch.allclose(condition, torch.cat([classes, z[:, 40 * number : 40 * (number + 1)]], 1))
    assert torch.allclose(seen[0][0].flatten(1), generator.dense(z[:, :40]))


def test_a_residual_block_without_normalisation_begins_as_nothing_and_is_grouped():
    block, x = R3Block(32, group=16, depth=3), torch.randn(2, 32, 7, 7)
    assert torch.equal(block(x), x)
    with torch.no_grad():
        block.narrow.weight.normal_()
        block.first_bias.normal_()
        wide = F.leaky_relu(F.conv2d(x, block.widen.weight) + block.first_bias, 0.2)
        groups = zip(wide.chunk(4, 1), block.mix.weight.chunk(4), strict=True)  # 64 maps, 16 a group
        mixed = F.leaky_relu(torch.cat([F.conv2d(part, weight, padding=1) for part, weight in groups], 1), 0.2)
        assert torch.allclose(block(x), x + F.conv2d(mixed, block.narrow.weight), atol=1e-4)


def test_first_weights_without_normalisation_are_scaled_by_the_depth():
    weight = R3Block(256, group=16, depth=16).widen.weight
    assert weight.std().item() == pytest.approx(math.sqrt(2 / (1 + 0.2**2) / 256) * 16**-0.25, rel=0.02)


def test_the_generator_without_normalisation_begins_from_a_learned_map_scaled_by_the_code():
    generator = R3Generator(preset("r3gan", IMAGE).generator)
    seen = []
    generator.layers.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    z = torch.randn(2, 64)
    generator(z)
    assert torch.allclose(seen[0], generator.basis * generator.dense(z)[..., None, None])


def test_equalised_layers_keep_the_size_of_their_inputs_whatever_their_rate():
    x = torch.randn(2000, 50)
    for rate in (1.0, 0.01):
        layer = EqualDense(50, 400, gain=1, rate=rate)
        assert layer(x).std().item() == pytest.approx(1, rel=0.05)
        assert layer.weight.std().item() == pytest.approx(1 / rate, rel=0.05)
    convolution, maps = EqualConvolution(16, 64, gain=1), torch.randn(8, 16, 20, 20)
    assert torch.allclose(convolution(maps), F.conv2d(maps, convolution.weight / 12, padding=1), atol=1e-5)


def test_pixels_are_brought_to_a_mean_square_of_one():
    x = 7 * torch.randn(2, 16, 5, 5)
    assert torch.allclose(pixel_norm(x), x / x.square().mean(1, keepdim=True).sqrt(), atol=1e-5)


def test_the_minibatch_deviation_is_the_mean_spread_within_groups_of_eight():
    maps = torch.randn(16, 3, 4, 4)
    groups = maps.view(8, 2, 3, 4, 4)  # images two apart belong together
    expected = groups.std(0, correction=0).mean((1, 2, 3)).repeat(8)
    assert torch.allclose(deviation_map(maps)[:, 0, 0, 0], expected, atol=1e-5)
