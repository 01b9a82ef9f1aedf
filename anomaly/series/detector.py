"""A family's detector: networks of one and two periods, scales, a threshold; and what it says of a grid."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import torch

from anomaly.series.card import Card, DetectorConfig
from anomaly.series.level_prior import LevelPrior
from anomaly.series.lstm_vae import LSTMVAE
from anomaly.series.window_scores import WindowScores, overlap, score_windows
from anomaly.thresholds import Threshold
from sensors_data.series.grid import Grid, Scale
from sensors_data.series.windows import sliding_windows


@dataclass(frozen=True)
class Network:
    """A model of windows of one length, the prior of their level, and the nats of a typical normal window."""

    model: LSTMVAE
    prior: LevelPrior
    draws: torch.Tensor  # (S, Z), the same for every window
    typical: float = 0.0


@dataclass(frozen=True)
class Detector:
    """Everything that turns a grid into scores."""

    networks: tuple[Network, ...]
    scales: dict[str, Scale]
    typical: np.ndarray  # (D,) nats of each modelled sensor on a typical normal row
    band: np.ndarray  # (D,) half width of the 90 % band, standardised
    coverage_factor: (
        np.ndarray
    )  # (tokens,) how much higher normal scores reach under 1, 2, ... windows a row, at least 1
    card: Card

    @property
    def name(self) -> str:
        """The model id as tables carry it: family and the last day it was trained on."""
        return f"{self.card.family}@{self.card.trained_through}"

    @property
    def threshold(self) -> Threshold:
        """The limit of normal scores. ValueError while there is none."""
        if self.card.threshold is None:
            raise ValueError(f"model {self.name} was never calibrated; train it again")
        return self.card.threshold

    @property
    def context_rows(self) -> int:
        """Rows before a day that its scores depend on."""
        return max(network.model.config.window for network in self.networks)

    def scale_of(self, asset: str) -> Scale:
        """An asset's own scale, or the middle one of the family for an asset never seen."""
        if asset in self.scales:
            return self.scales[asset]
        every = list(self.scales.values())
        return Scale(*(np.median([getattr(s, part) for s in every], axis=0) for part in ("center", "spread")))


@dataclass(frozen=True)
class Scores:
    """Scores of one asset's rows; D modelled sensors. NaN where nothing was observed."""

    times: np.ndarray  # (T,)
    score: np.ndarray  # (T,) nats per observed value, higher is worse
    coverage_factor: (
        np.ndarray
    )  # (T,) factor on the threshold where few windows cover a row, as near the end of the data
    observed_share: np.ndarray  # (T,)
    sensor_score: np.ndarray  # (T, D) nats
    share: np.ndarray  # (T, D), sums to 1
    expected: np.ndarray  # (T, D), in the sensor's own unit
    low: np.ndarray  # (T, D) 90 % band
    high: np.ndarray  # (T, D)

    def last(self, rows: int) -> Scores:
        """The scores of the last `rows` rows."""
        return Scores(*(getattr(self, f.name)[len(self.times) - rows :] for f in fields(self)))

    def where(self, mine: np.ndarray, other: Scores) -> Scores:
        """These scores in the rows that are `mine` (T,), the other ones elsewhere."""
        parts = [(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)]
        return Scores(*(np.where(mine.reshape(-1, *[1] * (a.ndim - 1)), a, b) for a, b in parts))


def score_grid(detector: Detector, grid: Grid, asset: str) -> Scores:
    """Scores of an asset's grid (T rows); a row's score depends on no row after the grid's end.

    ValueError when the grid's sensors are not the detector's.
    """
    if grid.sensors != detector.card.sensors:
        raise ValueError(f"model {detector.name} knows sensors {detector.card.sensors}, the grid has {grid.sensors}")
    ready = standardised(detector, grid, asset, grid.observed)
    nats, count, sensor_nats, expected = _averaged(detector, ready)
    seen = np.asarray(ready.observed.any(axis=1))
    score = np.where(seen, nats, np.nan)
    lost = np.where(ready.observed, sensor_nats, np.nan)
    scale, columns = detector.scale_of(asset), modelled_columns(detector.card)
    own = Scale(scale.center[columns], scale.spread[columns])
    return Scores(
        times=grid.times,
        score=score,
        coverage_factor=np.interp(count, np.arange(1, len(detector.coverage_factor) + 1), detector.coverage_factor),
        observed_share=ready.observed.mean(axis=1, dtype=np.float64),
        sensor_score=lost,
        share=_shares(lost, detector.typical, seen),
        expected=own.invert(expected),
        low=own.invert(expected - detector.band),
        high=own.invert(expected + detector.band),
    )


def standardised(detector: Detector, grid: Grid, asset: str, observed: np.ndarray) -> Grid:
    """The modelled sensors of a grid (T rows) in units of the asset's scale, of which `observed` (T, D) is believed."""
    columns = modelled_columns(detector.card)
    values = detector.scale_of(asset).apply(grid.values)[:, columns]
    return Grid(grid.times, values, observed[:, columns], detector.card.modelled)


def _averaged(detector: Detector, grid: Grid) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Row scores and their window counts (T,), sensor scores and expected values (T, D) of a standardised grid."""
    found = [score_network(network, grid, detector.card.config) for network in detector.networks]
    rows = len(grid)
    nats, count = row_scores(detector, [f.nats for f, _ in found], rows)
    sensor_nats = np.mean([overlap(f.sensor_nats, stride, rows)[0] for f, stride in found], axis=0)
    expected = np.mean([overlap(f.expected, stride, rows)[0] for f, stride in found], axis=0)
    return nats, count, sensor_nats, expected


def row_scores(
    detector: Detector, nats: list[np.ndarray], rows: int, newest: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The score of each of the last `rows` rows and how many windows cover it, (T,) each, means over the networks.

    The score is the mean surprise of the windows that cover a row. A window surprises by how far its nats are from
    a typical normal window's: it can be too quiet as well as too loud (typicality: Nalisnick et al. 2019,
    arXiv:1906.02994). With `newest`, only the so many newest windows over a row count, as if the data ended there.
    """
    scores, counts = [], []
    for network, own in zip(detector.networks, nats, strict=True):
        length = network.model.config.window
        stride = length // detector.card.config.tokens
        covering = np.repeat(np.abs(own - network.typical)[:, None], length, axis=1)  # (N, L)
        if newest is not None:
            covering[:, : length - newest * stride] = np.nan
        score, count = overlap(covering, stride, rows)
        scores.append(np.where(count > 0, score, 0.0))
        counts.append(count)
    known = np.sum([count > 0 for count in counts], axis=0)
    score = np.where(known > 0, np.sum(scores, axis=0) / np.maximum(known, 1), np.nan)
    return score, np.mean(counts, axis=0)


def score_network(network: Network, grid: Grid, config: DetectorConfig) -> tuple[WindowScores, int]:
    """Every window of a standardised grid under one network, and their stride; the grid's last row ends a window.

    A few rows are put before the grid, unobserved, so that a window covers its first row: fewer than a stride, as a
    window that lacks more rows is no longer judged by what it shows.
    """
    length = network.model.config.window
    stride = length // config.tokens
    missing = (length - len(grid)) % stride if len(grid) >= length else length - len(grid)
    padded = Grid(
        np.concatenate([np.repeat(grid.times[:1], missing), grid.times]),
        np.concatenate([np.full((missing, grid.values.shape[1]), np.nan, np.float32), grid.values]),
        np.concatenate([np.zeros((missing, grid.values.shape[1]), bool), grid.observed]),
        grid.sensors,
    )
    windows = sliding_windows(padded, length, stride)
    return score_windows(network.model, windows, network.prior, network.draws, config.min_observed), stride


def _shares(sensor_score: np.ndarray, typical: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Each sensor's share of a row's surprise, (T, D): its distance from the typical, all shares summing to 1."""
    apart = np.nan_to_num(np.abs(sensor_score - typical))
    total = apart.sum(axis=1, keepdims=True)
    return np.where(seen[:, None] & (total > 0), apart / np.where(total > 0, total, 1.0), np.nan)


def modelled_columns(card: Card) -> np.ndarray:
    """Where the modelled sensors stand among all of them."""
    return np.array([card.sensors.index(name) for name in card.modelled])
