"""A network that enlarges images: bicubic interpolation and what it misses (Lim et al. 2017, arXiv:1707.02921, without
normalisation; pixel shuffle after Shi et al. 2016, arXiv:1609.05158)."""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from sensors_data.settings import Section


class UpscalerConfig(Section):
    """The size of an upscaler."""

    channels: int = Field(1, ge=1)
    """Of the images: 1 or 3."""
    factor: Literal[2, 4] = 2
    width: int = Field(32, ge=1)
    """Channels of its maps."""
    blocks: int = Field(4, ge=1)
    """Residual blocks of two convolutions."""


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        """(B, W, H, W) -> the same shape."""
        summed: Tensor = x + self.second(F.relu(self.first(x)))
        return summed


class Upscaler(nn.Module):
    """A network from images to images of `factor` times the side; of any size, square or not."""

    def __init__(self, config: UpscalerConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.first = nn.Conv2d(config.channels, width, 3, padding=1)
        self.blocks = nn.Sequential(*(_Block(width) for _ in range(config.blocks)))
        doublings: list[nn.Module] = []
        for _ in range(config.factor // 2):
            doublings += [nn.Conv2d(width, 4 * width, 3, padding=1), nn.PixelShuffle(2), nn.ReLU()]
        self.doublings = nn.Sequential(*doublings)
        self.last = nn.Conv2d(width, config.channels, 3, padding=1, bias=False)
        nn.init.zeros_(self.last.weight)  # it begins as bicubic interpolation

    def forward(self, x: Tensor) -> Tensor:
        """Images (B, C, H, W) in [0, 1] -> about in [0, 1], of `factor` times the side."""
        maps = self.first(x)
        maps = maps + self.blocks(maps)
        enlarged: Tensor = bicubic(x, self.config.factor) + self.last(self.doublings(maps))
        return enlarged


def bicubic(x: Tensor, factor: float) -> Tensor:
    """Images (B, C, H, W) of `factor` times the side by bicubic interpolation; smaller ones without aliases."""
    resized: Tensor = F.interpolate(x, scale_factor=factor, mode="bicubic", align_corners=False, antialias=factor < 1)
    return resized


@torch.no_grad()
def upscaled(network: Upscaler, x: Tensor) -> Tensor:
    """Images (B, C, H, W) in [0, 1], enlarged and kept in [0, 1]."""
    enlarged: Tensor = network(x).clamp(0, 1)
    return enlarged
