"""The methods of the benchmark of nights: the product, and what a team would try first, each fitted once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

from anomaly.evaluation import baselines
from anomaly.evaluation.scores import events
from anomaly.series.span import WEEK_S
from anomaly.thresholds import pot_threshold
from benchmarks.nights.run import Dated, nightscore

MERGE = timedelta(hours=1)
BENDS = 10
"""Places, evenly spread over four fifths of the training rows, at which the trend may turn."""
HARMONICS = {86_400: 4, 604_800: 3}
"""Sines and cosines a season, by its length in seconds; a season counts from two whole ones on."""


def ppca(series: Dated, budget: float, seed: int) -> pd.DataFrame:
    """Windowed PPCA, fitted once, with the product's kind of threshold."""
    return _baseline(baselines.ppca, series, budget, seed)


def isolation_forest(series: Dated, budget: float, seed: int) -> pd.DataFrame:
    """An isolation forest over windows, fitted once, with the product's kind of threshold."""
    return _baseline(baselines.isolation_forest, series, budget, seed)


def seasonal_median(series: Dated, budget: float, seed: int) -> pd.DataFrame:
    """The distance from the median of the hour of the day over its median absolute deviation, fitted once."""
    hour = (series.times.astype("datetime64[h]").astype(np.int64) % 24)[: len(series.values)]

    def fit(train: NDArray[np.float64], _: int) -> baselines.Scorer:
        known = pd.DataFrame(train).groupby(hour[: len(train)])
        middle = known.median().reindex(range(24)).interpolate(limit_direction="both").to_numpy()
        apart = np.abs(train - middle[hour[: len(train)]])
        scale = np.maximum(np.median(apart, axis=0), 1e-9 * np.maximum(np.abs(train).max(axis=0), 1e-9))
        return lambda values: np.asarray((np.abs(values - middle[hour[: len(values)]]) / scale).max(axis=1))

    return _baseline(fit, series, budget, seed)


def trend_and_seasons(series: Dated, budget: float, seed: int) -> pd.DataFrame:
    """The distance from a trend with bends plus harmonics of day and week, over its median; fitted once by ridge.

    The model is the additive one of Prophet (Taylor and Letham 2018, doi:10.1080/00031305.2017.1380080), without
    holidays, with a ridge penalty in place of its priors. The trend goes on beyond the training rows as it ended.
    """
    seconds = (series.times - series.times[0]) / np.timedelta64(1, "s")
    end = float(seconds[series.train_end - 1])
    bends = np.maximum(0, seconds[:, None] - np.linspace(0, 0.8 * end, BENDS + 1)) / end  # the first one is the slope
    seasons = [
        wave(2 * np.pi * number * seconds / length)
        for length, count in HARMONICS.items()
        if end >= 2 * length
        for number in range(1, count + 1)
        for wave in (np.sin, np.cos)
    ]
    design = np.column_stack([bends, *seasons])

    def fit(train: NDArray[np.float64], _: int) -> baselines.Scorer:
        scale = np.maximum(train.std(axis=0), 1e-9)
        model = Ridge(alpha=1.0).fit(design[: len(train)], train / scale)
        apart = np.abs(train / scale - model.predict(design[: len(train)]).reshape(train.shape))
        usual = np.maximum(np.median(apart, axis=0), 1e-9)
        return lambda values: np.asarray(
            (np.abs(values / scale - model.predict(design[: len(values)]).reshape(values.shape)) / usual).max(axis=1)
        )

    return _baseline(fit, series, budget, seed)


def _baseline(method: baselines.Baseline, series: Dated, budget: float, seed: int) -> pd.DataFrame:
    """Intervals over a limit from peaks over threshold of the train rows' own scores, near ones merged."""
    values = pd.DataFrame(series.values).ffill().bfill().fillna(0.0).to_numpy()
    train = values[: series.train_end]
    scores = method(train, seed)(values)
    rate = budget * series.step.total_seconds() / WEEK_S
    limit = pot_threshold(scores[: series.train_end], rate, gap=baselines.window_length(train)).value
    over = scores > limit
    over[: series.train_end] = False
    starts, ends = events(over)
    rows = pd.DataFrame(
        {"start": series.times[starts], "end": series.times[ends - 1] + np.timedelta64(series.step, "us")}
    )
    apart = rows["start"] - rows["end"].shift() > max(MERGE, series.step)
    merged: pd.DataFrame = rows.groupby(apart.cumsum().to_numpy()).agg(start=("start", "min"), end=("end", "max"))
    if len(merged) == 0:
        return merged.assign(detected=merged["start"])
    intervals: pd.DataFrame = merged.reset_index(drop=True).apply(lambda column: column.dt.tz_localize("UTC"))
    return intervals.assign(detected=intervals["start"])


METHODS: dict[str, Callable[[Dated, float, int], pd.DataFrame]] = {
    "nightscore": nightscore,
    "ppca": ppca,
    "seasonal-median": seasonal_median,
    "trend-and-seasons": trend_and_seasons,
    "isolation-forest": isolation_forest,
}
