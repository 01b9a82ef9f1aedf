"""A snapshot of a training: what the generator draws as it is now, and how that compares with held-out images."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import Tensor

from synthesis.networks.pair import GeneratorNetwork, codes
from synthesis.quality.extractors import Extractor, features_of
from synthesis.training.collapse import Measures, measured
from synthesis.training.ema import recompute_batch_norm
from synthesis.training.run import Examples
from synthesis.training.step import GanState, as_pixels

JUDGED = 2048
"""Images drawn for each snapshot's measures, at most."""
DISCRIMINATED = 256
"""Real and fake images whose logits are compared."""


def snapshot_of(gan: GanState, examples: Examples, seed: int) -> GeneratorNetwork:
    """A copy of the averaged generator with batch normalisation recomputed for its weights; what is no weight is the
    generator's own."""
    network = copy.deepcopy(gan.average)
    for held, now in zip(network.buffers(), gan.generator.buffers(), strict=True):
        held.copy_(now)
    recompute_batch_norm(network, _classes(examples), seed, batches=4)
    return network


def _classes(examples: Examples) -> Tensor | None:
    return None if examples.numbers is None else torch.from_numpy(examples.numbers)


@torch.no_grad()
def measures_of(
    gan: GanState, network: GeneratorNetwork, examples: Examples, extractor: Extractor, seed: int
) -> Measures:
    """The snapshot's images compared with held-out ones."""
    count = max(256, min(JUDGED, len(examples.held_out)))
    fake = _draw(network, _sampled_classes(examples, count, seed), count, seed)
    rows = np.random.default_rng(seed).permutation(len(examples.images))[:DISCRIMINATED]
    labels = _classes(examples)
    gan.discriminator.eval()
    real_logits = _logits(gan, examples.images[rows], None if labels is None else labels[rows])
    fake_logits = _logits(gan, fake[: len(rows)], _sampled_classes(examples, len(rows), seed))
    gan.discriminator.train()
    features = features_of(extractor, examples.held_out[:count]), features_of(extractor, fake)
    return measured(*features, real_logits, fake_logits)


def _logits(gan: GanState, images: np.ndarray, labels: Tensor | None) -> np.ndarray:
    """The discriminator's logits (B,) of uint8 images (B, C, H, W)."""
    device = gan.workers.device
    x = as_pixels(torch.from_numpy(images).to(device), gan.generator.config.low)
    logits: np.ndarray = gan.discriminator(x, None if labels is None else labels.to(device)).float().cpu().numpy()
    return logits


def _sampled_classes(examples: Examples, count: int, seed: int) -> Tensor | None:
    """Classes of images to draw, (count,), as often as they were learned from."""
    labels = _classes(examples)
    if labels is None:
        return None
    return labels[torch.randint(len(labels), (count,), generator=torch.Generator().manual_seed(seed + 2))]


@torch.no_grad()
def _draw(network: GeneratorNetwork, labels: Tensor | None, count: int, seed: int) -> np.ndarray:
    """Images of the same codes at every snapshot, uint8 (count, C, H, W)."""
    device, low = next(network.parameters()).device, network.config.low
    z = codes(count, network.config.latent, torch.Generator().manual_seed(seed + 1))
    images = []
    for rows in torch.arange(count).split(256):  # type: ignore[no-untyped-call]
        x = network(z[rows].to(device), None if labels is None else labels[rows].to(device))
        images.append(x.sub(low).mul(255 / (1 - low)).round().clamp(0, 255).byte().cpu().numpy())
    return np.ascontiguousarray(np.concatenate(images))


def of_fixed_codes(network: GeneratorNetwork, examples: Examples, seed: int) -> np.ndarray:
    """A snapshot's images of the same 64 codes as every other's, uint8 (64, C, H, W)."""
    return _draw(network, _sampled_classes(examples, 64, seed), 64, seed)


def drawn_of_each_class(network: GeneratorNetwork, classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A snapshot's images of all classes alike, uint8 (JUDGED, C, H, W), and their class numbers (JUDGED,)."""
    labels = torch.arange(JUDGED) % classes
    return _draw(network, labels, JUDGED, seed), labels.numpy()
