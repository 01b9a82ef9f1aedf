"""A pair a level of a Laplacian pyramid: each generator adds the detail that a smaller image lacks (Denton et al. 2015,
arXiv:1506.05751)."""

from __future__ import annotations

import math
from typing import Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.nn import functional as F

from synthesis.networks.multi_scale import side_by_side, taken_apart
from synthesis.networks.pair import (
    DiscriminatorNetwork,
    DiscriminatorShape,
    GeneratorNetwork,
    GeneratorShape,
    Verdict,
    class_of,
    with_class,
)


class LaplacianGeneratorConfig(GeneratorShape):
    """Dense layers to the smallest image, then convolutions a level from a blurred image and noise to its detail."""

    network: Literal["laplacian"] = "laplacian"
    levels: int = Field(3, ge=2)
    """Sizes of the pyramid; each is half of the one before."""
    coarse_latent: int = Field(100, ge=1)
    """Numbers of the code for the smallest image; each level above takes one a pixel."""
    dense: int = Field(1200, ge=1)
    """Width of the two dense layers."""
    width: int = Field(64, ge=1)
    """Channels of the convolutions."""

    @model_validator(mode="after")
    def _has_numbers_for_all(self) -> LaplacianGeneratorConfig:
        if self.image[1] % 2 ** (self.levels - 1):
            raise ValueError(f"a side of {self.image[1]} pixels cannot be halved {self.levels - 1} times")
        wanted = self.coarse_latent + sum(side**2 for side in self.sides[:-1])
        if self.latent != wanted:
            raise ValueError(f"these levels take codes of {wanted} numbers, the config says {self.latent}")
        return self

    @property
    def sides(self) -> tuple[int, ...]:
        """Sides of the images, the largest first."""
        return tuple(self.image[1] >> level for level in range(self.levels))


class LaplacianDiscriminatorConfig(DiscriminatorShape):
    """Dense layers for the smallest image and convolutions for each other: a verdict a level."""

    network: Literal["laplacian"] = "laplacian"
    levels: int = Field(3, ge=2)
    dense: int = Field(600, ge=1)
    width: int = Field(64, ge=1)
    dropout: float = Field(0.5, ge=0, lt=1)


def pyramid(x: Tensor, levels: int) -> list[Tensor]:
    """Images (B, C, H, W) at every size, the largest first; each pixel is the mean of four."""
    images = [x]
    for _ in range(levels - 1):
        images.append(F.avg_pool2d(images[-1], 2))
    return images


def blurred(x: Tensor) -> Tensor:
    """Images (B, C, H, W) of twice the side, without detail."""
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


class LaplacianGenerator(GeneratorNetwork):
    """A generator a level of the pyramid."""

    config: LaplacianGeneratorConfig

    def __init__(self, config: LaplacianGeneratorConfig) -> None:
        super().__init__()
        self.config = config
        channels, width, dense = config.image[0], config.width, config.dense
        smallest = (channels, config.sides[-1], config.sides[-1])
        self.coarse = nn.Sequential(
            nn.Linear(config.coarse_latent + config.classes, dense),
            nn.ReLU(),
            nn.Linear(dense, dense),
            nn.ReLU(),
            nn.Linear(dense, math.prod(smallest)),
            nn.Tanh(),
            nn.Unflatten(1, smallest),
        )
        joined = channels + 1 + config.classes
        self.details = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(joined, width, 5, padding=2),
                nn.ReLU(),
                nn.Conv2d(width, width, 5, padding=2),
                nn.ReLU(),
                nn.Conv2d(width, channels, 5, padding=2),
            )
            for _ in config.sides[:-1]
        )

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Images (B, C, H, W) in [-1, 1]: the smallest one, and level by level its detail."""
        first, *planes = self._parts(z)
        image: Tensor = self._smallest(first, label)
        for level, plane in zip(reversed(range(self.config.levels - 1)), reversed(planes), strict=True):
            image = self._sharpened(level, blurred(image), plane, label)
        return image.clamp(-1, 1)

    def drawn_beside(self, real: Tensor, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Images of every size side by side; each level sharpens the blur of a real image, as it learns alone."""
        first, *planes = self._parts(z)
        real_ones = pyramid(real, self.config.levels)
        images = [
            self._sharpened(level, blurred(smaller), plane, label)
            for level, (smaller, plane) in enumerate(zip(real_ones[1:], planes, strict=True))
        ]
        return side_by_side([*images, self._smallest(first, label)])

    def _parts(self, z: Tensor) -> list[Tensor]:
        """The code of the smallest image (B, Z), then a plane of noise (B, 1, side, side) a level, largest first."""
        sides = self.config.sides[:-1]
        first, *planes = torch.split(z, [self.config.coarse_latent, *(side**2 for side in sides)], 1)
        return [first, *(plane.reshape(-1, 1, side, side) for plane, side in zip(planes, sides, strict=True))]

    def _smallest(self, z: Tensor, label: Tensor | None) -> Tensor:
        image: Tensor = self.coarse(with_class(z, label, self.config.classes, "generator")).float()
        return image

    def _sharpened(self, level: int, blur: Tensor, plane: Tensor, label: Tensor | None) -> Tensor:
        """A blurred image (B, C, H, W) with the detail that noise (B, 1, H, W) gives it."""
        joined = torch.cat([blur, plane.to(blur.dtype)], 1)
        detail: Tensor = self.details[level](with_class_maps(joined, label, self.config.classes, "generator"))
        return blur + detail.float()


class LaplacianDiscriminator(DiscriminatorNetwork):
    """A discriminator a level, none of which knows the others."""

    config: LaplacianDiscriminatorConfig

    def __init__(self, config: LaplacianDiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        (channels, side, _), width = config.image, config.width
        smallest = channels * (side >> (config.levels - 1)) ** 2
        self.coarse = nn.Sequential(
            nn.Linear(smallest + config.classes, config.dense),
            nn.LeakyReLU(0.2),
            nn.Dropout(config.dropout),
            nn.Linear(config.dense, config.dense),
            nn.LeakyReLU(0.2),
            nn.Dropout(config.dropout),
        )
        self.coarse_logit = nn.Linear(config.dense, 1)
        self.fine = nn.ModuleList()
        self.fine_logits = nn.ModuleList()
        for level in range(config.levels - 1):
            self.fine.append(
                nn.Sequential(
                    nn.Conv2d(channels + config.classes, width, 5, 2, 2),
                    nn.LeakyReLU(0.2),
                    nn.Conv2d(width, 2 * width, 5, 2, 2),
                    nn.LeakyReLU(0.2),
                    nn.Flatten(),
                )
            )
            quarter = ((side >> level) + 3) // 4  # two strides, each rounded up
            self.fine_logits.append(nn.Linear(2 * width * quarter**2, 1))

    def shown_to_train(self, x: Tensor) -> Tensor:
        """Real images (B, C, H, W) at every size, side by side."""
        return side_by_side(pyramid(x, self.config.levels))

    def discriminate(self, x: Tensor, label: Tensor | None = None) -> Verdict:
        """The outputs for images (B, C, H, W) or those of every size side by side: a logit a level, (B, L).

        A level judges blur and detail together, which are the image of its size.
        """
        classes = self.config.classes
        label = class_of(label, classes, "discriminator")
        packed = self.shown_to_train(x) if x.shape[2] == x.shape[3] else x
        *large, smallest = taken_apart(packed, self.config.levels)
        features = [
            level(with_class_maps(image, label, classes, "discriminator"))
            for level, image in zip(self.fine, large, strict=True)
        ]
        logits = [dense(x) for dense, x in zip(self.fine_logits, features, strict=True)]
        features.append(self.coarse(with_class(smallest.flatten(1), label, classes, "discriminator")))
        logits.append(self.coarse_logit(features[-1]))
        return Verdict(torch.cat(logits, 1), torch.cat(features, 1))

    def forward(self, x: Tensor, label: Tensor | None = None) -> Tensor:
        """The mean logit (B,) over the levels of images (B, C, H, W)."""
        return self.discriminate(x, label).logit.mean(1)


def with_class_maps(x: Tensor, label: Tensor | None, classes: int, network: str) -> Tensor:
    """Maps (B, C, H, W) with the class as K constant maps behind them; raises as `class_of` does."""
    label = class_of(label, classes, network)
    if label is None:
        return x
    one_hot = F.one_hot(label, classes).to(x.dtype)[:, :, None, None]
    return torch.cat([x, one_hot.expand(-1, -1, *x.shape[2:])], 1)
