"""Differentiable augmentation: the same random changes to real and fake images, so that few images suffice."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

Change = Literal["colour", "shift", "cutout", "flip"]


def augment(x: Tensor, changes: tuple[Change, ...], draws: torch.Generator) -> Tensor:
    """Random changes of images (B, C, H, W) through which gradients flow (Zhao et al. 2020, arXiv:2006.10738)."""
    for change in changes:
        x = _ONE[change](x, draws)
    return x


def _colour(x: Tensor, draws: torch.Generator) -> Tensor:
    """Brightness within half the range, saturation from none to double, contrast from half to one and a half."""
    brightness, saturation, contrast = torch.rand(3, len(x), 1, 1, 1, generator=draws).to(x.device)
    x = x + (brightness - 0.5)
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * (2 * saturation)
    middle = x.mean((1, 2, 3), keepdim=True)
    out: Tensor = middle + (x - middle) * (contrast + 0.5)
    return out


def _shift(x: Tensor, draws: torch.Generator) -> Tensor:
    """Moved by at most an eighth of the side; what moves in repeats the edge."""
    count, _, height, width = x.shape
    reach = max(1, round(height / 8))
    down, right = torch.randint(-reach, reach + 1, (2, count, 1), generator=draws)
    rows = (torch.arange(height) - down).clamp(-1, height) + 1  # (B, H) into the padded image
    columns = (torch.arange(width) - right).clamp(-1, width) + 1
    padded = F.pad(x, (1, 1, 1, 1), mode="replicate")
    image = torch.arange(count)[:, None, None]  # indices may stay where they are: x alone lies on a GPU
    return padded.permute(0, 2, 3, 1)[image, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def _cutout(x: Tensor, draws: torch.Generator) -> Tensor:
    """A square of half the side taken out, at a place of its own in each image."""
    count, _, height, width = x.shape
    half = height // 4
    y, across = torch.rand(2, count, 1, generator=draws)
    row_hit = (torch.arange(height) - y * height).abs() < half  # (B, H)
    column_hit = (torch.arange(width) - across * width).abs() < half
    hole = row_hit[:, None, :, None] & column_hit[:, None, None, :]
    return x.masked_fill(hole.to(x.device), 0.0)


def _flip(x: Tensor, draws: torch.Generator) -> Tensor:
    """Every other image left to right."""
    mirrored = (torch.rand(len(x), 1, 1, 1, generator=draws) < 0.5).to(x.device)
    return torch.where(mirrored, x.flip(3), x)


_ONE = {"colour": _colour, "shift": _shift, "cutout": _cutout, "flip": _flip}
