"""A pair that grows while it trains: progressive growing of GANs (Karras et al. 2018, arXiv:1710.10196)."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from synthesis.networks.equalised import EqualConvolution, EqualDense, doubled, leaky
from synthesis.networks.levels import LevelledDiscriminatorConfig, LevelledGenerator, LevelledGeneratorConfig
from synthesis.networks.minibatch import deviation_map
from synthesis.networks.pair import DiscriminatorNetwork, Verdict, class_of


class ProgressiveGeneratorConfig(LevelledGeneratorConfig):
    """A level a size, each of two convolutions and a way to the image; the class joins the code."""

    network: Literal["progressive"] = "progressive"


class ProgressiveDiscriminatorConfig(LevelledDiscriminatorConfig):
    """The generator's mirror image, with the deviation over the batch as one more map."""

    network: Literal["progressive"] = "progressive"
    conditioning: Literal["projection", "maps", "head"] = "head"

    @property
    def sees_batches(self) -> bool:
        """Always: it sees the deviation over the batch."""
        return True


def level_at(done: float, levels: int) -> float:
    """The level at a completed fraction of the training: whole where it is stable, between two where it fades.

    Every level but the first fades in for as long as it is then stable; all these spans are equally long.
    """
    place = min(max(done, 0.0), 1.0) * (2 * levels - 1)
    span = min(int(place), 2 * levels - 2)
    return span // 2 + (place - span if span % 2 else 0.0)


class ProgressiveGenerator(LevelledGenerator):
    """A network from codes to images, of which the levels that have not grown yet are left out."""

    level: Tensor

    def __init__(self, config: ProgressiveGeneratorConfig) -> None:
        super().__init__(config)
        self.register_buffer("level", torch.tensor(float(len(config.widths) - 1), dtype=torch.float64))

    def grow(self, done: float) -> None:
        """Take the level that belongs to a completed fraction of the training."""
        self.level.fill_(level_at(done, len(self.config.widths)))

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Images (B, C, H, W), about in [-1, 1], of codes (B, Z), and of classes (B,) where it is conditional.

        Before it is fully grown they are those of its level, enlarged.
        """
        whole, fade = _parted(self.level)
        x = self.first_level(z, label)
        for level in range(whole):
            x = self.next_level(x, level)
        image: Tensor = self.to_image[whole](x)
        if fade:
            finer = self.to_image[whole + 1](self.next_level(x, whole))
            image = torch.lerp(doubled(image), finer, fade)
        image = _full(image, self.config.image[1])
        return image if self.training else image.clamp(-1.0, 1.0)


def _parted(level: Tensor) -> tuple[int, float]:
    """A level as the last whole one, and how far the next one has faded in."""
    whole = int(level)
    return whole, float(level) - whole


class ProgressiveDiscriminator(DiscriminatorNetwork):
    """A network from images to how real they look, which looks at them at the size of its level."""

    config: ProgressiveDiscriminatorConfig
    level: Tensor

    def __init__(self, config: ProgressiveDiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        widths, last = config.widths, config.widths[-1]
        self.from_image = nn.ModuleList(EqualConvolution(config.image[0], width, 1) for width in widths)
        self.blocks = nn.ModuleList(
            nn.Sequential(EqualConvolution(before, before), nn.LeakyReLU(0.2), EqualConvolution(before, after))
            for before, after in pairwise(widths)
        )
        self.last = EqualConvolution(last + 1, last)
        self.features = EqualDense(last * config.end**2, last)
        self.dense = EqualDense(last, 1, gain=1)
        self.class_head = EqualDense(last, config.classes, gain=1) if config.classes else None
        self.register_buffer("level", torch.tensor(float(len(widths) - 1), dtype=torch.float64))

    def grow(self, done: float) -> None:
        """Take the level that belongs to a completed fraction of the training."""
        self.level.fill_(level_at(done, len(self.config.widths)))

    def shown_to_train(self, x: Tensor) -> Tensor:
        """Real images (B, C, H, W) with no more detail than the generator's level can have."""
        whole, fade = _parted(self.level)
        blurred = self._at(x, whole)
        if fade:
            blurred = torch.lerp(doubled(blurred), self._at(x, whole + 1), fade)
        return _full(blurred, self.config.image[1])

    def discriminate(self, x: Tensor, label: Tensor | None = None) -> Verdict:
        """The outputs for images (B, C, H, W), given their classes (B,) where it is conditioned on them."""
        class_of(label, self.config.classes, "discriminator")
        whole, fade = _parted(self.level)
        top = len(self.blocks) - whole  # of the stages, which begin at the largest side
        maps = leaky(self.from_image[top](self._at(x, whole)))
        if fade:
            finer = leaky(self.from_image[top - 1](self._at(x, whole + 1)))
            finer = F.avg_pool2d(leaky(self.blocks[top - 1](finer)), 2)
            maps = torch.lerp(maps, finer, fade)
        for block in self.blocks[top:]:
            maps = F.avg_pool2d(leaky(block(maps)), 2)
        maps = leaky(self.last(torch.cat([maps, deviation_map(maps)], 1)))
        features = leaky(self.features(maps.flatten(1)))
        classes = None if self.class_head is None else self.class_head(features)
        return Verdict(self.dense(features)[:, 0], features, classes)

    def _at(self, x: Tensor, level: int) -> Tensor:
        """Images at the side of a level."""
        factor = 2 ** (len(self.config.widths) - 1 - level)
        return F.avg_pool2d(x, factor) if factor > 1 else x


def _full(image: Tensor, side: int) -> Tensor:
    """Images enlarged to their full side, each pixel repeated."""
    return image if image.shape[-1] == side else F.interpolate(image, size=(side, side))
