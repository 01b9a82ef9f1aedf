"""The LSTM-VAE as the textbook has it, in the series benchmark: what the product's detector is measured against.

Windows of 100 rows, one global z-score, one LSTM each way, a variance per row and value as the decoder likes, beta 1,
the reconstruction probability of a row averaged over the windows that cover it.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.distributions import Normal

from anomaly.evaluation.baselines import channel_spread
from anomaly.vae.model import VAE
from anomaly.vae.reconstruction import antithetic_draws, reconstruct
from anomaly.vae.training import Examples, FitConfig
from anomaly.vae.training import fit as fit_vae
from benchmarks.series.methods import ALARM_BUDGET
from sensors_data.nets.threads import one_thread

Array = NDArray[np.float64]

WINDOW, HIDDEN, LATENT, DRAWS = 100, 32, 8, 4
MAX_FIT_WINDOWS, BATCH = 1_200, 256
STRIDE = 4
"""Rows between the windows that are scored; the series' last row ends one."""
FIT = FitConfig(
    epochs=20, learning_rate=2e-3, schedule="one-cycle", beta=1.0, warm_up=1, free_bits=0.0, masked_inputs=0.0
)


class PlainLSTMVAE(VAE):
    """One LSTM reads a window and its last state gives the code; one LSTM, fed the code at every row, writes it."""

    def __init__(self, sensors: int) -> None:
        super().__init__()
        self.latent = LATENT
        self.reader = nn.LSTM(sensors, HIDDEN, batch_first=True)
        self.to_code = nn.Linear(HIDDEN, 2 * LATENT)
        self.writer = nn.LSTM(LATENT, HIDDEN, batch_first=True)
        self.to_rows = nn.Linear(HIDDEN, 2 * sensors)

    def encode(self, x: Tensor) -> Normal:
        """q(z|x), (B, L, D) -> (B, Z)."""
        states, _ = self.reader(x)
        mean, log_std = self.to_code(states[:, -1]).chunk(2, dim=1)
        return Normal(mean, log_std.clamp(-6, 3).exp(), validate_args=False)

    def decode(self, z: Tensor) -> Normal:
        """p(x|z), (..., Z) -> (..., L, D)."""
        codes = z.reshape(-1, 1, self.latent).expand(-1, WINDOW, -1)
        written, _ = self.writer(codes)
        mean, log_std = self.to_rows(written).chunk(2, dim=2)
        shape = (*z.shape[:-1], *mean.shape[1:])
        return Normal(mean.reshape(shape), log_std.clamp(-5, 3).exp().reshape(shape), validate_args=False)


@dataclass(frozen=True)
class Plain:
    """A fitted network with the scale of its inputs and its limit."""

    network: PlainLSTMVAE
    mean: Array
    spread: Array
    seed: int
    limit: float = float("nan")


def fit(train: Array, seed: int) -> Plain:
    """Fitted on a span (T0, D); the limit is the baselines': of the last fifth, by a model that did not see it."""
    cut = len(train) * 4 // 5
    held_out = _row_scores(_learn(train[:cut], seed), train)[cut:]
    learned = _learn(train, seed)
    limit = float(np.quantile(held_out, 1 - ALARM_BUDGET, method="higher"))
    return Plain(learned.network, learned.mean, learned.spread, seed, limit)


def score(model: Plain, series: Array) -> tuple[Array, float]:
    """Minus the log-probability of each row (T,) in nats, and the limit."""
    return _row_scores(model, series), model.limit


def _learn(train: Array, seed: int) -> Plain:
    mean, spread = train.mean(axis=0), channel_spread(train)
    windows = _windows((train - mean) / spread)
    shown = torch.tensor(windows[:: -(-len(windows) // MAX_FIT_WINDOWS)])
    with torch.random.fork_rng(), one_thread():
        torch.manual_seed(seed)
        network = PlainLSTMVAE(train.shape[1])
        learned = Examples(shown, torch.ones(len(shown), 1, 1))
        fit_vae(network, learned, Examples(shown[:0], torch.ones(0, 1, 1)), FIT, seed)
    return Plain(network, mean, spread, seed)


def _windows(values: Array) -> NDArray[np.float32]:
    """Every window (N, L, D) of values (T, D); a span shorter than a window begins with copies of its first row."""
    short = max(0, WINDOW - len(values))
    values = np.concatenate([np.repeat(values[:1], short, axis=0), values])
    return sliding_window_view(values, WINDOW, axis=0).swapaxes(1, 2).astype(np.float32)


def _row_scores(model: Plain, series: Array) -> Array:
    """The mean over the windows that cover a row of minus its log-probability, (T,)."""
    windows = _windows((series - model.mean) / model.spread)
    starts = np.unique(np.append(np.arange(0, len(windows), STRIDE), len(windows) - 1))
    rows = len(windows) + WINDOW - 1
    total, count = np.zeros(rows), np.zeros(rows)
    draws = antithetic_draws(DRAWS, LATENT, torch.Generator().manual_seed(model.seed))
    with one_thread():
        for some in np.array_split(starts, -(-len(starts) // BATCH)):
            lost = -reconstruct(model.network, torch.from_numpy(windows[some]), draws).log_prob.numpy()
            for start, own in zip(some, lost.sum(axis=2), strict=True):
                total[start : start + WINDOW] += own
                count[start : start + WINDOW] += 1
    return np.asarray((total / count)[rows - len(series) :])
