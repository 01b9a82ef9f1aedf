"""The methods of the series benchmark: each is a fit and a score, so that the two are timed apart.

    fit(train (T0, D), seed) -> model          the threshold is set here, without a label
    score(model, series (T, D)) -> score (T,), threshold

The detectors are modules of their own with these two functions, so that the baselines run without torch.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anomaly.evaluation import baselines

Array = NDArray[np.float64]

ALARM_BUDGET = 0.001  # share of normal rows that may lie over a method's own threshold

BASELINES: dict[str, baselines.Baseline] = {
    "random": baselines.random,
    "constant": baselines.constant,
    "last-value": baselines.last_value,
    "magnitude": baselines.magnitude,
    "ppca": baselines.ppca,
    "ppca-150": baselines.ppca_150,
    "pca": baselines.pca,
    "isolation-forest": baselines.isolation_forest,
    "kmeans": baselines.kmeans,
}
DETECTORS = {
    "nightscore": "benchmarks.series.nightscore",
    "nightscore-told": "benchmarks.series.nightscore_intervals",
    "plain-lstm-vae": "benchmarks.series.plain_lstm_vae",
}
NAMES = (*DETECTORS, *BASELINES)
SEEDED = {*DETECTORS, "random", "isolation-forest", "kmeans"}
"""Methods that draw random numbers and so run once a seed; the others run once."""


@dataclass(frozen=True)
class Method:
    """How to fit and how to score; `Any` is the method's own model."""

    fit: Callable[[Array, int], Any]
    score: Callable[[Any, Array], tuple[Array, float]]


def check_name(name: str) -> None:
    """LookupError for a name that is no method's."""
    if name not in NAMES:
        raise LookupError(f"no method is called {name}; there are {', '.join(NAMES)}")


def method(name: str) -> Method:
    """The fit and the score of a named method; LookupError where there is none."""
    check_name(name)
    if name in DETECTORS:
        module = importlib.import_module(DETECTORS[name])
        return Method(module.fit, module.score)
    baseline = BASELINES[name]

    def fit(train: Array, seed: int) -> tuple[baselines.Scorer, float]:
        return baseline(train, seed), baselines.held_out_threshold(baseline, train, seed, ALARM_BUDGET)

    def score(model: tuple[baselines.Scorer, float], series: Array) -> tuple[Array, float]:
        scorer, threshold = model
        return scorer(series), threshold

    return Method(fit, score)
