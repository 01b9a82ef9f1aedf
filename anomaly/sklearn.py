"""The series detector by scikit-learn's conventions: rows are consecutive in time, a higher score is more normal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from anomaly.series.kinds import parse_config
from anomaly.series.span import Span, TrainingPlan
from anomaly.series.training.train import train_detector
from sensors_data.series.grids.grid import Grid

__all__ = ["NightscoreDetector"]

Array = NDArray[np.float64]
START = np.datetime64("2020-01-01", "us")
"""Where the clock of an array begins; no score depends on it."""
ASSET = "series"


class NightscoreDetector(OutlierMixin, BaseEstimator):  # type: ignore[misc]
    """A detector of one machine's rows: fit on normal ones, NaN where nothing was measured.

    `step` is the time between two rows; with it `alarms_per_asset_week` is a budget of false alarms a row. `config`
    holds keys of `[families.NAME.detector]`. After `fit`, `detector_` is the series detector, `offset_` minus its
    threshold, and `n_features_in_` the number of columns. A row's score depends on the rows around it, so scores of a
    part of the rows are not a part of the scores.
    """

    def __init__(
        self,
        step: str | timedelta = "1min",
        alarms_per_asset_week: float = 0.25,
        random_state: Any = 0,
        config: dict[str, Any] | None = None,
    ) -> None:
        self.step = step
        self.alarms_per_asset_week = alarms_per_asset_week
        self.random_state = random_state
        self.config = config

    def fit(self, X: ArrayLike | pd.DataFrame, y: object = None) -> NightscoreDetector:
        """Learn what is normal in consecutive rows X (T, D). ValueError when there are too few of them."""
        values = self._values(X, reset=True)
        table = {**(self.config or {}), "alarms_per_asset_week": self.alarms_per_asset_week}
        config = parse_config(table, "config")
        span = Span(self._grid(values), np.zeros(len(values), dtype=bool), round(len(values) * (1 - config.held_out)))
        plan = TrainingPlan("array", self._step.total_seconds(), date(2020, 1, 1), config, self._seed())
        self.detector_ = train_detector(plan, {ASSET: span}, None)[0]
        self.offset_ = -self.detector_.threshold.value
        return self

    def score_samples(self, X: ArrayLike | pd.DataFrame) -> Array:
        """Minus the score of each row, nats, (T,): higher is more normal; NaN where nothing was measured.

        Where few windows cover a row, as at the end, the score is divided by as much as its limit is higher.
        """
        check_is_fitted(self)
        values = self._values(X, reset=False)
        return -self.detector_.adjusted_scores({ASSET: self._grid(values)})[ASSET]

    def decision_function(self, X: ArrayLike | pd.DataFrame) -> Array:
        """How far each row is inside the threshold, nats, (T,): negative is an outlier."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: ArrayLike | pd.DataFrame) -> NDArray[np.int64]:
        """-1 for each row over the threshold, 1 for the others, (T,)."""
        return np.where(self.decision_function(X) < 0, -1, 1)

    def __sklearn_tags__(self) -> Tags:
        """NaN is a value that was not measured."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    @property
    def _step(self) -> timedelta:
        return pd.Timedelta(self.step).to_pytimedelta()

    def _seed(self) -> int:
        if isinstance(self.random_state, int):
            return self.random_state
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    def _values(self, X: ArrayLike | pd.DataFrame, reset: bool) -> Array:
        least = 2 if reset else 1
        values = validate_data(
            self, X, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=least
        )
        return np.asarray(values)

    def _grid(self, values: Array) -> Grid:
        """Values (T, D) as rows of a clock."""
        times = START + np.arange(len(values)) * np.timedelta64(self._step, "us")
        sensors = tuple(f"v{number}" for number in range(values.shape[1]))
        return Grid(times, values.astype(np.float32), np.isfinite(values), sensors)
