"""A pair that learns what varies without labels: part of the code can be read off the image (Chen et al. 2016,
arXiv:1606.03657)."""

from __future__ import annotations

import math
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from synthesis.networks.dcgan import Discriminator, DiscriminatorConfig, Generator, GeneratorConfig
from synthesis.networks.layers import initialise
from synthesis.networks.pair import Verdict


class InformationGeneratorConfig(GeneratorConfig):
    """A DCGAN generator whose code ends in one category and some numbers that the discriminator has to recover."""

    network: Literal["information"] = "information"
    categories: int = Field(10, ge=2)
    continuous: int = Field(2, ge=0)
    """Numbers in [-1, 1]."""


class InformationDiscriminatorConfig(DiscriminatorConfig):
    """A DCGAN discriminator with a head that recovers the code."""

    network: Literal["information"] = "information"
    categories: int = Field(10, ge=2)
    continuous: int = Field(2, ge=0)
    head: int = Field(128, ge=1)
    """Width of the dense layer before the recovered code."""


class InformationGenerator(Generator):
    """A generator that turns the last numbers of a normal code into a category and uniform numbers."""

    config: InformationGeneratorConfig

    def __init__(self, config: InformationGeneratorConfig) -> None:
        super().__init__(config)
        self.noise = config.latent - config.categories - config.continuous

    def known_part(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """The category (B,) and the numbers (B, N) in [-1, 1] of codes (B, Z).

        The largest of as many normal numbers is each of them equally often; the normal distribution function makes the
        others uniform. So codes are drawn, kept and interpolated like those of any other generator.
        """
        known = z[:, self.noise :]
        scores, numbers = known[:, : self.config.categories], known[:, self.config.categories :]
        return scores.argmax(1), torch.erf(numbers / math.sqrt(2))

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Images (B, C, H, W) of codes (B, Z), and of classes (B,) where it is conditional."""
        category, numbers = self.known_part(z)
        one_hot = F.one_hot(category, self.config.categories).to(z.dtype)
        return super().forward(torch.cat([z[:, : self.noise], one_hot, numbers], 1), label)


class InformationDiscriminator(Discriminator):
    """A discriminator that also says from which category and numbers an image was drawn."""

    config: InformationDiscriminatorConfig

    def __init__(self, config: InformationDiscriminatorConfig) -> None:
        super().__init__(config)
        self.recover = nn.Sequential(
            nn.Linear(self.dense.in_features, config.head),
            nn.LeakyReLU(0.1),
            nn.Linear(config.head, config.categories + config.continuous),
        )
        initialise(self.recover, config.initial_spread)

    def discriminate(self, x: Tensor, label: Tensor | None = None) -> Verdict:
        """The outputs for images (B, C, H, W), with the recovered code."""
        verdict = super().discriminate(x, label)
        return Verdict(verdict.logit, verdict.features, verdict.classes, self.recover(verdict.features))


def code_loss(recovered: Tensor, category: Tensor, numbers: Tensor, weight: float) -> Tensor:
    """How badly a code was recovered, a scalar in nats: the bound on mutual information without its constants.

    `recovered` (B, categories + numbers) is compared with the categories (B,) and, as the mean of a normal distribution
    of spread 1 and by `weight`, with the numbers (B, N).
    """
    categories = recovered.shape[1] - numbers.shape[1]
    logits, means = recovered.float()[:, :categories], recovered.float()[:, categories:]
    apart = (means - numbers).square().sum(1).mean() / 2
    loss: Tensor = F.cross_entropy(logits, category) + weight * apart
    return loss
