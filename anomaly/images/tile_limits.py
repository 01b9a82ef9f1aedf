"""From the scores of held-out pictures' tiles to a limit for whole pictures, which score as their worst tile."""

from __future__ import annotations

import numpy as np

from anomaly.images.limits import false_alarm_interval, predictive_threshold
from anomaly.thresholds import Threshold

ANCHOR = 0.1
"""The share of normal pictures at which the stored tail begins; from there on a picture's share is nearly that of a
tile times the number of tiles."""


def picture_threshold(tiles: np.ndarray, budget: float) -> tuple[Threshold, tuple[float, float]]:
    """The score that the worst tile of a new normal picture exceeds with probability `budget`, from the scores of
    tiles (N, T), and the 90 % interval of the share of normal pictures over it.

    The largest of T scores exceeds u with probability 1 - (1 - p)**T where one exceeds it with p, so N * T scores bear
    on the tail and not N alone (block maxima; Coles 2001, chapter 3). Tiles of a picture are alike, which makes high
    ones come together: the share is then less than this says. UnusableError when no score is a number.
    """
    count = tiles.shape[1]
    of_tiles = predictive_threshold(tiles.ravel(), _of_tile(budget, count))
    begin = _limit(of_tiles, _of_tile(max(ANCHOR, 2 * budget), count))
    clean = tiles[np.isfinite(tiles)]
    stretch = of_tiles.shape * (begin - of_tiles.start)  # a generalised Pareto tail keeps its shape further out
    interval = false_alarm_interval(of_tiles)
    threshold = of_tiles.model_copy(
        update={
            "budget": budget,
            "start": begin,
            "tail_share": max(ANCHOR, 2 * budget),
            "spread": of_tiles.spread + stretch,
            "quantiles": tuple(float(q) for q in np.quantile(clean, np.linspace(0, 1, 101) ** (1 / count))),
            "rows": len(tiles),
        }
    )
    return threshold, (_of_picture(interval[0], count), _of_picture(interval[1], count))


def _of_tile(share: float, count: int) -> float:
    """A tile's share over a limit that so many of pictures of `count` tiles exceed."""
    return float(-np.expm1(np.log1p(-share) / count))


def _of_picture(share: float, count: int) -> float:
    return float(-np.expm1(count * np.log1p(-share)))


def _limit(threshold: Threshold, share: float) -> float:
    """The score that a share of tiles exceeds, by the tail where it lies there, else by the scores themselves."""
    if share >= threshold.tail_share:
        return float(np.interp(1 - share, np.linspace(0, 1, len(threshold.quantiles)), threshold.quantiles))
    reach = (threshold.tail_share / share) ** threshold.shape - 1
    return float(threshold.start + threshold.spread / threshold.shape * reach)
