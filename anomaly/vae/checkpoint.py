"""A training run's whole state as one safetensors file, so that a killed run goes on to the same weights."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from sensors_data.model_files import metadata

Progress = Callable[[int, int, str], None]
"""Told after every epoch: epochs done, epochs at most, and the loss in words."""


@dataclass(frozen=True)
class Saved:
    """What a run needs to go on, beyond the states put back in place: its best weights and its history."""

    best: dict[str, Tensor]
    history: list[dict[str, Any]]


@dataclass(frozen=True)
class Checkpoint:
    """Where a run keeps its state; `read` gives None when there is none, `key` tells runs apart."""

    read: Callable[[], bytes | None]
    write: Callable[[bytes], None]
    key: str = ""

    def save(
        self,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        generator: torch.Generator,
        best: dict[str, Tensor],
        history: list[dict[str, Any]],
    ) -> None:
        """Write the state after an epoch."""
        state = optimizer.state_dict()
        tensors = {f"model.{name}": t for name, t in model.state_dict().items()}
        tensors |= {f"best.{name}": t for name, t in best.items()}
        for index, slot in state["state"].items():
            tensors |= {f"optimizer.{index}.{name}": torch.as_tensor(value) for name, value in slot.items()}
        tensors["generator"] = generator.get_state()
        about = {"key": self.key, "history": json.dumps(history)}
        self.write(save_tensors({name: t.detach().contiguous().clone() for name, t in tensors.items()}, about))

    def load(self, model: nn.Module, optimizer: torch.optim.Optimizer, generator: torch.Generator) -> Saved | None:
        """Put a saved state back in place; None when there is none, or it is of another run."""
        data = self.read()
        if data is None or (about := metadata(data)).get("key") != self.key:
            return None
        tensors = load_tensors(data)
        model.load_state_dict(_below("model.", tensors))
        state = optimizer.state_dict()
        slots: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _below("optimizer.", tensors).items():
            index, field = name.split(".", 1)
            slots.setdefault(int(index), {})[field] = tensor
        optimizer.load_state_dict({**state, "state": slots})
        generator.set_state(tensors["generator"])
        return Saved(_below("best.", tensors), json.loads(about["history"]))


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}
