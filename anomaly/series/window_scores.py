"""Nats of windows, averaged over the rows that they cover."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from anomaly.series.level_prior import LevelPrior, split_level
from anomaly.series.lstm_vae_scoring import reconstruct_windows
from anomaly.vae.model import VAE
from anomaly.vae.reconstruction import fill_missing
from sensors_data.nets.threads import one_thread
from sensors_data.series.windows import Windows, measured_enough

BATCH = 128
"""Windows a pass; the last pass is padded, so that a score never depends on what else is scored."""


FILLED = 32
"""Windows with missing values that are filled in a pass, padded alike: often it is one in a whole grid."""


@dataclass(frozen=True)
class WindowScores:
    """What is known of N windows of L rows and D sensors."""

    nats: np.ndarray  # (N,) negative ELBO, level included, per observed value; NaN where too little was observed
    sensor_nats: np.ndarray  # (N, L, D) share of each value in it, per value
    expected: np.ndarray  # (N, L, D) in standardised units
    level: np.ndarray  # (N, D) of the window, what is missing in it filled


def score_windows(
    model: VAE,
    windows: Windows,
    prior: LevelPrior,
    draws: Tensor,
    min_observed: float,
    batch: int = BATCH,
    chosen: np.ndarray | None = None,
) -> WindowScores:
    """Score standardised windows, those `chosen` (N,) of them; those that are not `measured_enough` have no score."""
    places = np.arange(len(windows)) if chosen is None else chosen
    shape = (len(places), *windows.values.shape[1:])
    nats, level = np.empty(len(places)), np.empty((len(places), shape[2]))
    sensor_nats, expected = np.empty(shape, np.float32), np.empty(shape, np.float32)
    with one_thread():
        for first in range(0, len(places), batch):
            rows = slice(first, first + batch)
            part = _score_batch(model, windows.where(places[rows]), prior, draws, min_observed, batch)
            nats[rows], sensor_nats[rows], expected[rows], level[rows] = (
                part.nats,
                part.sensor_nats,
                part.expected,
                part.level,
            )
    return WindowScores(nats, sensor_nats, expected, level)


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
    found = reconstruct_windows(model, x, draws)
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


def overlap(parts: np.ndarray, known: np.ndarray, tokens: int, rows: int) -> np.ndarray:
    """The mean of the known windows that cover each of the last `rows` rows, (A, rows, D); NaN where none does.

    `parts` is (A, N, L, D), L a multiple of `tokens`; `known` (A, N, D) says of which windows. One window begins every
    L / tokens rows, the last ends at the last row.
    """
    assets, count, length, sensors = parts.shape
    split = parts.reshape(assets, count, tokens, length // tokens, sensors)
    total = np.zeros((assets, count + tokens - 1, *split.shape[3:]))
    weight = covering(known, tokens)[..., None, :]
    all_known = bool(known.all())
    for token in range(tokens):
        part = split[:, :, token]
        total[:, token : token + count] += part if all_known else np.where(known[:, :, None], part, np.float32(0))
    mean = np.where(weight > 0, total / np.maximum(weight, 1), np.nan)
    covered = mean.shape[1] * mean.shape[2]
    return np.asarray(mean.reshape(assets, covered, sensors)[:, covered - rows :])


def covering(windows: np.ndarray, tokens: int, newest: int | None = None) -> np.ndarray:
    """The sum of what is said of the windows (A, N, ...) that cover each token's rows, (A, N + tokens - 1, ...).

    With `newest`, only the so many newest windows over a row count, as if the data ended there.
    """
    assets, count = windows.shape[:2]
    total = np.zeros((assets, count + tokens - 1, *windows.shape[2:]), windows.dtype if windows.dtype != bool else int)
    for token in range(0 if newest is None else tokens - newest, tokens):
        total[:, token : token + count] += windows
    return total
