"""The tensors in a model's file."""

from __future__ import annotations

from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from torch import Tensor


def tensors_of(data: bytes, where: str, command: str) -> dict[str, Tensor]:
    """The tensors in a model file's bytes. ValueError when some are cut off."""
    try:
        return load_tensors(data)
    except SafetensorError as error:
        raise ValueError(f"{where} is cut short; train again with: nightscore {command}") from error
