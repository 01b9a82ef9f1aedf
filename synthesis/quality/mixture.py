"""A classifier trained on real images and, for a share of every step, on drawn ones with class probabilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from synthesis.quality.classifier import BATCH, Classifier
from synthesis.quality.ordinary import NOTHING, Ordinary, varied

RATE = 3e-3
SMOOTHING = 0.05
"""Of real labels: this much probability is spread over all classes."""

Targeted = tuple[Tensor, Tensor]
"""Images (N, C, H, W) and the probability of each class (N, K)."""


@dataclass(frozen=True)
class Drawn:
    """Drawn images, what they show, and their share of every step."""

    x: np.ndarray  # (M, C, H, W) uint8
    probability: np.ndarray  # (M, K) float32
    share: float


def train_on(
    x: np.ndarray, numbers: np.ndarray, classes: int, seed: int, shown: int, ordinary: Ordinary = NOTHING
) -> Classifier:
    """A classifier of `shown` real uint8 images (N, C, H, W) with class numbers (N,), repeats counted."""
    return _trained(_real(x, numbers, classes), None, seed, shown, ordinary)


def train_on_both(
    x: np.ndarray, numbers: np.ndarray, drawn: Drawn, seed: int, shown: int, ordinary: Ordinary = NOTHING
) -> Classifier:
    """A classifier of as many images, a share of them drawn; the real ones are those of `train_on`."""
    classes = drawn.probability.shape[1]
    images = torch.from_numpy(drawn.x), torch.from_numpy(drawn.probability)
    return _trained(_real(x, numbers, classes), (*images, drawn.share), seed, shown, ordinary)


def _real(x: np.ndarray, numbers: np.ndarray, classes: int) -> Targeted:
    certain = F.one_hot(torch.from_numpy(numbers.astype(np.int64)), classes).float()
    return torch.from_numpy(x), certain * (1 - SMOOTHING) + SMOOTHING / classes


def _trained(
    real: Targeted, drawn: tuple[Tensor, Tensor, float] | None, seed: int, shown: int, ordinary: Ordinary
) -> Classifier:
    """One-cycle AdamW; weights, order and variations follow from the seed."""
    draws = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        _, *image = real[0].shape
        network = Classifier((image[0], image[1], image[2]), real[1].shape[1])
        steps = max(1, shown // BATCH)
        optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=1e-2, fused=True)
        plan = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, steps, pct_start=0.2)
        network.train()
        for x, target in islice(_batches(real, drawn, ordinary, draws), steps):
            loss = F.cross_entropy(network(x), target)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            plan.step()
    return network.eval().requires_grad_(False)


def _batches(
    real: Targeted, drawn: tuple[Tensor, Tensor, float] | None, ordinary: Ordinary, draws: torch.Generator
) -> Iterator[Targeted]:
    """Images (B, C, H, W) in [0, 1] and their class probabilities, a step at a time: real ones varied, drawn ones,
    which are many, as they are.
    """
    count = 0 if drawn is None else round(BATCH * drawn[2])
    reals = _stream(*real, BATCH - count, draws)
    others = _stream(drawn[0], drawn[1], count, draws) if drawn is not None and count else None
    for x, target in reals:
        extra = next(others) if others is not None else None
        x, target = varied(x.float() / 255, target, ordinary, draws)
        if extra is not None:
            x, target = torch.cat([x, extra[0].float() / 255]), torch.cat([target, extra[1]])
        yield x, target


def _stream(x: Tensor, target: Tensor, count: int, draws: torch.Generator) -> Iterator[Targeted]:
    """`count` images and their targets at a time, in passes of a fresh order, for ever."""
    order = torch.empty(0, dtype=torch.int64)
    while True:
        while len(order) < count:
            order = torch.cat([order, torch.randperm(len(x), generator=draws)])
        yield x[order[:count]], target[order[:count]]
        order = order[count:]
