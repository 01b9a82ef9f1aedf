"""Generator and discriminator: one configurable pair of networks from which every DCGAN is built."""

from __future__ import annotations

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from synthesis.networks.layers import REFERENCE, Activation, Layer, Norm, after_convolution, initialise, stack
from synthesis.networks.minibatch import MinibatchDiscrimination, deviation_map
from synthesis.networks.pair import (
    DiscriminatorNetwork,
    DiscriminatorShape,
    GeneratorNetwork,
    GeneratorShape,
    Verdict,
    class_of,
    codes,
)


class GeneratorConfig(GeneratorShape):
    """A generator: a dense layer from the code to a small map, then layers that enlarge it to the image.

    The class joins the code as a one-hot vector of K numbers.
    """

    start: tuple[int, int]
    """Channels and side of the map behind the dense layer."""
    start_norm: Norm = "none"
    start_activation: Activation = "relu"
    bias: bool = True
    layers: tuple[Layer, ...] = Field(min_length=1)
    """The last one ends in tanh for pixels in [-1, 1] or in sigmoid for pixels in [0, 1]."""
    initial_spread: float | None = 0.02
    """Standard deviation of the first weights (Radford et al. 2016); None keeps PyTorch's initialisation."""

    @model_validator(mode="after")
    def _reaches_the_image(self) -> GeneratorConfig:
        side = self.start[1]
        for layer in self.layers:
            side = layer.side(side)
        shape = (self.layers[-1].channels, side, side)
        if shape != self.image:
            raise ValueError(f"the layers give images of C, H, W {shape}, the config says {self.image}")
        if self.layers[-1].activation not in ("tanh", "sigmoid"):
            raise ValueError(f"the last layer ends in {self.layers[-1].activation}; it must end in tanh or sigmoid")
        return self

    @property
    def has_reference(self) -> bool:
        """Whether a fixed batch of codes normalises it (virtual batch normalisation)."""
        return "virtual" in (self.start_norm, *(layer.norm for layer in self.layers))

    @property
    def low(self) -> float:
        """The pixel value of black: -1 where the image is a tanh's, 0 where it is a sigmoid's."""
        return -1.0 if self.layers[-1].activation == "tanh" else 0.0


class DiscriminatorConfig(DiscriminatorShape):
    """A discriminator: layers that shrink the image, then one dense logit."""

    unshuffle: int = Field(1, ge=1)
    """Pixels a side that are folded into channels first."""
    layers: tuple[Layer, ...] = Field(min_length=1)
    spectral: bool = False
    """Spectral normalisation of every weight (Miyato et al. 2018, arXiv:1802.05957)."""
    minibatch_deviation: bool = False
    """The standard deviation over the batch as one more feature map (Karras et al. 2018, arXiv:1710.10196)."""
    minibatch_kernels: int = Field(0, ge=0)
    """Kernels of minibatch discrimination (Salimans et al. 2016, arXiv:1606.03498)."""
    dense_dropout: float = Field(0.0, ge=0, lt=1)
    initial_spread: float | None = 0.02

    @property
    def sees_batches(self) -> bool:
        """Whether its logit of an image depends on the others in the batch."""
        normalised = any(layer.norm != "none" for layer in self.layers)
        return self.minibatch_deviation or self.minibatch_kernels > 0 or normalised

    @model_validator(mode="after")
    def _has_no_reference(self) -> DiscriminatorConfig:
        if any(layer.norm == "virtual" for layer in self.layers):
            raise ValueError("virtual batch normalisation is for generators; give a discriminator batch or none")
        return self


class Generator(GeneratorNetwork):
    """A network from codes to images."""

    config: GeneratorConfig

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        channels, side = config.start
        flat = channels * side * side
        self.dense = nn.Linear(config.latent + config.classes, flat, bias=config.bias)
        self.start = nn.Sequential(
            nn.Unflatten(1, (channels, side, side)),
            *after_convolution(channels, config.start_norm, config.start_activation),
        )
        self.layers = nn.Sequential(*stack(config.layers, channels, side, config.bias))
        initialise(self, config.initial_spread)
        if config.has_reference:
            self.register_buffer("reference", codes(REFERENCE, config.latent, torch.Generator().manual_seed(0)))

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Images (B, C, H, W) in [low, 1] of codes (B, Z), and of classes (B,) where it is conditional."""
        label = class_of(label, self.config.classes, "generator")
        reference = REFERENCE if self.config.has_reference else 0
        if reference:
            z = torch.cat([self.get_buffer("reference").to(z.dtype), z])
        if label is not None:
            of_reference = torch.arange(reference, device=z.device) % self.config.classes
            one_hot = F.one_hot(torch.cat([of_reference, label]), self.config.classes)
            z = torch.cat([z, one_hot.to(z.dtype)], 1)  # (R + B, Z + K)
        images: Tensor = self.layers(self.start(self.dense(z)))  # (R + B, C, H, W)
        return images[reference:]


class Discriminator(DiscriminatorNetwork):
    """A network from images to how real they look."""

    config: DiscriminatorConfig

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        channels, side = config.image[0] * config.unshuffle**2, config.image[1] // config.unshuffle
        class_maps = config.classes if config.conditioning == "maps" else 0
        self.fold = nn.PixelUnshuffle(config.unshuffle)
        self.layers = nn.Sequential(*stack(config.layers, channels + class_maps, side, bias=True))
        for layer in config.layers:
            side = layer.side(side)
        self.width = config.layers[-1].channels
        flat = (self.width + config.minibatch_deviation) * side * side
        self.dropout = nn.Dropout(config.dense_dropout)
        kernels = config.minibatch_kernels
        self.minibatch = MinibatchDiscrimination(flat, kernels) if kernels else None
        flat += kernels
        self.dense = nn.Linear(flat, 1)
        projects = config.classes and config.conditioning == "projection"
        self.class_embedding = nn.Embedding(config.classes, self.width) if projects else None
        self.class_head = nn.Linear(flat, config.classes) if config.classes and config.conditioning == "head" else None
        initialise(self, config.initial_spread)
        if config.spectral:
            for module in list(self.modules()):
                if isinstance(module, nn.Conv2d | nn.Linear | nn.Embedding):
                    spectral_norm(module)

    def discriminate(self, x: Tensor, label: Tensor | None = None) -> Verdict:
        """The outputs for images (B, C, H, W), given their classes (B,) where it is conditioned on them."""
        label = class_of(label, self.config.classes, "discriminator")
        x = self.fold(x)
        if label is not None and self.config.conditioning == "maps":
            one_hot = F.one_hot(label, self.config.classes).to(x.dtype)[:, :, None, None]
            x = torch.cat([x, one_hot.expand(-1, -1, *x.shape[2:])], 1)  # (B, C + K, H, W)
        maps = self.layers(x)  # (B, W, h, w)
        out = torch.cat([maps, deviation_map(maps)], 1) if self.config.minibatch_deviation else maps
        in_memory = out.permute(0, 2, 3, 1)  # channels last: neither it nor its gradient is copied
        features = self.dropout(in_memory.flatten(1))
        if self.minibatch is not None:
            features = torch.cat([features, self.minibatch(features)], 1)
        logit = self.dense(features)[:, 0]
        if self.class_embedding is not None:
            logit = logit + (self.class_embedding(label) * maps.sum((2, 3))).sum(1)
        return Verdict(logit, features, None if self.class_head is None else self.class_head(features))
