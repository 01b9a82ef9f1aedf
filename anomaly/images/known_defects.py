"""Known defects: how much nearer a patch lies to the marked patches of real defects than to good ones."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

AXES = 256
"""Principal axes of good patches in which patches are compared, at most."""
FLOOR = 0.02
"""Added to the variance of each axis, as a share of their mean, so that a nearly empty axis does not decide."""
GOOD, NEAREST = 4000, 3
"""Good patches that are stored to compare with, at most, and how many of the nearest count."""
LEARNED_FROM = 100
"""Good images whose patches give the axes, at most, evenly spread."""
MARKED = 0.5
"""A patch is defective if its mask covers this share of it, or this part of what it covers of the fullest patch."""
KNOWN_WEIGHT = 3.0
"""Of the nearness to known defects in the score, where reconstruction and neighbours have 1 each."""
ROWS = 4096
"""Patches compared at a time, for memory alone."""


@dataclass(frozen=True)
class KnownDefects:
    """D pictures of real defects, and where the defect lies in each."""

    images: np.ndarray  # (D, C, H, W) uint8
    masks: np.ndarray  # (D, H, W) bool, something marked in each

    def __len__(self) -> int:
        """D, the number of pictures."""
        return len(self.images)

    @property
    def hashes(self) -> tuple[str, ...]:
        """A short hash of each picture's pixels, by which it is recognised elsewhere."""
        return tuple(pixel_hash(image) for image in self.images)


def pixel_hash(image: np.ndarray) -> str:
    """A short hash of the pixels of an image."""
    return hashlib.sha256(np.ascontiguousarray(image).tobytes()).hexdigest()[:16]


@dataclass(frozen=True)
class DefectHead:
    """Good and defective patches as directions in whitened axes of the good ones."""

    axes: Tensor  # (F, A)
    good: Tensor  # (G, A), of length 1
    odd: Tensor  # (M, A), of length 1

    def directions(self, x: Tensor) -> Tensor:
        """Standardised features of patches (..., F) as directions, (..., A)."""
        return _directions(x, self.axes)

    def evidence(self, x: Tensor) -> Tensor:
        """How much nearer standardised features (..., F) lie to a defective patch than to good ones, (...), -2 to 2.

        The cosine to the nearest defective patch less the mean cosine to the NEAREST good ones.
        """
        directions = self.directions(x.flatten(0, -2))
        nearer = [self._nearer(part) for part in directions.split(ROWS)]  # type: ignore[no-untyped-call]
        return torch.cat(nearer).view(x.shape[:-1])

    def _nearer(self, directions: Tensor) -> Tensor:
        near_good = (directions @ self.good.T).topk(min(NEAREST, len(self.good)), dim=1).values.mean(1)
        return (directions @ self.odd.T).amax(1) - near_good


def _directions(x: Tensor, axes: Tensor) -> Tensor:
    """Features (..., F) as directions of length 1 in axes (F, A), (..., A)."""
    return F.normalize(x @ axes, dim=-1)


def learn_head(good: Tensor, odd: Tensor, seed: int) -> DefectHead:
    """The head of standardised features of good patches (N, F) and of defective ones (M, F)."""
    order = torch.randperm(len(good), generator=torch.Generator().manual_seed(seed))
    variances, axes = torch.linalg.eigh((good.T @ good / len(good)).double())
    count = min(AXES, good.shape[1], len(good))
    largest = variances.flip(0)[:count].clamp(min=0)
    by_deviation = axes.flip(1)[:, :count] / (largest + FLOOR * largest.mean().clamp(min=1e-9)).sqrt()
    whitened = by_deviation.float().contiguous()
    few = good[order[:GOOD].sort().values]
    return DefectHead(whitened, _directions(few, whitened), _directions(odd, whitened))


def marked_patches(masks: np.ndarray, patches: int) -> Tensor:
    """Which of the P patches of pictures with masks (D, H, W) are defective, (D, P) bool; at least one of each."""
    side = math.isqrt(patches)
    shares = F.adaptive_avg_pool2d(torch.from_numpy(masks.astype(np.float32))[:, None], side).flatten(1)
    return shares >= torch.minimum(MARKED * shares.amax(1, keepdim=True), torch.tensor(MARKED))
