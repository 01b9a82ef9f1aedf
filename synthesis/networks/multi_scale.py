"""A pair in which the discriminator sees what the generator draws at every size: MSG-GAN (Karnewar and Wang 2020,
arXiv:1903.06048)."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from synthesis.networks.equalised import EqualConvolution, EqualDense, leaky
from synthesis.networks.levels import LevelledDiscriminatorConfig, LevelledGenerator, LevelledGeneratorConfig
from synthesis.networks.minibatch import deviation_map
from synthesis.networks.pair import DiscriminatorNetwork, Verdict, class_of


class MultiScaleGeneratorConfig(LevelledGeneratorConfig):
    """Levels of two convolutions, each with an image of its own; the class joins the code."""

    network: Literal["multi-scale"] = "multi-scale"


class MultiScaleDiscriminatorConfig(LevelledDiscriminatorConfig):
    """The generator's mirror image; each level joins its image to the maps of the level before."""

    network: Literal["multi-scale"] = "multi-scale"
    conditioning: Literal["projection", "maps", "head"] = "head"

    @property
    def sees_batches(self) -> bool:
        """Always: each level sees the deviation over the batch."""
        return True


def side_by_side(images: list[Tensor]) -> Tensor:
    """Images of falling sides, each half of the one before, as one (B, C, H, 3/2 W): the largest on the left, the
    others below each other on its right."""
    largest = images[0]
    column = [F.pad(image, (0, largest.shape[3] // 2 - image.shape[3])) for image in images[1:]]
    right = torch.cat(column, 2)
    return torch.cat([largest, F.pad(right, (0, 0, 0, largest.shape[2] - right.shape[2]))], 3)


def taken_apart(packed: Tensor, levels: int) -> list[Tensor]:
    """The images (B, C, H, W), largest first, that `side_by_side` joined."""
    side = packed.shape[2]
    images, top = [packed[..., :side]], 0
    for level in range(1, levels):
        small = side >> level
        images.append(packed[:, :, top : top + small, side : side + small])
        top += small
    return images


class MultiScaleGenerator(LevelledGenerator):
    """A network from codes to images of every size."""

    def pyramid(self, z: Tensor, label: Tensor | None = None) -> list[Tensor]:
        """The images of every level, largest first, in [-1, 1]."""
        x = self.first_level(z, label)
        images = [self.to_image[0](x).tanh()]
        for level in range(len(self.blocks)):
            x = self.next_level(x, level)
            images.append(self.to_image[level + 1](x).tanh())
        return images[::-1]

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """The largest images (B, C, H, W) in [-1, 1]."""
        return self.pyramid(z, label)[0]

    def drawn_to_train(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """The images of every size, side by side."""
        return side_by_side(self.pyramid(z, label))


class MultiScaleDiscriminator(DiscriminatorNetwork):
    """A network that judges the images of every size at once."""

    config: MultiScaleDiscriminatorConfig

    def __init__(self, config: MultiScaleDiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        widths, last, channels = config.widths, config.widths[-1], config.image[0]
        joined = [channels, *(width + channels for width in widths[1:])]  # of the maps and the image of their size
        self.blocks = nn.ModuleList(
            nn.Sequential(EqualConvolution(before + 1, width), nn.LeakyReLU(0.2), EqualConvolution(width, after))
            for before, width, after in zip(joined, widths, widths[1:], strict=False)
        )
        self.last = EqualConvolution(joined[-1] + 1, last)
        self.features = EqualDense(last * config.end**2, last)
        self.dense = EqualDense(last, 1, gain=1)
        self.class_head = EqualDense(last, config.classes, gain=1) if config.classes else None

    def shown_to_train(self, x: Tensor) -> Tensor:
        """Real images (B, C, H, W) at every size, side by side."""
        images = [x]
        for _ in self.config.widths[1:]:
            images.append(F.avg_pool2d(images[-1], 2))
        return side_by_side(images)

    def discriminate(self, x: Tensor, label: Tensor | None = None) -> Verdict:
        """The outputs for images (B, C, H, W) or those of every size side by side."""
        class_of(label, self.config.classes, "discriminator")
        images = taken_apart(self.shown_to_train(x) if x.shape[2] == x.shape[3] else x, len(self.config.widths))
        maps = images[0]
        for block, smaller in zip(self.blocks, images[1:], strict=True):
            maps = F.avg_pool2d(leaky(block(torch.cat([maps, deviation_map(maps)], 1))), 2)
            maps = torch.cat([maps, smaller], 1)
        maps = leaky(self.last(torch.cat([maps, deviation_map(maps)], 1)))
        features = leaky(self.features(maps.flatten(1)))
        classes = None if self.class_head is None else self.class_head(features)
        return Verdict(self.dense(features)[:, 0], features, classes)
