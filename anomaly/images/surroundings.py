"""The fine level of an image relative to the image itself: the part of a place that its surroundings do not predict."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

AWAY = 2
"""Distance, in places, of the four neighbours whose mean predicts a place."""
RIDGE = 1e-3
"""Added to the squares of the regression, as a share of their mean."""
IMAGES = 16
"""Images at a time, for memory alone."""


def surroundings(x: Tensor) -> Tensor:
    """The surroundings of each place of x (N, P, C): the mean of its image, of its row, of its column, and of the four
    places AWAY from it, (N, P, C, 4).
    """
    grid = _as_grid(x)  # (N, C, S, S)
    near = F.pad(grid, (AWAY,) * 4, mode="reflect")
    inner = slice(AWAY, -AWAY)
    ends = (slice(None, -2 * AWAY), slice(2 * AWAY, None))
    four = torch.stack([side for end in ends for side in (near[..., end, inner], near[..., inner, end])]).mean(0)
    means = (grid.mean((2, 3), keepdim=True), grid.mean(3, keepdim=True), grid.mean(2, keepdim=True), four)
    return torch.stack([mean.expand_as(grid) for mean in means], dim=-1).flatten(2, 3).transpose(1, 2)


def shares_of_surroundings(x: Tensor) -> Tensor:
    """The share of each surrounding in each channel of x (N, P, C), (C, 4), by ridge regression."""
    centre = x.mean((0, 1))
    moments = torch.zeros(x.shape[2], 4, 5, dtype=torch.float64)
    for part in x.split(IMAGES):  # type: ignore[no-untyped-call]
        known = (surroundings(part) - centre[:, None]).double()  # (n, P, C, 4)
        both = torch.cat([known, (part - centre).double()[..., None]], dim=-1)
        moments += torch.einsum("npck,npcl->ckl", known, both)
    squares, products = moments[..., :4], moments[..., 4]
    ridge = RIDGE * squares.diagonal(dim1=1, dim2=2).mean(1).clamp(min=1e-9)
    shares: Tensor = torch.linalg.solve(squares + ridge[:, None, None] * torch.eye(4, dtype=torch.float64), products)
    return shares.float()


def beside_own_image(x: Tensor, around: Tensor) -> Tensor:
    """The residual of x (N, P, C) after subtracting shares (C, 4) of its surroundings."""
    parts = x.split(IMAGES)  # type: ignore[no-untyped-call]
    return torch.cat([part - torch.einsum("npck,ck->npc", surroundings(part), around) for part in parts])


def means_of_four(x: Tensor) -> Tensor:
    """Values of a fine grid (N, 4 P, K) as means over the four places of each coarse one, (N, P, K)."""
    return F.avg_pool2d(_as_grid(x), 2).flatten(2).transpose(1, 2)


def spread_to_four(x: Tensor) -> Tensor:
    """Values of a coarse grid (N, P, K) at each of the four fine places, (N, 4 P, K)."""
    return _as_grid(x).repeat_interleave(2, 2).repeat_interleave(2, 3).flatten(2).transpose(1, 2)


def _as_grid(x: Tensor) -> Tensor:
    """Places row by row (N, P, K) as a grid, (N, K, S, S)."""
    side = math.isqrt(x.shape[1])
    return x.transpose(1, 2).reshape(len(x), x.shape[2], side, side)
