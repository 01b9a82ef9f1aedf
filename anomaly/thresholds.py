"""From normal scores to a threshold with a stated false-alarm budget, and to a tail probability for every score."""

from __future__ import annotations

import math

import numpy as np

from anomaly.tails import pareto_excess, pareto_survival
from sensors_data.errors import UnusableError
from sensors_data.settings import Section

MIN_EXCESSES = 30
"""Clusters of excesses under which the tail is taken as exponential: a shape cannot be told from so few."""
MIN_CLUSTERS = 10
TAILS = (0.02, 0.05, 0.1, 0.2)
"""Shares of normal scores that may be called their tail; the first with MIN_EXCESSES clusters is, or MIN_CLUSTERS."""
RESAMPLES = 50
EXPECTED_ALARMS = 3
"""A span in which the budget puts up with fewer alarms than this, and with too few clusters to tell a shape from, does
not show the tail that matters."""
STRAY = 20.0
"""An excess so many times the median one is no normal row's: an exponential tail has one in a million."""
FAR_TAIL, FAR_POWER = 1e-12, 4.0
"""Excesses rarer than FAR_TAIL are ranked by a power law, so that a worse one is always less likely."""
BLOCK_BODY = (0.5, 0.9)
"""Quantiles of block maxima that their distribution is fitted to."""
BLOCK_SHAPE = 0.15
"""Shape that is taken for block maxima: a tail heavier than exponential, as sensors have."""
MARGIN = 0.5
"""In so short a span the limit clears the highest peak by up to this share of its distance from the median; where one
or two alarms are expected, the second or third highest by less."""


class Threshold(Section):
    """A score's limit and the tail of normal scores that it was drawn from; scores in nats, higher is worse."""

    value: float
    low: float
    """Lower end of the 90 % interval of `value`, by bootstrap over blocks."""
    high: float
    budget: float
    """Alarms per normal row that are put up with; a run of high scores is one alarm."""
    start: float
    """Where the tail begins: the score that `tail_share` of normal rows exceed."""
    tail_share: float
    shape: float
    """Of the generalised Pareto tail; 0 is the exponential."""
    spread: float
    clusters: int
    quantiles: tuple[float, ...]
    """Normal scores at 0 %, 1 %, ... 100 %: the body of their distribution."""
    rows: int

    @property
    def at_value(self) -> float:
        """How likely a normal row is just at the limit or over it."""
        return float(self.p_value(np.array([self.value]))[0])

    @property
    def is_reachable(self) -> bool:
        """Whether some normal rows lie under the limit and some score could lie over it."""
        return 0.0 < self.at_value < 1.0

    def limit_for(self, budget: float) -> float:
        """The limit under another budget of alarms a row, from the same tail; its own budget gives `value`."""
        most = np.array([budget, self.budget]) * self.rows / max(1, self.clusters)
        wanted, at_budget = self.start + pareto_excess(np.minimum(1.0, most), self.shape, self.spread)
        return float(self.value * wanted / at_budget) if at_budget > 0 else self.value

    def p_value(self, scores: np.ndarray) -> np.ndarray:
        """How likely a normal row scores at least this high, (T,); NaN where the score is NaN."""
        body = np.interp(scores, self.quantiles, np.linspace(1.0, 0.0, len(self.quantiles)))
        excess = np.maximum(scores - self.start, 0.0)
        far = float(pareto_excess(FAR_TAIL, self.shape, self.spread))  # beyond, the fitted tail is a guess
        within = pareto_survival(np.minimum(excess, far), self.shape, self.spread)
        tail = self.tail_share * within * np.minimum(1.0, far / np.maximum(excess, far)) ** FAR_POWER
        p = np.where(scores > self.start, tail, np.maximum(body, self.tail_share))
        return np.where(np.isnan(scores), np.nan, np.minimum(p, 1.0))


def pot_threshold(scores: np.ndarray, budget: float, gap: int = 0, seed: int = 0) -> Threshold:
    """The score at which normal rows give `budget` alarms a row: peaks over threshold on declustered excesses.

    `scores` are of held-out normal rows in time order; NaN counts for nothing. Excesses at most `gap` rows apart are
    one alarm (0: every excess is its own). ValueError when no score is a number.
    Siffer et al. 2017 (doi:10.1145/3097983.3098144); declustering by runs: Coles 2001, chapter 5.
    """
    clean = scores[np.isfinite(scores)].astype(np.float64)
    if not len(clean):
        raise UnusableError("no normal row has a score, so there is no threshold", "check that the span was measured")
    clusters = {t: len(_peaks(clean, t, gap)) for t in TAILS}
    tail_share = next((t for n in (MIN_EXCESSES, MIN_CLUSTERS) for t in TAILS if clusters[t] >= n), TAILS[-1])
    value, shape, spread = _limit(clean, budget, tail_share, gap)
    rng = np.random.default_rng(seed)
    drawn = [_limit(_resample(clean, gap, rng), budget, tail_share, gap)[0] for _ in range(RESAMPLES)]
    return Threshold(
        value=value,
        low=min(value, float(np.quantile(drawn, 0.05))),
        high=max(value, float(np.quantile(drawn, 0.95))),
        budget=budget,
        start=float(np.quantile(clean, 1 - tail_share)),
        tail_share=tail_share,
        shape=shape,
        spread=spread,
        clusters=clusters[tail_share],
        quantiles=tuple(float(q) for q in np.quantile(clean, np.linspace(0, 1, 101))),
        rows=len(clean),
    )


def return_level(peaks: np.ndarray, exceeded: float) -> float:
    """What block maxima `peaks` (N,) exceed with probability `exceeded`: a generalised extreme value, shape held.

    Location and scale are of the median and the 90 % quantile, so that a tenth of the blocks may hold faults (block
    maxima: Coles 2001, chapter 3). The shape of few blocks is not estimated: it is BLOCK_SHAPE.
    """
    middle, upper = np.quantile(peaks, BLOCK_BODY)
    reach = [_gumbel(share) for share in (*BLOCK_BODY, 1 - exceeded)]
    grown = [math.expm1(BLOCK_SHAPE * (r - reach[0])) for r in reach]
    return float(middle + (upper - middle) * grown[2] / grown[1])


def _gumbel(share: float) -> float:
    """The quantile of the standard Gumbel distribution."""
    return -math.log(-math.log(share))


def _limit(scores: np.ndarray, budget: float, tail_share: float, gap: int) -> tuple[float, float, float]:
    """The limit that clusters exceed `budget` times a row, and the shape and scale of their tail."""
    start = float(np.quantile(scores, 1 - tail_share))
    excesses = _peaks(scores, tail_share, gap) - start
    if not len(excesses):  # all scores are equal
        return start + 1e-9 * max(1.0, abs(start)), 0.0, 1e-9 * max(1.0, abs(start))
    shape, spread = _pareto_fit(excesses)
    exceeded = budget * len(scores) / len(excesses)  # the share of clusters that may be over the limit
    value = start + float(pareto_excess(min(1.0, exceeded), shape, spread))
    expected = budget * len(scores)  # alarms that the budget puts up with in this span
    highest = start + float(np.sort(excesses)[-min(int(expected) + 1, len(excesses))])
    if 1 <= expected < MIN_CLUSTERS:
        value = max(value, highest)  # under it, the span itself would have shown more alarms than that
    if expected < EXPECTED_ALARMS and len(excesses) < MIN_EXCESSES:
        margin = MARGIN * (1 - expected / EXPECTED_ALARMS)
        value = max(value, highest + margin * (highest - float(np.median(scores))))
    return value, shape, spread


def _peaks(scores: np.ndarray, tail_share: float, gap: int) -> np.ndarray:
    """The highest score of every cluster of rows in the tail."""
    over = np.flatnonzero(scores > np.quantile(scores, 1 - tail_share))
    if not len(over):
        return np.empty(0)
    first = np.concatenate([[0], np.flatnonzero(np.diff(over) > gap) + 1])
    return np.asarray(np.maximum.reduceat(scores[over], first))


def _pareto_fit(excesses: np.ndarray) -> tuple[float, float]:
    """Shape and scale of a generalised Pareto by probability-weighted moments (Hosking and Wallis 1987).

    Exponential (shape 0) for fewer than MIN_EXCESSES, and where the shape would be 1 or more.
    """
    excesses = excesses[excesses <= STRAY * np.median(excesses)]
    mean = float(excesses.mean())
    if len(excesses) >= MIN_EXCESSES:
        rank = (np.arange(1, len(excesses) + 1) - 0.35) / len(excesses)
        weighted = float((np.sort(excesses) * (1 - rank)).mean())
        if not math.isclose(mean, 2 * weighted):
            shape = 2 - mean / (mean - 2 * weighted)
            spread = 2 * mean * weighted / (mean - 2 * weighted)
            if -0.5 < shape < 1 and spread > 0:
                return shape, spread
    return 0.0, max(float(np.median(excesses)) / math.log(2), 1e-9)  # the median, as few may be no normal ones


def _resample(scores: np.ndarray, gap: int, rng: np.random.Generator) -> np.ndarray:
    """As many scores, drawn in blocks so that neighbours stay together."""
    length = int(np.clip(4 * gap, 1, max(1, len(scores) // 4)))
    starts = rng.integers(0, len(scores) - length + 1, -(-len(scores) // length))
    return np.asarray(scores[(starts[:, None] + np.arange(length)).ravel()])
