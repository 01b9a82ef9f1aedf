"""The image VAE over pixels or features, convolutional or dense, with one of four likelihoods."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.distributions import Bernoulli, Distribution, Laplace, Normal, constraints
from torch.nn import functional as F

from anomaly.vae.model import VAE
from sensors_data.settings import Section

Likelihood = Literal["gaussian", "laplace", "bernoulli", "discretised-logistic"]


class ImageVAEConfig(Section):
    """The architecture of one network."""

    shape: tuple[int, ...] = Field(min_length=1, max_length=3)
    """Of one input: (F,) features or (C, H, W) pixels in [0, 1]."""
    latent: int = Field(32, ge=1)
    """Z."""
    body: Literal["dense", "convolutional"] = "dense"
    widths: tuple[int, ...] = Field((512, 128), min_length=1)
    """Dense: units of the hidden layers. Convolutional: channels of the stages, each of half the size before it."""
    activation: Literal["silu", "relu"] = "silu"
    likelihood: Likelihood = "gaussian"
    min_log_scale: float = -4.0
    """Floor of the log-scale of the noise; one scale a feature, or one a colour channel."""

    @model_validator(mode="after")
    def _fits(self) -> ImageVAEConfig:
        if len(self.shape) == 2 or (self.body == "convolutional" and len(self.shape) != 3):
            raise ValueError(f"a {self.body} body takes features (F,) or pixels (C, H, W), found shape {self.shape}")
        if self.body == "convolutional" and min(self.shape[1:]) < 2 ** len(self.widths):
            raise ValueError(f"{len(self.widths)} stages halve {self.shape[1:]} pixels to nothing; use fewer widths")
        return self


PRESETS: dict[str, dict[str, Any]] = {
    # convolutional VAE of 28x28 images with a sigmoid decoder, as in the common tutorials
    "conv": {"body": "convolutional", "widths": (32, 64), "activation": "relu", "likelihood": "bernoulli"},
    # six fully connected layers with ReLU under mean absolute error, which is a Laplace likelihood; batches of 128
    "dense-six": {"body": "dense", "widths": (512, 256), "activation": "relu", "likelihood": "laplace"},
    # convolutional, with each grey level's own probability (Salimans et al. 2017, arXiv:1701.05517)
    "conv-logistic": {"body": "convolutional", "widths": (32, 64, 64), "likelihood": "discretised-logistic"},
}
"""Published image VAEs over pixels, by name: what they set of ImageVAEConfig."""


class DiscretisedLogistic(Distribution):
    """A logistic density summed over each of 256 grey levels in [0, 1]; the first and last level take the tails."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.unit_interval

    def __init__(self, loc: Tensor, scale: Tensor) -> None:
        self.loc, self.scale = loc, scale.expand_as(loc)
        super().__init__(self.loc.shape, validate_args=False)

    @property
    def mean(self) -> Tensor:
        """The middle of the density, kept within [0, 1]."""
        inside: Tensor = self.loc.clamp(0, 1)
        return inside

    def log_prob(self, value: Tensor) -> Tensor:
        """Log-probability of the grey level nearest to `value`, nats."""
        level = (value * 255).round() / 255
        above = (level + 0.5 / 255 - self.loc) / self.scale
        below = (level - 0.5 / 255 - self.loc) / self.scale
        middle = torch.where(level > 0.5 / 255, torch.sigmoid(below), 0.0)
        whole = torch.where(level < 254.5 / 255, torch.sigmoid(above), 1.0) - middle
        # far from loc the difference underflows: there it is the density times the width of a level
        centre = (level - self.loc) / self.scale
        density = -centre - 2 * F.softplus(-centre) - self.scale.log() - math.log(255)
        return torch.where(whole > 1e-5, whole.clamp(min=1e-12).log(), density)


class ImageVAE(VAE):
    """Kingma and Welling 2014 (arXiv:1312.6114) for one kind of input, as the config says."""

    def __init__(self, config: ImageVAEConfig) -> None:
        super().__init__()
        self.config, self.latent = config, config.latent
        build = _convolutional if config.body == "convolutional" else _dense
        self.reader, self.writer = build(config)
        scales = config.shape if len(config.shape) == 1 else (config.shape[0], 1, 1)
        self.log_scale = nn.Parameter(torch.full(scales, 0.0 if len(config.shape) == 1 else -2.0))

    def encode(self, x: Tensor) -> Normal:
        """q(z|x), (B, *shape) -> (B, Z)."""
        mean, log_variance = self.reader(x).chunk(2, dim=-1)
        return Normal(mean, (0.5 * log_variance.clamp(-10, 6)).exp(), validate_args=False)

    def decode(self, z: Tensor) -> Distribution:
        """p(x|z), (..., Z) -> (..., *shape)."""
        out: Tensor = self.writer(z.reshape(-1, self.latent))
        return self.around(out.view(*z.shape[:-1], *self.config.shape))

    def around(self, out: Tensor) -> Distribution:
        """The likelihood whose location is the decoder's output: logits for Bernoulli, the mean otherwise."""
        if self.config.likelihood == "bernoulli":
            return Bernoulli(logits=out, validate_args=False)
        scale = self.log_scale.clamp(min=self.config.min_log_scale).exp()
        if self.config.likelihood == "laplace":
            return Laplace(out, scale, validate_args=False)
        if self.config.likelihood == "discretised-logistic":
            return DiscretisedLogistic(out, scale)
        return Normal(out, scale, validate_args=False)

    def plain_cost(self, x: Tensor) -> Tensor:
        """-log p(x|x), the cost of a perfect reconstruction, nats, shape of x.

        For Bernoulli it is the entropy of grey, because of which raw likelihood prefers simple images.
        """
        if self.config.likelihood == "bernoulli":
            return -self.around(torch.logit(x, eps=1e-6)).log_prob(x)
        return -self.around(x).log_prob(x)


def _activation(config: ImageVAEConfig) -> nn.Module:
    return nn.SiLU() if config.activation == "silu" else nn.ReLU()


def _dense(config: ImageVAEConfig) -> tuple[nn.Module, nn.Module]:
    """Encoder to (B, 2Z) and decoder from (B, Z): hidden layers of `widths`, mirrored."""
    size = math.prod(config.shape)
    reader: list[nn.Module] = [nn.Flatten()]
    for before, after in zip((size, *config.widths), config.widths, strict=False):
        reader += [nn.Linear(before, after), _activation(config)]
    writer: list[nn.Module] = []
    for before, after in zip((config.latent, *config.widths[::-1]), config.widths[::-1], strict=False):
        writer += [nn.Linear(before, after), _activation(config)]
    reader.append(nn.Linear(config.widths[-1], 2 * config.latent))
    writer.append(nn.Linear(config.widths[0], size))
    return nn.Sequential(*reader), nn.Sequential(*writer)


def _convolutional(config: ImageVAEConfig) -> tuple[nn.Module, nn.Module]:
    """Encoder to (B, 2Z) and decoder from (B, Z): one stage a width, each half (twice) the size before it."""
    channels, height, width = config.shape
    sizes = [(height, width)]
    reader: list[nn.Module] = []
    for before, after in zip((channels, *config.widths), config.widths, strict=False):
        reader += [nn.Conv2d(before, after, 3, stride=2, padding=1), _activation(config)]
        sizes.append((-(-sizes[-1][0] // 2), -(-sizes[-1][1] // 2)))
    flat = config.widths[-1] * math.prod(sizes[-1])
    reader += [nn.Flatten(), nn.Linear(flat, 2 * config.latent)]
    writer: list[nn.Module] = [
        nn.Linear(config.latent, flat),
        _activation(config),
        nn.Unflatten(1, (config.widths[-1], *sizes[-1])),
    ]
    widths = (*config.widths[::-1], channels)
    for stage, (before, after) in enumerate(pairwise(widths)):
        rows, columns = sizes[-2 - stage]
        odd = (1 - rows % 2, 1 - columns % 2)  # the transposed convolution gives 2n - 1 or, padded, 2n pixels
        writer.append(nn.ConvTranspose2d(before, after, 3, stride=2, padding=1, output_padding=odd))
        if stage < len(config.widths) - 1:
            writer.append(_activation(config))
    return nn.Sequential(*reader), nn.Sequential(*writer)
