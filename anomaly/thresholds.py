"""From normal scores to a threshold with a stated false-alarm budget, and to a tail probability for every score."""

from __future__ import annotations

import numpy as np
from scipy.stats import genpareto

from sensors_data.settings import Section

MIN_EXCESSES = 30


class Threshold(Section):
    """A score's limit and the tail of normal scores that it was drawn from; scores in nats, higher is worse."""

    value: float
    low: float
    """Lower end of the 90 % interval of `value`, by bootstrap over blocks."""
    high: float
    budget: float
    """Share of normal rows that may lie over the threshold."""
    start: float
    """Where the tail begins: the score that `tail_share` of normal rows exceed."""
    tail_share: float
    shape: float | None
    """Of the generalised Pareto tail; None where the empirical quantile was used instead."""
    spread: float | None
    quantiles: tuple[float, ...]
    """Normal scores at 0 %, 1 %, ... 100 %: the body of their distribution."""
    rows: int

    def p_value(self, scores: np.ndarray) -> np.ndarray:
        """How likely a normal row scores at least this high, (T,); NaN where the score is NaN."""
        body = np.interp(scores, self.quantiles, np.linspace(1.0, 0.0, len(self.quantiles)))
        floor = 0.5 / max(1, self.rows)
        if self.shape is None or self.spread is None:
            tail = np.maximum(body, floor)
        else:
            tail = self.tail_share * genpareto.sf(scores - self.start, self.shape, scale=self.spread)
        p = np.where(scores > self.start, np.minimum(tail, self.tail_share), np.maximum(body, self.tail_share))
        return np.where(np.isnan(scores), np.nan, np.clip(p, 1e-12, 1.0))


def budget_share(alarms_per_asset_week: float, rows_per_week: float, rows_per_alarm: float) -> float:
    """The share of normal rows that may exceed the threshold: alarms a week, each `rows_per_alarm` rows long."""
    return float(np.clip(alarms_per_asset_week * rows_per_alarm / rows_per_week, 1e-6, 0.05))


def pot_threshold(scores: np.ndarray, budget: float, tail: float = 0.02, seed: int = 0) -> Threshold:
    """The score that a share `budget` of normal rows exceeds: peaks over threshold, a GPD on declustered excesses.

    `scores` are of held-out normal rows in time order; NaN rows count for nothing. With fewer than MIN_EXCESSES
    clusters, or a tail as heavy as shape >= 1, it is the empirical quantile. ValueError when no score is a number.
    Siffer et al. 2017 (doi:10.1145/3097983.3098144); declustering by runs: Coles 2001, chapter 5.
    """
    clean = scores[np.isfinite(scores)]
    if not len(clean):
        raise ValueError("no normal row has a score, so there is no threshold; check that the span was measured")
    tail_share = min(max(tail, 2 * budget), 0.2)
    start = float(np.quantile(clean, 1 - tail_share))
    value, shape, spread = _tail_limit(clean, start, budget, tail_share)
    drawn = _bootstrap(clean, budget, tail_share, np.random.default_rng(seed))
    return Threshold(
        value=value,
        low=min(value, float(np.quantile(drawn, 0.05))),
        high=max(value, float(np.quantile(drawn, 0.95))),
        budget=budget,
        start=start,
        tail_share=tail_share,
        shape=shape,
        spread=spread,
        quantiles=tuple(float(q) for q in np.quantile(clean, np.linspace(0, 1, 101))),
        rows=len(clean),
    )


def _tail_limit(
    scores: np.ndarray, start: float, budget: float, tail_share: float
) -> tuple[float, float | None, float | None]:
    """The limit that `budget` of rows exceed, with the shape and scale of the tail (None: empirical)."""
    peaks = _cluster_peaks(scores, start)
    if len(peaks) >= MIN_EXCESSES:
        shape, _, spread = genpareto.fit(peaks - start, floc=0)
        if shape < 1 and spread > 0:
            limit = start + float(genpareto.isf(budget / tail_share, shape, scale=spread))
            return limit, float(shape), float(spread)
    # beyond the largest normal score ever seen, its own distance to the tail's start is all that is known
    if budget * len(scores) < 1 and len(peaks):
        return float(scores.max() + 0.5 * (scores.max() - start)), None, None
    return float(np.quantile(scores, 1 - budget)), None, None


def _cluster_peaks(scores: np.ndarray, start: float, gap: int = 3) -> np.ndarray:
    """The highest score of every cluster of excesses; clusters are `gap` or more rows under `start` apart."""
    over = np.flatnonzero(scores > start)
    if not len(over):
        return np.empty(0)
    first = np.concatenate([[0], np.flatnonzero(np.diff(over) > gap) + 1])
    return np.asarray(np.maximum.reduceat(scores[over], first))


def _bootstrap(scores: np.ndarray, budget: float, tail_share: float, rng: np.random.Generator) -> np.ndarray:
    """The limit on 50 resamples of blocks of scores, so that neighbours stay together."""
    length = max(1, min(len(scores) // 10, 500))
    blocks = max(1, len(scores) // length)
    limits = []
    for _ in range(50):
        starts = rng.integers(0, len(scores) - length + 1, blocks)
        drawn = np.concatenate([scores[s : s + length] for s in starts])
        limits.append(_moment_limit(drawn, budget, tail_share))
    return np.array(limits)


def _moment_limit(scores: np.ndarray, budget: float, tail_share: float) -> float:
    """The limit by the GPD's moments, which is quick enough to repeat (Hosking and Wallis 1987)."""
    start = float(np.quantile(scores, 1 - tail_share))
    peaks = _cluster_peaks(scores, start) - start
    if len(peaks) < MIN_EXCESSES or peaks.var() == 0:
        return float(np.quantile(scores, 1 - budget))
    ratio = peaks.mean() ** 2 / peaks.var()
    shape, spread = 0.5 * (1 - ratio), 0.5 * peaks.mean() * (ratio + 1)
    return start + float(genpareto.isf(budget / tail_share, min(shape, 0.99), scale=spread))
