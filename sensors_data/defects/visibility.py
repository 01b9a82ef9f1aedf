"""How visible a painted defect is: its contrast against the good part's own structure, as the eye sums it up."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

ROSE = 5.0
"""The signal-to-noise ratio at which a spot is just seen (Rose 1948, doi:10.1364/JOSA.38.000196)."""
SUMMED = 1 / 8
"""Part of the image's side over which the eye sums up contrast; a larger spot is no more visible for its area."""
LEAST_NOISE = 1 / 255


def visibility(good: np.ndarray, painted: np.ndarray, mask: np.ndarray) -> float:
    """How visible the change from `good` to `painted` (C, H, W) in [0, 1] is inside `mask` (H, W); 1: just visible.

    The root mean square change, times the square root of the area in pixels, over ROSE times the standard deviation of
    the good part's fine structure around there.
    """
    if not mask.any():
        return 0.0
    change = np.sqrt(np.square(painted - good).mean(0)[mask].mean())
    area = min(float(mask.sum()), (SUMMED * min(mask.shape)) ** 2)
    return float(change * np.sqrt(area) / (ROSE * noise_around(good, mask)))


def noise_around(good: np.ndarray, mask: np.ndarray) -> float:
    """The standard deviation of fine structure (under 3 pixels) in and around a mask, grey levels of [0, 1]."""
    grey = good.mean(0)
    fine = grey - ndimage.gaussian_filter(grey, 1.5)
    near = ndimage.binary_dilation(mask, iterations=max(3, min(mask.shape) // 24))
    return float(max(fine[near].std(), LEAST_NOISE))
