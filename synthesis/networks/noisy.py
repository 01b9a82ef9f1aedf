"""A generator with learned noise on every pixel, so that its images have a density (Dieng et al. 2019,
arXiv:1910.04302)."""

from __future__ import annotations

import math
from typing import Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from synthesis.networks.dcgan import Generator, GeneratorConfig


class NoisyGeneratorConfig(GeneratorConfig):
    """A DCGAN generator; its code ends in one number a pixel, the noise."""

    network: Literal["noisy"] = "noisy"
    noise: tuple[float, float] = (0.01, 0.3)
    """Least and largest standard deviation of a pixel's noise, in its range of 2."""
    first_noise: float = Field(0.3, gt=0)
    """With which the training begins."""

    @model_validator(mode="after")
    def _has_noise_for_every_pixel(self) -> NoisyGeneratorConfig:
        if self.code < 1:
            raise ValueError(f"a code of {self.latent} numbers has none left beside {math.prod(self.image)} of noise")
        return self

    @property
    def code(self) -> int:
        """Numbers of the code that are no noise."""
        return self.latent - math.prod(self.image)


class NoisyGenerator(Generator):
    """A network from codes to images with noise: x = mean(z) + spread * e."""

    config: NoisyGeneratorConfig

    def __init__(self, config: NoisyGeneratorConfig) -> None:
        super().__init__(config.model_copy(update={"latent": config.code}))
        self.config: NoisyGeneratorConfig = config
        self.log_spread = nn.Parameter(torch.full(config.image, math.log(config.first_noise)))
        self.register_buffer("step_size", torch.tensor(0.02))  # of the posterior's sampler, see training/posterior.py

    def spread(self) -> Tensor:
        """The standard deviation of every pixel, (C, H, W)."""
        low, high = self.config.noise
        return self.log_spread.exp().clamp(low, high)

    def mean(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Images (B, C, H, W) without noise, of codes (B, Z) without it."""
        return super().forward(z, label).float()

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Images (B, C, H, W) of codes (B, Z), and of classes (B,) where it is conditional."""
        code, noise = z[:, : self.config.code], z[:, self.config.code :]
        return self.mean(code, label) + self.spread() * noise.view(-1, *self.config.image)

    def as_drawn(self, x: Tensor, draws: torch.Generator) -> Tensor:
        """Real images (B, C, H, W) with as much noise as drawn ones have, so that noise gives none away."""
        noise = torch.randn(x.shape, generator=draws).to(x.device)
        return x + self.spread().detach() * noise
