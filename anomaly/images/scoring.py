"""What a VAE says of an image in nats: reconstruction, divergence, distance and neighbours of its code, made to add."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from anomaly.images.features import BATCH, FeatureConfig, represent
from anomaly.images.vae import ImageVAE
from anomaly.vae.reconstruction import reconstruct
from sensors_data.nets.threads import one_thread
from sensors_data.settings import Section

PARTS = ("reconstruction", "divergence", "distance", "neighbours")


@dataclass(frozen=True)
class Memory:
    """The codes of normal images: where they lie and how they spread."""

    codes: Tensor  # (M, Z)
    mean: Tensor  # (Z,)
    precision: Tensor  # (Z, Z), of their covariance

    @classmethod
    def of(cls, codes: Tensor, limit: int, generator: torch.Generator) -> Memory:
        """The memory of codes (N, Z); of more than `limit` a random part is kept as neighbours."""
        centred = (codes - codes.mean(0)).double()
        covariance = centred.T @ centred / max(1, len(codes) - 1)
        # a dimension that the model does not use has next to no variance: the floor keeps it from ruling the distance
        floor = 1e-2 * covariance.diagonal().mean().clamp(min=1e-6)
        precision = torch.linalg.inv(covariance + floor * torch.eye(len(covariance), dtype=torch.float64))
        kept = torch.randperm(len(codes), generator=generator)[:limit].sort().values
        return cls(codes[kept].clone(), codes.mean(0), precision.float())


@dataclass(frozen=True)
class Blocks:
    """Where the blocks of features stand and how wide they spread, so that each weighs alike."""

    means: tuple[Tensor, ...]  # (F,) each
    scales: tuple[Tensor, ...]  # () each, or (F,)

    @classmethod
    def of(cls, blocks: list[Tensor], by_feature: bool = False) -> Blocks:
        """The means and root mean squares of blocks of features (N, ..., F), one for a block or one for a feature."""
        flat = [block.flatten(0, -2) for block in blocks]
        means = tuple(block.mean(0) for block in flat)
        spreads = [(b - m).square().mean(0) for b, m in zip(flat, means, strict=True)]
        return cls(means, tuple((s if by_feature else s.mean()).sqrt().clamp(min=1e-6) for s in spreads))

    def apply(self, blocks: list[Tensor]) -> Tensor:
        """Blocks of features as one standardised input (..., F); pixels, which have no means, as they are."""
        if not self.means:
            return blocks[0]
        return torch.cat([(b - m) / s for b, m, s in zip(blocks, self.means, self.scales, strict=True)], dim=-1)


@dataclass(frozen=True)
class Network:
    """A fitted model of one view of images, with the codes of normal ones."""

    features: FeatureConfig
    blocks: Blocks
    model: ImageVAE
    memory: Memory
    draws: Tensor  # (S, Z), the same for every input
    neighbours: int


@dataclass(frozen=True)
class Surprise:
    """What is unexpected in B images of P patches; P is 1 where an image is modelled whole."""

    parts: Tensor  # (B, P, 4), in the order of PARTS
    value_nats: Tensor  # (B, P, *shape) the reconstruction part, spread over what it is of
    expected: Tensor  # (B, P, *shape) the reconstruction


def surprises(network: Network, images: np.ndarray) -> Iterator[Surprise]:
    """The surprise of uint8 images (N, C, H, W), batch by batch."""
    with one_thread():
        for first in range(0, len(images), BATCH):
            rows = images[first : first + BATCH]
            padded = np.zeros((BATCH, *images.shape[1:]), np.uint8)
            padded[: len(rows)] = rows
            x = network.blocks.apply(represent(padded, network.features))
            count = x.shape[1] if network.features.kind == "patches" else 1
            found = surprise(network, x.reshape(BATCH * count, *network.model.config.shape))
            values = (t.view(BATCH, count, *t.shape[1:])[: len(rows)] for t in found)
            yield Surprise(*values)


@torch.no_grad()
def surprise(network: Network, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The four parts of the surprise of inputs x (B, *shape), (B, 4); the first of them by value, and the expected x.

    reconstruction: nats lost against a perfect reconstruction, log p(x|x) - E log p(x|z), so that an image is not
    called normal because it is simple, nor anomalous because it is rich; divergence: KL(q(z|x) || N(0, 1)), nats;
    distance: half the squared Mahalanobis distance of the code's mean from the normal codes, nats of a Gaussian;
    neighbours: Z log of the mean distance to the nearest normal codes, the nearest-neighbour estimate of -log density
    (Loftsgaarden and Quesenberry 1965), nats up to a constant.
    """
    model, memory = network.model, network.memory
    found = reconstruct(model, x, network.draws)
    value_nats = -found.log_prob - model.plain_cost(x)
    code = model.encode(x).mean
    apart = code - memory.mean
    distance = 0.5 * ((apart @ memory.precision) * apart).sum(1)
    near = nearest_mean(code, memory.codes, network.neighbours)
    local = code.shape[1] * near.clamp(min=1e-6).log()
    return torch.stack([value_nats.flatten(1).sum(1), found.kl, distance, local], dim=1), value_nats, found.expected


def nearest_mean(x: Tensor, others: Tensor, neighbours: int, rows: int = 1024) -> Tensor:
    """The mean Euclidean distance of x (B, F) to its nearest among others (M, F): (B,); `rows` of x at a time."""
    size, kept = others.square().sum(1), min(neighbours, len(others))
    found = []
    for first in range(0, len(x), rows):
        part = x[first : first + rows]
        squares = torch.addmm(size, part, others.T, alpha=-2).add_(part.square().sum(1, keepdim=True))
        found.append(squares.topk(kept, dim=1, largest=False).values.clamp(min=0).sqrt().mean(1))
    return torch.cat(found)


PLACE_SHARE = 0.5
"""How much of what a place costs more than the others is taken off it, 0 to 1."""


class Balance(Section):
    """How the parts are put on one scale: that of the reconstruction part on held-out normal images."""

    centre: tuple[float, ...]
    """Median of each part, nats."""
    spread: tuple[float, ...]
    """Standard deviation of each part, nats."""
    weights: tuple[float, ...]
    """Of each part, summing to 1."""
    places: tuple[float, ...] = (0.0,)
    """Nats taken off at each place of an image, P or 1 of them: edges and corners cost more on normal images too."""

    def total(self, parts: Tensor) -> Tensor:
        """One score for each place of parts (B, P, 4), (B, P) nats of reconstruction: a typical normal one has about
        its median.
        """
        centre, spread, weights, places = (
            torch.tensor(values, dtype=torch.float64)
            for values in (self.centre, self.spread, self.weights, self.places)
        )
        return self.centre[0] + self.spread[0] * ((parts.double() - centre) / spread) @ weights - places


def fit_balance(parts: Tensor, weights: tuple[float, ...]) -> Balance:
    """The balance of parts (N, P, 4) of held-out normal images; the weights are brought to a sum of 1."""
    flat = parts.double().flatten(0, 1)
    even = Balance(
        centre=tuple(float(v) for v in flat.median(0).values),
        spread=tuple(float(v) for v in flat.std(0, unbiased=False).clamp(min=1e-6)),
        weights=tuple(w / math.fsum(weights) for w in weights),
    )
    costs = even.total(parts).mean(0)  # (P,)
    return even.model_copy(update={"places": tuple(float(v) for v in PLACE_SHARE * (costs - costs.mean()))})
