"""Copies: generated images that lie suspiciously close to one training image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn import functional as F

from synthesis.sheets import contact_sheet

NEAR = 0.5
"""A drawn image at distance d from its nearest training image is a copy when

    d < NEAR * q    q: the 1 % quantile of the distances from held-out images to their nearest training image
    d < NEAR * h    h: the drawn image's distance to its nearest held-out image
"""
SIDE = 32
"""Images are compared at this many pixels a side at most."""


@dataclass(frozen=True)
class Copies:
    """Which of M drawn images are copies."""

    nearest: np.ndarray  # (M,) number of the nearest training image
    distance: np.ndarray  # (M,) to it, in pixels' root mean square, 0 to 1
    copied: np.ndarray  # (M,) bool

    @property
    def share(self) -> float:
        """The share of drawn images that are copies."""
        return float(self.copied.mean())


def find_copies(drawn: np.ndarray, learned: np.ndarray, held_out: np.ndarray) -> Copies:
    """Which drawn images (M, C, H, W) are copies of training images (N, C, H, W), given held-out ones (V, C, H, W);
    all uint8. NEAR states the criterion.
    """
    fake, train, unseen = (_as_points(part) for part in (drawn, learned, held_out))
    d, nearest = _nearest(fake, train)  # (M,)
    h, _ = _nearest(fake, unseen)  # (M,)
    q = float(np.quantile(_nearest(unseen, train)[0], 0.01))
    return Copies(nearest, d, (d < NEAR * q) & (d < NEAR * h))


def neighbours_sheet(drawn: np.ndarray, learned: np.ndarray, held_out: np.ndarray, pairs: int = 16) -> np.ndarray:
    """A sheet (C, height, width) of three rows: the drawn images closest to a training image, that training image, and
    the nearest held-out image. In a copy the first two rows look alike.
    """
    copies = find_copies(drawn, learned, held_out)
    first = np.argsort(copies.distance, kind="stable")[:pairs]
    _, unseen = _nearest(_as_points(drawn[first]), _as_points(held_out))
    rows = [drawn[first], learned[copies.nearest[first]], held_out[unseen]]
    return contact_sheet(np.concatenate(rows), len(first))


def membership_auc(drawn: np.ndarray, learned: np.ndarray, held_out: np.ndarray) -> float:
    """ROC-AUC of a membership attack: the distance to the nearest drawn image ranks training images against held-out
    ones; .5 where the drawn images give nothing away (Chen et al. 2020, arXiv:1909.03935).
    """
    fake = _as_points(drawn)
    members, others = (_nearest(_as_points(part), fake)[0] for part in (learned[: len(held_out)], held_out))
    is_member = np.repeat([1, 0], [len(members), len(others)])
    return float(roc_auc_score(is_member, -np.concatenate([members, others])))


def _as_points(images: np.ndarray) -> Tensor:
    """Images as points (N, D) whose distances are root mean squares of pixels in [0, 1]."""
    x = torch.from_numpy(images).float() / 255
    if x.shape[2] > SIDE:
        x = F.interpolate(x, (SIDE, SIDE), mode="area")
    flat = x.flatten(1)
    points: Tensor = flat / flat.shape[1] ** 0.5
    return points


def _nearest(x: Tensor, others: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The distance of each of x (N, D) to the nearest of others (M, D), (N,), and the number of that one, (N,)."""
    distances, numbers = [], []
    for part in x.split(500):  # type: ignore[no-untyped-call]
        parts = [torch.cdist(part, some) for some in others.split(20_000)]  # type: ignore[no-untyped-call]
        closest = torch.cat(parts, 1).min(1)
        distances.append(closest.values)
        numbers.append(closest.indices)
    return torch.cat(distances).numpy(), torch.cat(numbers).numpy()
