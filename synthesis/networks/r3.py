"""The residual pair of R3GAN (Huang et al. 2024, arXiv:2501.05441): grouped convolutions, no normalisation at all."""

from __future__ import annotations

import math
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from synthesis.networks.levels import LevelledDiscriminatorConfig, LevelledGeneratorConfig
from synthesis.networks.pair import DiscriminatorNetwork, GeneratorNetwork, Verdict, class_of, with_class

SLOPE = 0.2
"""Of the leaky rectifiers."""


class R3GeneratorConfig(LevelledGeneratorConfig):
    """A learned map scaled by the code, then levels that double it and end in a convolution to the image."""

    network: Literal["r3"] = "r3"
    latent: int = Field(64, ge=1)
    blocks: int = Field(2, ge=1)
    """Residual blocks a level."""
    group: int = Field(16, ge=1)
    """Channels a group of the grouped convolution."""


class R3DiscriminatorConfig(LevelledDiscriminatorConfig):
    """The generator's mirror image."""

    network: Literal["r3"] = "r3"
    blocks: int = Field(2, ge=1)
    group: int = Field(16, ge=1)


class R3Block(nn.Module):
    """An inverted bottleneck of twice the width around a grouped 3 x 3 convolution, added to its input.

    The last convolution begins at nought and the others are scaled by the depth, so that sums over many blocks keep
    their size without normalisation (Zhang et al. 2019, arXiv:1901.09321).
    """

    def __init__(self, channels: int, group: int, depth: int) -> None:
        super().__init__()
        inner = 2 * channels
        self.widen = nn.Conv2d(channels, inner, 1, bias=False)
        self.mix = nn.Conv2d(inner, inner, 3, padding=1, groups=max(1, inner // group), bias=False)
        self.narrow = nn.Conv2d(inner, channels, 1, bias=False)
        self.first_bias, self.second_bias = (nn.Parameter(torch.zeros(inner, 1, 1)) for _ in range(2))
        scale = depth ** (-1 / 4)  # three convolutions in a block, the last of them nought
        with torch.no_grad():
            for convolution in (self.widen, self.mix):
                _as_he(convolution, scale)
            self.narrow.weight.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        out = F.leaky_relu(self.widen(x) + self.first_bias, SLOPE)
        out = F.leaky_relu(self.mix(out) + self.second_bias, SLOPE)
        summed: Tensor = x + self.narrow(out)
        return summed


class Resample(nn.Module):
    """Bilinear doubling or halving of the side, and a 1 x 1 convolution where the channels change."""

    def __init__(self, before: int, after: int, factor: float) -> None:
        super().__init__()
        self.factor = factor
        self.convolution = nn.Conv2d(before, after, 1, bias=False) if before != after else nn.Identity()
        if isinstance(self.convolution, nn.Conv2d):
            _as_he(self.convolution, 1 / math.sqrt(2))

    def forward(self, x: Tensor) -> Tensor:
        """Maps of `factor` times the side."""
        if self.factor < 1:
            halved: Tensor = F.avg_pool2d(self.convolution(x), 2)
            return halved
        doubled: Tensor = self.convolution(F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False))
        return doubled


class R3Generator(GeneratorNetwork):
    """A residual network without normalisation from codes to images."""

    config: R3GeneratorConfig

    def __init__(self, config: R3GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        width, depth = config.widths[0], config.blocks * len(config.widths)
        self.basis = nn.Parameter(torch.randn(width, config.start, config.start))
        self.dense = nn.Linear(config.latent + config.classes, width, bias=False)
        layers: list[nn.Module] = []
        for before, after in zip((width, *config.widths), config.widths, strict=False):
            if layers:
                layers.append(Resample(before, after, 2))
            layers += [R3Block(after, config.group, depth) for _ in range(config.blocks)]
        self.layers = nn.Sequential(*layers)
        self.to_image = nn.Conv2d(config.widths[-1], config.image[0], 1)
        with torch.no_grad():
            self.dense.weight.normal_(0, (config.latent + config.classes) ** -0.5)

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Images (B, C, H, W) in [-1, 1] of codes (B, Z), and of classes (B,) where it is conditional."""
        z = with_class(z, label, self.config.classes, "generator")
        image: Tensor = self.to_image(self.layers(self.basis * self.dense(z)[..., None, None])).tanh()
        return image


class R3Discriminator(DiscriminatorNetwork):
    """A residual network without normalisation from images to how real they look."""

    config: R3DiscriminatorConfig

    def __init__(self, config: R3DiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        depth, width = config.blocks * len(config.widths), config.widths[-1]
        self.from_image = nn.Conv2d(config.image[0], config.widths[0], 1)
        layers: list[nn.Module] = []
        for before, after in zip((config.widths[0], *config.widths), config.widths, strict=False):
            if layers:
                layers.append(Resample(before, after, 0.5))
            layers += [R3Block(after, config.group, depth) for _ in range(config.blocks)]
        self.layers = nn.Sequential(*layers)
        self.pool = nn.Conv2d(width, width, config.end, groups=width, bias=False)
        self.dense = nn.Linear(width, 1)
        self.class_embedding = nn.Embedding(config.classes, width) if config.classes else None

    def discriminate(self, x: Tensor, label: Tensor | None = None) -> Verdict:
        """The outputs for images (B, C, H, W), given their classes (B,) where it is conditioned on them."""
        label = class_of(label, self.config.classes, "discriminator")
        features = self.pool(self.layers(self.from_image(x))).flatten(1)  # (B, F)
        logit = self.dense(features)[:, 0]
        if self.class_embedding is not None:
            logit = logit + (self.class_embedding(label) * features).sum(1) / math.sqrt(features.shape[1])
        return Verdict(logit, features)


def _as_he(convolution: nn.Conv2d, scale: float) -> None:
    """First weights that keep the variance behind a leaky rectifier, times `scale` (He et al. 2015)."""
    nn.init.kaiming_normal_(convolution.weight, a=SLOPE)
    with torch.no_grad():
        convolution.weight.mul_(scale)
