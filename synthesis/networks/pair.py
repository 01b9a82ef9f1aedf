"""What every generator and discriminator has in common, whatever its layers are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from sensors_data.settings import Section


class GeneratorShape(Section):
    """From what a generator draws, and what."""

    image: tuple[int, int, int]
    """C, H, W."""
    classes: int = Field(0, ge=0)
    """K; with 0 it has no classes."""
    latent: int = Field(100, ge=1)
    """Z."""

    @property
    def low(self) -> float:
        """The pixel value of black: -1 where the image is a tanh's, 0 where it is a sigmoid's."""
        return -1.0


class DiscriminatorShape(Section):
    """What a discriminator is shown."""

    image: tuple[int, int, int]
    """C, H, W."""
    classes: int = Field(0, ge=0)
    """K; above 0 it is conditioned on the class of each image."""
    conditioning: Literal["projection", "maps", "head"] = "projection"
    """projection: the logit adds how well the features fit the class (Miyato and Koyama 2018, arXiv:1802.05637).
    maps: the class joins the image as K constant maps (Mirza and Osindero 2014, arXiv:1411.1784). head: it predicts
    the class instead of seeing it (Odena et al. 2017, arXiv:1610.09585).
    """

    @property
    def sees_batches(self) -> bool:
        """Whether its logit of an image depends on the others in the batch."""
        return False


class GeneratorNetwork(nn.Module, ABC):
    """A network from codes to images."""

    config: GeneratorShape

    @abstractmethod
    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Images (B, C, H, W) in [low, 1] of codes (B, Z), and of classes (B,) where it is conditional."""

    def drawn_to_train(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """What the discriminator is shown of those images; more than the images where it judges several sizes."""
        images: Tensor = self(z, label)
        return images

    def drawn_beside(self, real: Tensor, z: Tensor, label: Tensor | None = None) -> Tensor:
        """`drawn_to_train` for a batch of real images (B, C, H, W); few networks learn from those directly."""
        return self.drawn_to_train(z, label)

    def as_drawn(self, x: Tensor, draws: torch.Generator) -> Tensor:
        """Real images (B, C, H, W) with the noise that drawn ones have; most networks draw none."""
        return x

    def grow(self, done: float) -> None:
        """Take the form that belongs to a completed fraction of the training; most networks never change theirs."""


@dataclass(frozen=True)
class Verdict:
    """A discriminator's outputs for B images."""

    logit: Tensor
    """How real each looks, (B,); (B, L) where each of L levels is judged by itself."""
    features: Tensor
    """The inputs of the logit's dense layer, (B, F)."""
    classes: Tensor | None = None
    """Logits of the classes, (B, K), where the discriminator has a class head."""
    code: Tensor | None = None
    """Its guess of the code, (B, categories + continuous), where it recovers one."""

    def at(self, rows: slice) -> Verdict:
        """The outputs for some of the images."""
        classes = None if self.classes is None else self.classes[rows]
        code = None if self.code is None else self.code[rows]
        return Verdict(self.logit[rows], self.features[rows], classes, code)


class DiscriminatorNetwork(nn.Module, ABC):
    """A network from images to how real they look."""

    config: DiscriminatorShape

    @abstractmethod
    def discriminate(self, x: Tensor, label: Tensor | None = None) -> Verdict:
        """The outputs for images (B, C, H, W), given their classes (B,) where it is conditioned on them."""

    def shown_to_train(self, x: Tensor) -> Tensor:
        """Real images (B, C, H, W) as `drawn_to_train` gives drawn ones."""
        return x

    def grow(self, done: float) -> None:
        """Take the form that belongs to a completed fraction of the training; most networks never change theirs."""

    def forward(self, x: Tensor, label: Tensor | None = None) -> Tensor:
        """Logits (B,) of images (B, C, H, W), given their classes (B,) where it is conditioned on them."""
        return self.discriminate(x, label).logit


def codes(count: int, latent: int, generator: torch.Generator) -> Tensor:
    """Codes (count, Z) from the standard normal distribution."""
    return torch.randn(count, latent, generator=generator)


def parameter_count(module: nn.Module) -> int:
    """The number of weights of a network."""
    return sum(p.numel() for p in module.parameters())


def class_of(label: Tensor | None, classes: int, network: str) -> Tensor | None:
    """The classes (B,), None where the network has none. ValueError when it needs them and has none."""
    if not classes:
        return None
    if label is None:
        raise ValueError(f"this {network} knows {classes} classes; say which")
    return label


def with_class(x: Tensor, label: Tensor | None, classes: int, network: str) -> Tensor:
    """Codes or pixels (B, N) with the class as a one-hot vector behind them, (B, N + K); raises as `class_of` does."""
    label = class_of(label, classes, network)
    return x if label is None else torch.cat([x, F.one_hot(label, classes).to(x.dtype)], 1)
