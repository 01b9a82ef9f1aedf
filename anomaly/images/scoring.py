"""The anomaly score of an image in nats: reconstruction, divergence, distance and neighbours of its code, weighted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from anomaly.images.features import FeatureConfig, Represent, represent
from anomaly.images.known_defects import DefectHead
from anomaly.images.surroundings import beside_own_image, means_of_four, spread_to_four
from anomaly.images.vae import ImageVAE
from anomaly.vae.reconstruction import reconstruct
from sensors_data.nets.threads import one_thread
from sensors_data.settings import Section

PARTS = (
    "reconstruction",
    "divergence",
    "distance",
    "neighbours",
    "fine_reconstruction",
    "fine_neighbours",
    "known_defects",
)
"""Of the score; the fifth and sixth where a fine level is modelled, the last where defects are known as well."""
OF_FINE = slice(4, 6)
"""Where the fine level's parts stand."""
OF_INPUT = (0, 3)
"""Of the four parts of an input's score those that a fine level adds."""


@dataclass(frozen=True)
class MemoryBank:
    """The codes of normal images, their mean and their precision."""

    codes: Tensor  # (M, Z)
    mean: Tensor  # (Z,)
    precision: Tensor  # (Z, Z), of their covariance

    @classmethod
    def of(cls, codes: Tensor, limit: int, generator: torch.Generator) -> MemoryBank:
        """The bank of codes (N, Z); of more than `limit`, a random subset is kept as neighbours."""
        deviations = (codes - codes.mean(0)).double()
        covariance = deviations.T @ deviations / max(1, len(codes) - 1)
        # a dimension that the model does not use has next to no variance: the floor keeps it from ruling the distance
        floor = 1e-2 * covariance.diagonal().mean().clamp(min=1e-6)
        precision = torch.linalg.inv(covariance + floor * torch.eye(len(covariance), dtype=torch.float64))
        subset = torch.randperm(len(codes), generator=generator)[:limit].sort().values
        return cls(codes[subset].clone(), codes.mean(0), precision.float())


@dataclass(frozen=True)
class FeatureScaler:
    """Standardisation of the blocks of features, so that each block has the same weight."""

    means: tuple[Tensor, ...]  # (F,) each
    scales: tuple[Tensor, ...]  # () each, or (F,)

    @classmethod
    def of(cls, blocks: list[Tensor], by_feature: bool = False) -> FeatureScaler:
        """Means and standard deviations of blocks of features (N, ..., F): one std a block, or one a feature."""
        flat = [block.flatten(0, -2) for block in blocks]
        means = tuple(block.mean(0) for block in flat)
        variances = [(b - m).square().mean(0) for b, m in zip(flat, means, strict=True)]
        return cls(means, tuple((v if by_feature else v.mean()).sqrt().clamp(min=1e-6) for v in variances))

    def apply(self, blocks: list[Tensor]) -> Tensor:
        """Blocks of features as one standardised input (..., F); pixels, which have no means, stay as they are."""
        if not self.means:
            return blocks[0]
        return torch.cat([(b - m) / s for b, m, s in zip(blocks, self.means, self.scales, strict=True)], dim=-1)


@dataclass(frozen=True)
class ImageModel:
    """A fitted VAE over one view of images, with the codes of normal ones."""

    features: FeatureConfig
    scaler: FeatureScaler
    model: ImageVAE
    memory: MemoryBank
    draws: Tensor  # (S, Z), the same for every input
    neighbours: int
    fine: FineModel | None = None
    head: DefectHead | None = None
    """Of known defects; beside a fine level only."""

    def inputs(self, blocks: list[Tensor]) -> Tensor:
        """What the VAE reads of images' blocks of features, standardised, (N, ..., F); the fine level is no part."""
        return self.scaler.apply(blocks[:1] if self.fine else blocks)


@dataclass(frozen=True)
class FineModel:
    """The model of the fine level: what its features have beside their own image."""

    model: ImageModel
    around: Tensor  # (C, 4), the share of each surrounding in each channel


@dataclass(frozen=True)
class Surprise:
    """The parts of the score of B images of P patches; P is 1 where an image is modelled whole."""

    parts: Tensor  # (B, P, 4, 6 or 7), in the order of PARTS
    value_nats: Tensor  # (B, P, *shape) the reconstruction part of each value
    expected: Tensor  # (B, P, *shape) the reconstruction
    fine: Tensor | None = None  # (B, 4 P, 2), the last two parts at each place of the fine level


def surprises(network: ImageModel, images: np.ndarray, features: Represent = represent) -> Iterator[Surprise]:
    """The score's parts of uint8 images (N, C, H, W), batch by batch; `features` computes or remembers theirs.

    A batch is filled up, so that a score never depends on how many images there are.
    """
    batch = network.features.batch
    with one_thread():
        for first in range(0, len(images), batch):
            rows = images[first : first + batch]
            blocks = features(rows, network.features)
            count = blocks[0].shape[1] if network.features.kind == "patches" else 1
            described = network.inputs(blocks)
            parts, values, expected = _of_batch(network, described, batch, count)
            if network.fine is None:
                yield Surprise(parts, values, expected)
                continue
            fine_model, level = network.fine.model, beside_own_image(blocks[1], network.fine.around)
            of_fine = _of_batch(fine_model, fine_model.scaler.apply([level]), batch, level.shape[1])[0][..., OF_INPUT]
            columns = [parts, means_of_four(of_fine)]
            if network.head is not None:
                columns.append(_filled_up(network.head, described, batch))
            yield Surprise(torch.cat(columns, dim=2), values, expected, of_fine)


def _filled_up(head: DefectHead, described: Tensor, batch: int) -> Tensor:
    """A head's evidence of some images' patches (B, P, F), at most `batch` of them, (B, P, 1)."""
    x = torch.cat([described, described.new_zeros(batch - len(described), *described.shape[1:])])
    return head.evidence(x)[: len(described), :, None]


def _of_batch(network: ImageModel, described: Tensor, batch: int, count: int) -> tuple[Tensor, ...]:
    """What `surprise` gives for the `count` inputs of each of some images, at most `batch` of them."""
    x = torch.cat([described, described.new_zeros(batch - len(described), *described.shape[1:])])
    of_inputs = surprise(network, x.reshape(batch * count, *network.model.config.shape))
    return tuple(t.view(batch, count, *t.shape[1:])[: len(described)] for t in of_inputs)


@torch.no_grad()
def surprise(network: ImageModel, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The four parts of the score of inputs x (B, *shape), (B, 4); the first part by value; the expected x.

    - reconstruction: log p(x|x) - E log p(x|z), the nats lost against a perfect reconstruction. A simple image is
      therefore not called normal, nor a rich one anomalous.
    - divergence: KL(q(z|x) || N(0, 1)), nats.
    - distance: half the squared Mahalanobis distance of the code's mean from the normal codes, nats of a Gaussian.
    - neighbours: Z log of the mean distance to the nearest normal codes, nats up to a constant: the nearest-neighbour
      estimate of -log density (Loftsgaarden and Quesenberry 1965).
    """
    model, memory = network.model, network.memory
    r = reconstruct(model, x, network.draws)
    value_nats = -r.log_prob - model.plain_cost(x)
    code = model.encode(x).mean
    deviation = code - memory.mean
    distance = 0.5 * ((deviation @ memory.precision) * deviation).sum(1)
    near = nearest_mean(code, memory.codes, network.neighbours)
    local = code.shape[1] * near.clamp(min=1e-6).log()
    return torch.stack([value_nats.flatten(1).sum(1), r.kl, distance, local], dim=1), value_nats, r.expected


def nearest_mean(x: Tensor, others: Tensor, neighbours: int, rows: int = 1024) -> Tensor:
    """The mean Euclidean distance of x (B, F) to its nearest among others (M, F): (B,); `rows` of x at a time."""
    size, k = others.square().sum(1), min(neighbours, len(others))
    means = []
    for first in range(0, len(x), rows):
        part = x[first : first + rows]
        squares = torch.addmm(size, part, others.T, alpha=-2).add_(part.square().sum(1, keepdim=True))
        means.append(squares.topk(k, dim=1, largest=False).values.clamp(min=0).sqrt().mean(1))
    return torch.cat(means)


POSITION_WEIGHT = 0.5
"""Part of a position's average excess that is subtracted from its scores, 0 to 1."""


class ScoreNormaliser(Section):
    """The scale of each part of the score on held-out normal images, so that the parts can be added."""

    median: tuple[float, ...]
    """Of each part, nats."""
    std: tuple[float, ...]
    """Of each part, nats."""
    weights: tuple[float, ...]
    """Of each part, summing to 1."""
    position_bias: tuple[float, ...] = (0.0,)
    """Nats subtracted at each position of an image, P or 1 of them: edges and corners score higher on normal images."""

    def total(self, parts: Tensor) -> Tensor:
        """The score of each position of parts (B, P, 4), (B, P) nats of reconstruction; a typical normal one scores
        about the median.
        """
        median, std, weights, bias = (
            torch.tensor(values, dtype=torch.float64)
            for values in (self.median, self.std, self.weights, self.position_bias)
        )
        return self.median[0] + self.std[0] * ((parts.double() - median) / std) @ weights - bias

    def detail(self, fine: Tensor) -> Tensor:
        """What each place of the fine level has over the mean of its four, (B, 4 P, 2) -> (B, 4 P), nats."""
        share = torch.tensor(
            [w / s for w, s in zip(self.weights[OF_FINE], self.std[OF_FINE], strict=True)], dtype=torch.float64
        )
        nats = self.std[0] * fine.double() @ share
        return nats - spread_to_four(means_of_four(nats[..., None]))[..., 0]


def fit_normaliser(parts: Tensor, weights: tuple[float, ...]) -> ScoreNormaliser:
    """The normaliser of parts (N, P, K) of held-out normal images; the weights are scaled to a sum of 1."""
    flat = parts.double().flatten(0, 1)
    unbiased = ScoreNormaliser(
        median=tuple(float(v) for v in flat.median(0).values),
        std=tuple(float(v) for v in flat.std(0, unbiased=False).clamp(min=1e-6)),
        weights=tuple(w / math.fsum(weights) for w in weights),
    )
    means = unbiased.total(parts).mean(0)  # (P,)
    bias = tuple(float(v) for v in POSITION_WEIGHT * (means - means.mean()))
    return unbiased.model_copy(update={"position_bias": bias})
