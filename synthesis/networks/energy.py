"""A discriminator that is an auto-encoder: what it cannot reconstruct has a high energy (Zhao et al. 2017,
arXiv:1609.03126)."""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from synthesis.networks.dcgan import GeneratorConfig
from synthesis.networks.layers import Layer, initialise, stack
from synthesis.networks.pair import DiscriminatorNetwork, DiscriminatorShape, Verdict, class_of


class EnergyDiscriminatorConfig(DiscriminatorShape):
    """Convolutions to a small map, and layers back from it to the image."""

    network: Literal["energy"] = "energy"
    encoder: tuple[Layer, ...] = Field(min_length=1)
    decoder: GeneratorConfig
    """The layers back; its start is the encoder's last map."""

    @property
    def sees_batches(self) -> bool:
        """Whether a layer there or back is normalised over the batch."""
        return any(layer.norm != "none" for layer in (*self.encoder, *self.decoder.layers))


class EnergyDiscriminator(DiscriminatorNetwork):
    """An auto-encoder of images; its logit is the negative energy, the distance of image and reconstruction."""

    config: EnergyDiscriminatorConfig

    def __init__(self, config: EnergyDiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        channels, side = config.image[0], config.image[1]
        start_channels, start_side = config.decoder.start
        self.encoder = nn.Sequential(*stack(config.encoder, channels, side, bias=True))
        self.decoder = nn.Sequential(*stack(config.decoder.layers, start_channels, start_side, bias=True))
        initialise(self, config.decoder.initial_spread)

    def reconstruct(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The map behind the encoder, and images (B, C, H, W) made from it."""
        encoded = self.encoder(x)
        return encoded, self.decoder(encoded)

    def discriminate(self, x: Tensor, label: Tensor | None = None) -> Verdict:
        """The outputs for images (B, C, H, W); it does not look at classes."""
        class_of(label, self.config.classes, "discriminator")
        encoded, reconstructed = self.reconstruct(x)
        energy = torch.linalg.vector_norm((reconstructed - x).float().flatten(1), dim=1)  # (B,)
        return Verdict(-energy, encoded.flatten(1))
