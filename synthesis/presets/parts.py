"""The type of a preset, and the three layers that presets are built from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from synthesis.networks.kinds import AnyDiscriminatorConfig, AnyGeneratorConfig
from synthesis.networks.layers import Activation, Layer, Norm
from synthesis.training.config import TrainingConfig

Shape = tuple[int, int, int]
"""C, H, W."""
Parts = tuple[AnyGeneratorConfig, AnyDiscriminatorConfig, TrainingConfig]


@dataclass(frozen=True)
class Preset:
    """A recipe for images of any shape that it can draw."""

    make: Callable[[Shape], Parts]
    about: str
    source: str
    """Where it is published."""
    halvings: int
    """How often its generator's start doubles up to the image: 2 to that power must divide the side."""
    own: Shape = (1, 28, 28)
    """Images that it was made for."""
    conditional: bool = False
    """Whether it needs classes."""
    takes_classes: bool = True
    """Whether its discriminator can see them."""

    @property
    def year(self) -> str:
        """When it was published; empty for ours and where a report does not say."""
        years = re.findall(r"\b20\d\d\b", self.source)
        return years[0] if years else ""


def upsample(channels: int, kernel: int = 4, stride: int = 2, norm: Norm = "batch", act: Activation = "relu") -> Layer:
    """A transposed convolution that enlarges the maps."""
    return Layer(kind="transposed", channels=channels, kernel=kernel, stride=stride, norm=norm, activation=act)


def downsample(
    channels: int,
    stride: int = 2,
    kernel: int = 3,
    act: Activation = "leaky-0.2",
    norm: Norm = "none",
    dropout: float = 0.0,
) -> Layer:
    """A convolution that shrinks the maps."""
    return Layer(channels=channels, kernel=kernel, stride=stride, activation=act, norm=norm, dropout=dropout)


def to_image(channels: int, kernel: int, act: Activation = "tanh") -> Layer:
    """The convolution to the channels of the image."""
    return Layer(channels=channels, kernel=kernel, activation=act)
