"""Distances between real and drawn images, and how they overlap, over features."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sensors_data.errors import UnusableError

MIN_IMAGES = 2048
"""Drawn images that a Frechet distance needs: its bias grows as their number falls."""
NEIGHBOURS = 5
"""k: the radius around an image is its distance to its k-th neighbour (Naeem et al. 2020)."""


@dataclass(frozen=True)
class Estimate:
    """A measured value and its 95 % interval."""

    value: float
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class Shares:
    """The overlap of real and drawn features: each image has a ball that reaches to its k-th neighbour."""

    precision: float
    """Share of drawn images in a ball around a real one (Kynkaanniemi et al. 2019, arXiv:1904.06991)."""
    recall: float
    """Share of real images in a ball around a drawn one."""
    density: float
    """Real balls around a drawn image, over the expected number (Naeem et al. 2020, arXiv:2002.09797)."""
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
    """KID: the squared maximum mean discrepancy under a cubic kernel, averaged over random subsets, with the interval
    for all images together (Binkowski et al. 2018, arXiv:1801.01401). Its mean is 0 where nothing differs.
    """
    rng = np.random.default_rng(seed)
    size = min(size, len(real), len(drawn))
    x, y = (torch.from_numpy(np.asarray(part, np.float64)) for part in (real, drawn))
    discrepancies = []
    for _ in range(subsets):
        a = x[torch.from_numpy(rng.permutation(len(x))[:size])]
        b = y[torch.from_numpy(rng.permutation(len(y))[:size])]
        discrepancies.append(_discrepancy(a, b))
    value, std = float(np.mean(discrepancies)), float(np.std(discrepancies, ddof=1))
    half = 1.96 * std * math.sqrt(size / min(len(real), len(drawn)))
    return Estimate(value, value - half, value + half)


def _discrepancy(x: Tensor, y: Tensor) -> float:
    """The unbiased squared discrepancy of two samples (m, F)."""

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        return (a @ b.T / a.shape[1] + 1) ** 3

    m = len(x)
    within = sum((k.sum() - k.diagonal().sum()) / (m * (m - 1)) for k in (kernel(x, x), kernel(y, y)))
    return float(within - 2 * kernel(x, y).mean())


def inception_style_score(classes: np.ndarray) -> float:
    """exp E KL(p(y|x) || p(y)) of class probabilities (N, K), from 1 (one class, or none is clear) to K (every class is
    clear) (Salimans et al. 2016, arXiv:1606.03498). It is not the Inception Score, whose classes are ImageNet's.
    """
    p = np.clip(classes.astype(np.float64), 1e-12, None)
    return float(np.exp((p * (np.log(p) - np.log(p.mean(0)))).sum(1).mean()))


def class_entropy(classes: np.ndarray) -> float:
    """The entropy of the mean class probabilities (N, K) -> nats; log K when all classes are equally frequent."""
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
    """Mean distance between drawn features (M, F) over that between real ones (N, F); near 0 where all look alike."""
    rng = np.random.default_rng(0)  # random pairs: classes may alternate from one image to the next
    means = []
    for part in (drawn, real):
        one, other = (rng.integers(0, len(part), 10_000) for _ in range(2))
        means.append(np.linalg.norm(part[one] - part[other], axis=1)[one != other].mean())
    return float(means[0] / max(means[1], 1e-12))
