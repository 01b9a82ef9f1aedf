"""Residual networks with class-conditional normalisation and self-attention: the pairs of SAGAN and BigGAN.

Zhang et al. 2019 (arXiv:1805.08318) and Brock et al. 2019 (arXiv:1809.11096), with fewer and narrower blocks.
"""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from synthesis.networks.attention import SelfAttention
from synthesis.networks.pair import (
    DiscriminatorNetwork,
    DiscriminatorShape,
    GeneratorNetwork,
    GeneratorShape,
    Verdict,
    class_of,
)


class ResidualGeneratorConfig(GeneratorShape):
    """A dense layer to a small map, residual blocks that double it, and a convolution to the image."""

    network: Literal["residual"] = "residual"
    start: tuple[int, int]
    """Channels and side of the map behind the dense layer."""
    widths: tuple[int, ...] = Field(min_length=1)
    """Channels of the blocks; each doubles the side."""
    attention: int = Field(0, ge=0)
    """Side of the map on which self-attention stands; 0 for none."""
    hierarchical: bool = False
    """Each block also sees its own part of the code, and one embedding of the class is shared (BigGAN)."""
    embedding: int = Field(64, ge=1)
    """Numbers of that shared embedding."""

    @model_validator(mode="after")
    def _reaches_the_image(self) -> ResidualGeneratorConfig:
        side = self.start[1] * 2 ** len(self.widths)
        if (side, side) != self.image[1:]:
            raise ValueError(f"the blocks give images of {side} pixels a side, the config says {self.image[1:]}")
        if self.hierarchical and self.latent % (len(self.widths) + 1):
            raise ValueError(f"a code of {self.latent} numbers does not divide into {len(self.widths) + 1} parts")
        return self


class ResidualDiscriminatorConfig(DiscriminatorShape):
    """Residual blocks that halve the image, a sum over what is left of it, one dense logit and the projected class."""

    network: Literal["residual"] = "residual"
    widths: tuple[int, ...] = Field(min_length=1)
    """Channels of the blocks."""
    halvings: int = Field(2, ge=1)
    """The first blocks that halve the side."""
    attention: int = Field(0, ge=0)
    """Side of the map on which self-attention stands; 0 for none."""


class ConditionalNorm(nn.Module):
    """Batch normalisation whose gains and offsets are linear in a condition (de Vries et al. 2017)."""

    def __init__(self, channels: int, condition: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=condition == 0)
        self.gain = nn.Linear(condition, channels, bias=False) if condition else None
        self.offset = nn.Linear(condition, channels, bias=False) if condition else None

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """Maps (B, C, H, W) under conditions (B, N)."""
        out: Tensor = self.norm(x)
        if self.gain is None or self.offset is None:
            return out
        gain, offset = self.gain(condition)[..., None, None], self.offset(condition)[..., None, None]
        return torch.addcmul(offset, out, 1 + gain)


class UpBlock(nn.Module):
    """Two convolutions that double the side, added to the enlarged input."""

    def __init__(self, before: int, after: int, condition: int) -> None:
        super().__init__()
        self.first_norm, self.second_norm = ConditionalNorm(before, condition), ConditionalNorm(after, condition)
        self.first, self.second = nn.Conv2d(before, after, 3, padding=1), nn.Conv2d(after, after, 3, padding=1)
        self.skip = nn.Conv2d(before, after, 1)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """(B, before, H, W) -> (B, after, 2H, 2W)."""
        out = F.interpolate(F.relu(self.first_norm(x, condition)), scale_factor=2)
        out = self.second(F.relu(self.second_norm(self.first(out), condition)))
        enlarged: Tensor = out + F.interpolate(self.skip(x), scale_factor=2)
        return enlarged


class DownBlock(nn.Module):
    """Two convolutions, added to the input; `halves` the side behind them."""

    def __init__(self, before: int, after: int, halves: bool, is_first: bool = False) -> None:
        super().__init__()
        self.halves, self.is_first = halves, is_first
        self.first, self.second = nn.Conv2d(before, after, 3, padding=1), nn.Conv2d(after, after, 3, padding=1)
        self.skip = nn.Conv2d(before, after, 1) if halves or before != after else None

    def forward(self, x: Tensor) -> Tensor:
        """(B, before, H, W) -> (B, after, H, W) or half of both sides."""
        out = self.second(F.relu(self.first(x if self.is_first else F.relu(x))))
        shortcut = x if self.skip is None else self.skip(x)
        summed: Tensor = out + shortcut
        return F.avg_pool2d(summed, 2) if self.halves else summed


class ResidualGenerator(GeneratorNetwork):
    """A residual network from codes to images; spectrally normalised, as both papers' are."""

    config: ResidualGeneratorConfig

    def __init__(self, config: ResidualGeneratorConfig) -> None:
        super().__init__()
        self.config = config
        channels, side = config.start
        shared = config.embedding if config.classes and config.hierarchical else 0
        self.parts = len(config.widths) + 1 if config.hierarchical else 1
        part = config.latent // self.parts
        self.embedding = nn.Embedding(config.classes, shared) if shared else None
        condition = part + shared if config.hierarchical else config.classes
        self.dense = nn.Linear(part, channels * side * side)
        self.blocks = nn.ModuleList()
        self.attention = nn.ModuleDict()
        for number, width in enumerate(config.widths):
            self.blocks.append(UpBlock(channels, width, condition))
            channels, side = width, side * 2
            if side == config.attention:
                self.attention[str(number)] = SelfAttention(channels)
        self.norm = nn.BatchNorm2d(channels)
        self.to_image = nn.Conv2d(channels, config.image[0], 3, padding=1)
        initialise_orthogonally(self)

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Images (B, C, H, W) in [-1, 1] of codes (B, Z), and of classes (B,) where it is conditional."""
        label = class_of(label, self.config.classes, "generator")
        parts = z.chunk(self.parts, 1)
        x = self.dense(parts[0]).unflatten(1, (self.config.start[0], self.config.start[1], -1))
        for number, block in enumerate(self.blocks):
            x = block(x, self._condition(parts, number, label))
            if str(number) in self.attention:
                x = self.attention[str(number)](x)
        image: Tensor = self.to_image(F.relu(self.norm(x))).tanh()
        return image

    def _condition(self, parts: tuple[Tensor, ...], number: int, label: Tensor | None) -> Tensor:
        """What the norms of a block see: the class, and with hierarchical codes the block's part of the code."""
        if not self.config.hierarchical:
            if label is None:
                return parts[0].new_zeros(len(parts[0]), 0)
            return F.one_hot(label, self.config.classes).to(parts[0].dtype)
        part = parts[number + 1]
        return part if self.embedding is None else torch.cat([self.embedding(label).to(part.dtype), part], 1)


class ResidualDiscriminator(DiscriminatorNetwork):
    """A residual network from images to how real they look, spectrally normalised."""

    config: ResidualDiscriminatorConfig

    def __init__(self, config: ResidualDiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        channels, side = config.image[0], config.image[1]
        layers: list[nn.Module] = []
        for number, width in enumerate(config.widths):
            halves = number < config.halvings
            layers.append(DownBlock(channels, width, halves, is_first=number == 0))
            channels, side = width, side // 2 if halves else side
            if side == config.attention and halves:
                layers.append(SelfAttention(channels))
        self.layers = nn.Sequential(*layers)
        self.dense = nn.Linear(channels, 1)
        self.class_embedding = nn.Embedding(config.classes, channels) if config.classes else None
        initialise_orthogonally(self)

    def discriminate(self, x: Tensor, label: Tensor | None = None) -> Verdict:
        """The outputs for images (B, C, H, W), given their classes (B,) where it is conditioned on them."""
        label = class_of(label, self.config.classes, "discriminator")
        features = F.relu(self.layers(x)).sum((2, 3))  # (B, F)
        logit = self.dense(features)[:, 0]
        if self.class_embedding is not None:
            logit = logit + (self.class_embedding(label) * features).sum(1)
        return Verdict(logit, features)


def initialise_orthogonally(module: nn.Module) -> None:
    """Orthogonal first weights, each under spectral normalisation."""
    for part in list(module.modules()):
        if isinstance(part, nn.Conv2d | nn.Linear | nn.Embedding):
            nn.init.orthogonal_(part.weight)
            spectral_norm(part)
