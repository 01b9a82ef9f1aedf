"""The weights of every preset, counted by hand from the layers that its source gives."""

import pytest

from synthesis.networks.kinds import discriminator_of, generator_of
from synthesis.networks.pair import parameter_count
from synthesis.presets.catalogue import PRESETS, preset

PLAIN = (100 * 256 * 49 + 16 * (256 * 128 + 128) + 2 * (256 + 128), 16 * (64 + 64 * 128) + 64 + 3 * 128 + 128 * 49 + 1)
"""The plain DCGAN at 28 pixels: no biases in the generator, batch normalisation behind all maps but the outermost."""


def conv(before: int, after: int, kernel: int = 3) -> int:
    """A convolution with biases."""
    return (kernel**2 * before + 1) * after


def dense(before: int, after: int) -> int:
    return (before + 1) * after


def norm(*channels: int) -> int:
    """Batch normalisations."""
    return 2 * sum(channels)


def residual(before: int, after: int) -> int:
    """Two convolutions and a 1 x 1 convolution beside them."""
    return conv(before, after) + conv(after, after) + conv(before, after, 1)


def attention(channels: int) -> int:
    """Query and key of an eighth, value of a half, the way back, and the weight of the sum."""
    return channels * (2 * (channels // 8) + 2 * (channels // 2)) + 1


def mirrored(*widths: int) -> int:
    """The end of a discriminator that sees the deviation over the batch, from a last map of 7 x 7."""
    return conv(widths[-1] + 1, widths[-1]) + dense(49 * widths[-1], widths[-1]) + dense(widths[-1], 1)


def grown() -> int:
    """A generator of levels with 128, 64 and 32 channels, each with a way to the image."""
    levels = conv(128, 128) + conv(128, 64) + conv(64, 64) + conv(64, 32) + conv(32, 32)
    return dense(100, 128 * 49) + levels + 129 + 65 + 33


def styled(weights_per_style: int, to_image: int) -> int:
    """A mapping of four layers, a learned map, five styled layers with a strength of noise each."""
    pairs = ((128, 128), (128, 64), (64, 64), (64, 32), (32, 32))
    return 4 * dense(128, 128) + 128 * 49 + sum(conv(a, b) + 1 for a, b in pairs) + 129 * weights_per_style + to_image


def r3_block(channels: int) -> int:
    """1 x 1 to twice the channels, 3 x 3 in groups of 16, 1 x 1 back; two biases of the inner width."""
    inner = 2 * channels
    return 2 * channels * inner + 9 * 16 * inner + 2 * inner


STYLE_D = conv(1, 32, 1) + sum(conv(a, a) + conv(a, b) + a * b for a, b in ((32, 64), (64, 128))) + mirrored(128)
DIP_G = dense(100, 256 * 196) + conv(256, 128, 4)
COUNTS = {
    "default": (
        (26 * 64 * 49) + norm(64, 32, 32) + 9 * (64 * 128 + 32 * 32 + 32 * 4),
        conv(4, 32) + conv(32, 64, 4) + conv(64, 64) + dense(64 * 49, 1) + 10 * 64,
    ),
    "plain": PLAIN,
    "lsgan": PLAIN,
    "wgan": PLAIN,
    "wgan-gp": (PLAIN[0], PLAIN[1] - norm(128)),
    "relativistic": (PLAIN[0], PLAIN[1] - norm(128)),
    "feature-matching": PLAIN,
    "historical-averaging": PLAIN,
    "minibatch-features": (PLAIN[0], PLAIN[1] - norm(128) + 6272 * 500 + 100),
    "conditional": (PLAIN[0] + 10 * 256 * 49, PLAIN[1] + 10 * 64 * 16),
    "dcgan-64": (
        100 * 1024 * 16 + norm(1024, 512, 256, 128) + 16 * (1024 * 512 + 512 * 256 + 256 * 128 + 128 * 3),
        conv(3, 128, 4) + conv(128, 256, 4) + conv(256, 512, 4) + conv(512, 1024, 4) + norm(256, 512, 1024) + 16385,
    ),
    "sngan": (
        dense(128, 8192) + conv(512, 256, 4) + conv(256, 128, 4) + conv(128, 64, 4) + norm(256, 128, 64) + conv(64, 3),
        conv(3, 64)
        + conv(64, 64, 4)
        + conv(64, 128)
        + conv(128, 128, 4)
        + conv(128, 256)
        + conv(256, 256, 4)
        + conv(256, 512)
        + dense(512 * 16, 1),
    ),
    "acgan": (
        dense(110, 384 * 16) + conv(384, 192, 5) + conv(192, 96, 5) + norm(192, 96) + conv(96, 3, 5),
        conv(3, 16)
        + conv(16, 32)
        + conv(32, 64)
        + conv(64, 128)
        + conv(128, 256)
        + conv(256, 512)
        + norm(32, 64, 128, 256, 512)
        + dense(512 * 16, 11),
    ),
    "vanilla": (
        dense(100, 1200) + dense(1200, 1200) + dense(1200, 784),
        dense(784, 1200) + dense(240, 1200) + dense(240, 1),
    ),
    "infogan": (
        dense(74, 128 * 49) + norm(128, 64) + conv(128, 64, 4) + conv(64, 1, 4),
        conv(1, 64, 4) + conv(64, 128, 4) + norm(128) + dense(6272, 1) + dense(6272, 128) + dense(128, 12),
    ),
    "ebgan": (
        dense(100, 128 * 49) + norm(128, 64) + conv(128, 64, 4) + conv(64, 1, 4),
        conv(1, 64, 4) + conv(64, 128, 4) + norm(128) + conv(128, 64, 4) + norm(64) + conv(64, 1, 4),
    ),
    "lapgan": (
        dense(100, 1200)
        + dense(1200, 1200)
        + dense(1200, 49)
        + 2 * (conv(2, 64, 5) + conv(64, 64, 5) + conv(64, 1, 5)),
        dense(49, 600)
        + dense(600, 600)
        + dense(600, 1)
        + 2 * (conv(1, 64, 5) + conv(64, 128, 5))
        + dense(128 * 49, 1)
        + dense(128 * 16, 1),
    ),
    "presgan": (PLAIN[0] + 784, PLAIN[1]),
    "sagan": (
        dense(128, 256 * 49)
        + norm(256, 128, 128, 64, 64)
        + residual(256, 128)
        + attention(128)
        + residual(128, 64)
        + conv(64, 1),
        residual(1, 64) + attention(64) + residual(64, 128) + residual(128, 256) + dense(256, 1),
    ),
    "biggan": (
        dense(40, 256 * 49)
        + 2 * 40 * (256 + 128 + 128 + 64)
        + norm(64)
        + residual(256, 128)
        + attention(128)
        + residual(128, 64)
        + conv(64, 1),
        residual(1, 64) + attention(64) + residual(64, 128) + residual(128, 256) + dense(256, 1),
    ),
    "progressive": (
        grown(),
        2 * (32 + 64 + 128) + conv(32, 32) + conv(32, 64) + conv(64, 64) + conv(64, 128) + mirrored(128),
    ),
    "msg": (
        grown(),
        conv(1 + 1, 32) + conv(32, 64) + conv(64 + 2, 64) + conv(64, 128) + 9 * 128 + mirrored(128),
    ),
    "style": (styled(2 * (128 + 64 + 64 + 32 + 32), 33), STYLE_D),
    "style2": (styled(128 + 128 + 64 + 64 + 32, 129 + 65 + 33), STYLE_D),
    "r3gan": (
        64 * 49 + 64 * 64 + r3_block(64) + 64 * 32 + 2 * r3_block(32) + 33,
        conv(1, 32, 1) + 2 * r3_block(32) + 32 * 64 + r3_block(64) + 64 * 49 + dense(64, 1),
    ),
    "capstone-mnist": (
        dense(100, 6272) + conv(128, 128, 4) + conv(128, 64, 4) + norm(128, 64) + conv(64, 1, 7),
        conv(1, 64) + conv(64, 128) + conv(128, 256) + norm(128, 256) + dense(256 * 16, 1),
    ),
    "mca-mnist": (
        dense(100, 6272) + 2 * conv(128, 128, 4) + norm(128, 128) + conv(128, 1, 7),
        conv(1, 64) + conv(64, 128) + norm(128) + dense(6272, 1),
    ),
    "dip-mnist": (DIP_G + conv(128, 1), conv(1, 56) + conv(56, 112) + conv(112, 224) + dense(224 * 49, 1)),
    "dip-cifar10": (
        dense(100, 256 * 256) + conv(256, 128, 4) + conv(128, 3),
        conv(3, 64) + conv(64, 128) + conv(128, 256) + dense(256 * 64, 1),
    ),
    "review-fashion": (
        dense(100, 6272)
        + conv(128, 256, 4)
        + conv(256, 128, 4)
        + conv(128, 64)
        + norm(128, 256, 128, 64)
        + conv(64, 1),
        conv(1, 64) + conv(64, 128) + conv(128, 256) + dense(256 * 16, 1),
    ),
    "review-faces": (
        dense(100, 1024 * 16)
        + norm(1024, 1024, 512, 512, 256, 256, 128, 64)
        + conv(64, 3)
        + sum(
            conv(a, b, 4)
            for a, b in ((1024, 1024), (1024, 512), (512, 512), (512, 256), (256, 256), (256, 128), (128, 64))
        ),
        sum(conv(a, b, 5) for a, b in ((3, 64), (64, 128), (128, 256), (256, 512), (512, 1024)))
        + norm(64, 128, 256, 512, 1024)
        + dense(1024 * 4, 1),
    ),
}
"""Weights of generator and discriminator for images of the preset's own shape; ten classes where it needs them."""


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_has_as_many_weights_as_its_layers_give_it(name):
    assert name in COUNTS, "count the weights of a new preset by hand"
    classes = 10 if PRESETS[name].conditional or name == "default" else 0
    recipe = preset(name, PRESETS[name].own, classes)
    generator, discriminator = generator_of(recipe.generator), discriminator_of(recipe.discriminator)
    assert (parameter_count(generator), parameter_count(discriminator)) == COUNTS[name]


def test_in_colour_the_default_sees_twelve_channels_and_maps_of_eight_a_side():
    grey, colour = (discriminator_of(preset("default", image).discriminator) for image in ((1, 28, 28), (3, 32, 32)))
    assert parameter_count(colour) - parameter_count(grey) == 8 * 9 * 32 + (64 - 49) * 64
