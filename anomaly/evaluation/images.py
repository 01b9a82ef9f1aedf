"""Verdicts on images against labels and masks: how well they are ranked, and how well decided."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm
from sklearn.metrics import average_precision_score, roc_auc_score

from anomaly.evaluation.pixels import aupimo, aupro, segmentation_f1


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
    """NaN without masks, as the three that follow."""
    aupro: float
    aupimo: float
    """The mean over the masked defects; NaN also where good parts have too few pixels."""
    segmentation_f1: float
    """Of the pixels over the pixel threshold."""


def evaluate_images(
    labels: np.ndarray,
    odd: np.ndarray,
    score: np.ndarray,
    threshold: float,
    maps: np.ndarray,
    masks: np.ndarray,
    pixel_threshold: float,
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
    maps, masks = maps[known], masks[known]
    has_masks = bool(masks.any())
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
        pixel_auroc=float(roc_auc_score(masks.ravel(), maps.ravel())) if has_masks else math.nan,
        aupro=aupro(maps, masks),
        aupimo=float(np.mean(aupimo(maps, masks))) if has_masks else math.nan,
        segmentation_f1=segmentation_f1(maps, masks, pixel_threshold) if has_masks else math.nan,
    )


def rate(hits: int, of: int, level: float = 0.95) -> Rate:
    """A share with the interval of Wilson (1927, doi:10.1080/01621459.1927.10502953)."""
    if not of:
        return Rate(0, 0, math.nan, math.nan)
    z, share = float(norm.ppf(0.5 + level / 2)), hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return Rate(hits, of, max(0.0, middle - half), min(1.0, middle + half))
