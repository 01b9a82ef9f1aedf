"""What known defects add to a detector: its model with a head, and the gain on known defects that the head left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from anomaly.images.detector import ImageDetectorConfig, KnownUse
from anomaly.images.features import Represent
from anomaly.images.image_scores import worst_patches
from anomaly.images.known_defects import (
    KNOWN_WEIGHT,
    LEARNED_FROM,
    DefectHead,
    KnownDefects,
    learn_head,
    marked_patches,
)
from anomaly.images.scoring import ImageModel, fit_normaliser, surprises

FOLDS = 5
"""In which known defects are left out in turn."""
FEWEST = 3
"""Known defects under which none is used: the gain could not be measured."""
RESAMPLES = 1000


def with_head(
    network: ImageModel, good: np.ndarray, defects: KnownDefects, seed: int, features: Represent
) -> ImageModel:
    """The model with a head of known defects, the good patches from images (N, C, H, W)."""
    spread = np.unique(np.linspace(0, len(good) - 1, min(len(good), LEARNED_FROM)).astype(int))
    odd = patches_of(network, defects.images, features)
    marked = marked_patches(defects.masks, odd.shape[1])
    head = learn_head(patches_of(network, good[spread], features).flatten(0, 1), odd[marked], seed)
    return replace(network, head=head)


def patches_of(network: ImageModel, images: np.ndarray, features: Represent) -> Tensor:
    """The standardised features of the patches of images, (N, P, F)."""
    batch = network.features.batch
    parts = [images[first : first + batch] for first in range(0, len(images), batch)]
    return torch.cat([network.inputs(features(part, network.features)) for part in parts])


def known_use(
    network: ImageModel,
    head: DefectHead,
    config: ImageDetectorConfig,
    defects: KnownDefects,
    good: np.ndarray,
    features: Represent,
    seed: int,
) -> KnownUse:
    """How a head ranks known defects over good images (N, C, H, W) that neither learned from, against the model alone.

    Each fifth of the defects is scored by a head of the others. The head serves if the lower end of the gain's 95 %
    interval, a bootstrap over defects and good images, is above zero.
    """
    about = KnownUse(pictures=len(defects), hashes=defects.hashes)
    if len(defects) < FEWEST:
        return about.model_copy(update={"note": f"{FEWEST} are needed"})
    bare = replace(network, head=None)
    (x, parts), (x_good, parts_good) = (
        (patches_of(bare, images, features), torch.cat([s.parts for s in surprises(bare, images, features)]))
        for images in (defects.images, good)
    )
    marked = marked_patches(defects.masks, x.shape[1])
    alone = _wins(parts, parts_good, config.part_weights, config.worst_share)
    ours, weights = np.empty_like(alone), (*config.part_weights, KNOWN_WEIGHT)
    for fold in np.array_split(np.random.default_rng(seed).permutation(len(defects)), min(FOLDS, len(defects))):
        others = np.delete(np.arange(len(defects)), fold)
        of_others = replace(head, odd=head.directions(x[others][marked[others]]))
        odd = torch.cat([parts[fold], of_others.evidence(x[fold])[..., None]], dim=2)
        normal = torch.cat([parts_good, of_others.evidence(x_good)[..., None]], dim=2)
        ours[fold] = _wins(odd, normal, weights, config.worst_share)
    gain, low, high = paired_gain(ours, alone, seed)
    auroc = (float(alone.mean()), float(ours.mean()))
    return about.model_copy(update={"auroc": auroc, "gain": gain, "low": low, "high": high, "used": low > 0})


def _wins(odd: Tensor, normal: Tensor, weights: tuple[float, ...], share: float) -> np.ndarray:
    """Whether each of parts (D, P, K) scores over each of normal ones (N, P, K), (D, N), half for ties."""
    normaliser = fit_normaliser(normal, weights)
    ours, theirs = (worst_patches(normaliser.total(parts), parts, share)[0].numpy() for parts in (odd, normal))
    return np.asarray((ours[:, None] > theirs) + 0.5 * (ours[:, None] == theirs))


def paired_gain(ours: np.ndarray, theirs: np.ndarray, seed: int) -> tuple[float, float, float]:
    """AUROC by which wins (D, N) are ahead of others, and the 95 % interval by a bootstrap over rows and columns."""
    apart, rng = ours - theirs, np.random.default_rng(seed)
    rows, columns = apart.shape
    drawn = [
        apart[np.ix_(rng.integers(0, rows, rows), rng.integers(0, columns, columns))].mean() for _ in range(RESAMPLES)
    ]
    return float(apart.mean()), float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))
