"""A Gaussian blur of images."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def blurred(x: Tensor, sigma: float) -> Tensor:
    """A Gaussian blur of x (B, C, H, W), pixels."""
    reach = min(int(3 * sigma + 0.5), min(x.shape[2:]) - 1)
    t = torch.arange(-reach, reach + 1, dtype=x.dtype)
    kernel = torch.exp(-(t**2) / (2 * sigma**2))
    kernel = kernel / kernel.sum()
    channels = x.shape[1]
    padded = F.pad(x, (reach, reach, reach, reach), mode="reflect")
    rows = F.conv2d(padded, kernel.view(1, 1, 1, -1).repeat(channels, 1, 1, 1), groups=channels)
    return F.conv2d(rows, kernel.view(1, 1, -1, 1).repeat(channels, 1, 1, 1), groups=channels)
