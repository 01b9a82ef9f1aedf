"""A painter's file: one safetensors file with the network, the outlines of the real defects, and the card."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.model_files import card_in
from sensors_data.nets.arrays import check_learned
from sensors_data.nets.files import model_bytes, tensors_of, with_tensors
from sensors_data.settings import Section, parse
from synthesis.painter.crops import Outline
from synthesis.painter.network import PainterConfig, PainterNetwork

FORMAT = 1
_COMMAND = "train-painter"
_OUTLINE, _NETWORK = "outline.", "network."


class PainterCard(Section):
    """A painter's description of itself, JSON in its file."""

    format: int = FORMAT
    network: PainterConfig
    camera: str
    day: date
    """It learned from good parts of the days before this one."""
    defects: tuple[str, ...]
    """Names of the files of real defects that it learned from."""
    labels: tuple[str, ...]
    """Of each of these defects, its label."""
    goods: int
    """Good parts that it learned from."""
    images: int
    """Good parts that were painted on in training, repeats counted."""
    seed: int


@dataclass(frozen=True)
class TrainedPainter:
    """A network that paints, the outlines it paints under, and its card."""

    network: PainterNetwork
    outlines: tuple[Outline, ...]
    card: PainterCard
    sha256: str
    """Of its file's bytes, 64 hexadecimal digits."""


def to_bytes(network: PainterNetwork, outlines: tuple[Outline, ...], card: PainterCard) -> bytes:
    """A painter as the bytes of a safetensors file; the same one gives the same bytes."""
    tensors = {f"{_NETWORK}{name}": tensor for name, tensor in network.state_dict().items()}
    for number, outline in enumerate(outlines):
        tensors[f"{_OUTLINE}{number:05d}"] = torch.from_numpy(outline.mask.astype(np.uint8))
    return model_bytes(tensors, card)


def from_bytes(data: bytes, where: str) -> TrainedPainter:
    """The painter in a file's bytes. UnusableError when they are none, cut short, or of another format."""
    card = parse(PainterCard, card_in(data, where, "a painter", (FORMAT,), _COMMAND), where)
    tensors = tensors_of(data, where, _COMMAND)
    weights = {name.removeprefix(_NETWORK): x for name, x in tensors.items() if name.startswith(_NETWORK)}
    check_learned(weights, where, _COMMAND)
    network = with_tensors(lambda: PainterNetwork(card.network), weights, where, _COMMAND)
    shapes = [x for name, x in sorted(tensors.items()) if name.startswith(_OUTLINE)]
    outlines = tuple(Outline(label, x.numpy() > 0) for label, x in zip(card.labels, shapes, strict=False))
    if len(shapes) != len(card.labels) or set(card.labels) != set(card.network.labels) or not _mark_all(shapes):
        raise UnusableError(
            f"{where} does not hold the {len(card.labels)} outlines that its card names",
            f"train again with: nightscore {_COMMAND}",
        )
    return TrainedPainter(network, outlines, card, hashlib.sha256(data).hexdigest())


def _mark_all(shapes: list[Tensor]) -> bool:
    return all(x.ndim == 2 and bool(x.any()) for x in shapes)


def read_painter(path: Path) -> TrainedPainter:
    """The painter in a file. NotThereError when there is none, UnusableError when it is something else."""
    if not path.is_file():
        raise NotThereError(f"there is no file {path}", "run: nightscore train-painter")
    return from_bytes(path.read_bytes(), str(path))
