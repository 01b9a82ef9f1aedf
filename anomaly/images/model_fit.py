"""Fitting one model of images: features, VAE, memory bank."""

from __future__ import annotations

import math

import numpy as np
import torch

from anomaly.images.detector import ImageDetectorConfig
from anomaly.images.features import FeatureConfig, Represent
from anomaly.images.scoring import FeatureScaler, ImageModel, MemoryBank
from anomaly.images.vae import ImageVAE, ImageVAEConfig
from anomaly.vae.reconstruction import antithetic_draws
from anomaly.vae.training import Epoch, Examples, fit
from sensors_data.nets.training import Hooks
from sensors_data.settings import parse

MOST_PATCHES = 150_000
"""Patches that are learned from at most: training shows no more, and they have to fit into memory."""


def learn_model(
    learned: np.ndarray,
    held_out: np.ndarray,
    config: ImageDetectorConfig,
    seed: int,
    features: Represent,
    hooks: Hooks,
) -> tuple[ImageModel, list[Epoch]]:
    """The fitted model of images, early-stopped on held-out ones, and its history."""
    blocks = _thinned(learned, config.features, seed, features)
    scaler = (
        FeatureScaler((), ())
        if config.features.kind == "pixels"
        else FeatureScaler.of(blocks, config.features.kind == "patches")
    )
    train = _inputs(scaler.apply(blocks), config.features)
    valid = _inputs(scaler.apply(_thinned(held_out, config.features, seed, features)), config.features)
    choices = config.model_dump(include={"body", "widths", "latent", "activation", "likelihood"})
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        vae = ImageVAE(parse(ImageVAEConfig, {"shape": tuple(train.shape[1:]), **choices}, "the detector's settings"))
    epochs = max(1, min(config.fit.epochs, round(config.steps * config.fit.batch / len(train))))
    plan = config.fit.model_copy(update={"epochs": epochs})
    history = fit(vae, _examples(train), _examples(valid), plan, seed, hooks.progress, hooks.checkpoint)
    generator = torch.Generator().manual_seed(seed)
    draws = antithetic_draws(config.draws, vae.latent, generator)
    memory = MemoryBank.of(codes(vae, train), config.memory, generator)
    return ImageModel(config.features, scaler, vae, memory, draws, config.neighbours), history


def _thinned(images: np.ndarray, config: FeatureConfig, seed: int, features: Represent) -> list[torch.Tensor]:
    """The blocks of features of images; of more than MOST_PATCHES patches as many of every image as fit, at random."""
    if config.kind != "patches":
        return features(images, config)
    of_each = max(1, MOST_PATCHES // max(1, len(images)))
    generator, parts = torch.Generator().manual_seed(seed), []
    for first in range(0, len(images), config.batch):
        (block,) = features(images[first : first + config.batch], config)
        few = torch.stack([torch.randperm(block.shape[1], generator=generator)[:of_each].sort().values for _ in block])
        parts.append(block.gather(1, few[..., None].expand(-1, -1, block.shape[2])))
    return [torch.cat(parts)]


def _inputs(x: torch.Tensor, features: FeatureConfig) -> torch.Tensor:
    """One input a row: patches of all images one after the other."""
    return x.flatten(0, 1) if features.kind == "patches" else x


def _examples(x: torch.Tensor) -> Examples:
    return Examples(x, torch.ones(len(x), *[1] * (x.dim() - 1)))


@torch.no_grad()
def codes(model: ImageVAE, x: torch.Tensor) -> torch.Tensor:
    """The means of the codes of inputs (N, *shape), (N, Z)."""
    rows = max(1, 2**22 // math.prod(x.shape[1:]))
    return torch.cat([model.encode(x[first : first + rows]).mean for first in range(0, len(x), rows)])
