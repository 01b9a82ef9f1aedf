"""One layer of a network: its config, and the modules that it becomes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from torch import nn

from sensors_data.settings import Section
from synthesis.networks.convolutions import same_convolution, same_transposed
from synthesis.networks.minibatch import VirtualBatchNorm2d

Activation = Literal["none", "relu", "leaky-0.01", "leaky-0.1", "leaky-0.2", "tanh", "sigmoid"]
Norm = Literal["none", "batch", "batch-after", "virtual"]
"""No normalisation, batch normalisation before or after the activation, or virtual batch normalisation before it."""
REFERENCE = 64
"""Codes in the batch that virtual batch normalisation refers to."""


class Layer(Section):
    """One convolution and what follows it: normalisation, activation, dropout."""

    channels: int = Field(ge=1)
    """That it gives; a shuffle makes four times as many and folds them into twice the size."""
    kind: Literal["conv", "transposed", "shuffle"] = "conv"
    kernel: int = Field(3, ge=1)
    stride: int = Field(1, ge=1)
    norm: Norm = "none"
    activation: Activation = "relu"
    dropout: float = Field(0.0, ge=0, lt=1)

    def side(self, before: int) -> int:
        """Pixels a side behind this layer."""
        if self.kind == "conv":
            return -(-before // self.stride)
        return before * (2 if self.kind == "shuffle" else self.stride)


def stack(layers: tuple[Layer, ...], channels: int, side: int, bias: bool) -> list[nn.Module]:
    """The modules of `layers` on maps of `channels` and `side`."""
    out: list[nn.Module] = []
    for layer in layers:
        if layer.kind == "transposed":
            out += same_transposed(channels, layer.channels, layer.kernel, layer.stride, bias)
        elif layer.kind == "shuffle":
            out += [*same_convolution(channels, 4 * layer.channels, layer.kernel, 1, side, bias), nn.PixelShuffle(2)]
        else:
            out += same_convolution(channels, layer.channels, layer.kernel, layer.stride, side, bias)
        out += after_convolution(layer.channels, layer.norm, layer.activation)
        if layer.dropout:
            out.append(nn.Dropout(layer.dropout))
        channels, side = layer.channels, layer.side(side)
    return out


def after_convolution(channels: int, norm: Norm, activation: Activation) -> list[nn.Module]:
    """What follows a convolution."""
    acts: dict[Activation, list[nn.Module]] = {
        "none": [],
        "relu": [nn.ReLU()],
        "leaky-0.01": [nn.LeakyReLU(0.01)],
        "leaky-0.1": [nn.LeakyReLU(0.1)],
        "leaky-0.2": [nn.LeakyReLU(0.2)],
        "tanh": [nn.Tanh()],
        "sigmoid": [nn.Sigmoid()],
    }
    if norm == "batch":
        return [nn.BatchNorm2d(channels), *acts[activation]]
    if norm == "virtual":
        return [VirtualBatchNorm2d(channels, REFERENCE), *acts[activation]]
    return [*acts[activation], nn.BatchNorm2d(channels)] if norm == "batch-after" else acts[activation]


def initialise(module: nn.Module, spread: float | None) -> None:
    """First weights from N(0, spread), gains of batch normalisation around 1."""
    if spread is None:
        return
    for part in module.modules():
        if isinstance(part, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(part.weight, 0.0, spread)
        elif isinstance(part, nn.BatchNorm2d | VirtualBatchNorm2d):
            nn.init.normal_(part.weight, 1.0, spread)
