"""From few scores of normal images to a limit that keeps its rate of false alarms, and what that rate may really be."""

from __future__ import annotations

import math

import numpy as np

from anomaly.thresholds import RESAMPLES, STRAY, Threshold
from sensors_data.errors import UnusableError

LARGEST = 10
"""Scores that the tail is drawn from, at least, where there are twice as many."""
DRAWS = 4000
"""Of the share of false alarms, for its interval."""
FOLD_SCORES = 40
"""Scores of folds from which on their dependence is allowed for."""
DEPENDENT = 50
"""Scores of folds whose excesses count twice; those of more scores count less, towards once."""


def threshold_of_folds(scores: np.ndarray, budget: float) -> Threshold:
    """The score that a new normal image exceeds with probability `budget`, from scores by the networks of folds.

    Each network learned from the images that the others score. The highest scores are therefore of looks that one
    network alone does not know, and lie further out than those of new images. A smaller allowance than that of
    `predictive_threshold` makes up for it.
    """
    count = int(np.isfinite(scores).sum())
    return predictive_threshold(scores, budget, weight=1 + DEPENDENT / count if count >= FOLD_SCORES else 1.0)


def predictive_threshold(scores: np.ndarray, budget: float, seed: int = 0, weight: float = 1.0) -> Threshold:
    """The score that a new normal image exceeds with probability `budget`, however few scores there are.

    Over the (m + 1)th largest of n scores u, which a new one exceeds with probability (m + 1) / (n + 1), the tail is
    taken as exponential of unknown scale. The m excesses, of mean s, then give a new score's own distribution:
    P(score > u + y) = (m + 1) / (n + 1) * (1 + y / (m s)) ** -m, a generalised Pareto of shape 1 / m. It allows for
    the error of s (Aitchison and Dunsmore 1975, Statistical Prediction Analysis). With a `weight` w the allowance is
    that for w m excesses. UnusableError when no score is a number.
    """
    clean = np.sort(scores[np.isfinite(scores)].astype(np.float64))
    if len(clean) < 2:
        raise UnusableError("fewer than two normal images have a score", "check that the pictures can be read")
    start, count, mean = _tail(clean, budget)
    limit = _limit(start, count, mean, len(clean), budget, weight)
    rng = np.random.default_rng(seed)
    drawn = [
        _limit(*_tail(resample, budget), len(clean), budget, weight)
        for resample in np.sort(rng.choice(clean, (RESAMPLES, len(clean))))
    ]
    return Threshold(
        value=limit,
        low=min(limit, float(np.quantile(drawn, 0.05))),
        high=max(limit, float(np.quantile(drawn, 0.95))),
        budget=budget,
        start=start,
        tail_share=(count + 1) / (len(clean) + 1),
        shape=1 / (weight * count),
        spread=mean,
        clusters=count,
        quantiles=tuple(float(q) for q in np.quantile(clean, np.linspace(0, 1, 101))),
        rows=len(clean),
    )


def false_alarm_interval(threshold: Threshold, seed: int = 0) -> tuple[float, float]:
    """The 90 % interval of the share of normal images over a predictive threshold, by the errors of its tail.

    The share over the start is Beta distributed, as order statistics are, and the scale inverse gamma.
    """
    rng, count = np.random.default_rng(seed), threshold.clusters
    over_start = rng.beta(count + 1, threshold.rows - count, DRAWS)
    reach = (threshold.value - threshold.start) / (count * threshold.spread)
    shares = over_start * np.exp(-reach * rng.gamma(count, size=DRAWS))
    return float(np.quantile(shares, 0.05)), float(np.quantile(shares, 0.95))


def _tail(ordered: np.ndarray, budget: float) -> tuple[float, int, float]:
    """Where the tail of rising scores begins, how many lie in it, and their mean excess.

    Twice as many as the budget lets through, or LARGEST, but at most half. Excesses over STRAY times the median one
    are of no normal image and left out.
    """
    count = max(1, min(max(LARGEST, math.ceil(2 * budget * (len(ordered) + 1))), len(ordered) // 2))
    start = float(ordered[-count - 1])
    excesses = ordered[-count:] - start
    usual = excesses[excesses <= STRAY * np.median(excesses)]
    return start, count, max(float(usual.mean()), 1e-9 * max(1.0, abs(start)))


def _limit(start: float, count: int, mean: float, rows: int, budget: float, weight: float) -> float:
    share, excesses = (count + 1) / (rows + 1), weight * count
    reach = math.exp(math.log(share / budget) / excesses) - 1
    return start + excesses * mean * max(reach, 1e-9)
