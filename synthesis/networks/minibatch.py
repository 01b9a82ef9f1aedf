"""Parts of networks that see an image among others, so that a generator cannot draw one and the same unnoticed."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

DIMENSIONS = 5
"""Numbers in which a kernel of minibatch discrimination compares images, as its authors' code has it."""


class VirtualBatchNorm2d(nn.Module):
    """Batch normalisation by one batch that stays the same (Salimans et al. 2016, arXiv:1606.03498), section 3.4.

    The first `reference` maps of x (R + B, C, H, W) are that batch, normalised by itself; every other image by the
    reference batch with itself added, so that what is drawn of a code does not depend on the codes beside it.
    """

    def __init__(self, channels: int, reference: int, floor: float = 1e-5) -> None:
        super().__init__()
        self.reference, self.floor = reference, floor
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Normalised maps, of the shape of x."""
        dtype, x = x.dtype, x.float()  # squares want all digits
        known = x[: self.reference]
        first, second = known.mean((0, 2, 3)), known.square().mean((0, 2, 3))  # (C,)
        share = 1 / (self.reference + 1)
        own_first, own_second = x.mean((2, 3)), x.square().mean((2, 3))  # (R + B, C)
        among = torch.full((len(x), 1), share, dtype=x.dtype, device=x.device)
        among[: self.reference] = 0
        mean = torch.lerp(first.expand_as(own_first), own_first, among)
        variance = torch.lerp(second.expand_as(own_second), own_second, among) - mean.square()
        scale = self.weight * (variance.clamp(min=0) + self.floor).rsqrt()
        out: Tensor = (x - mean[..., None, None]) * scale[..., None, None] + self.bias[:, None, None]
        return out.to(dtype)


class MinibatchDiscrimination(nn.Module):
    """How near each image's features lie to those of the others in its batch (Salimans et al. 2016), section 3.2."""

    def __init__(self, features: int, kernels: int) -> None:
        super().__init__()
        self.kernels = kernels
        self.compare = nn.Linear(features, kernels * DIMENSIONS, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        """One number a kernel, (B, K), the sum over the others of exp(-distance), of features (B, F)."""
        projected = self.compare(features).view(len(features), self.kernels, DIMENSIONS)
        apart = (projected[:, None] - projected[None]).abs().sum(3)  # (B, B, K)
        near: Tensor = torch.exp(-apart).sum(1) - 1  # an image is no neighbour of its own
        return near


def deviation_map(maps: Tensor) -> Tensor:
    """The mean standard deviation over groups of at most 8 images as one more map, (B, W, h, w) -> (B, 1, h, w)
    (Karras et al. 2018, arXiv:1710.10196).
    """
    count = len(maps)
    group = math.gcd(count, 8)
    grouped = maps.view(group, -1, *maps.shape[1:])
    deviation = (grouped.var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))  # (B / group,)
    return deviation.repeat(group).view(count, 1, 1, 1).expand(-1, 1, *maps.shape[2:])
