"""Coverage factors: how much higher normal scores are if only a few windows cover a row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

TAIL = 0.98
"""The quantile of normal scores that is compared."""


def coverage_factors(normal_scores: Callable[[int], np.ndarray], most: int) -> np.ndarray:
    """The factor on the threshold of a row that 1, 2, ... `most` windows cover, (most,): at least 1, never rising.

    `normal_scores(n)` gives held-out normal scores from only the n newest windows over each row, as is the case near
    the end of the data, at its start and around gaps.
    """
    tails = np.array([_tail(normal_scores(windows)) for windows in range(1, most + 1)])
    factors = np.maximum(1.0, tails / tails[-1]) if tails[-1] > 0 else np.ones(most)
    return np.ascontiguousarray(np.maximum.accumulate(factors[::-1])[::-1])


def _tail(scores: np.ndarray) -> float:
    scores = scores[np.isfinite(scores)]
    return float(np.quantile(scores, TAIL)) if len(scores) else 0.0
