"""The networks of translation: two from images to images, and a discriminator that judges patches."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from sensors_data.settings import Section
from synthesis.networks.layers import initialise


class TranslatorConfig(Section):
    """The size of a translator."""

    kind: Literal["paired", "unpaired"]
    """paired: one network, learned from pairs (Isola et al. 2017, arXiv:1611.07004). unpaired: one each way, learned
    from two heaps of images (Zhu et al. 2017, arXiv:1703.10593)."""
    image: tuple[int, int, int]
    """C, H, W."""
    width: int = Field(32, ge=1)
    """Channels of the first maps."""
    blocks: int = Field(3, ge=1)
    """unpaired: residual blocks."""


class Halved(nn.Module):
    """A level of the U-Net: half the side, what is inside, the side again, and its input beside that."""

    def __init__(self, before: int, inside: int, deeper: nn.Module | None, is_first: bool) -> None:
        super().__init__()
        self.down = nn.Conv2d(before, inside, 4, 2, 1, bias=is_first)
        self.down_norm = nn.Identity() if is_first or deeper is None else nn.BatchNorm2d(inside)
        self.deeper = deeper
        self.up = nn.ConvTranspose2d(inside if deeper is None else 2 * inside, before, 4, 2, 1, bias=is_first)
        self.up_norm = nn.Identity() if is_first else nn.BatchNorm2d(before)
        self.dropout = nn.Dropout(0.5 if deeper is None and not is_first else 0.0)
        self.is_first = is_first

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, 2C, H, W); the first level gives (B, C, H, W)."""
        maps = self.down_norm(self.down(x if self.is_first else F.leaky_relu(x, 0.2)))
        if self.deeper is not None:
            maps = self.deeper(maps)
        out: Tensor = self.dropout(self.up_norm(self.up(F.relu(maps))))
        return out if self.is_first else torch.cat([x, out], 1)


class UNet(nn.Module):
    """An encoder and a decoder whose levels also see the encoder's maps of their size (Isola et al. 2017)."""

    def __init__(self, config: TranslatorConfig) -> None:
        super().__init__()
        channels, side, _ = config.image
        widths = [config.width << min(level, 3) for level in range(halvings(side))]
        level: nn.Module | None = None
        for before, inside in reversed(list(pairwise(widths))):
            level = Halved(before, inside, level, False)
        self.first = Halved(channels, widths[0], level, True)
        initialise(self, 0.02)

    def forward(self, x: Tensor) -> Tensor:
        """Images (B, C, H, W) in [-1, 1] -> the same shape and range."""
        image: Tensor = self.first(x).tanh()
        return image


def halvings(side: int) -> int:
    """How often a side can be halved until 4 pixels or an odd number are left."""
    count = 0
    while side % 2 == 0 and side > 4:
        side, count = side // 2, count + 1
    return count


def _normed(before: int, after: int, kernel: int, stride: int = 1, norm: bool = True) -> list[nn.Module]:
    """A convolution, mirrored at the border, and what follows it."""
    layers: list[nn.Module] = [
        nn.Conv2d(before, after, kernel, stride, (kernel - 1) // 2, padding_mode="reflect" if stride == 1 else "zeros")
    ]
    return [*layers, *([nn.InstanceNorm2d(after)] if norm else [])]


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(*_normed(width, width, 3), nn.ReLU(), *_normed(width, width, 3))

    def forward(self, x: Tensor) -> Tensor:
        """(B, W, H, W) -> the same shape."""
        out: Tensor = x + self.layers(x)
        return out


class ResidualTranslator(nn.Module):
    """Two halvings, residual blocks, two doublings (Johnson et al. 2016, arXiv:1603.08155, as Zhu et al. 2017)."""

    def __init__(self, config: TranslatorConfig) -> None:
        super().__init__()
        channels, width = config.image[0], config.width
        layers = [*_normed(channels, width, 7), nn.ReLU()]
        for before in (width, 2 * width):
            layers += [*_normed(before, 2 * before, 3, 2), nn.ReLU()]
        layers += [_Block(4 * width) for _ in range(config.blocks)]
        for before in (4 * width, 2 * width):
            up = nn.ConvTranspose2d(before, before // 2, 3, 2, 1, output_padding=1)
            layers += [up, nn.InstanceNorm2d(before // 2), nn.ReLU()]
        self.layers = nn.Sequential(*layers, *_normed(width, channels, 7, norm=False), nn.Tanh())
        initialise(self, 0.02)

    def forward(self, x: Tensor) -> Tensor:
        """Images (B, C, H, W) in [-1, 1] -> the same shape and range."""
        image: Tensor = self.layers(x)
        return image


class PatchDiscriminator(nn.Module):
    """A logit for every patch of 22 pixels of an image, or of an image beside the one that it was made of."""

    def __init__(self, channels: int, width: int, norm: type[nn.BatchNorm2d] | type[nn.InstanceNorm2d]) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, 2, 1),
            norm(2 * width),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 4, 1, 1),
        )
        initialise(self, 0.02)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (B, 1, h, w) of images (B, C, H, W)."""
        logits: Tensor = self.layers(x)
        return logits


class Translator(nn.Module):
    """The network from the first kind to the second and, where there were no pairs, the one back."""

    def __init__(self, config: TranslatorConfig) -> None:
        super().__init__()
        self.config = config
        make = UNet if config.kind == "paired" else ResidualTranslator
        self.forth = make(config)
        self.back = ResidualTranslator(config) if config.kind == "unpaired" else None
