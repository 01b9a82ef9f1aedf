"""Heat maps against masks: how well the pixels of defects are ranked and outlined."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

FEWEST_FALSE, MOST_FALSE = 1e-5, 1e-4
"""Shares of the pixels of good parts between which `aupimo` integrates."""


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
        overlaps += [_over(heat[regions == region], cuts) for region in range(1, count + 1)]
    return float(np.trapezoid(np.mean(overlaps, axis=0), rates) / limit)


def aupimo(maps: np.ndarray, masks: np.ndarray, points: int = 300) -> np.ndarray:
    """Area under the per-image overlap of each masked image, (M,), 0 to 1 (Bertoldo et al. 2024, arXiv:2401.01984).

    The overlap is the share of an image's masked pixels that are over a limit. It is averaged over limits that 1 in
    100,000 to 1 in 10,000 pixels of good parts exceed, evenly in the logarithm. So it tells how much of a defect is
    found almost without a false alarm. NaN where good parts have fewer than 100,000 pixels, of maps (N, H, W) and masks
    (N, H, W) bool.
    """
    odd = masks.any(axis=(1, 2))
    good = np.sort(maps[~odd], axis=None)
    if len(good) * FEWEST_FALSE < 1:
        return np.full(int(odd.sum()), np.nan)
    rates = np.geomspace(FEWEST_FALSE, MOST_FALSE, points)
    limits = good[len(good) - 1 - np.floor(rates * len(good)).astype(int)]
    overlaps = [_over(heat[mask], limits) for heat, mask in zip(maps[odd], masks[odd], strict=True)]
    logs = np.log(rates)
    return np.asarray(np.trapezoid(overlaps, logs, axis=1) / (logs[-1] - logs[0]))


def _over(inside: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """The share of a region's pixels (P,) that is over each of the limits (L,), (L,)."""
    return np.asarray(1 - np.searchsorted(np.sort(inside), limits, side="right") / len(inside))


def segmentation_f1(maps: np.ndarray, masks: np.ndarray, limit: float) -> float:
    """F1 of the pixels over one limit against all masked pixels, 0 to 1, of maps (N, H, W) and masks (N, H, W) bool.

    It is the SegF1 of Heckler-Kram et al. 2025 (arXiv:2503.21622), at the limit that the detector itself has.
    """
    over = maps > limit
    return float(2 * (over & masks).sum() / max(1, int(over.sum()) + int(masks.sum())))
