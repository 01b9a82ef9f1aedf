"""A model's tensors and its card in one safetensors file: the same for series, images, generators and classifiers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from sensors_data.errors import UnusableError
from sensors_data.nets.arrays import check_learned
from sensors_data.seal import sealed, with_seal
from sensors_data.settings import Section

Network = TypeVar("Network", bound=nn.Module)


def model_bytes(tensors: dict[str, Tensor], card: Section) -> bytes:
    """A model file's bytes; the same tensors and card give the same bytes."""
    ordered = {name: tensor.contiguous() for name, tensor in sorted(tensors.items())}
    return sealed(with_seal(save_tensors(ordered, {"card": card.model_dump_json()})))


def tensors_of(data: bytes, where: str, command: str) -> dict[str, Tensor]:
    """The tensors in a model file's bytes. UnusableError when it is cut short, or a number in it is none."""
    try:
        tensors: dict[str, Tensor] = load_tensors(data)
    except (SafetensorError, ValueError, KeyError) as error:
        raise UnusableError(f"{where} is cut short", f"train again with: nightscore {command}") from error
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise UnusableError(
                f"{where}: {name} holds numbers that are not finite", f"train again with: nightscore {command}"
            )
    return tensors


def check_shapes(tensors: dict[str, Tensor], wanted: dict[str, Tensor], where: str, command: str) -> None:
    """UnusableError when tensors have other names, shapes or types than those `wanted`, whose values do not matter."""
    for name in sorted(wanted.keys() | tensors.keys()):
        shapes = [
            f"{t.dtype} {tuple(t.shape)}" if (t := of.get(name)) is not None else "none" for of in (wanted, tensors)
        ]
        if shapes[0] != shapes[1]:
            raise UnusableError(
                f"{where} has other layers than its card says: {name} is {shapes[1]}, expected {shapes[0]}",
                f"train again with: nightscore {command}",
            )


def with_tensors(make: Callable[[], Network], tensors: dict[str, Tensor], where: str, command: str) -> Network:
    """The network that `make` gives with weights from a file, ready to be used.

    UnusableError when the file has other layers; that is found before the network takes any memory.
    """
    with torch.device("meta"):
        wanted = make().state_dict()
    check_shapes(tensors, wanted, where, command)
    network = make()
    network.load_state_dict(tensors)
    return network.eval().requires_grad_(False)


def network_in(make: Callable[[], Network], data: bytes, where: str, command: str) -> Network:
    """The network that `make` gives with the weights in a model file's bytes, ready to be used.

    UnusableError when the file is cut short, holds no learned weights, or has other layers.
    """
    tensors = tensors_of(data, where, command)
    check_learned(tensors, where, command)
    return with_tensors(make, tensors, where, command)


def fingerprint(network: nn.Module) -> str:
    """A hash of a network's weights, 64 hexadecimal digits."""
    total = hashlib.sha256()
    for name, tensor in sorted(network.state_dict().items()):
        total.update(name.encode() + tensor.contiguous().numpy().tobytes())
    return total.hexdigest()
