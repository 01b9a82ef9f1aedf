"""Whether what comes in still looks like what a model learned from: distances between distributions, and their limits.

Values of one sensor are close to each other for hours and follow the time of day, so they are far fewer independent
ones than rows, and the textbook p-value of a Kolmogorov-Smirnov test would call every healthy day a drift. So whole
days are compared, and how far healthy days stray is measured on the training span itself: every run of 1, 2, ... days
in a row against the span's other days. The textbook's null distributions are stretched to what was measured there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import kolmogi, kolmogorov

from anomaly.tails import chi2_beyond
from sensors_data.settings import Section

LEVELS = np.linspace(0.0, 1.0, 101)
"""The reference's quantiles; also the places at which distributions are compared."""
TENTHS = slice(10, 100, 10)
"""Of LEVELS: the inner edges of the ten bins of the population stability index."""
LONGEST = 7
"""Days in a row that are compared at most: a week, so that weekends weigh what they should."""
SCORE = "score"
"""The name under which the score itself is listed among the sensors."""
FEWEST = 4
"""Days that a training span needs to show how far healthy days stray."""
LEAST_SHARE = 0.5
"""A day with fewer values than this share of a usual one is left out: half a day does not represent a day."""
ALPHA = 0.001
"""The chance of a false drift alarm a family and night, over all its sensors and both measures."""
LEAST = {"ks": 0.1, "psi": 0.25}
"""Smaller distances are no drift, however significant (0.25 is the index's customary mark: Siddiqi 2006)."""
RARE = 0.001
"""The share assumed for an empty bin."""
_KOLMOGOROV_MEAN = float(np.sqrt(np.pi / 2) * np.log(2))


class DriftReference(Section):
    """One sensor's distribution in a training span, and how far its own days strayed from it."""

    quantiles: tuple[float, ...]
    """Quantiles at LEVELS; in units of the asset's scale, the score in nats."""
    day_values: float
    """Number of values on a usual day."""
    ks: tuple[float, ...]
    """Unit of the Kolmogorov-Smirnov distance for runs of 1, 2, ... days: divided by it, those of healthy days follow
    Kolmogorov's distribution."""
    psi: tuple[float, ...]
    """Unit of the population stability index for such runs: divided by it, those of healthy days follow chi squared."""
    freedom: int
    """Degrees of freedom of that chi squared: filled bins less one."""
    ks_offset: float = 0.0
    """How far days outside the training rows lie from those inside; 0 if training makes no difference."""
    psi_offset: float = 0.0


@dataclass(frozen=True)
class Distance:
    """How far a run of days lies from a training span."""

    value: float
    p_value: float
    """Probability of such a distance on healthy days, Bonferroni-corrected; NaN if not computed."""
    limit: float
    rows: int

    @property
    def drifted(self) -> bool:
        """Whether it is over its limit."""
        return self.value > self.limit


def reference_of(days: list[np.ndarray]) -> DriftReference | None:
    """A sensor's reference from its values, an array a day in order; None when fewer than FEWEST days are whole."""
    counts = [len(values) for values in days]
    usual = float(np.median([n for n in counts if n] or [0]))
    whole = [values for values in days if len(values) >= max(1.0, LEAST_SHARE * usual)]
    if len(whole) < FEWEST:
        return None
    quantiles = np.quantile(np.concatenate(whole), LEVELS)
    below = np.stack([_counts(values, quantiles) for values in whole])  # (days, 2, K)
    sizes = np.array([len(values) for values in whole])
    longest = min(LONGEST, len(whole) // 2)
    strays = [_strays(below, sizes, length) for length in range(1, longest + 1)]
    freedom = max(1, int((_bins(_shares(quantiles, quantiles)) > 0).sum()) - 1)
    return DriftReference(
        quantiles=tuple(map(float, quantiles)),
        day_values=usual,
        ks=tuple(_unit(ks, _KOLMOGOROV_MEAN, float(kolmogi(1 / (len(ks) + 1)))) for ks, _ in strays),
        psi=tuple(_unit(psi, freedom, chi2_beyond(1 / (len(psi) + 1), freedom)) for _, psi in strays),
        freedom=freedom,
    )


def with_offset(reference: DriftReference, learned: list[np.ndarray], fresh: list[np.ndarray]) -> DriftReference:
    """The reference whose limits allow for how far `fresh` days, which no model learned from, lie from `learned` ones.

    A score lies elsewhere on rows that were learned from, so a training span alone does not show how new days lie.
    """
    before, after = np.concatenate([np.empty(0), *learned]), np.concatenate([np.empty(0), *fresh])
    if not len(before) or len(after) < LEAST_SHARE * reference.day_values:
        return reference
    places = np.quantile(before, LEVELS)
    known, fresh_share = (_counts(values, places) / len(values) for values in (before, after))
    offsets = {
        "ks_offset": float(np.abs(fresh_share - known).max()),
        "psi_offset": _psi(_bins(fresh_share), _bins(known)),
    }
    return reference.model_copy(update=offsets)


def distances(reference: DriftReference, days: list[np.ndarray], tests: int) -> dict[str, Distance]:
    """How far the newest whole days of a sensor, at most as many as were measured in training, lie from its reference.

    `days` are its values, an array a day in order; `tests` is how many distances are judged together. Nothing where no
    day is whole.
    """
    whole = [values for values in days if len(values) >= max(1.0, LEAST_SHARE * reference.day_values)][
        -len(reference.ks) :
    ]
    if not whole:
        return {}
    values, quantiles = np.concatenate(whole), np.array(reference.quantiles)
    shares, known = _counts(values, quantiles) / len(values), _known(quantiles)
    alpha = ALPHA / tests
    ks, unit = float(np.abs(shares - known).max()), reference.ks[len(whole) - 1]
    limit = max(
        LEAST["ks"], float(kolmogi(alpha)) * unit + reference.ks_offset
    )  # a distance: the triangle's inequality
    apart = max(0.0, ks - reference.ks_offset)
    p_value = min(1.0, tests * float(kolmogorov(apart / unit))) if unit > 0 else float(apart == 0)
    psi = _psi(_bins(shares), _bins(known))
    stray = chi2_beyond(alpha, reference.freedom) * reference.psi[len(whole) - 1]
    most = max(LEAST["psi"], (stray**0.5 + reference.psi_offset**0.5) ** 2)  # the square of a distance, near enough
    return {
        "ks": Distance(ks, p_value, limit, len(values)),
        "psi": Distance(psi, float("nan"), most, len(values)),
    }


def _counts(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """How many values lie at or below each place, and how many strictly below, (2, K)."""
    ordered = np.sort(values)
    return np.stack([np.searchsorted(ordered, places, side) for side in ("right", "left")])


def _shares(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    return _counts(values, places) / len(values)


def _known(quantiles: np.ndarray) -> np.ndarray:
    """The reference's own shares at or below its quantiles and strictly below, (2, K); equal quantiles are a step."""
    right = LEVELS[np.searchsorted(quantiles, quantiles, "right") - 1]
    left = LEVELS[np.searchsorted(quantiles, quantiles, "left")]
    return np.stack([right, left])


def _strays(below: np.ndarray, sizes: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Both distances of every run of `length` days from all other days: below (days, 2, K), sizes (days,)."""
    ks, psi = [], []
    for first in range(len(sizes) - length + 1):
        run = slice(first, first + length)
        of_run, run_size = below[run].sum(axis=0), sizes[run].sum()
        others = (below.sum(axis=0) - of_run) / (sizes.sum() - run_size)
        ks.append(float(np.abs(of_run / run_size - others).max()))
        psi.append(_psi(_bins(of_run / run_size), _bins(others)))
    return np.array(ks), np.array(psi)


def _unit(strays: np.ndarray, mean: float, highest: float) -> float:
    """The unit in which strays have the null distribution's mean, and their highest is no higher than expected."""
    return max(float(strays.mean()) / mean, float(strays.max()) / highest)


def _bins(shares: np.ndarray) -> np.ndarray:
    """The shares of the ten bins between the reference's tenths, from shares (2, K)."""
    return np.diff(np.concatenate([[0.0], shares[0, TENTHS], [1.0]]))


def _psi(new: np.ndarray, known: np.ndarray) -> float:
    """The population stability index of two sets of bins: the sum of (p - q) ln(p / q)."""
    p, q = np.maximum(new, RARE), np.maximum(known, RARE)
    return float(((p - q) * np.log(p / q)).sum())
