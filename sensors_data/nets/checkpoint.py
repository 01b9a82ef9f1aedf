"""A training's whole state as one safetensors file, so that a killed training continues to the same weights."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from sensors_data.errors import DamagedError, NotThereError
from sensors_data.files import open_url, replace_file
from sensors_data.model_files import metadata
from sensors_data.seal import check, sealed, with_seal
from sensors_data.store import Store

log = logging.getLogger("nightscore")

_FORMAT = "4"
"""Revision of the file and of the networks in it; a training whose state has another one begins anew."""


@dataclass(frozen=True)
class TrainingState:
    """What a training changes in place: its networks, their optimizers and its random draws. Names are unique."""

    networks: dict[str, nn.Module]
    optimizers: dict[str, torch.optim.Optimizer]
    draws: torch.Generator | None = None


@dataclass(frozen=True)
class Saved:
    """What a training needs to continue, beyond its restored state: the best weights and the history so far."""

    best: dict[str, Tensor]
    history: list[dict[str, Any]]


@dataclass(frozen=True)
class Checkpoint:
    """Where a training saves its state; `read` returns None if there is none, `key` identifies the training."""

    read: Callable[[], bytes | None]
    write: Callable[[bytes], None]
    key: str = ""

    def save(self, state: TrainingState, best: dict[str, Tensor], history: list[dict[str, Any]]) -> None:
        """Write the state, the best weights so far and the history."""
        tensors = {f"best.{name}": tensor for name, tensor in best.items()}
        for part, network in state.networks.items():
            tensors |= {f"{part}.{name}": tensor for name, tensor in network.state_dict().items()}
        for part, optimizer in state.optimizers.items():
            for index, slot in optimizer.state_dict()["state"].items():
                present = {name: value for name, value in slot.items() if value is not None}
                tensors |= {f"{part}.{index}.{name}": torch.as_tensor(value) for name, value in present.items()}
        if state.draws is not None:
            tensors["draws"] = state.draws.get_state()
        about = {"key": self.key, "format": _FORMAT, "history": json.dumps(history)}
        contiguous = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
        self.write(sealed(with_seal(save_tensors(contiguous, about))))

    def load(self, state: TrainingState) -> Saved | None:
        """Restore a saved state in place; None when there is none, or it belongs to another training."""
        data = self.read()
        if data is None:
            return None
        if not _is_whole(data):
            return None
        about = metadata(data)
        if (about.get("key"), about.get("format")) != (self.key, _FORMAT):
            return None
        tensors = load_tensors(data)
        for part, network in state.networks.items():
            network.load_state_dict(_below(f"{part}.", tensors))
        for part, optimizer in state.optimizers.items():
            _restore(optimizer, _below(f"{part}.", tensors))
        if state.draws is not None:
            state.draws.set_state(tensors["draws"])
        return Saved(_below("best.", tensors), json.loads(about["history"]))


def _is_whole(data: bytes) -> bool:
    """Whether a state is what was written; states of revisions without a hash are taken for damaged."""
    try:
        return check(data, "the state of a training")
    except DamagedError:
        return False


def stored_checkpoint(store: Store, path: str, key: str) -> Checkpoint:
    """The checkpoint of a training whose state stands at `path` in a store; one that is damaged begins anew."""

    def read() -> bytes | None:
        try:
            return store.read_bytes(path)
        except NotThereError:  # none, or another run of the same partition has just done with it
            return None
        except DamagedError as error:
            log.warning("%s: the training begins anew", error.reason)
            return None

    return Checkpoint(read, lambda data: store.write_bytes(path, data), key)


def file_checkpoint(path: Path, key: str) -> Checkpoint:
    """The checkpoint of a training whose state stands in a file of its own."""
    target = open_url(str(path.resolve()))
    return Checkpoint(
        lambda: path.read_bytes() if path.is_file() else None, lambda data: replace_file(*target, data), key
    )


def _restore(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Put the statistics of each weight back into an optimizer of one group."""
    weights = optimizer.param_groups[0]["params"]
    slots: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        index, field = name.split(".", 1)
        slots.setdefault(int(index), {})[field] = _laid_out_like(weights[int(index)], tensor)
    optimizer.load_state_dict({**optimizer.state_dict(), "state": slots})


@torch.no_grad()
def _laid_out_like(weight: Tensor, tensor: Tensor) -> Tensor:
    """A weight's statistics with their numbers in the weight's own order in memory, as fused optimizers expect them."""
    return torch.empty_like(weight).copy_(tensor) if tensor.shape == weight.shape else tensor


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
