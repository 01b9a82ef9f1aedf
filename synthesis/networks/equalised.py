"""Layers with equalised learning rates, and the normalisation of features at each pixel (Karras et al. 2018,
arXiv:1710.10196)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SLOPE = 0.2
"""Of the leaky rectifiers."""


class EqualDense(nn.Module):
    """A dense layer whose weights are drawn from N(0, 1) and scaled by He's constant when they are used.

    `rate` below 1 slows its learning by as much; the outputs keep their size.
    """

    def __init__(self, before: int, after: int, gain: float = math.sqrt(2), rate: float = 1.0, bias: float = 0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(after, before) / rate)
        self.bias = nn.Parameter(torch.full((after,), bias / rate))
        self.scale, self.rate = gain * rate / math.sqrt(before), rate

    def forward(self, x: Tensor) -> Tensor:
        """(B, before) -> (B, after)."""
        return F.linear(x, self.weight * self.scale, self.bias * self.rate)


class EqualConvolution(nn.Module):
    """A convolution that keeps the side, scaled like `EqualDense`."""

    def __init__(self, before: int, after: int, kernel: int = 3, gain: float = math.sqrt(2), bias: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(after, before, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(after)) if bias else None
        self.scale, self.padding = gain / math.sqrt(before * kernel**2), kernel // 2

    def forward(self, x: Tensor) -> Tensor:
        """(B, before, H, W) -> (B, after, H, W)."""
        return F.conv2d(x, self.weight * self.scale, self.bias, padding=self.padding)


def leaky(x: Tensor) -> Tensor:
    """The rectifier of these networks."""
    return F.leaky_relu(x, SLOPE)


def pixel_norm(x: Tensor) -> Tensor:
    """Features of mean square 1 at each pixel: (B, C, ...) over C."""
    return x * (x.square().mean(1, keepdim=True) + 1e-8).rsqrt()


def doubled(x: Tensor) -> Tensor:
    """Maps of twice the side, each pixel four times."""
    return F.interpolate(x, scale_factor=2)
