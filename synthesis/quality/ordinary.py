"""Ordinary augmentation of real images: mirrored, moved, lit otherwise, pieces of two joined. A batch must beat it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Ordinary:
    """How much a training image is varied."""

    mirror: bool = False
    """Whether every other image is mirrored left to right."""
    shift: int = 2
    """Pixels by which it is moved, at most; what is missing is reflected."""
    light: float = 0.2
    """Largest relative change of contrast, half as much of brightness, twice as much of saturation."""
    mix: float = 0.5
    """Share of steps in which a box of each image is another's (CutMix, Yun et al. 2019, arXiv:1905.04899)."""


NOTHING = Ordinary(shift=0, light=0.0, mix=0.0)
CANDIDATES = (Ordinary(), Ordinary(mirror=True))
"""Those of which real images that are held out choose one: digits must not be mirrored, shirts may."""


def varied(x: Tensor, target: Tensor, ordinary: Ordinary, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """Images (B, C, H, W) in [0, 1] and their class probabilities (B, K), varied at random."""
    if ordinary.mirror:
        mirrored = torch.rand(len(x), 1, 1, 1, generator=draws) < 0.5
        x = torch.where(mirrored, x.flip(3), x)
    if ordinary.shift:
        x = _moved(x, ordinary.shift, draws)
    if ordinary.light:
        x = _relit(x, ordinary.light, draws)
    if ordinary.mix and float(torch.rand((), generator=draws)) < ordinary.mix:
        return _mixed(x, target, draws)
    return x, target


def _moved(x: Tensor, most: int, draws: torch.Generator) -> Tensor:
    """Each image moved by up to `most` pixels each way."""
    count, _, height, width = x.shape
    padded = F.pad(x, (most,) * 4, mode="reflect").permute(0, 2, 3, 1)
    down, right = torch.randint(0, 2 * most + 1, (2, count, 1), generator=draws)
    rows, columns = down + torch.arange(height), right + torch.arange(width)
    moved = padded[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
    return moved.permute(0, 3, 1, 2)


def _relit(x: Tensor, most: float, draws: torch.Generator) -> Tensor:
    """Each image of another contrast, brightness and, in colour, saturation."""
    contrast, bright, vivid = 2 * torch.rand(3, len(x), 1, 1, 1, generator=draws) - 1
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * (1 + most * contrast) + mean * (1 + most * bright / 2)
    if x.shape[1] > 1:
        grey = x.mean(1, keepdim=True)
        x = grey + (x - grey) * (1 + 2 * most * vivid)
    return x.clamp(0, 1)


def _mixed(x: Tensor, target: Tensor, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """One box of every image taken from another, targets in the shares of the area."""
    _, _, height, width = x.shape
    side = float(torch.rand((), generator=draws)) ** 0.5
    high, wide = int(height * side), int(width * side)
    top = int(torch.randint(0, height - high + 1, (), generator=draws))
    left = int(torch.randint(0, width - wide + 1, (), generator=draws))
    other = torch.randperm(len(x), generator=draws)
    x = x.clone()
    x[:, :, top : top + high, left : left + wide] = x[other, :, top : top + high, left : left + wide]
    share = high * wide / (height * width)
    return x, target * (1 - share) + target[other] * share
