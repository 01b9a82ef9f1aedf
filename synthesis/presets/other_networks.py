"""Recipes of papers whose networks are of other kinds than a DCGAN's, narrow enough for a processor without GPU."""

from __future__ import annotations

import math
from typing import Any

from synthesis.networks.dcgan import GeneratorConfig
from synthesis.networks.energy import EnergyDiscriminatorConfig
from synthesis.networks.flat import FlatDiscriminatorConfig, FlatGeneratorConfig
from synthesis.networks.information import InformationDiscriminatorConfig, InformationGeneratorConfig
from synthesis.networks.laplacian import LaplacianDiscriminatorConfig, LaplacianGeneratorConfig
from synthesis.networks.multi_scale import MultiScaleDiscriminatorConfig, MultiScaleGeneratorConfig
from synthesis.networks.noisy import NoisyGeneratorConfig
from synthesis.networks.progressive import ProgressiveDiscriminatorConfig, ProgressiveGeneratorConfig
from synthesis.networks.r3 import R3DiscriminatorConfig, R3GeneratorConfig
from synthesis.networks.residual import ResidualDiscriminatorConfig, ResidualGeneratorConfig
from synthesis.networks.style import StyleGeneratorConfig
from synthesis.networks.style_discriminator import StyleDiscriminatorConfig
from synthesis.presets.papers import plain_layers
from synthesis.presets.parts import Parts, Preset, Shape, downsample, upsample
from synthesis.training.config import TrainingConfig

EPOCHS = 60_000 * 25
"""Images shown where the paper counts in another way."""


def start_of(side: int) -> int:
    """The side of the smallest map: 7 where sides are multiples of it, otherwise 4."""
    return 7 if side % 7 == 0 else 4


def widths_of(side: int, widest: int, narrowest: int) -> tuple[int, ...]:
    """Channels of the levels from the smallest map to the image: halved at each level down to the narrowest."""
    doublings = (side // start_of(side)).bit_length() - 1
    return tuple(max(narrowest, widest >> level) for level in range(doublings + 1))


def _vanilla(image: Shape) -> Parts:
    """Layers, units, first weights and momentum of its authors' settings for MNIST."""
    training = TrainingConfig(images=60_000 * 250, optimizer="sgd", learning_rate=0.1, betas=(0.5, 0.0), batch=100)
    return FlatGeneratorConfig(image=image), FlatDiscriminatorConfig(image=image), training


def _infogan(image: Shape) -> Parts:
    """Code and layers of its appendix for MNIST: 62 numbers of noise, one of ten categories, two numbers."""
    side = image[1]
    generator = InformationGeneratorConfig(
        image=image,
        latent=74,
        start=(128, side // 4),
        start_norm="batch",
        layers=(upsample(64), upsample(image[0], norm="none", act="tanh")),
    )
    down = (downsample(64, kernel=4, act="leaky-0.1"), downsample(128, kernel=4, act="leaky-0.1", norm="batch"))
    discriminator = InformationDiscriminatorConfig(image=image, layers=down)
    training = TrainingConfig(images=EPOCHS, learning_rate=1e-3, discriminator_learning_rate=2e-4, batch=128)
    return generator, discriminator, training


def _ebgan(image: Shape) -> Parts:
    """The pulling-away variant: weight 0.1, margin 10, Adam 1e-3, as in its grid for MNIST."""
    channels, side = image[0], image[1]
    layers = (upsample(64), upsample(channels, norm="none", act="tanh"))
    back = GeneratorConfig(image=image, start=(128, side // 4), layers=layers)
    generator = back.model_copy(update={"start_norm": "batch"})
    encoder = (downsample(64, kernel=4), downsample(128, kernel=4, norm="batch"))
    training = TrainingConfig(images=EPOCHS, loss="energy", margin=10.0, pulling_away=0.1, learning_rate=1e-3)
    return generator, EnergyDiscriminatorConfig(image=image, encoder=encoder, decoder=back), training


def _laplacian(image: Shape) -> Parts:
    """Three sizes, a pair each; Adam instead of its gradient descent."""
    levels = 3
    planes = sum((image[1] >> level) ** 2 for level in range(levels - 1))
    generator = LaplacianGeneratorConfig(image=image, levels=levels, latent=100 + planes)
    training = TrainingConfig(images=EPOCHS, learning_rate=5e-4, precision="fast")
    return generator, LaplacianDiscriminatorConfig(image=image, levels=levels), training


def _prescribed(image: Shape) -> Parts:
    """The plain DCGAN's layers with noise on every pixel, and the entropy of what it draws in its loss."""
    plain, discriminator = plain_layers(image)
    fields = {**plain.model_dump(), "latent": 100 + math.prod(image)}
    training = TrainingConfig(images=EPOCHS, entropy_weight=5e-4)
    return NoisyGeneratorConfig.model_validate(fields), discriminator, training


def _residual(image: Shape, latent: int, **codes: Any) -> tuple[ResidualGeneratorConfig, ResidualDiscriminatorConfig]:
    side = image[1]
    widths = widths_of(side, 256, 64)
    generator = ResidualGeneratorConfig(
        image=image, latent=latent, start=(256, start_of(side)), widths=widths[1:], attention=side // 2, **codes
    )
    down = (*widths[::-1][:-1], widths[0])
    discriminator = ResidualDiscriminatorConfig(image=image, widths=down, halvings=len(down) - 1, attention=side // 2)
    return generator, discriminator


def _sagan(image: Shape) -> Parts:
    """Attention on maps of half the side, spectral normalisation of both, two learning rates; its Adam and loss."""
    training = TrainingConfig(
        images=EPOCHS,
        loss="hinge",
        learning_rate=1e-4,
        discriminator_learning_rate=4e-4,
        betas=(0.0, 0.9),
        precision="fast",
    )
    return *_residual(image, 128), training


def _biggan(image: Shape) -> Parts:
    """Hierarchical codes, a shared embedding, orthogonal regularisation, two steps of the discriminator."""
    training = TrainingConfig(
        images=2 * EPOCHS,
        loss="hinge",
        learning_rate=5e-5,
        discriminator_learning_rate=2e-4,
        betas=(0.0, 0.999),
        discriminator_steps=2,
        orthogonality=1e-4,
        average_half_life=6931,
        precision="fast",
    )
    return *_residual(image, 120, hierarchical=True), training


def _critic(**changes: Any) -> TrainingConfig:
    """Wasserstein loss with a gradient penalty, as progressive growing trains."""
    fields = {"loss": "wasserstein", "penalty": "gradient", "penalty_weight": 10.0, "learning_rate": 1e-3}
    fields |= {"betas": (0.0, 0.99), "average_half_life": 693, "images": EPOCHS}
    return TrainingConfig.model_validate(fields | changes)


def _progressive(image: Shape) -> Parts:
    """One level after the other, faded in; its loss without the term against drift, its Adam and average."""
    widths, start = widths_of(image[1], 128, 32), start_of(image[1])
    generator = ProgressiveGeneratorConfig(image=image, start=start, widths=widths)
    return generator, ProgressiveDiscriminatorConfig(image=image, end=start, widths=widths[::-1]), _critic()


def _multi_scale(image: Shape) -> Parts:
    """The progressive pair's layers, all sizes at once from the start."""
    widths, start = widths_of(image[1], 128, 32), start_of(image[1])
    generator = MultiScaleGeneratorConfig(image=image, start=start, widths=widths)
    return generator, MultiScaleDiscriminatorConfig(image=image, end=start, widths=widths[::-1]), _critic()


def _style(image: Shape, version: int, **changes: Any) -> Parts:
    widths, start = widths_of(image[1], 128, 32), start_of(image[1])
    generator = StyleGeneratorConfig.model_validate(
        {"image": image, "latent": 128, "version": version, "start": start, "widths": widths}
    )
    discriminator = StyleDiscriminatorConfig(image=image, end=start, widths=widths[::-1])
    fields = {"penalty": "r1", "penalty_weight": 5.0, "penalty_every": 16, "learning_rate": 2e-3, "betas": (0.0, 0.99)}
    fields |= {"average_half_life": 500, "images": EPOCHS, "precision": "fast"}
    return generator, discriminator, TrainingConfig.model_validate(fields | changes)


def _style_1(image: Shape) -> Parts:
    """Adaptive normalisation, noise, mixed styles; the usual loss with R1, as lazily as the second version has it."""
    return _style(image, 1)


def _style_2(image: Shape) -> Parts:
    """Scaled weights, added images, path length every fourth step."""
    return _style(image, 2, path_weight=2.0)


def _r3gan(image: Shape) -> Parts:
    """Its residual pair, loss and penalties; one block a stage, fewer channels, penalties every fourth step."""
    widths, start = widths_of(image[1], 64, 32), start_of(image[1])
    generator = R3GeneratorConfig(image=image, start=start, widths=widths, blocks=1)
    discriminator = R3DiscriminatorConfig(image=image, end=start, widths=widths[::-1], blocks=1)
    training = TrainingConfig(
        images=EPOCHS,
        loss="relativistic",
        penalty="r1-r2",
        penalty_weight=0.05,
        penalty_every=4,
        betas=(0.0, 0.9),
        average_half_life=500,
        precision="fast",
    )
    return generator, discriminator, training


OTHER_NETWORKS = {
    "vanilla": Preset(_vanilla, "dense layers, the first of all", "Goodfellow et al. 2014, arXiv:1406.2661", 0),
    "infogan": Preset(_infogan, "finds classes without labels", "Chen et al. 2016, arXiv:1606.03657", 2),
    "ebgan": Preset(
        _ebgan, "an auto-encoder discriminates", "Zhao et al. 2017, arXiv:1609.03126", 2, takes_classes=False
    ),
    "lapgan": Preset(_laplacian, "a pair for each size", "Denton et al. 2015, arXiv:1506.05751", 2),
    "presgan": Preset(_prescribed, "learned noise, entropy in the loss", "Dieng et al. 2019, arXiv:1910.04302", 1),
    "sagan": Preset(_sagan, "self-attention", "Zhang et al. 2019, arXiv:1805.08318", 2),
    "biggan": Preset(_biggan, "codes for every block, orthogonal weights", "Brock et al. 2019, arXiv:1809.11096", 2),
    "progressive": Preset(_progressive, "grows while it trains", "Karras et al. 2018, arXiv:1710.10196", 2),
    "msg": Preset(_multi_scale, "judged at every size", "Karnewar and Wang 2020, arXiv:1903.06048", 2),
    "style": Preset(_style_1, "styles by normalisation, mixed", "Karras et al. 2019, arXiv:1812.04948", 2),
    "style2": Preset(_style_2, "styles by scaled weights, path length", "Karras et al. 2020, arXiv:1912.04958", 2),
    "r3gan": Preset(_r3gan, "residual, no tricks but two penalties", "Huang et al. 2024, arXiv:2501.05441", 2),
}
