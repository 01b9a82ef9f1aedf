"""Labelled images of a benchmark, split without look-alikes on both sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from sensors_data.images.arrays import resize, with_channels

FEWEST_LEARNED = 20
"""Normal images to learn from under which a figure says little."""


@dataclass(frozen=True)
class Images:
    """N images of one size and what is known of each."""

    x: np.ndarray  # (N, C, H, W) uint8
    label: np.ndarray  # (N,) str, "" where there is none
    split: np.ndarray  # (N,) str: train, test or ""

    def __len__(self) -> int:
        """N, the number of images."""
        return len(self.x)

    def where(self, keep: np.ndarray) -> Images:
        """The images for which `keep` (N,) is true, or those at an index."""
        return Images(self.x[keep], self.label[keep], self.split[keep])


def split_images(
    labels: np.ndarray, groups: np.ndarray, shares: dict[str, float], rng: np.random.Generator
) -> np.ndarray:
    """Which part each image belongs to, (N,) str: every part gets its share of every label, a group stays whole.

    A group takes the label that most of its images have. ValueError when the shares do not sum to 1.
    """
    if not np.isclose(sum(shares.values()), 1) or min(shares.values()) < 0:
        raise ValueError(f"shares must be positive and sum to 1, found {shares}")
    names, group = np.unique(groups, return_inverse=True)
    known, label = np.unique(labels, return_inverse=True)
    counts = np.zeros((len(names), len(known)), np.int64)
    np.add.at(counts, (group, label), 1)
    part_of = np.empty(len(names), dtype=f"<U{max(map(len, shares))}")
    for kind in range(len(known)):
        of_kind = rng.permutation(np.flatnonzero(counts.argmax(1) == kind))
        if not len(of_kind):
            continue
        ends = np.cumsum(counts[of_kind].sum(1))
        middle = (ends - counts[of_kind].sum(1) / 2) / ends[-1]  # where the group's middle image falls in [0, 1]
        limits = np.cumsum(list(shares.values()))[:-1]
        part_of[of_kind] = np.array(list(shares))[np.searchsorted(limits, middle)]
    return part_of[group]


def look_alikes(x: np.ndarray, threshold: float = 0.75) -> np.ndarray:
    """A group number for each image (N, C, H, W), (N,): look-alikes share one, whatever their exposure or lighting.

    Two images look alike when their structures of 1 to 4 pixels at 64 x 64 correlate above `threshold`; look-alikes of
    look-alikes belong to the same group.
    """
    coarse = resize(with_channels(x, 1), 64)[:, 0].astype(np.float32)
    fine = ndimage.gaussian_filter(coarse, (0, 1, 1)) - ndimage.gaussian_filter(coarse, (0, 4, 4))
    flat = fine[:, 5:-5, 5:-5].reshape(len(x), -1)
    flat = np.sign(flat) * np.sqrt(np.abs(flat))  # no single spot decides
    flat -= flat.mean(1, keepdims=True)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True) + 1e-6
    near = csr_matrix((flat @ flat.T > threshold).astype(np.int8))
    return np.asarray(connected_components(near, directed=False)[1])
