"""The LSTM-VAE detector: networks of windows of one and two periods; a row's score is their mean surprise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from anomaly.series.coverage import coverage_factors
from anomaly.series.detector import Detector, Parts, RowScores
from anomaly.series.level_prior import LevelPrior
from anomaly.series.lstm_vae import LSTMVAE
from anomaly.series.lstm_vae_card import LSTMVAECard, LSTMVAEDetectorConfig
from anomaly.series.span import Span, first_held_out
from anomaly.series.window_scores import WindowScores, overlap, score_windows
from sensors_data.errors import UnusableError
from sensors_data.nets.arrays import Shape, check_arrays, check_learned, check_positive
from sensors_data.nets.files import with_tensors
from sensors_data.series.grid import Grid
from sensors_data.series.windows import Windows, sliding_windows

MOST_HIDDEN = 0.6
"""A window that shows less than the rest of a sensor expects nothing of it."""
FARTHEST_LEVEL = 3.0
"""Standard deviations of its prior that the level of a window is believed: in a long fault every row agrees with it."""


@dataclass(frozen=True)
class Network:
    """A model of windows of one length, the prior of their level, and the nats of a typical normal window."""

    model: LSTMVAE
    prior: LevelPrior
    draws: torch.Tensor  # (S, Z), the same for every window
    typical: float = 0.0


@dataclass(frozen=True)
class LSTMVAEDetector(Detector):
    """LSTM-VAEs over windows that contain probabilistic PCA; docs/detector.md has the method."""

    card: LSTMVAECard
    networks: tuple[Network, ...]

    @property
    def context_rows(self) -> int:
        """The longest window."""
        return max(network.model.config.window for network in self.networks)

    @property
    def margin_rows(self) -> int:
        """Half the shortest window: nearer to planned work, windows lack up to half of their rows."""
        return min(network.model.config.window for network in self.networks) // 2

    def expected_of(self, grid: Grid) -> np.ndarray:
        """Means over the windows that show enough of a sensor, and over the networks."""
        config = self.card.config
        return np.asarray(np.mean([_expected(network, grid, config) for network in self.networks], axis=0))

    def row_scores(self, grid: Grid) -> RowScores:
        """Means over the windows that cover a row, and over the networks."""
        scored = [score_network(network, grid, self.card.config) for network in self.networks]
        rows = len(grid)
        score, coverage = self.mean_surprise([windows.nats for windows, _ in scored], rows)
        sensor_score = np.mean([overlap(w.sensor_nats, stride, rows)[0] for w, stride in scored], axis=0)
        expected = np.mean([overlap(w.expected, stride, rows)[0] for w, stride in scored], axis=0)
        return RowScores(score, coverage, sensor_score, expected)

    def row_surprise(self, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
        """One network at a time and without what it says of each sensor: spans are long."""
        nats = [score_network(network, grid, self.card.config)[0].nats for network in self.networks]
        return self.mean_surprise(nats, len(grid))

    def log_loss(self, grid: Grid) -> np.ndarray:
        """Negative ELBO of every window under each network, nats a value."""
        return np.concatenate([score_network(n, grid, self.card.config)[0].nats for n in self.networks])

    def coverage_factors(self, spans: dict[str, Span]) -> np.ndarray:
        """From the newest windows over any held-out row: as many tokens as a window has, (tokens,)."""
        config, scored = self.card.config, []
        for asset, span in spans.items():
            first = first_held_out(span)
            seen = span.rows(max(0, first - self.context_rows), len(span))
            grid = self.standardised(seen.normal_grid(), asset, seen.usable())
            nats = [score_network(n, grid, config)[0].nats for n in self.networks]
            scored.append((nats, len(span) - first))
        return coverage_factors(
            lambda newest: np.concatenate([self.mean_surprise(nats, rows, newest)[0] for nats, rows in scored]),
            config.tokens,
        )

    def tensors(self) -> dict[str, Tensor]:
        """Each network's weights, level prior, draws and typical nats."""
        tensors: dict[str, Tensor] = {}
        for number, network in enumerate(self.networks):
            parts = {f"model.{name}": tensor for name, tensor in network.model.state_dict().items()}
            parts |= {"level.center": torch.as_tensor(network.prior.center), "draws": network.draws}
            parts |= {"level.variance": torch.as_tensor(network.prior.variance)}
            parts |= {"typical": torch.tensor(network.typical, dtype=torch.float64)}
            tensors |= {f"{number}.{name}": tensor for name, tensor in parts.items()}
        return tensors

    def mean_surprise(
        self, nats: list[np.ndarray], rows: int, newest: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The score of each of the last `rows` rows and how many windows cover it, (T,) each, means over the networks.

        The score is the mean surprise of the windows that cover a row. A window surprises by how far its nats are from
        a typical normal window's: it can be too quiet as well as too loud (typicality: Nalisnick et al. 2019,
        arXiv:1906.02994). With `newest`, only the so many newest windows over a row count, as if the data ended there.
        """
        scores, counts = [], []
        for network, window_nats in zip(self.networks, nats, strict=True):
            length = network.model.config.window
            stride = length // self.card.config.tokens
            covering = np.repeat(np.abs(window_nats - network.typical)[:, None], length, axis=1)  # (N, L)
            if newest is not None:
                covering[:, : length - newest * stride] = np.nan
            score, count = overlap(covering, stride, rows)
            scores.append(np.where(count > 0, score, 0.0))
            counts.append(count)
        known = np.sum([count > 0 for count in counts], axis=0)
        score = np.where(known > 0, np.sum(scores, axis=0) / np.maximum(known, 1), np.nan)
        return score, np.mean(counts, axis=0)


def read_detector(card: LSTMVAECard, parts: Parts, tensors: dict[str, Tensor], where: str) -> LSTMVAEDetector:
    """The detector that a file's card and tensors describe. UnusableError when they do not fit each other."""
    networks = tuple(_read_network(card, number, tensors, where) for number in range(len(card.networks)))
    if not networks:
        raise UnusableError(f"{where} holds no network", "train again with: nightscore train-series")
    return LSTMVAEDetector(*parts, card, networks)


def _read_network(card: LSTMVAECard, number: int, tensors: dict[str, Tensor], where: str) -> Network:
    """One of a detector's networks."""
    command, config = "train-series", card.networks[number]
    parts = {n.removeprefix(f"{number}."): t for n, t in tensors.items() if n.startswith(f"{number}.")}
    weights = {n.removeprefix("model."): t for n, t in parts.items() if n.startswith("model.")}
    sensors = len(card.modelled)
    shapes: dict[str, Shape] = {"level.center": (sensors,), "level.variance": (sensors,), "typical": ()}
    check_arrays(parts, {**shapes, "draws": (None, config.latent)}, where, command)
    check_positive(parts, ("level.variance",), where, command)
    check_learned(weights, where, command)
    if config.sensors != sensors:
        raise UnusableError(
            f"{where}: a network of {config.sensors} sensors for {sensors}", f"run: nightscore {command}"
        )
    model = with_tensors(lambda: LSTMVAE(config), weights, where, command)
    prior = LevelPrior(parts["level.center"].numpy(), parts["level.variance"].numpy())
    return Network(model, prior, parts["draws"], float(parts["typical"]))


def score_network(network: Network, grid: Grid, config: LSTMVAEDetectorConfig) -> tuple[WindowScores, int]:
    """Every window of a standardised grid under one network, and their stride; the grid's last row ends a window."""
    length = network.model.config.window
    stride = length // config.tokens
    windows = covering_windows(grid, length, stride)
    return score_windows(network.model, windows, network.prior, network.draws, config.min_observed), stride


def _expected(network: Network, grid: Grid, config: LSTMVAEDetectorConfig) -> np.ndarray:
    """What one network expects of a standardised grid's rows, (T, D); NaN where its windows show too little."""
    windows, stride = score_network(network, grid, config)
    shown = covering_windows(grid, network.model.config.window, stride).values  # (N, L, D)
    lost = np.isnan(shown).mean(axis=1) > MOST_HIDDEN  # (N, D)
    reach = FARTHEST_LEVEL * np.sqrt(network.prior.variance)
    usual = np.clip(windows.level, network.prior.center - reach, network.prior.center + reach)
    expected = windows.expected + (usual - windows.level)[:, None]
    return overlap(np.where(lost[:, None], np.nan, expected), stride, len(grid))[0]


def covering_windows(grid: Grid, length: int, stride: int) -> Windows:
    """Windows that cover every row of a grid, the last row ending one.

    A few rows are put before the grid, unobserved, so that a window covers its first row: fewer than a stride, as a
    window that lacks more rows is no longer judged by what it shows.
    """
    missing = (length - len(grid)) % stride if len(grid) >= length else length - len(grid)
    padded = Grid(
        np.concatenate([np.repeat(grid.times[:1], missing), grid.times]),
        np.concatenate([np.full((missing, grid.values.shape[1]), np.nan, np.float32), grid.values]),
        np.concatenate([np.zeros((missing, grid.values.shape[1]), bool), grid.observed]),
        grid.sensors,
    )
    return sliding_windows(padded, length, stride)
