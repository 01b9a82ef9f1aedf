"""How processes of one machine speak with one another: lightning-fabric over loopback."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins.environments.lightning import LightningEnvironment

from synthesis.training.workers import Workers, device_of


class Started(LightningEnvironment):
    """Processes that are started here, not by Fabric."""

    creates_processes_externally = True

    def __init__(self, rank: int) -> None:
        super().__init__()
        self._own_rank = rank

    def local_rank(self) -> int:
        """This process's number on its machine, which is the only one."""
        return self._own_rank


@contextmanager
def joined(rank: int, count: int, meeting: Path) -> Iterator[Workers]:
    """This process among `count`, as soon as all are there; they meet in a file, and no port is open to the network."""
    has_gpus = torch.cuda.is_available()
    backend = "nccl" if has_gpus else "gloo"
    os.environ.setdefault(f"{backend.upper()}_SOCKET_IFNAME", _loopback())
    torch.distributed.init_process_group(backend, f"file://{meeting}", rank=rank, world_size=count)
    try:
        fabric = Fabric(
            accelerator="cuda" if has_gpus else "cpu", devices=count, strategy="ddp", plugins=[Started(rank)]
        )
        fabric.launch()
        yield Workers(device_of(rank), rank, count, fabric)
    finally:
        torch.distributed.destroy_process_group()


def _loopback() -> str:
    """The name of the machine's loopback interface."""
    return next(name for _, name in socket.if_nameindex() if name.startswith("lo"))
