"""Self-attention over the places of a map (Zhang et al. 2019, arXiv:1805.08318)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SelfAttention(nn.Module):
    """Each place of a map adds a mean of all others, weighted by how well their keys fit its query.

    Queries and keys have an eighth of the channels, values a half; keys and values are pooled by two, as its authors'
    code has it. The sum's weight begins at nought, so that the network first learns from near places.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.query = nn.Conv2d(channels, max(1, channels // 8), 1, bias=False)
        self.key = nn.Conv2d(channels, max(1, channels // 8), 1, bias=False)
        self.value = nn.Conv2d(channels, max(1, channels // 2), 1, bias=False)
        self.out = nn.Conv2d(max(1, channels // 2), channels, 1, bias=False)
        self.weight = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        query = self.query(x).flatten(2)  # (B, C / 8, P)
        key = F.max_pool2d(self.key(x), 2).flatten(2)  # (B, C / 8, P / 4)
        value = F.max_pool2d(self.value(x), 2).flatten(2)  # (B, C / 2, P / 4)
        shares = (query.transpose(1, 2) @ key).softmax(2)  # (B, P, P / 4)
        mean = (value @ shares.transpose(1, 2)).unflatten(2, x.shape[2:])  # (B, C / 2, H, W)
        attended: Tensor = x + self.weight * self.out(mean)
        return attended
