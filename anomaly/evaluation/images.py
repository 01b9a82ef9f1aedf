"""Verdicts on images against labels and masks: how well they are ranked, and how well decided."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.stats import norm
from sklearn.metrics import average_precision_score, roc_auc_score


@dataclass(frozen=True)
class Rate:
    """A share of cases with its interval."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share, NaN of no case."""
        return self.hits / self.of if self.of else math.nan


@dataclass(frozen=True)
class ImageEvaluation:
    """What scores and heat maps are worth on labelled images."""

    auroc: float
    average_precision: float
    recall: Rate
    """Defects over the threshold."""
    false_alarms: Rate
    """Good parts over the threshold."""
    f1: float
    by_label: dict[str, Rate]
    """Recall of every kind of defect."""
    pixel_auroc: float
    """NaN without masks."""
    aupro: float
    """NaN without masks."""


def evaluate_images(
    labels: np.ndarray, odd: np.ndarray, score: np.ndarray, threshold: float, maps: np.ndarray, masks: np.ndarray
) -> ImageEvaluation:
    """Figures of scores (N,) and heat maps (N, H, W) against labels (N,), `odd` (N,) bool and masks (N, H, W) bool.

    Only the maps of masked defects and of good parts count for pixels. ValueError unless there are both good parts and
    defects.
    """
    if odd.all() or not odd.any():
        raise ValueError(f"both good parts and defects are needed, found {(~odd).sum()} and {odd.sum()}")
    over = score > threshold
    hits, alarms = int((over & odd).sum()), int((over & ~odd).sum())
    known = ~odd | masks.any(axis=(1, 2))
    flat = maps[known].ravel(), masks[known].ravel()
    return ImageEvaluation(
        auroc=float(roc_auc_score(odd, score)),
        average_precision=float(average_precision_score(odd, score)),
        recall=rate(hits, int(odd.sum())),
        false_alarms=rate(alarms, int((~odd).sum())),
        f1=2 * hits / max(1, hits + alarms + int(odd.sum())),
        by_label={
            str(label): rate(int(over[odd & (labels == label)].sum()), int((odd & (labels == label)).sum()))
            for label in np.unique(labels[odd])
        },
        pixel_auroc=float(roc_auc_score(flat[1], flat[0])) if flat[1].any() else math.nan,
        aupro=aupro(maps[known], masks[known]) if flat[1].any() else math.nan,
    )


def rate(hits: int, of: int, level: float = 0.95) -> Rate:
    """A share with the interval of Wilson (1927, doi:10.1080/01621459.1927.10502953)."""
    if not of:
        return Rate(0, 0, math.nan, math.nan)
    z, share = float(norm.ppf(0.5 + level / 2)), hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return Rate(hits, of, max(0.0, middle - half), min(1.0, middle + half))


def aupro(maps: np.ndarray, masks: np.ndarray, limit: float = 0.3) -> float:
    """Area under the per-region overlap up to a false-positive rate of `limit`, 0 to 1; NaN without a masked pixel or
    without any other (Bergmann et al. 2021, doi:10.1007/s11263-020-01400-4)."""
    if masks.all() or not masks.any():
        return float("nan")
    good = np.sort(maps[~masks])
    rates = np.linspace(0, limit, 60)
    cuts = good[np.clip(((1 - rates) * len(good)).astype(int), 0, len(good) - 1)]
    overlaps = []
    for heat, mask in zip(maps, masks, strict=True):
        regions, count = ndimage.label(mask)
        for region in range(1, count + 1):
            inside = np.sort(heat[regions == region])
            overlaps.append(1 - np.searchsorted(inside, cuts, side="right") / len(inside))
    return float(np.trapezoid(np.mean(overlaps, axis=0), rates) / limit)
