"""The painter's network: a good part, an outline and a code become the part with a defect under the outline.

After DFMGAN (Duan et al. 2023, arXiv:2303.02389): good parts stay as they are, a residual branch adds the defect. There
a frozen generator draws the good parts; here they are real ones.
"""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from sensors_data.settings import Section
from synthesis.networks.layers import initialise

GROWN, SOFTENED = 1, 1
"""Pixels around an outline where the defect may still act at full strength, and those over which it then fades."""


class PainterConfig(Section):
    """The size of a painter."""

    image: tuple[int, int, int]
    """C, H, W of the parts."""
    labels: tuple[str, ...] = Field(min_length=1)
    """Kinds of defects, each with outlines of its own."""
    width: int = Field(16, ge=1)
    """Channels of the first maps."""
    blocks: int = Field(3, ge=0)
    """Residual blocks at half the side."""
    codes: int = Field(8, ge=1)
    """Numbers of a code."""

    @property
    def sight(self) -> int:
        """Pixels around a place on which the painting there depends, at most."""
        return 14 + 4 * self.blocks


def softened(outlines: Tensor) -> Tensor:
    """Outlines (B, K, H, W) in {0, 1} with soft borders."""
    return F.avg_pool2d(outlines, 2 * SOFTENED + 1, 1, SOFTENED)


def reach_of(outlines: Tensor) -> Tensor:
    """Where a defect may act, (B, 1, H, W) in [0, 1]: under the outlines, grown, with soft borders; elsewhere 0."""
    return softened(F.max_pool2d(outlines.amax(1, keepdim=True), 2 * GROWN + 1, 1, GROWN))


class _Block(nn.Module):
    def __init__(self, width: int, codes: int) -> None:
        super().__init__()
        self.first, self.second = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        self.gain = nn.Linear(codes, width)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        """(B, W, H, W) -> the same shape, its maps as strong as the code (B, Z) says."""
        inner = F.leaky_relu(self.first(F.leaky_relu(x, 0.2)), 0.2)
        out: Tensor = x + self.second(inner * (1 + self.gain(code))[:, :, None, None])
        return out


class PainterNetwork(nn.Module):
    """A convolution at full side, blocks at half of it, back to full side, and what is added to the part."""

    def __init__(self, config: PainterConfig) -> None:
        super().__init__()
        self.config = config
        channels, width = config.image[0], config.width
        self.enter = nn.Conv2d(channels + len(config.labels) + config.codes, width, 5, padding=2)
        self.down = nn.Conv2d(width, 2 * width, 4, 2, 1)
        self.blocks = nn.ModuleList(_Block(2 * width, config.codes) for _ in range(config.blocks))
        self.up = nn.Conv2d(2 * width, width, 3, padding=1)
        self.merge = nn.Conv2d(2 * width, width, 3, padding=1)
        self.leave = nn.Conv2d(width, channels, 3, padding=1)
        initialise(self.leave, 0.02)

    def forward(self, x: Tensor, outlines: Tensor, code: Tensor) -> Tensor:
        """Parts (B, C, H, W) in [-1, 1], outlines of each label (B, K, H, W), codes (B, Z) -> parts with defects."""
        height, width = x.shape[2:]
        odd = (0, width % 2, 0, height % 2)
        part, outlines = F.pad(x, odd), F.pad(outlines, odd)  # sides that can be halved
        reach = reach_of(outlines)
        seen = F.leaky_relu(self.enter(torch.cat([part, outlines, code[:, :, None, None] * reach], 1)), 0.2)
        maps = self.down(seen)  # (B, 2W, H/2, W/2)
        for block in self.blocks:
            maps = block(maps, code)
        wide = F.interpolate(self.up(F.leaky_relu(maps, 0.2)), scale_factor=2, mode="bilinear")
        maps = F.leaky_relu(self.merge(torch.cat([F.leaky_relu(wide, 0.2), seen], 1)), 0.2)
        painted: Tensor = (part + reach * 2 * self.leave(maps).tanh()).clamp(-1, 1)
        return painted[:, :, :height, :width]
