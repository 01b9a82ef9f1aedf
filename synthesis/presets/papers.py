"""DCGANs of papers. Those whose paper is about a loss, not about layers, have the plain DCGAN's layers."""

from __future__ import annotations

from typing import Any

from synthesis.networks.dcgan import DiscriminatorConfig, GeneratorConfig
from synthesis.networks.layers import Layer, Norm
from synthesis.presets.parts import Parts, Preset, Shape, downsample, to_image, upsample
from synthesis.training.config import TrainingConfig

EPOCHS = 60_000 * 25
"""Images shown where the paper counts in another way."""


def plain_layers(
    image: Shape, norm: Norm = "batch", of_generator: Norm = "batch"
) -> tuple[GeneratorConfig, DiscriminatorConfig]:
    """Channels halve as the side doubles, at any side; `norm` is that of the discriminator."""
    channels, side = image[0], image[1]
    start = 7 if side % 7 == 0 else 8
    doublings = (side // start).bit_length() - 1
    generator = GeneratorConfig(
        image=image,
        start=(64 * 2**doublings, start),
        start_norm=of_generator,
        bias=False,
        layers=(
            *(upsample(64 * 2**number, norm=of_generator) for number in range(doublings - 1, 0, -1)),
            upsample(channels, norm="none", act="tanh"),
        ),
    )
    down = (downsample(64, kernel=4), *(downsample(64 * 2**n, kernel=4, norm=norm) for n in range(1, doublings)))
    return generator, DiscriminatorConfig(image=image, layers=down)


def _plain(image: Shape) -> Parts:
    return *plain_layers(image), TrainingConfig(images=EPOCHS)


def _dcgan_64(image: Shape) -> Parts:
    """A 4x4x1024 start, four doublings each way, no pooling, batch normalisation in both."""
    generator = GeneratorConfig(
        image=image,
        start=(1024, image[1] // 16),
        start_norm="batch",
        bias=False,
        layers=(upsample(512), upsample(256), upsample(128), upsample(image[0], norm="none", act="tanh")),
    )
    down = (downsample(128, kernel=4), *(downsample(width, kernel=4, norm="batch") for width in (256, 512, 1024)))
    return generator, DiscriminatorConfig(image=image, layers=down), TrainingConfig(batch=128, images=EPOCHS)


def _lsgan(image: Shape) -> Parts:
    return *plain_layers(image), TrainingConfig(images=EPOCHS, loss="least-squares", learning_rate=1e-3)


def _feature_matching(image: Shape) -> Parts:
    return *plain_layers(image), TrainingConfig(images=EPOCHS, matches_features=True, learning_rate=3e-4, batch=100)


def _historical(image: Shape) -> Parts:
    """The plain pair with all weights held near their mean so far."""
    return *plain_layers(image), TrainingConfig(images=EPOCHS, history_weight=1e-3)


def _minibatch_features(image: Shape) -> Parts:
    """Its other three remedies: minibatch discrimination, virtual batch normalisation, one-sided label smoothing."""
    generator, discriminator = plain_layers(image, "none", "virtual")
    training = TrainingConfig(images=EPOCHS, real_target=0.9, learning_rate=3e-4, batch=100)
    return generator, discriminator.model_copy(update={"minibatch_kernels": 100}), training


def _conditional(image: Shape) -> Parts:
    generator, discriminator = plain_layers(image)
    return generator, discriminator.model_copy(update={"conditioning": "maps"}), TrainingConfig(images=EPOCHS)


def _wgan(image: Shape) -> Parts:
    """Critic and clipping as in its algorithm 1."""
    training = TrainingConfig(
        images=5 * EPOCHS, loss="wasserstein", clip=0.01, optimizer="rmsprop", learning_rate=5e-5, discriminator_steps=5
    )
    return *plain_layers(image), training


def _wgan_gp(image: Shape) -> Parts:
    """Its algorithm 1; the critic has no batch normalisation, since the penalty is each image's own."""
    training: dict[str, Any] = {"loss": "wasserstein", "penalty": "gradient", "penalty_weight": 10.0}
    training |= {"learning_rate": 1e-4, "betas": (0.0, 0.9), "discriminator_steps": 5, "images": 5 * EPOCHS}
    return *plain_layers(image, "none"), TrainingConfig.model_validate(training)


def _sngan(image: Shape) -> Parts:
    """The standard convolutional pair of its table 3, at 32 pixels; loss and Adam as its authors' code sets them."""
    side = image[1]
    generator = GeneratorConfig(
        image=image,
        latent=128,
        start=(512, side // 8),
        start_activation="none",
        layers=(upsample(256), upsample(128), upsample(64), to_image(image[0], 3)),
    )
    down: list[Layer] = []
    for width in (64, 128, 256):
        down += [downsample(width, 1, act="leaky-0.1"), downsample(width, 2, 4, act="leaky-0.1")]
    down.append(downsample(512, 1, act="leaky-0.1"))
    training = TrainingConfig(images=5 * EPOCHS, loss="hinge", betas=(0.0, 0.9), discriminator_steps=5)
    return generator, DiscriminatorConfig(image=image, layers=tuple(down), spectral=True), training


def _acgan(image: Shape) -> Parts:
    """The pair of its appendix for CIFAR-10."""
    up = (upsample(192, 5), upsample(96, 5), upsample(image[0], 5, norm="none", act="tanh"))
    generator = GeneratorConfig(image=image, start=(384, image[1] // 8), layers=up)
    steps = ((16, 2), (32, 1), (64, 2), (128, 1), (256, 2), (512, 1))
    down = tuple(
        downsample(width, stride, norm="none" if width == 16 else "batch", dropout=0.5) for width, stride in steps
    )
    discriminator = DiscriminatorConfig(image=image, layers=down, conditioning="head")
    return generator, discriminator, TrainingConfig(images=50_000 * 100, batch=100)


def _relativistic(image: Shape) -> Parts:
    """Loss, penalties and first settings of its CIFAR-10 run, without its residual networks and its schedules."""
    training = TrainingConfig(
        images=EPOCHS,
        loss="relativistic",
        penalty="r1-r2",
        penalty_weight=0.05,
        betas=(0.0, 0.9),
        average_half_life=500,
    )
    return *plain_layers(image, "none"), training


DCGAN = "Radford et al. 2016, arXiv:1511.06434"
PAPERS = {
    "plain": Preset(_plain, "the plain DCGAN at any side", DCGAN, 1),
    "dcgan-64": Preset(_dcgan_64, "the DCGAN as published, 64x64", DCGAN, 4, (3, 64, 64)),
    "lsgan": Preset(_lsgan, "least squares", "Mao et al. 2017, arXiv:1611.04076", 1),
    "wgan": Preset(_wgan, "a critic with clipped weights", "Arjovsky et al. 2017, arXiv:1701.07875", 1),
    "wgan-gp": Preset(_wgan_gp, "a critic with a penalty on its slope", "Gulrajani et al. 2017, arXiv:1704.00028", 1),
    "sngan": Preset(_sngan, "spectral normalisation", "Miyato et al. 2018, arXiv:1802.05957", 3, (3, 32, 32)),
    "relativistic": Preset(_relativistic, "pairs, R1 and R2", "Huang et al. 2024, arXiv:2501.05441", 1),
    "feature-matching": Preset(
        _feature_matching, "the generator matches mean features", "Salimans et al. 2016, arXiv:1606.03498", 1
    ),
    "historical-averaging": Preset(
        _historical, "weights stay near their mean so far", "Salimans et al. 2016, arXiv:1606.03498", 1
    ),
    "minibatch-features": Preset(
        _minibatch_features, "the discriminator sees batches", "Salimans et al. 2016, arXiv:1606.03498", 1
    ),
    "conditional": Preset(
        _conditional, "both networks see the class", "Mirza and Osindero 2014, arXiv:1411.1784", 1, conditional=True
    ),
    "acgan": Preset(
        _acgan,
        "the discriminator predicts the class",
        "Odena et al. 2017, arXiv:1610.09585",
        3,
        (3, 32, 32),
        conditional=True,
    ),
}
