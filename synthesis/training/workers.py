"""The processes that share a training: each takes its part of every batch, and all step by their mean gradient."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, distributed, nn


@dataclass(frozen=True)
class Workers:
    """One process among those that share a training."""

    device: torch.device
    rank: int = 0
    """Its number; process 0 measures, keeps and decides."""
    count: int = 1
    group: distributed.ProcessGroup | None = None
    """Through which the processes exchange tensors, where there are several."""

    def mean(self, x: Tensor) -> Tensor:
        """The mean of each process's x, which may be overwritten."""
        if self.group is None:
            return x
        distributed.all_reduce(x, group=self.group)
        return x.div_(self.count)

    @torch.no_grad()
    def share_gradients(self, network: nn.Module) -> None:
        """Replace the gradients of a network by their mean over all processes, in one message."""
        if self.group is None:
            return
        gradients = [weight.grad for weight in network.parameters() if weight.grad is not None]
        shared = self.mean(torch.cat([gradient.flatten() for gradient in gradients]))
        parts = torch.split(shared, [gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view(gradient.shape))

    def agreed(self, goes_on: bool) -> bool:
        """The answer of process 0, in every process."""
        if self.group is None:
            return goes_on
        answer = torch.tensor(float(goes_on), device=self.device)
        distributed.broadcast(answer, src=0, group=self.group)
        return bool(answer)


def alone() -> Workers:
    """One process by itself, on a GPU when there is one."""
    return Workers(device_of(0))


@contextmanager
def joined(rank: int, count: int, meeting: Path) -> Iterator[Workers]:
    """This process among `count`, as soon as all are there; they meet in a file, and no port is open to the network."""
    device = device_of(rank)
    backend = "nccl" if device.type == "cuda" else "gloo"
    os.environ.setdefault(f"{backend.upper()}_SOCKET_IFNAME", _loopback())
    if device.type == "cuda":
        torch.cuda.set_device(device)
    distributed.init_process_group(backend, f"file://{meeting}", rank=rank, world_size=count)
    try:
        yield Workers(device, rank, count, distributed.group.WORLD)
    finally:
        distributed.destroy_process_group()


def _loopback() -> str:
    """The name of the machine's loopback interface."""
    return next(name for _, name in socket.if_nameindex() if name.startswith("lo"))


def device_of(rank: int) -> torch.device:
    """Where a process trains: a GPU of its own, or the CPU where there is none."""
    return torch.device("cuda", rank) if torch.cuda.is_available() else torch.device("cpu")


def most_devices() -> int:
    """How many processes can share a training here: one a GPU, or one a core where there is none."""
    return torch.cuda.device_count() if torch.cuda.is_available() else os.cpu_count() or 1
