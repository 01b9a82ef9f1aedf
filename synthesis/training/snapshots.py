"""A snapshot of a training: what the generator draws as it is now, and how that compares with held-out images."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from synthesis.networks.dcgan import Generator, codes
from synthesis.quality.extractors import Extractor, features_of
from synthesis.training.collapse import Measures, measured
from synthesis.training.ema import settle
from synthesis.training.step import Pair, as_pixels

JUDGED = 2048
"""Images drawn for each snapshot's measures, at most."""


@dataclass(frozen=True)
class Examples:
    """What is learned from, and what is held out to choose the best snapshot."""

    images: np.ndarray  # (N, C, H, W) uint8
    numbers: np.ndarray | None  # (N,) class numbers, where the recipe is conditional
    held_out: np.ndarray  # (V, C, H, W) uint8


def settled(pair: Pair, examples: Examples, seed: int) -> Generator:
    """A copy of the generator that draws, its normalisation set to what it is now."""
    network = copy.deepcopy(pair.average)
    settle(network, _classes(examples), seed, batches=4)
    return network


def _classes(examples: Examples) -> Tensor | None:
    return None if examples.numbers is None else torch.from_numpy(examples.numbers)


@torch.no_grad()
def measures_of(pair: Pair, network: Generator, examples: Examples, extractor: Extractor, seed: int) -> Measures:
    """What the snapshot's images are like beside those that are held out."""
    count = max(256, min(JUDGED, len(examples.held_out)))
    images = _drawn(network, examples, count, seed)
    real = examples.held_out[:count]
    device, low = pair.workers.device, network.config.low
    pair.discriminator.eval()
    shown = np.random.default_rng(seed).permutation(len(examples.images))[:256]
    asked = [examples.images[shown], images[: len(shown)]]
    labels = _classes(examples)
    logits = []
    for x, label in zip(
        asked, (None if labels is None else labels[shown], _turns(examples, len(shown), seed)), strict=True
    ):
        told = None if label is None else label.to(device)
        logits.append(pair.discriminator(as_pixels(torch.from_numpy(x).to(device), low), told).float().cpu().numpy())
    pair.discriminator.train()
    return measured(features_of(extractor, real), features_of(extractor, images), logits[0], logits[1])


def _turns(examples: Examples, count: int, seed: int) -> Tensor | None:
    """Classes of images to draw, (count,), as often as they were learned from."""
    labels = _classes(examples)
    if labels is None:
        return None
    return labels[torch.randint(len(labels), (count,), generator=torch.Generator().manual_seed(seed + 2))]


@torch.no_grad()
def _drawn(network: Generator, examples: Examples, count: int, seed: int) -> np.ndarray:
    """Images of the same codes at every snapshot, uint8 (count, C, H, W)."""
    device, low = next(network.parameters()).device, network.config.low
    z = codes(count, network.config.latent, torch.Generator().manual_seed(seed + 1))
    labels = _turns(examples, count, seed)
    out = []
    for rows in torch.arange(count).split(256):  # type: ignore[no-untyped-call]
        x = network(z[rows].to(device), None if labels is None else labels[rows].to(device))
        out.append(x.sub(low).mul(255 / (1 - low)).round().clamp(0, 255).byte().cpu().numpy())
    return np.ascontiguousarray(np.concatenate(out))


def of_fixed_codes(network: Generator, examples: Examples, seed: int) -> np.ndarray:
    """What a snapshot draws from the same 64 codes as every other, uint8 (64, C, H, W)."""
    return _drawn(network, examples, 64, seed)
