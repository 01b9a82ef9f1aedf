"""Generators controlled by styles: StyleGAN (Karras et al. 2019, arXiv:1812.04948) and its second version (Karras et
al. 2020, arXiv:1912.04958)."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from synthesis.networks.equalised import EqualConvolution, EqualDense, doubled, leaky, pixel_norm
from synthesis.networks.levels import LevelledGeneratorConfig
from synthesis.networks.pair import GeneratorNetwork, with_class


class StyleGeneratorConfig(LevelledGeneratorConfig):
    """A mapping from codes to styles, and a learned map that two styled convolutions a level enlarge to the image."""

    network: Literal["style"] = "style"
    version: Literal[1, 2] = 2
    """1: each map is normalised and takes mean and spread from its style. 2: the style scales the weights instead,
    and the images of all levels are added."""
    style: int = Field(128, ge=1)
    """Numbers of a style, S."""
    mapping: int = Field(4, ge=1)
    """Dense layers from code to style."""
    mixing: float = Field(0.9, ge=0, le=1)
    """Share of training images that take their finer styles from a second code."""

    @property
    def layers(self) -> int:
        """Styled convolutions, L: one at the start, two a level behind it."""
        return 2 * len(self.widths) - 1


class StyledLayer(nn.Module):
    """A convolution under a style, noise of a learned strength, a rectifier."""

    fixed_noise: Tensor

    def __init__(self, before: int, after: int, side: int, config: StyleGeneratorConfig, number: int) -> None:
        super().__init__()
        self.modulates = config.version == 2
        self.weight = nn.Parameter(torch.randn(after, before, 3, 3))
        self.scale = math.sqrt(2 / (before * 9))
        self.bias = nn.Parameter(torch.zeros(after, 1, 1))
        self.noise_strength = nn.Parameter(torch.zeros(()))
        styled = before if self.modulates else 2 * after
        self.style = EqualDense(config.style, styled, gain=1, bias=1.0 if self.modulates else 0.0)
        noise = torch.randn(1, 1, side, side, generator=torch.Generator().manual_seed(number))
        self.register_buffer("fixed_noise", noise)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """Maps (B, before, H, W) under styles (B, S) -> (B, after, H, W); noise is random in training, else fixed."""
        condition = self.style(style)
        out = self._modulated(x, condition) if self.modulates else F.conv2d(x, self.weight * self.scale, padding=1)
        noise = torch.randn_like(out[:, :1]) if self.training else self.fixed_noise.to(out.dtype)
        out = leaky(out + self.noise_strength * noise + self.bias) * (math.sqrt(2) if self.modulates else 1.0)
        return out if self.modulates else _adapted(out, condition)

    def _modulated(self, x: Tensor, scales: Tensor) -> Tensor:
        """The convolution with weights scaled by the style, and its outputs brought back to a spread of 1.

        Scaling inputs and outputs instead of the weights gives the same numbers and one convolution for all images.
        """
        weight = self.weight * self.scale
        out = F.conv2d(x * scales[..., None, None], weight, padding=1)
        squared = weight.square().sum((2, 3))  # (after, before)
        spread = (scales.square() @ squared.T + 1e-8).rsqrt()  # (B, after)
        return out * spread[..., None, None]


def _adapted(x: Tensor, condition: Tensor) -> Tensor:
    """Maps with the spread and mean that their style asks for: adaptive instance normalisation (Huang and Belongie
    2017, arXiv:1703.06868)."""
    gain, offset = condition.chunk(2, 1)
    normalised = F.instance_norm(x)
    return normalised * (1 + gain[..., None, None]) + offset[..., None, None]


class StyleGenerator(GeneratorNetwork):
    """A network from codes to styles to images."""

    config: StyleGeneratorConfig
    mean_length: Tensor

    def __init__(self, config: StyleGeneratorConfig) -> None:
        super().__init__()
        self.config = config
        sizes = (config.latent + config.classes, *[config.style] * config.mapping)
        self.mapping = nn.ModuleList(EqualDense(a, b, rate=0.01) for a, b in pairwise(sizes))
        self.start = nn.Parameter(torch.randn(1, config.widths[0], config.start, config.start))
        layers: list[nn.Module] = []
        to_image: list[nn.Module] = []
        before, side = config.widths[0], config.start
        for level, width in enumerate(config.widths):
            for _ in range(1 if level == 0 else 2):
                layers.append(StyledLayer(before, width, side, config, len(layers)))
                before = width
            to_image.append(EqualConvolution(width, config.image[0], 1, gain=1))
            side *= 2
        self.layers = nn.ModuleList(layers)
        self.to_image = nn.ModuleList(to_image if config.version == 2 else to_image[-1:])
        self.register_buffer("mean_length", torch.zeros(()))

    def styles(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """The styles (B, L, S) of codes (B, Z), the same at every layer."""
        x = with_class(pixel_norm(z), label, self.config.classes, "generator")
        for layer in self.mapping:
            x = leaky(layer(x))
        return x[:, None].expand(-1, self.config.layers, -1)

    def styled_layers(self) -> list[StyledLayer]:
        """The styled convolutions, from the start to the image."""
        return [layer for layer in self.layers if isinstance(layer, StyledLayer)]

    def drawn_from(self, styles: Tensor) -> Tensor:
        """Images (B, C, H, W), about in [-1, 1], of styles (B, L, S)."""
        x = self.start.expand(len(styles), -1, -1, -1)
        number, image = 0, None
        for level in range(len(self.config.widths)):
            x = x if level == 0 else doubled(x)
            for _ in range(1 if level == 0 else 2):
                x = self.layers[number](x, styles[:, number])
                number += 1
            if self.config.version == 2:
                part = self.to_image[level](x)
                image = part if image is None else doubled(image) + part
        out: Tensor = self.to_image[0](x) if image is None else image
        return out if self.training else out.clamp(-1.0, 1.0)

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Images (B, C, H, W), about in [-1, 1], of codes (B, Z), and of classes (B,) where it is conditional."""
        return self.drawn_from(self.styles(z, label))

    def drawn_to_train(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """The same, most with the finer styles of a second code, so that styles of near layers do not depend on each
        other."""
        styles, others = self.styles(z, label), self.styles(torch.randn_like(z), label)
        count, layers = len(z), self.config.layers
        crossing = torch.randint(1, max(2, layers), (count, 1), device=z.device)
        is_mixed = torch.rand(count, 1, device=z.device) < self.config.mixing
        takes_other = is_mixed & (torch.arange(layers, device=z.device) >= crossing)  # (B, L)
        return self.drawn_from(torch.where(takes_other[..., None], others, styles))

    def path_penalty(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """How far the image's change with the style is from its running mean, squared, a scalar (Karras et al. 2020,
        section 3.2)."""
        styles = self.styles(z, label)
        images = self.drawn_from(styles)
        noise = torch.randn_like(images) / math.sqrt(images.shape[2] * images.shape[3])
        (slope,) = torch.autograd.grad((images * noise).sum(), styles, create_graph=True)
        lengths = slope.square().sum(2).mean(1).sqrt()  # (B,)
        self.mean_length.lerp_(lengths.mean().detach(), 0.01)
        penalty: Tensor = (lengths - self.mean_length).square().mean()
        return penalty
