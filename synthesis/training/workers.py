"""The processes that share a training: each takes its part of every batch, and all step by the mean of their slopes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Workers:
    """What one process knows of those that train along."""

    device: torch.device
    rank: int = 0
    """Its number; the first one measures, keeps and decides."""
    count: int = 1
    fabric: Any = None
    """The launched lightning Fabric through which they speak, where there are several."""

    def mean(self, x: Tensor) -> Tensor:
        """The mean of each process's x, which may be overwritten."""
        if self.fabric is None:
            return x
        found: Tensor = self.fabric.all_reduce(x, reduce_op="mean")
        return found

    @torch.no_grad()
    def share_gradients(self, network: nn.Module) -> None:
        """Replace the gradients of a network by their mean over all processes, in one message."""
        if self.fabric is None:
            return
        own = [weight.grad for weight in network.parameters() if weight.grad is not None]
        shared = self.mean(torch.cat([gradient.flatten() for gradient in own]))
        parts = torch.split(shared, [gradient.numel() for gradient in own])
        for gradient, part in zip(own, parts, strict=True):
            gradient.copy_(part.view(gradient.shape))

    def agreed(self, goes_on: bool) -> bool:
        """What the first process says, whatever the others do."""
        if self.fabric is None:
            return goes_on
        told: Tensor = self.fabric.broadcast(torch.tensor(float(goes_on), device=self.device))
        return bool(told)


def alone() -> Workers:
    """One process by itself, on a GPU when there is one."""
    return Workers(device_of(0))


def device_of(rank: int) -> torch.device:
    """Where a process trains: a GPU of its own, or the CPU where there is none."""
    return torch.device("cuda", rank) if torch.cuda.is_available() else torch.device("cpu")


def most_devices() -> int:
    """How many processes can share a training here: one a GPU, or one a core where there is none."""
    return torch.cuda.device_count() if torch.cuda.is_available() else os.cpu_count() or 1
