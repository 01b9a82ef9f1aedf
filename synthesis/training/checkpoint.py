"""A training's whole state as one safetensors file, so that a killed one goes on to the same weights."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from sensors_data.model_files import metadata
from synthesis.training.step import Pair

Progress = Callable[[int, int, str], None]
"""Told now and then: real images shown, images in all, and how it goes in words."""


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

    def save(self, pair: Pair, best: dict[str, Tensor], history: list[dict[str, Any]]) -> None:
        """Write the state after a snapshot."""
        tensors = {f"best.{name}": tensor for name, tensor in best.items()}
        for part, network in _networks(pair).items():
            tensors |= {f"{part}.{name}": tensor for name, tensor in network.state_dict().items()}
        for part, optimizer in _optimizers(pair).items():
            for index, slot in optimizer.state_dict()["state"].items():
                kept = {name: value for name, value in slot.items() if value is not None}
                tensors |= {f"{part}.{index}.{name}": torch.as_tensor(value) for name, value in kept.items()}
        about = {"key": self.key, "history": json.dumps(history)}
        self.write(save_tensors({n: t.detach().cpu().contiguous().clone() for n, t in tensors.items()}, about))

    def load(self, pair: Pair) -> Saved | None:
        """Put a saved state back in place; None when there is none, or it is of another run."""
        data = self.read()
        if data is None or (about := metadata(data)).get("key") != self.key:
            return None
        tensors = load_tensors(data)
        for part, network in _networks(pair).items():
            network.load_state_dict(_below(f"{part}.", tensors))
        for part, optimizer in _optimizers(pair).items():
            slots: dict[int, dict[str, Tensor]] = {}
            weights = optimizer.param_groups[0]["params"]
            for name, tensor in _below(f"{part}.", tensors).items():
                index, field = name.split(".", 1)
                slots.setdefault(int(index), {})[field] = _laid_out_like(weights[int(index)], tensor)
            optimizer.load_state_dict({**optimizer.state_dict(), "state": slots})
        return Saved(_below("best.", tensors), json.loads(about["history"]))


@torch.no_grad()
def _laid_out_like(weight: Tensor, tensor: Tensor) -> Tensor:
    """A weight's statistics with their numbers in the weight's own order in memory, as fused optimizers expect them."""
    return torch.empty_like(weight).copy_(tensor) if tensor.shape == weight.shape else tensor


def _networks(pair: Pair) -> dict[str, torch.nn.Module]:
    return {"generator": pair.generator, "discriminator": pair.discriminator, "average": pair.average}


def _optimizers(pair: Pair) -> dict[str, torch.optim.Optimizer]:
    return {"of_generator": pair.of_generator, "of_discriminator": pair.of_discriminator}


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}
