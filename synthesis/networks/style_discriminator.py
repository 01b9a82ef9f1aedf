"""The discriminator of StyleGAN's second version: residual blocks, deviation over the batch (Karras et al. 2020,
arXiv:1912.04958)."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from synthesis.networks.equalised import EqualConvolution, EqualDense, leaky
from synthesis.networks.levels import LevelledDiscriminatorConfig
from synthesis.networks.minibatch import deviation_map
from synthesis.networks.pair import DiscriminatorNetwork, Verdict, class_of


class StyleDiscriminatorConfig(LevelledDiscriminatorConfig):
    """Residual blocks that halve the image, two dense layers, the class by projection."""

    network: Literal["style"] = "style"

    @property
    def sees_batches(self) -> bool:
        """Always: it sees the deviation over the batch."""
        return True


class HalvingBlock(nn.Module):
    """Two convolutions that halve the side, added to the halved input."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.first, self.second = EqualConvolution(before, before), EqualConvolution(before, after)
        self.skip = EqualConvolution(before, after, 1, gain=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, before, H, W) -> (B, after, H / 2, W / 2)."""
        out = F.avg_pool2d(leaky(self.second(leaky(self.first(x)))), 2)
        summed: Tensor = (out + self.skip(F.avg_pool2d(x, 2))) / math.sqrt(2)
        return summed


class StyleDiscriminator(DiscriminatorNetwork):
    """A residual network from images to how real they look."""

    config: StyleDiscriminatorConfig

    def __init__(self, config: StyleDiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        widths, last = config.widths, config.widths[-1]
        self.from_image = EqualConvolution(config.image[0], widths[0], 1)
        self.blocks = nn.Sequential(*(HalvingBlock(a, b) for a, b in pairwise(widths)))
        self.last = EqualConvolution(last + 1, last)
        self.features = EqualDense(last * config.end**2, last)
        self.dense = EqualDense(last, max(1, config.classes), gain=1)

    def discriminate(self, x: Tensor, label: Tensor | None = None) -> Verdict:
        """The outputs for images (B, C, H, W), given their classes (B,) where it is conditioned on them."""
        label = class_of(label, self.config.classes, "discriminator")
        maps = self.blocks(leaky(self.from_image(x)))
        maps = leaky(self.last(torch.cat([maps, deviation_map(maps)], 1)))
        features = leaky(self.features(maps.flatten(1)))
        logits = self.dense(features)  # (B, K), one a class
        logit = logits[:, 0] if label is None else logits.gather(1, label[:, None])[:, 0]
        return Verdict(logit, features)
