"""The LSTM-VAE detector: networks of windows of one and two periods; a row's score is their mean surprise."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from anomaly.series.blocks import Block, block_of, in_groups
from anomaly.series.coverage import coverage_factors
from anomaly.series.detector import Detector
from anomaly.series.lstm_vae.card import LSTMVAECard, LSTMVAEDetectorConfig
from anomaly.series.lstm_vae.level_prior import LevelPrior
from anomaly.series.lstm_vae.network import LSTMVAE
from anomaly.series.lstm_vae.window_scores import WindowScores, covering, overlap, score_windows
from anomaly.series.scores import RowScores
from anomaly.series.span import Span, first_held_out
from sensors_data.series.grids.grid import Grid
from sensors_data.series.grids.windows import Windows, joined, sliding_windows

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

    def expected_of(self, grids: list[Grid]) -> list[np.ndarray]:
        """Means over the windows that show enough of a sensor, and over the networks."""
        expected: list[np.ndarray] = []
        for blocks in in_groups([block_of(grid, "") for grid in grids]):
            each = [_expected(network, blocks, self.card.config) for network in self.networks]
            expected += [np.asarray(np.mean([rows[0] for rows in block], axis=0)) for block in zip(*each, strict=True)]
        return expected

    def row_scores(self, grid: Grid) -> RowScores:
        """Means over the windows that cover a row, and over the networks."""
        rows = self.block_scores(block_of(grid, ""))
        return RowScores(rows.score[0], rows.coverage[0], rows.sensor_score[0], rows.expected[0])

    def block_scores(self, block: Block) -> RowScores:
        """The windows of all assets in full batches."""
        return self.scores_of_blocks([block])[0]

    def scores_of_blocks(self, blocks: list[Block]) -> list[RowScores]:
        """The windows of small blocks share batches."""
        rows: list[RowScores] = []
        for some in in_groups(blocks):
            each = [score_blocks(network, some, self.card.config) for network in self.networks]
            rows += [self._row_scores(list(of), b.shown) for b, of in zip(some, zip(*each, strict=True), strict=True)]
        return rows

    def _row_scores(self, scored: list[WindowScores], shown: int) -> RowScores:
        """Of a block's last rows, from its windows under each network."""
        tokens = self.card.config.tokens
        score, coverage = self.mean_surprise([windows.nats for windows in scored], shown)
        sensor_score, expected = (
            np.mean([_rows_of(windows, part, tokens, shown) for windows in scored], axis=0)
            for part in ("sensor_nats", "expected")
        )
        return RowScores(score, coverage, sensor_score, expected)

    def block_surprise(self, block: Block) -> tuple[np.ndarray, np.ndarray]:
        """One network at a time and without what it says of each sensor: spans are long."""
        nats = [score_network(network, block, self.card.config).nats for network in self.networks]
        return self.mean_surprise(nats, block.shown)

    def log_loss(self, grid: Grid) -> np.ndarray:
        """Negative ELBO of every window under each network, nats a value."""
        block = block_of(grid, "")
        return np.concatenate([score_network(n, block, self.card.config).nats[0] for n in self.networks])

    @property
    def loss_block(self) -> int:
        """So many windows of each network cover a row."""
        return self.card.config.tokens * len(self.networks)

    def coverage_factors(self, spans: dict[str, Span]) -> np.ndarray:
        """From the newest windows over any held-out row: as many tokens as a window has, (tokens,)."""
        config, scored = self.card.config, []
        for asset, span in spans.items():
            first = first_held_out(span)
            seen = span.rows(max(0, first - self.context_rows), len(span))
            grid = self.standardised(seen.normal_grid(), asset, seen.usable())
            block = replace(block_of(grid, asset), shown=len(span) - first)
            scored.append(([score_network(n, block, config).nats for n in self.networks], block.shown))
        return coverage_factors(
            lambda newest: np.concatenate([self.mean_surprise(nats, rows, newest)[0][0] for nats, rows in scored]),
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
        """The score of each of the last `rows` rows and how many windows cover it, (A, rows) each, means over the
        networks, whose windows have `nats` (A, N).

        The score is the mean surprise of the windows that cover a row. A window surprises by how far its nats are from
        a typical normal window's: it can be too quiet as well as too loud (typicality: Nalisnick et al. 2019,
        arXiv:1906.02994). With `newest`, only the so many newest windows over a row count, as if the data ended there.
        """
        scores, counts = [], []
        for network, window_nats in zip(self.networks, nats, strict=True):
            tokens, known = self.card.config.tokens, ~np.isnan(window_nats)
            surprise = np.where(known, np.abs(window_nats - network.typical), 0.0)
            total, count = covering(surprise, tokens, newest), covering(known, tokens, newest)
            stride = network.model.config.window // tokens
            spoken = total / np.maximum(count, 1)
            scores.append(_last_rows(spoken, stride, rows))
            counts.append(_last_rows(count, stride, rows))
        known = np.sum([count > 0 for count in counts], axis=0)
        score = np.where(known > 0, np.sum(scores, axis=0) / np.maximum(known, 1), np.nan)
        return score, np.mean(counts, axis=0)


def score_network(network: Network, block: Block, config: LSTMVAEDetectorConfig) -> WindowScores:
    """The windows of a standardised block that cover its last rows under one network, (A, N, ...) each; the last row
    ends a window.
    """
    return score_blocks(network, [block], config)[0]


def score_blocks(network: Network, blocks: list[Block], config: LSTMVAEDetectorConfig) -> list[WindowScores]:
    """The same of several blocks, whose windows share batches: a window has the same bits whatever is beside it."""
    covered = [covering_windows(block, network.model.config.window, config.tokens) for block in blocks]
    windows, chosen = covered[0][0], covered[0][1].ravel()
    if len(blocks) > 1:
        windows = joined([windows.where(places.ravel()) for windows, places in covered])
        chosen = np.arange(len(windows))
    scored = score_windows(network.model, windows, network.prior, network.draws, config.min_observed, chosen=chosen)
    ends = np.cumsum([places.size for _, places in covered])
    return [scored.part(int(end) - places.size, places.shape) for (_, places), end in zip(covered, ends, strict=True)]


def _last_rows(tokens: np.ndarray, stride: int, rows: int) -> np.ndarray:
    """What is said of tokens (A, K), `stride` rows each, of each of the last `rows` rows."""
    return np.repeat(tokens, stride, axis=1)[:, tokens.shape[1] * stride - rows :]


def _rows_of(windows: WindowScores, part: str, tokens: int, rows: int) -> np.ndarray:
    """The mean of what windows say of each of the last `rows` rows, (A, rows, D)."""
    known = np.ones(windows.level.shape, dtype=bool)
    return overlap(getattr(windows, part), known, tokens, rows)


def _expected(network: Network, blocks: list[Block], config: LSTMVAEDetectorConfig) -> list[np.ndarray]:
    """What one network expects of the last rows of standardised blocks, (A, shown, D) each; NaN where its windows show
    too little.
    """
    reach = FARTHEST_LEVEL * np.sqrt(network.prior.variance)
    rows = []
    for block, scored in zip(blocks, score_blocks(network, blocks, config), strict=True):
        windows, chosen = covering_windows(block, network.model.config.window, config.tokens)
        shown = windows.values[chosen.ravel()].reshape(scored.expected.shape)
        lost = np.isnan(shown).mean(axis=2) > MOST_HIDDEN  # (A, N, D)
        usual = np.clip(scored.level, network.prior.center - reach, network.prior.center + reach)
        expected = scored.expected + (usual - scored.level)[:, :, None]
        rows.append(overlap(expected, ~lost, config.tokens, block.shown))
    return rows


def covering_windows(block: Block, length: int, tokens: int) -> tuple[Windows, np.ndarray]:
    """Windows of a block's rows, one asset after the other, and which of them cover the block's last rows, (A, N).

    The last row ends a window, and one begins every length / tokens rows. A few rows are put before the first,
    unobserved, so that a window covers it: fewer than a stride, as a window that lacks more rows is no longer judged by
    what it shows.
    """
    rows, stride = len(block), length // tokens
    padded = block.padded((length - rows) % stride if rows >= length else length - rows)
    values, observed = (part.reshape(-1, part.shape[2]) for part in (padded.values, padded.observed))
    windows = sliding_windows(Grid(np.empty(len(values)), values, observed, block.sensors), length, stride)
    each = len(padded) // stride  # windows begin in an asset's rows, the last of them reaching into the next asset's
    count = min((len(padded) - length) // stride + 1, -(-block.shown // stride))
    last = (len(padded) - length) // stride
    chosen = np.arange(len(block.assets))[:, None] * each + np.arange(last - count + 1, last + 1)
    return windows, chosen
