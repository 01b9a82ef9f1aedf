"""The code of a real image, found by gradient descent; and an image with a hidden place filled in by its generator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sensors_data.defects.pasted import grown, poisson_blend
from sensors_data.errors import UnusableError
from sensors_data.nets.threads import one_thread
from synthesis.generator_files import TrainedGenerator
from synthesis.networks.pair import codes
from synthesis.sampling import as_uint8
from synthesis.training.step import as_pixels

TRIED, STARTS = 1024, 16
"""Number of random codes, and of those among them, nearest to the image, from which the descent starts."""
STEPS = 200
RATE = 0.05
"""Learning rate of Adam, annealed to 0."""
PRIOR = 1e-3
"""Weight of the code's mean square relative to the mean squared distance of pixels in [-1, 1]."""
MARGIN = 2
"""Pixels around a hidden place that are filled in with it."""


@dataclass(frozen=True)
class Inversion:
    """The image that a generator can draw nearest to a given one, and its code."""

    code: Tensor  # (Z,)
    label: str
    """The class; empty where the generator has none."""
    image: np.ndarray  # (C, H, W) uint8
    error: float
    """Root mean squared distance over the pixels that counted, grey levels."""


def inverted(
    generator: TrainedGenerator,
    image: np.ndarray,
    seed: int,
    hidden: np.ndarray | None = None,
    labels: Sequence[str] = (),
) -> Inversion:
    """The code whose image is nearest to an image uint8 (C, H, W), ignoring the pixels `hidden` (H, W) bool.

    Gradient descent on the code from the nearest of many random ones, with the prior's pull to the origin (Yeh et al.
    2017, arXiv:1607.07539, with squared distances). Of a generator with classes, those among `labels` are tried; all if
    none are named. The same seed gives the same code. UnusableError for an image of another shape, or one that is
    hidden altogether.
    """
    config = generator.card.network
    if image.shape != config.image:
        raise UnusableError(f"an image of {image.shape} (C, H, W), {generator.name} draws {config.image}")
    seen = np.ones(image.shape[1:], bool) if hidden is None else ~hidden
    if not seen.any():
        raise UnusableError("every pixel of the image is hidden", "hide a part of it")
    target, weight = as_pixels(torch.tensor(image), config.low), torch.from_numpy(seen).float()
    with one_thread():
        z, label = _starts(generator, target, weight, labels, torch.Generator().manual_seed(seed))
        z = _descended(generator, z, label, target, weight)
        with torch.no_grad():
            drawn = generator.network(z, label)
            apart = _apart(drawn, target, weight)
    best = int(apart.argmin())
    return Inversion(
        code=z[best],
        label="" if label is None else generator.card.classes[int(label[best])],
        image=as_uint8(drawn[best : best + 1], config.low)[0],
        error=float(apart[best].sqrt()) * 255 / (1 - config.low),
    )


def painted_out(
    generator: TrainedGenerator, image: np.ndarray, hidden: np.ndarray, seed: int, labels: Sequence[str] = ()
) -> np.ndarray:
    """An image uint8 (C, H, W) with the place `hidden` (H, W) bool as the generator would have it, uint8 (C, H, W).

    The nearest drawn image of the rest is set in without a seam; pixels farther away stay. Raises as `inverted`.
    """
    place = grown(hidden, MARGIN)
    drawn = inverted(generator, image, seed, place, labels).image
    blended = poisson_blend(image / 255.0, drawn / 255.0, place.astype(float))
    return np.where(place, np.rint(blended * 255).astype(np.uint8), image)


@torch.no_grad()
def _starts(
    generator: TrainedGenerator, target: Tensor, weight: Tensor, labels: Sequence[str], draws: torch.Generator
) -> tuple[Tensor, Tensor | None]:
    """The codes (S, Z) and classes (S,) of random images that are nearest to the target."""
    classes = generator.card.classes
    z = codes(TRIED, generator.card.network.latent, draws)
    tried = torch.tensor([n for n, name in enumerate(classes) if name in (labels or classes)], dtype=torch.int64)
    label = tried[torch.arange(TRIED) % len(tried)] if classes else None
    parts = torch.split(torch.arange(TRIED), 128)
    apart = torch.cat(
        [_apart(generator.network(z[rows], None if label is None else label[rows]), target, weight) for rows in parts]
    )
    nearest = apart.argsort()[:STARTS]
    return z[nearest], None if label is None else label[nearest]


def _descended(generator: TrainedGenerator, z: Tensor, label: Tensor | None, target: Tensor, weight: Tensor) -> Tensor:
    """The codes (S, Z) after gradient descent on their images' distance from the target, with the prior's pull."""
    z = z.clone().requires_grad_()
    optimizer = torch.optim.Adam([z], RATE)
    rates = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    for _ in range(STEPS):
        loss = _apart(generator.network(z, label), target, weight) + PRIOR * z.square().mean(1)
        optimizer.zero_grad()
        loss.sum().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        rates.step()
    return z.detach()


def _apart(drawn: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """The mean squared distance (S,) of images (S, C, H, W) from one (C, H, W), by weights (H, W)."""
    squared = (drawn - target).square().mean(1) * weight
    return squared.sum((1, 2)) / weight.sum()
