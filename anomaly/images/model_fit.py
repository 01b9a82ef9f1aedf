"""Fitting one model of images: features, VAE, memory bank."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import torch

from anomaly.images.detector import ImageDetectorConfig
from anomaly.images.features import FeatureConfig, Represent
from anomaly.images.scoring import FeatureScaler, FineModel, ImageModel, MemoryBank
from anomaly.images.surroundings import beside_own_image, shares_of_surroundings
from anomaly.images.vae import ImageVAE, ImageVAEConfig
from anomaly.vae.reconstruction import antithetic_draws
from anomaly.vae.training import Epoch, Examples, fit
from sensors_data.nets.training import Hooks
from sensors_data.settings import parse

MOST_PATCHES = 150_000
"""Patches that are learned from at most: training shows no more, and they have to fit into memory."""
MOST_FINE = 400
"""Images whose fine level is learned from, at most."""


def learn_model(
    learned: np.ndarray,
    held_out: np.ndarray,
    config: ImageDetectorConfig,
    seed: int,
    features: Represent,
    hooks: Hooks,
) -> tuple[ImageModel, list[Epoch]]:
    """The fitted model of images, early-stopped on held-out ones, and its history; with a fine level, its model too."""
    blocks, fine = _thinned(learned, config.features, seed, features)
    scaler = (
        FeatureScaler((), ())
        if config.features.kind == "pixels"
        else FeatureScaler.of(blocks, config.features.kind == "patches")
    )
    train = _inputs(scaler.apply(blocks), config.features)
    known, known_fine = _thinned(held_out, config.features, seed, features)
    valid = _inputs(scaler.apply(known), config.features)
    network, history = _fitted(scaler, train, valid, config, seed, hooks)
    if not config.features.of_two_scales:
        return network, history
    return replace(network, fine=_learn_fine(fine, known_fine, config, seed)), history


def _learn_fine(learned: torch.Tensor, held_out: torch.Tensor, config: ImageDetectorConfig, seed: int) -> FineModel:
    """The model of the fine level of some images (N, 4 P, C), early-stopped on that of held-out ones."""
    around = shares_of_surroundings(learned)
    generator = torch.Generator().manual_seed(seed)
    left, known = (
        x[torch.randperm(len(x), generator=generator)[:MOST_PATCHES]]
        for x in (beside_own_image(level, around).flatten(0, 1) for level in (learned, held_out))
    )
    scaler = FeatureScaler.of([left], by_feature=True)
    smaller = config.model_copy(update={"widths": config.fine_widths, "latent": config.fine_latent})
    model, _ = _fitted(scaler, scaler.apply([left]), scaler.apply([known]), smaller, seed, Hooks())
    return FineModel(model, around)


def _fitted(
    scaler: FeatureScaler,
    train: torch.Tensor,
    valid: torch.Tensor,
    config: ImageDetectorConfig,
    seed: int,
    hooks: Hooks,
) -> tuple[ImageModel, list[Epoch]]:
    """The VAE of inputs (N, *shape), early-stopped on others, with the codes of its inputs."""
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


def _thinned(
    images: np.ndarray, config: FeatureConfig, seed: int, features: Represent
) -> tuple[list[torch.Tensor], torch.Tensor]:
    """The blocks of features of images; of more than MOST_PATCHES patches as many of every image as fit, at random.

    Beside them the fine level of MOST_FINE images, evenly spread, (N, 4 P, C); nothing where there is none.
    """
    if config.kind != "patches":
        return features(images, config), torch.empty(0)
    of_each = max(1, MOST_PATCHES // max(1, len(images)))
    generator, parts, fine = torch.Generator().manual_seed(seed), [], []
    spread = np.unique(np.linspace(0, len(images) - 1, min(len(images), MOST_FINE)).astype(int))
    for first in range(0, len(images), config.batch):
        block, *more = features(images[first : first + config.batch], config)
        few = torch.stack([torch.randperm(block.shape[1], generator=generator)[:of_each].sort().values for _ in block])
        parts.append(block.gather(1, few[..., None].expand(-1, -1, block.shape[2])))
        chosen = spread[(spread >= first) & (spread < first + len(block))] - first
        fine += [level[chosen] for level in more]
    return [torch.cat(parts)], torch.cat(fine) if fine else torch.empty(0)


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
