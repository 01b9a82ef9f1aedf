"""How near drawn images come to real ones: distances and shares over features."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sensors_data.errors import UnusableError

MIN_IMAGES = 2048
"""Drawn images without which no Frechet distance is told: its bias grows as their number falls."""
NEIGHBOURS = 5
"""Whose distance is the radius around an image (Naeem et al. 2020)."""


@dataclass(frozen=True)
class Estimate:
    """A measured value and the 95 % interval that it was measured to."""

    value: float
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class Shares:
    """How two clouds of features overlap, by balls around each image that reach to its nearest neighbours."""

    precision: float
    """Share of drawn images in a ball around a real one (Kynkaanniemi et al. 2019, arXiv:1904.06991)."""
    recall: float
    """Share of real images in a ball around a drawn one."""
    density: float
    """Real balls that a drawn image lies in, over what is expected (Naeem et al. 2020, arXiv:2002.09797)."""
    coverage: float
    """Share of real images with a drawn one in their ball."""


def frechet_distance(real: np.ndarray, drawn: np.ndarray, fewest: int = MIN_IMAGES) -> float:
    """The squared Frechet distance between the normal distributions of features (N, F) and (M, F), squared feature
    units (Heusel et al. 2017, arXiv:1706.08500).

    ValueError when M is below `fewest`: lower it only to compare distances of equal M with each other.
    """
    if len(drawn) < fewest:
        raise UnusableError(
            f"a Frechet distance of {len(drawn):,} images is biased",
            f"draw at least {fewest:,}, or use KID, which is not",
        )
    difference = real.mean(0, dtype=np.float64) - drawn.mean(0, dtype=np.float64)
    of_real, of_drawn = (np.cov(x.T.astype(np.float64)) for x in (real, drawn))
    values, axes = np.linalg.eigh(of_real)
    root = (axes * np.sqrt(values.clip(min=0))) @ axes.T
    both = np.sqrt(np.linalg.eigvalsh(root @ of_drawn @ root).clip(min=0)).sum()
    return float(max(0.0, difference @ difference + np.trace(of_real) + np.trace(of_drawn) - 2 * both))


def kernel_distance(real: np.ndarray, drawn: np.ndarray, seed: int, subsets: int = 20, size: int = 1000) -> Estimate:
    """KID: the squared maximum mean discrepancy under a cubic kernel, the mean over random subsets, and the interval
    that all images together give (Binkowski et al. 2018, arXiv:1801.01401). It is 0 in the mean where nothing differs.
    """
    rng = np.random.default_rng(seed)
    size = min(size, len(real), len(drawn))
    x, y = (torch.from_numpy(np.asarray(part, np.float64)) for part in (real, drawn))
    found = []
    for _ in range(subsets):
        a = x[torch.from_numpy(rng.permutation(len(x))[:size])]
        b = y[torch.from_numpy(rng.permutation(len(y))[:size])]
        found.append(_discrepancy(a, b))
    value, spread = float(np.mean(found)), float(np.std(found, ddof=1))
    half = 1.96 * spread * math.sqrt(size / min(len(real), len(drawn)))
    return Estimate(value, value - half, value + half)


def _discrepancy(x: Tensor, y: Tensor) -> float:
    """The unbiased squared discrepancy of two samples (m, F)."""

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        return (a @ b.T / a.shape[1] + 1) ** 3

    m = len(x)
    within = sum((k.sum() - k.diagonal().sum()) / (m * (m - 1)) for k in (kernel(x, x), kernel(y, y)))
    return float(within - 2 * kernel(x, y).mean())


def inception_style_score(classes: np.ndarray) -> float:
    """exp E KL(p(y|x) || p(y)) of class probabilities (N, K): 1 when all look alike or nothing looks like a class, K
    when every class is drawn clearly (Salimans et al. 2016, arXiv:1606.03498). Not the Inception Score, whose classes
    are ImageNet's.
    """
    p = np.clip(classes.astype(np.float64), 1e-12, None)
    return float(np.exp((p * (np.log(p) - np.log(p.mean(0)))).sum(1).mean()))


def class_entropy(classes: np.ndarray) -> float:
    """The entropy of the mean class probabilities (N, K) -> nats; log K when all classes are drawn alike often."""
    mean = np.clip(classes.mean(0, dtype=np.float64), 1e-12, None)
    return float(-(mean * np.log(mean)).sum())


def overlap(real: np.ndarray, drawn: np.ndarray, neighbours: int = NEIGHBOURS) -> Shares:
    """Precision, recall, density and coverage of drawn features (M, F) against real ones (N, F)."""
    x, y = (torch.from_numpy(np.ascontiguousarray(part, np.float32)) for part in (real, drawn))
    around_real, around_drawn = _radii(x, neighbours), _radii(y, neighbours)
    precise = torch.zeros(len(y), dtype=torch.bool)
    recalled, covered = torch.zeros(2, len(x), dtype=torch.bool)
    inside = 0
    for rows in torch.arange(len(x)).split(1000):  # type: ignore[no-untyped-call]
        apart = torch.cdist(x[rows], y)  # (rows, M)
        in_real = apart < around_real[rows, None]
        precise |= in_real.any(0)
        covered[rows] = in_real.any(1)
        recalled[rows] = (apart < around_drawn).any(1)
        inside += int(in_real.sum())
    p, r, c = (float(part.float().mean()) for part in (precise, recalled, covered))
    return Shares(p, r, inside / (neighbours * len(y)), c)


def _radii(x: Tensor, neighbours: int) -> Tensor:
    """The distance of each of x (N, F) to its k-th nearest other, (N,)."""
    parts = [
        torch.cdist(part, x).kthvalue(neighbours + 1, dim=1).values
        for part in x.split(1000)  # type: ignore[no-untyped-call]
    ]
    return torch.cat(parts)


def diversity(real: np.ndarray, drawn: np.ndarray) -> float:
    """The mean distance between drawn features (M, F) over that between real ones (N, F); near 0 all look alike."""
    rng = np.random.default_rng(0)  # neighbours in a batch may have been drawn by turns of classes
    spreads = []
    for part in (drawn, real):
        one, other = (rng.integers(0, len(part), 10_000) for _ in range(2))
        spreads.append(np.linalg.norm(part[one] - part[other], axis=1)[one != other].mean())
    return float(spreads[0] / max(spreads[1], 1e-12))
