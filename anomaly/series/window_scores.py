"""Nats of windows, averaged over the rows that they cover."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from anomaly.series.level_prior import LevelPrior, split_level
from anomaly.vae.model import VAE
from anomaly.vae.reconstruction import fill_missing, reconstruct
from sensors_data.nets.threads import one_thread
from sensors_data.series.windows import Windows, measured_enough

BATCH = 128
"""Windows a pass; the last pass is padded, so that a score never depends on what else is scored."""


FILLED = 16
"""Windows with missing values that are filled in a pass, padded alike: often it is one in a whole grid."""


@dataclass(frozen=True)
class WindowScores:
    """What is known of N windows of L rows and D sensors."""

    nats: np.ndarray  # (N,) negative ELBO, level included, per observed value; NaN where too little was observed
    sensor_nats: np.ndarray  # (N, L, D) share of each value in it, per value
    expected: np.ndarray  # (N, L, D) in standardised units
    level: np.ndarray  # (N, D) of the window, what is missing in it filled


def score_windows(
    model: VAE, windows: Windows, prior: LevelPrior, draws: Tensor, min_observed: float, batch: int = BATCH
) -> WindowScores:
    """Score standardised windows; those that are not `measured_enough` have no score."""
    parts = []
    with one_thread():
        for first in range(0, len(windows), batch):
            part = windows.where(np.arange(first, min(first + batch, len(windows))))
            parts.append(_score_batch(model, part, prior, draws, min_observed, batch))
    if not parts:
        empty = np.empty(windows.values.shape, np.float32)
        return WindowScores(np.empty(0), empty, empty, empty[:, 0])
    return WindowScores(
        np.concatenate([p.nats for p in parts]),
        np.concatenate([p.sensor_nats for p in parts]),
        np.concatenate([p.expected for p in parts]),
        np.concatenate([p.level for p in parts]),
    )


def _score_batch(
    model: VAE, windows: Windows, prior: LevelPrior, draws: Tensor, min_observed: float, batch: int
) -> WindowScores:
    shape, level = split_level(windows.values)
    padded = np.zeros((batch, *shape.shape[1:]), np.float32)
    padded[: len(shape)] = shape
    missing = np.isnan(windows.values)
    lacking = np.flatnonzero(missing.any(axis=(1, 2)))
    for rows in (lacking[first : first + FILLED] for first in range(0, len(lacking), FILLED)):
        padded[rows], moved = _filled(model, shape[rows], missing[rows])
        level[rows] += moved
    x = torch.from_numpy(padded)
    found = reconstruct(model, x, draws)
    observed = windows.observed.astype(np.float32)  # (B, L, D)
    lost = -found.log_prob.numpy()[: len(shape)] * observed
    level_nats = prior.nats(level, np.asarray(windows.observed.any(axis=1)))  # (B, D)
    count = observed.sum(axis=(1, 2))
    total = lost.sum(axis=(1, 2), dtype=np.float64) + found.kl.numpy()[: len(shape)] + level_nats.sum(1)
    enough = (count > 0) & measured_enough(windows, min_observed)
    nats = np.where(enough, total / np.maximum(count, 1), np.nan)
    expected = found.expected.numpy()[: len(shape)] + level[:, None].astype(np.float32)
    per_value = lost + (level_nats / observed.shape[1]).astype(np.float32)[:, None] * observed
    return WindowScores(nats, per_value, expected, level)


def _filled(model: VAE, shape: np.ndarray, missing: np.ndarray, rounds: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """At most FILLED shapes (B, L, D) whose `missing` values are what the model expects, and how far their levels
    moved, (B, D).

    The level of what was measured is not the level of the window: without the low half of a cycle it is too high. So
    what is missing is filled, the level taken of the whole, and again.
    """
    x, gaps = np.zeros((FILLED, *shape.shape[1:]), np.float32), np.zeros((FILLED, *shape.shape[1:]), bool)
    x[: len(shape)], gaps[: len(shape)] = shape, missing
    moved = np.zeros((FILLED, x.shape[2]))
    for _ in range(rounds):
        whole = fill_missing(model, torch.from_numpy(x), torch.from_numpy(gaps), rounds=1)
        x, change = split_level(whole.numpy())
        moved += change
    return x[: len(shape)], moved[: len(shape)]


def overlap(parts: np.ndarray, stride: int, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """The mean of what covers each of the last `rows` rows, and how many did; NaN counts for nothing.

    `parts` is (N, L, ...), L a multiple of the stride, one window every `stride` rows, the last ending at the last row.
    """
    count, length = parts.shape[:2]
    blocks = length // stride
    known = ~np.isnan(parts)
    filled = np.where(known, parts, 0.0).reshape(count, blocks, stride, *parts.shape[2:])
    known = known.reshape(filled.shape)
    total = np.zeros((count + blocks - 1, *filled.shape[2:]))
    weight = np.zeros(total.shape, dtype=np.int32)
    for block in range(blocks):
        total[block : block + count] += filled[:, block]
        weight[block : block + count] += known[:, block]
    mean = np.where(weight > 0, total / np.maximum(weight, 1), np.nan)
    shape = (-1, *parts.shape[2:])
    return mean.reshape(shape)[-rows:], weight.reshape(shape)[-rows:]
