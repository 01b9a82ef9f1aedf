"""Did the generator learn images by heart? Drawn images nearer to those it learned from than unseen real ones are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn import functional as F

from synthesis.sheets import contact_sheet

NEAR = 0.5
"""A copy is nearer to a learned image than this times the distance that all but one in a hundred unseen real ones
keep, and than this times the distance to its nearest unseen one."""
SIDE = 32
"""Images are compared at this many pixels a side at most."""


@dataclass(frozen=True)
class Copies:
    """What of M drawn images is copied."""

    nearest: np.ndarray  # (M,) number of the learned image that is nearest
    distance: np.ndarray  # (M,) to it, in pixels' root mean square, 0 to 1
    copied: np.ndarray  # (M,) bool

    @property
    def share(self) -> float:
        """The share of drawn images that are copies."""
        return float(self.copied.mean())


def find_copies(drawn: np.ndarray, learned: np.ndarray, held_out: np.ndarray) -> Copies:
    """Which drawn images (M, C, H, W) are copies of learned ones (N, C, H, W), judged by how near held-out real ones
    (V, C, H, W) come to those; all uint8.
    """
    y, x, unseen = (_as_points(part) for part in (drawn, learned, held_out))
    to_learned, nearest = _nearest(y, x)
    to_unseen, _ = _nearest(y, unseen)
    usual = float(np.quantile(_nearest(unseen, x)[0], 0.01))
    near = (to_learned < NEAR * usual) & (to_learned < NEAR * to_unseen)
    return Copies(nearest, to_learned, near)


def neighbours_sheet(drawn: np.ndarray, learned: np.ndarray, held_out: np.ndarray, pairs: int = 16) -> np.ndarray:
    """The drawn images that lie nearest to a learned one, each above that one and the nearest held-out one: one image
    (C, height, width) of three rows. Copies show two rows alike.
    """
    found = find_copies(drawn, learned, held_out)
    first = np.argsort(found.distance, kind="stable")[:pairs]
    _, unseen = _nearest(_as_points(drawn[first]), _as_points(held_out))
    rows = [drawn[first], learned[found.nearest[first]], held_out[unseen]]
    return contact_sheet(np.concatenate(rows), len(first))


def membership_auc(drawn: np.ndarray, learned: np.ndarray, held_out: np.ndarray) -> float:
    """How well the distance to the nearest drawn image tells learned images from held-out ones: the area under the
    ROC, .5 where nothing is given away (Chen et al. 2020, arXiv:1909.03935).
    """
    y = _as_points(drawn)
    members, others = (_nearest(_as_points(part), y)[0] for part in (learned[: len(held_out)], held_out))
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
    """The distance of each of x (N, D) to the nearest of others (M, D), (N,), and which that is."""
    best, where = [], []
    for part in x.split(500):  # type: ignore[no-untyped-call]
        parts = [torch.cdist(part, some) for some in others.split(20_000)]  # type: ignore[no-untyped-call]
        found = torch.cat(parts, 1).min(1)
        best.append(found.values)
        where.append(found.indices)
    return torch.cat(best).numpy(), torch.cat(where).numpy()
