"""What networks share whose maps double in side from level to level."""

from __future__ import annotations

import math
from itertools import pairwise

from pydantic import Field, model_validator
from torch import Tensor, nn

from synthesis.networks.equalised import EqualConvolution, EqualDense, doubled, leaky, pixel_norm
from synthesis.networks.pair import DiscriminatorShape, GeneratorNetwork, GeneratorShape, with_class


class LevelledGeneratorConfig(GeneratorShape):
    """Levels from a small map to the image."""

    start: int = Field(ge=1)
    """Side of the first level."""
    widths: tuple[int, ...] = Field(min_length=1)
    """Channels of the levels, the first at the start's side."""

    @model_validator(mode="after")
    def _reaches_the_image(self) -> LevelledGeneratorConfig:
        side = self.start * 2 ** (len(self.widths) - 1)
        if (side, side) != self.image[1:]:
            raise ValueError(f"the levels give images of {side} pixels a side, the config says {self.image[1:]}")
        return self


class LevelledDiscriminatorConfig(DiscriminatorShape):
    """Levels from the image to a small map."""

    end: int = Field(ge=1)
    """Side of the last level."""
    widths: tuple[int, ...] = Field(min_length=1)
    """Channels of the levels, the first at the image's side."""


class LevelledGenerator(GeneratorNetwork):
    """A dense layer to the first level, two convolutions a level behind it, and a way to the image from each."""

    config: LevelledGeneratorConfig

    def __init__(self, config: LevelledGeneratorConfig) -> None:
        super().__init__()
        self.config = config
        widths, first = config.widths, config.widths[0]
        self.dense = EqualDense(config.latent + config.classes, first * config.start**2, gain=math.sqrt(2) / 4)
        self.first = EqualConvolution(first, first)
        self.blocks = nn.ModuleList(
            nn.ModuleList([EqualConvolution(before, after), EqualConvolution(after, after)])
            for before, after in pairwise(widths)
        )
        self.to_image = nn.ModuleList(EqualConvolution(width, config.image[0], 1, gain=1) for width in widths)

    def first_level(self, z: Tensor, label: Tensor | None) -> Tensor:
        """The maps (B, W, start, start) of the first level, of codes (B, Z), and of classes (B,) where it has some."""
        z = with_class(pixel_norm(z), label, self.config.classes, "generator")
        x = self.dense(z).unflatten(1, (-1, self.config.start, self.config.start))
        return pixel_norm(leaky(self.first(pixel_norm(leaky(x)))))

    def next_level(self, x: Tensor, level: int) -> Tensor:
        """The maps of level `level` + 1, of twice the side, from those of `level`."""
        x = doubled(x)
        for convolution in self.blocks[level]:  # type: ignore[attr-defined]
            x = pixel_norm(leaky(convolution(x)))
        return x
