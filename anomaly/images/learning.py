"""How a camera's detector is learned from its normal images: features, network, memory, balance, threshold."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import torch

from anomaly.images.detector import ImageCard, ImageDetector, ImageDetectorConfig, score_parts
from anomaly.images.features import FeatureConfig, represent
from anomaly.images.scoring import Blocks, Memory, Network, fit_balance, surprises
from anomaly.images.vae import ImageVAE, ImageVAEConfig
from anomaly.thresholds import pot_threshold
from anomaly.vae.reconstruction import antithetic_draws
from anomaly.vae.training import Epoch, Examples, fit
from sensors_data.errors import UnusableError
from sensors_data.nets.checkpoint import Checkpoint
from sensors_data.nets.threads import one_thread
from sensors_data.nets.training import Progress
from sensors_data.settings import parse

MIN_IMAGES = 20
"""Normal images without which nothing is learned."""


def learn_image_detector(
    camera: str,
    images: np.ndarray,
    through: date,
    config: ImageDetectorConfig,
    seed: int,
    synthetic: np.ndarray | None = None,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
) -> tuple[ImageDetector, list[Epoch]]:
    """A camera's detector of normal uint8 images (N, C, H, W) in time order, and its training's history.

    The last of them are held out for early stopping, balance and threshold; `synthetic` images join those that are
    learned from and no others. ValueError says how many images are missing.
    """
    if len(images) < MIN_IMAGES:
        raise UnusableError(
            f"{camera} has {len(images)} normal images to learn from", f"at least {MIN_IMAGES} are needed"
        )
    kept = len(images) - held_out_count(len(images), config)
    learned, held_out = images[:kept], images[kept:]
    drawn = learned[:0] if synthetic is None else synthetic
    with one_thread():
        network, history = _learn_network(
            np.concatenate([learned, drawn]), held_out, config, seed, progress, checkpoint
        )
    parts = torch.cat([found.parts for found in surprises(network, held_out)])
    balance = fit_balance(parts, config.weights)
    normal = score_parts(network, held_out, balance, config.worst_share)
    card = ImageCard(
        camera=camera,
        trained_through=through,
        image=tuple(images.shape[1:]),
        images=len(images),
        synthetic=len(drawn),
        held_out=len(held_out),
        network=network.model.config,
        config=config,
        balance=balance,
        threshold=pot_threshold(normal.score, config.false_alarm_rate),
        pixel_threshold=float(np.quantile(normal.maps, 0.999)),
        seed=seed,
    )
    return ImageDetector(network, card), history


def held_out_count(images: int, config: ImageDetectorConfig) -> int:
    """How many of the last images are held out."""
    return max(MIN_IMAGES // 2, round(images * config.held_out))


def _learn_network(
    learned: np.ndarray,
    held_out: np.ndarray,
    config: ImageDetectorConfig,
    seed: int,
    progress: Progress | None,
    checkpoint: Checkpoint | None,
) -> tuple[Network, list[Epoch]]:
    """The fitted network of images, early-stopped on held-out ones, and its history."""
    views = represent(learned, config.features)
    blocks = Blocks((), ()) if config.features.kind == "pixels" else Blocks.of(views, config.features.kind == "patches")
    train, valid = (_inputs(blocks.apply(v), config.features) for v in (views, represent(held_out, config.features)))
    choices = config.model_dump(include={"body", "widths", "latent", "activation", "likelihood"})
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = ImageVAE(parse(ImageVAEConfig, {"shape": tuple(train.shape[1:]), **choices}, "the detector's settings"))
    epochs = max(1, min(config.fit.epochs, round(config.steps * config.fit.batch / len(train))))
    plan = config.fit.model_copy(update={"epochs": epochs})
    history = fit(model, _examples(train), _examples(valid), plan, seed, progress, checkpoint)
    generator = torch.Generator().manual_seed(seed)
    draws = antithetic_draws(config.draws, model.latent, generator)
    memory = Memory.of(codes(model, train), config.memory, generator)
    return Network(config.features, blocks, model, memory, draws, config.neighbours), history


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
