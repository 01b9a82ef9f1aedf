"""Learning a camera's detector from its normal images: features, VAE, memory bank, normaliser, threshold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import torch

from anomaly.images.detector import ImageCard, ImageDetector, ImageDetectorConfig
from anomaly.images.features import FeatureConfig, represent
from anomaly.images.image_scores import score_parts
from anomaly.images.looks import reference_of
from anomaly.images.scoring import FeatureScaler, ImageModel, MemoryBank, fit_normaliser, surprises
from anomaly.images.vae import ImageVAE, ImageVAEConfig
from anomaly.thresholds import pot_threshold
from anomaly.vae.reconstruction import antithetic_draws
from anomaly.vae.training import Epoch, Examples, fit
from sensors_data.errors import UnusableError
from sensors_data.nets.threads import one_thread
from sensors_data.nets.training import Hooks
from sensors_data.settings import parse

MOST_PATCHES = 150_000
"""Patches that are learned from at most: training shows no more, and they have to fit into memory."""
MIN_IMAGES = 20
"""Normal images that a detector needs at least."""


@dataclass(frozen=True)
class ImageTraining:
    """What a camera's detector is learned from, and how."""

    camera: str
    images: np.ndarray
    """Normal images (N, C, H, W) uint8 in time order; the last of them are held out."""
    through: date
    """The last day that the images come from."""
    config: ImageDetectorConfig
    seed: int
    synthetic: np.ndarray | None = None
    """Generated images (M, C, H, W) uint8; they are learned from and never held out."""


def learn_image_detector(training: ImageTraining, hooks: Hooks | None = None) -> tuple[ImageDetector, list[Epoch]]:
    """A camera's detector and the history of its training.

    The held-out images decide early stopping, the normaliser and the threshold. ValueError when there are too few
    images.
    """
    images, config = training.images, training.config
    if len(images) < MIN_IMAGES:
        raise UnusableError(
            f"{training.camera} has {len(images)} normal images to learn from", f"at least {MIN_IMAGES} are needed"
        )
    count = len(images) - held_out_count(len(images), config)
    learned, held_out = images[:count], images[count:]
    synthetic = learned[:0] if training.synthetic is None else training.synthetic
    with one_thread():
        network, history = _learn_model(
            np.concatenate([learned, synthetic]), held_out, config, training.seed, hooks or Hooks()
        )
    parts = torch.cat([surprise.parts for surprise in surprises(network, held_out)])
    normaliser = fit_normaliser(parts, config.weights)
    normal = score_parts(network, held_out, normaliser, config.worst_share)
    card = ImageCard(
        camera=training.camera,
        trained_through=training.through,
        image=tuple(images.shape[1:]),
        images=len(images),
        synthetic=len(synthetic),
        held_out=len(held_out),
        network=network.model.config,
        config=config,
        normaliser=normaliser,
        threshold=pot_threshold(normal.score, config.false_alarm_rate),
        pixel_threshold=float(np.quantile(normal.maps, 0.999)),
        seed=training.seed,
        looks=reference_of(images),
    )
    return ImageDetector(network, card), history


def held_out_count(images: int, config: ImageDetectorConfig) -> int:
    """The number of images that are held out, the last ones."""
    return max(MIN_IMAGES // 2, round(images * config.held_out))


def _learn_model(
    learned: np.ndarray, held_out: np.ndarray, config: ImageDetectorConfig, seed: int, hooks: Hooks
) -> tuple[ImageModel, list[Epoch]]:
    """The fitted model of images, early-stopped on held-out ones, and its history."""
    features = _thinned(learned, config.features, seed)
    scaler = (
        FeatureScaler((), ())
        if config.features.kind == "pixels"
        else FeatureScaler.of(features, config.features.kind == "patches")
    )
    train = _inputs(scaler.apply(features), config.features)
    valid = _inputs(scaler.apply(_thinned(held_out, config.features, seed)), config.features)
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


def _thinned(images: np.ndarray, features: FeatureConfig, seed: int) -> list[torch.Tensor]:
    """The blocks of features of images; of more than MOST_PATCHES patches as many of every image as fit, at random."""
    if features.kind != "patches":
        return represent(images, features)
    of_each = max(1, MOST_PATCHES // max(1, len(images)))
    generator, parts = torch.Generator().manual_seed(seed), []
    for first in range(0, len(images), features.batch):
        (block,) = represent(images[first : first + features.batch], features)
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
