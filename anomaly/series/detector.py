"""The seam of the series detectors: what every kind of detector does, and all that the jobs ask of one.

A new kind is one file (a card, a subclass of `Detector`, how it is learned) and its line in `kinds.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Generic, TypeVar

import numpy as np
from torch import Tensor

from anomaly.series.card import Card, DetectorConfig
from anomaly.series.evidence import EvidenceModel
from anomaly.series.profile import Profile
from anomaly.series.span import Span, TrainingPlan
from anomaly.thresholds import Threshold
from anomaly.vae.training import Epoch
from sensors_data.errors import UnusableError
from sensors_data.nets.checkpoint import Checkpoint
from sensors_data.nets.training import Progress
from sensors_data.series.grid import Grid, Scale

FARTHEST = 1e6
"""Standard deviations at which a wild value is believed to be: further out, its square would leave the numbers."""


@dataclass(frozen=True)
class Scores:
    """Scores of one asset's rows; D modelled sensors. NaN where nothing was observed."""

    times: np.ndarray  # (T,)
    score: np.ndarray  # (T,) nats per observed value, higher is worse
    coverage_factor: np.ndarray  # (T,) on the threshold, at least 1: few windows cover a row near the end of the data
    observed_share: np.ndarray  # (T,)
    sensor_score: np.ndarray  # (T, D) nats
    share: np.ndarray  # (T, D), sums to 1
    expected: np.ndarray  # (T, D), in the sensor's own unit
    low: np.ndarray  # (T, D) 90 % band
    high: np.ndarray  # (T, D)
    pattern: np.ndarray  # (T, D) nats for a fault by what the windows expect; NaN where the detector cannot tell
    cross: np.ndarray  # (T, D) nats for a fault by the other sensors and the hour

    def last(self, rows: int) -> Scores:
        """The scores of the last `rows` rows."""
        return Scores(*(getattr(self, f.name)[len(self.times) - rows :] for f in fields(self)))

    def where(self, chosen: np.ndarray, other: Scores) -> Scores:
        """These scores in the rows that are `chosen` (T,), the other ones elsewhere."""
        parts = [(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)]
        return Scores(*(np.where(chosen.reshape(-1, *[1] * (a.ndim - 1)), a, b) for a, b in parts))


@dataclass(frozen=True)
class RowScores:
    """What a kind of detector says of a standardised grid: T rows, D modelled sensors."""

    score: np.ndarray  # (T,) nats, higher is worse
    coverage: np.ndarray  # (T,) how many windows judge a row; 1 where the kind knows no windows
    sensor_score: np.ndarray  # (T, D) nats
    expected: np.ndarray  # (T, D) standardised


@dataclass(frozen=True)
class Detector(ABC):
    """A family's detector: it scores grids, knows how many rows of context it needs, and is written to a file."""

    scales: dict[str, Scale]
    typical: np.ndarray  # (D,) nats of each modelled sensor on a typical normal row
    band: np.ndarray  # (D,) half width of the 90 % band, standardised
    coverage_factor: np.ndarray  # (K,) how much higher normal scores are under 1, 2, ... windows a row, at least 1
    card: Card
    profile: Profile | None = field(default=None, kw_only=True)
    evidence: EvidenceModel | None = field(default=None, kw_only=True)
    """None in files of format 1 and while the detector is being learned."""

    @property
    @abstractmethod
    def context_rows(self) -> int:
        """Rows before a row that its score depends on."""

    @abstractmethod
    def row_scores(self, grid: Grid) -> RowScores:
        """The scores of a standardised grid of the modelled sensors; none depends on a row after the grid's end."""

    @abstractmethod
    def tensors(self) -> dict[str, Tensor]:
        """What the kind has learned, as its file keeps it."""

    @property
    def margin_rows(self) -> int:
        """Rows on either side of planned work whose scores lack too much of their context to be alarmed on."""
        return self.context_rows // 2

    def expected_of(self, grid: Grid) -> np.ndarray:
        """What is expected of a standardised grid whose suspicious values are missing, (T, D); NaN where nothing is."""
        return self.row_scores(grid).expected

    def row_surprise(self, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
        """Score and coverage of `row_scores` alone, (T,) each; a kind overrides it where that takes less memory."""
        rows = self.row_scores(grid)
        return rows.score, rows.coverage

    def log_loss(self, grid: Grid) -> np.ndarray:
        """Negative log-likelihood of what a standardised grid measured, nats a value, by row or window: (N,)."""
        nats = np.where(grid.observed, self.row_scores(grid).sensor_score, 0.0)
        count = grid.observed.sum(axis=1)
        return np.where(count > 0, nats.sum(axis=1) / np.maximum(count, 1), np.nan)

    def coverage_factors(self, spans: dict[str, Span]) -> np.ndarray:
        """How much higher the tail of normal scores is under 1, 2, ... windows a row, (K,), at least 1."""
        return np.ones(1)

    @property
    def name(self) -> str:
        """The model id as tables carry it: family and the last day it was trained on."""
        return f"{self.card.family}@{self.card.trained_through}"

    @property
    def threshold(self) -> Threshold:
        """The limit of normal scores. UnusableError while there is none."""
        if self.card.threshold is None:
            raise UnusableError(f"model {self.name} was never calibrated", "train it again")
        return self.card.threshold

    def scale_of(self, asset: str) -> Scale:
        """An asset's own scale, or the middle one of the family for an asset never seen."""
        if asset in self.scales:
            return self.scales[asset]
        every = list(self.scales.values())
        return Scale(*(np.median([getattr(s, part) for s in every], axis=0) for part in ("center", "spread")))

    def standardised(self, grid: Grid, asset: str, observed: np.ndarray) -> Grid:
        """The modelled sensors of a grid in units of the asset's scale, of which `observed` (T, D) is believed."""
        columns = self.card.modelled_columns
        flat = grid if self.profile is None else self.profile.removed(grid, asset)
        values = np.clip(self.scale_of(asset).apply(flat.values)[:, columns], -FARTHEST, FARTHEST)
        return Grid(grid.times, values, observed[:, columns], self.card.modelled)

    def score(self, grid: Grid, asset: str) -> Scores:
        """Scores of an asset's grid (T rows); a row's score depends on no row after the grid's end.

        UnusableError when the grid's sensors are not the detector's.
        """
        if grid.sensors != self.card.sensors:
            reason = f"model {self.name} knows sensors {self.card.sensors}, the grid has {grid.sensors}"
            raise UnusableError(reason, "train it again with the sensors that the family has now")
        ready = self.standardised(grid, asset, grid.observed)
        rows = self.row_scores(ready)
        seen = np.asarray(ready.observed.any(axis=1))
        sensor_score = np.where(ready.observed, rows.sensor_score, np.nan)
        pattern, cross = self._evidence(ready, rows.expected)
        return Scores(
            times=grid.times,
            score=np.where(seen, rows.score, np.nan),
            coverage_factor=self._factor(rows.coverage),
            observed_share=ready.observed.mean(axis=1, dtype=np.float64),
            sensor_score=sensor_score,
            share=_shares(sensor_score, self.typical, seen),
            expected=self.in_units(rows.expected, grid.times, asset),
            low=self.in_units(rows.expected - self.band, grid.times, asset),
            high=self.in_units(rows.expected + self.band, grid.times, asset),
            pattern=pattern,
            cross=cross,
        )

    def in_units(self, values: np.ndarray, times: np.ndarray, asset: str) -> np.ndarray:
        """Standardised values of the modelled sensors (T, D) at `times` in the sensors' own units, rhythm included."""
        scale, columns = self.scale_of(asset), self.card.modelled_columns
        own = Scale(scale.center[columns], scale.spread[columns]).invert(values)
        return own if self.profile is None else own + self.profile.at(times, asset)[:, columns]

    def _evidence(self, ready: Grid, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Evidence of the pattern and of the other sensors for a standardised grid's rows, (T, D) each."""
        if self.evidence is None:
            unknown = np.full(ready.values.shape, np.nan)
            return unknown, unknown
        values = np.where(ready.observed, ready.values, np.nan)
        return self.evidence.pattern(values, expected), self.evidence.cross(ready.times, values)

    def adjusted_scores(self, grid: Grid, asset: str) -> np.ndarray:
        """The scores of an asset's grid divided by their coverage factors, (T,), so that one threshold fits all."""
        ready = self.standardised(grid, asset, grid.observed)
        score, coverage = self.row_surprise(ready)
        return np.where(ready.observed.any(axis=1), score / self._factor(coverage), np.nan)

    def _factor(self, coverage: np.ndarray) -> np.ndarray:
        """The coverage factor of rows under so many windows, (T,)."""
        windows = np.arange(1, len(self.coverage_factor) + 1)
        return np.asarray(np.interp(coverage, windows, self.coverage_factor))


Parts = tuple[dict[str, Scale], np.ndarray, np.ndarray, np.ndarray]
"""What the files of all kinds hold alike: scales, typical, band, coverage_factor."""
C = TypeVar("C", bound=Card)
S = TypeVar("S", bound=DetectorConfig)
ProgressOf = Callable[[str], Progress] | None
History = dict[str, list[Epoch]]
CheckpointOf = Callable[[str], Checkpoint] | None


@dataclass(frozen=True)
class Kind(Generic[S, C]):
    """A kind of detector: its section of the settings, its card, how it is learned and read from its file."""

    config: type[S]
    card: type[C]
    learn: Callable[
        [TrainingPlan[S], dict[str, Span], ProgressOf, CheckpointOf], tuple[Detector, dict[str, list[Epoch]]]
    ]
    """A detector not yet calibrated, and the history of what was trained. ValueError where there is too little."""
    read: Callable[[C, Parts, dict[str, Tensor], str], Detector]
    """From the card, the parts and the tensors of the file that the last argument names."""


def _shares(sensor_score: np.ndarray, typical: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Each sensor's share of a row's surprise, (T, D): its distance from the typical, all shares summing to 1."""
    apart = np.nan_to_num(np.abs(sensor_score - typical))
    total = apart.sum(axis=1, keepdims=True)
    return np.where(seen[:, None] & (total > 0), apart / np.where(total > 0, total, 1.0), np.nan)
