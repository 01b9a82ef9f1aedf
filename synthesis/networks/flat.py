"""The first generative adversarial pair: fully connected layers, maxout in the discriminator (Goodfellow et al. 2014,
arXiv:1406.2661)."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal

from pydantic import Field
from torch import Tensor, nn

from synthesis.networks.pair import (
    DiscriminatorNetwork,
    DiscriminatorShape,
    GeneratorNetwork,
    GeneratorShape,
    Verdict,
    with_class,
)


class FlatGeneratorConfig(GeneratorShape):
    """Dense layers with rectifiers, then a sigmoid a pixel; the class joins the code as a one-hot vector."""

    network: Literal["flat"] = "flat"
    widths: tuple[int, ...] = Field((1200, 1200), min_length=1)
    initial_spread: float = 0.05
    """Half the width of the uniform distribution of the first weights."""

    @property
    def low(self) -> float:
        """0, the least value of a sigmoid."""
        return 0.0


class FlatDiscriminatorConfig(DiscriminatorShape):
    """Dense layers of maxout units with dropout, then one logit; the class joins the pixels as a one-hot vector."""

    network: Literal["flat"] = "flat"
    widths: tuple[int, ...] = Field((240, 240), min_length=1)
    pieces: int = Field(5, ge=2)
    """Linear pieces of a maxout unit (Goodfellow et al. 2013, arXiv:1302.4389)."""
    dropout: float = Field(0.5, ge=0, lt=1)
    """Of the hidden layers; pixels drop with a share of 0.2."""
    initial_spread: float = 0.005


class FlatGenerator(GeneratorNetwork):
    """A fully connected network from codes to images."""

    config: FlatGeneratorConfig

    def __init__(self, config: FlatGeneratorConfig) -> None:
        super().__init__()
        self.config = config
        widths = (config.latent + config.classes, *config.widths)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Linear(before, after), nn.ReLU()]
        self.layers = nn.Sequential(*layers)
        self.dense = nn.Linear(widths[-1], math.prod(config.image))
        _uniform(self, config.initial_spread)

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Images (B, C, H, W) in [0, 1] of codes (B, Z), and of classes (B,) where it is conditional."""
        z = with_class(z, label, self.config.classes, "generator")
        pixels: Tensor = self.dense(self.layers(z)).sigmoid()
        return pixels.view(-1, *self.config.image)


class Maxout(nn.Module):
    """Units that each give the largest of several linear pieces."""

    def __init__(self, before: int, after: int, pieces: int) -> None:
        super().__init__()
        self.pieces = pieces
        self.dense = nn.Linear(before, after * pieces)

    def forward(self, x: Tensor) -> Tensor:
        """(B, before) -> (B, after)."""
        pieces: Tensor = self.dense(x)
        return pieces.view(len(x), -1, self.pieces).amax(2)


class FlatDiscriminator(DiscriminatorNetwork):
    """A fully connected network from images to how real they look."""

    config: FlatDiscriminatorConfig

    def __init__(self, config: FlatDiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        widths = (math.prod(config.image) + config.classes, *config.widths)
        layers: list[nn.Module] = [nn.Dropout(0.2 if config.dropout else 0.0)]
        for before, after in pairwise(widths):
            layers += [Maxout(before, after, config.pieces), nn.Dropout(config.dropout)]
        self.layers = nn.Sequential(*layers)
        self.dense = nn.Linear(widths[-1], 1)
        _uniform(self, config.initial_spread)

    def discriminate(self, x: Tensor, label: Tensor | None = None) -> Verdict:
        """The outputs for images (B, C, H, W), given their classes (B,) where it is conditioned on them."""
        features = self.layers(with_class(x.flatten(1), label, self.config.classes, "discriminator"))
        return Verdict(self.dense(features)[:, 0], features)


def _uniform(module: nn.Module, spread: float) -> None:
    """First weights uniform in [-spread, spread], biases nought."""
    for part in module.modules():
        if isinstance(part, nn.Linear):
            nn.init.uniform_(part.weight, -spread, spread)
            nn.init.zeros_(part.bias)
