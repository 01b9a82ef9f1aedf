"""DCGANs of published reports, layer by layer; where a report leaves a kernel or a slope open, the usual one."""

from __future__ import annotations

from synthesis.networks.dcgan import DiscriminatorConfig, GeneratorConfig
from synthesis.networks.layers import Activation
from synthesis.presets.parts import Parts, Preset, Shape, downsample, to_image, upsample
from synthesis.training.config import TrainingConfig


def _capstone_mnist(image: Shape) -> Parts:
    act: Activation = "leaky-0.01"
    generator = GeneratorConfig(
        image=image,
        start=(128, image[1] // 4),
        start_activation="none",
        layers=(upsample(128, act=act), upsample(64, act=act), upsample(image[0], 7, 1, "none", "tanh")),
        initial_spread=None,
    )
    down = (
        downsample(64, act=act),
        downsample(128, act=act, norm="batch-after"),
        downsample(256, act=act, norm="batch-after"),
    )
    discriminator = DiscriminatorConfig(image=image, layers=down, initial_spread=None)
    return generator, discriminator, TrainingConfig(images=60_000 * 50)


def _mca_mnist(image: Shape) -> Parts:
    generator = GeneratorConfig(
        image=image,
        start=(128, image[1] // 4),
        layers=(upsample(128, norm="batch-after"), upsample(128, norm="batch-after"), to_image(image[0], 7, "sigmoid")),
        initial_spread=None,
    )
    down = (downsample(64, act="relu"), downsample(128, act="relu", norm="batch-after"))
    discriminator = DiscriminatorConfig(image=image, layers=down, initial_spread=None)
    return generator, discriminator, TrainingConfig(images=60_000 * 50, betas=(0.9, 0.999))


def _dip(image: Shape, widths: tuple[int, int, int]) -> Parts:
    """One doubling behind a wide dense layer, no normalisation, dropout before the logit."""
    generator = GeneratorConfig(
        image=image,
        start=(256, image[1] // 2),
        start_activation="leaky-0.2",
        layers=(upsample(128, norm="none", act="leaky-0.2"), to_image(image[0], 3)),
        initial_spread=None,
    )
    down = tuple(downsample(width, stride) for width, stride in zip(widths, (1, 2, 2), strict=True))
    discriminator = DiscriminatorConfig(image=image, layers=down, dense_dropout=0.4, initial_spread=None)
    return generator, discriminator, TrainingConfig(images=60_000 * 50)


def _dip_mnist(image: Shape) -> Parts:
    return _dip(image, (56, 112, 224))


def _dip_cifar10(image: Shape) -> Parts:
    return _dip(image, (64, 128, 256))


def _review_fashion(image: Shape) -> Parts:
    act: Activation = "leaky-0.2"
    generator = GeneratorConfig(
        image=image,
        start=(128, image[1] // 4),
        start_norm="batch",
        start_activation=act,
        layers=(upsample(256, act=act), upsample(128, act=act), upsample(64, 3, 1, act=act), to_image(image[0], 3)),
        initial_spread=None,
    )
    down = (downsample(64), downsample(128, dropout=0.3), downsample(256, dropout=0.4))
    training = TrainingConfig(learning_rate=1e-3, batch=32, images=60_000 * 20, real_target=0.9)
    return generator, DiscriminatorConfig(image=image, layers=down, initial_spread=None), training


def _review_faces(image: Shape) -> Parts:
    ups = ((1024, 2), (512, 2), (512, 1), (256, 2), (256, 1), (128, 2), (64, 1))
    generator = GeneratorConfig(
        image=image,
        start=(1024, image[1] // 16),
        start_norm="batch",
        layers=(*(upsample(width, 4, stride) for width, stride in ups), to_image(image[0], 3)),
        initial_spread=0.02,
    )
    down = tuple(downsample(width, kernel=5, norm="batch", dropout=0.3) for width in (64, 128, 256, 512, 1024))
    discriminator = DiscriminatorConfig(image=image, layers=down, dense_dropout=0.4)
    training = TrainingConfig(
        learning_rate=2e-3, batch=128, images=900 * 200, schedule="exponential", decay_steps=40_000
    )
    return generator, discriminator, training


REPORTS = {
    "capstone-mnist": Preset(_capstone_mnist, "two doublings, slope .01", "a report on MNIST", 2),
    "mca-mnist": Preset(_mca_mnist, "two doublings, pixels by a sigmoid", "a report on MNIST", 2),
    "dip-mnist": Preset(_dip_mnist, "one wide dense layer, one doubling", "a report on MNIST", 1),
    "dip-cifar10": Preset(_dip_cifar10, "the same in colour", "a report on CIFAR-10", 1, (3, 32, 32)),
    "review-fashion": Preset(_review_fashion, "smoothed labels", "a report on Fashion-MNIST", 2),
    "review-faces": Preset(_review_faces, "seven steps up, 64x64 colour", "a report on faces", 4, (3, 64, 64)),
}
