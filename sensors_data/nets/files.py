"""A model's tensors and its card in one safetensors file: the same for series, images, generators and classifiers."""

from __future__ import annotations

import hashlib
from typing import TypeVar

from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from sensors_data.errors import UnusableError
from sensors_data.settings import Section

Network = TypeVar("Network", bound=nn.Module)


def model_bytes(tensors: dict[str, Tensor], card: Section) -> bytes:
    """A model file's bytes; the same tensors and card give the same bytes."""
    ordered = {name: tensor.contiguous() for name, tensor in sorted(tensors.items())}
    return save_tensors(ordered, {"card": card.model_dump_json()})


def tensors_of(data: bytes, where: str, command: str) -> dict[str, Tensor]:
    """The tensors in a model file's bytes. ValueError when the file is cut short."""
    try:
        return load_tensors(data)
    except SafetensorError as error:
        raise UnusableError(f"{where} is cut short", f"train again with: nightscore {command}") from error


def with_tensors(network: Network, tensors: dict[str, Tensor], where: str, command: str) -> Network:
    """The network with weights from a file, ready to be used. ValueError when the file has other layers."""
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        raise UnusableError(
            f"{where} has other layers than its card says", f"train again with: nightscore {command}"
        ) from error
    return network.eval().requires_grad_(False)


def fingerprint(network: nn.Module) -> str:
    """A hash of a network's weights, 64 hexadecimal digits."""
    total = hashlib.sha256()
    for name, tensor in sorted(network.state_dict().items()):
        total.update(name.encode() + tensor.contiguous().numpy().tobytes())
    return total.hexdigest()
