"""Nats of windows, averaged over the rows that they cover."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from anomaly.series.lstm_vae.level_prior import LevelPrior, levels, split_level
from anomaly.series.lstm_vae.scoring import over_rows, reconstruct_windows
from anomaly.vae.model import VAE
from anomaly.vae.reconstruction import fill_missing
from sensors_data.nets.threads import one_thread
from sensors_data.series.grids.windows import Windows, measured_enough

BATCH = 128
"""Windows a pass; the last pass is padded, so that a score never depends on what else is scored."""


FILLED = 32
"""Windows with missing values that are filled in a pass, padded alike: often it is one in a whole grid."""


@dataclass(frozen=True)
class Filled:
    """Windows with missing values, filled: K of N."""

    place: np.ndarray  # (K,) among the N, ascending
    shape: Tensor  # (K, L, D)
    level: np.ndarray  # (K, D)

    def among(self, first: int, last: int) -> tuple[np.ndarray, slice]:
        """Those between two places of the N: where they stand from `first` on, and which of the K they are."""
        begin, end = np.searchsorted(self.place, (first, last))
        return self.place[begin:end] - first, slice(int(begin), int(end))


@dataclass(frozen=True)
class WindowScores:
    """What is known of N windows of L rows and D sensors."""

    nats: np.ndarray  # (N,) negative ELBO, level included, per observed value; NaN where too little was observed
    sensor_nats: np.ndarray  # (N, L, D) share of each value in it, per value
    expected: np.ndarray  # (N, L, D) in standardised units
    level: np.ndarray  # (N, D) of the window, what is missing in it filled

    def part(self, first: int, shape: tuple[int, ...]) -> WindowScores:
        """What is known of the windows from `first` on, as many as `shape` (A, N) holds, in that shape."""
        rows = slice(first, first + math.prod(shape))
        return WindowScores(
            *(a[rows].reshape(*shape, *a.shape[1:]) for a in (getattr(self, f.name) for f in fields(self)))
        )


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
    with one_thread(), torch.inference_mode():
        filled = _without_gaps(model, windows, places)
        for first in range(0, len(places), batch):
            rows = slice(first, first + batch)
            lacking, which = filled.among(first, first + batch)
            known = Filled(lacking, filled.shape[which], filled.level[which])
            part = _score_batch(model, windows.where(places[rows]), known, prior, draws, min_observed, batch)
            nats[rows], sensor_nats[rows], expected[rows], level[rows] = (
                part.nats,
                part.sensor_nats,
                part.expected,
                part.level,
            )
    return WindowScores(nats, sensor_nats, expected, level)


def _score_batch(
    model: VAE, windows: Windows, filled: Filled, prior: LevelPrior, draws: Tensor, min_observed: float, batch: int
) -> WindowScores:
    count, L, D = windows.values.shape
    rows = over_rows(L, D)
    level = levels(windows.values)
    x = _shapes(windows.values, level, rows, batch)
    x[filled.place], level[filled.place] = filled.shape, filled.level
    reconstruction = reconstruct_windows(model, x, draws)
    log_prob, observed = reconstruction.log_prob.flatten(1)[:count], windows.observed
    whole = bool(observed.all())
    level_nats = prior.nats(level, np.ones(level.shape, bool) if whole else np.asarray(observed.any(axis=1)))  # (B, D)
    per_value = torch.addmm(log_prob, torch.from_numpy((level_nats / L).astype(np.float32)), rows, beta=-1)
    if not whole:
        measured = torch.from_numpy(observed.astype(np.float32)).flatten(1)
        log_prob, per_value = log_prob * measured, per_value * measured
    values = np.full(count, L * D) if whole else observed.sum(axis=(1, 2))
    total = reconstruction.kl.numpy()[:count] - log_prob.sum(1, dtype=torch.float64).numpy() + level_nats.sum(1)
    enough = (values > 0) & measured_enough(windows, min_observed)
    nats = np.where(enough, total / np.maximum(values, 1), np.nan)
    expected = torch.addmm(reconstruction.expected.flatten(1)[:count], torch.from_numpy(level.astype(np.float32)), rows)
    return WindowScores(nats, per_value.view(-1, L, D).numpy(), expected.view(-1, L, D).numpy(), level)


def _without_gaps(model: VAE, windows: Windows, places: np.ndarray) -> Filled:
    """The windows at some places in which a value is missing, filled; full passes, however far apart they lie."""
    L, D = windows.values.shape[1:]
    parts = (windows.values[places[first : first + BATCH]] for first in range(0, len(places), BATCH))
    gaps = np.concatenate([np.empty(0, dtype=bool), *(np.isnan(part).any(axis=(1, 2)) for part in parts)])
    lacking = np.flatnonzero(gaps)
    shape, level = torch.empty(len(lacking), L, D), np.empty((len(lacking), D))
    for first in range(0, len(lacking), FILLED):
        some = slice(first, first + FILLED)
        values = windows.values[places[lacking[some]]]
        level[some] = levels(values)
        apart = _shapes(values, level[some], over_rows(L, D), len(values))
        shape[some], moved = _filled(model, apart, np.isnan(values))
        level[some] += moved
    return Filled(lacking, shape, level)


def _shapes(values: np.ndarray, level: np.ndarray, rows: Tensor, batch: int) -> Tensor:
    """What is left of windows (B, L, D) without their levels (B, D), 0 where a value is missing, and zeros up to
    `batch` windows. A level is taken off in two parts, as it has more digits than a value.
    """
    coarse = level.astype(np.float32)
    flat = torch.zeros(batch, rows.shape[1])
    x = flat[: len(values)]
    x += torch.from_numpy(values).flatten(1)
    for part in (coarse, (level - coarse).astype(np.float32)):
        x.addmm_(torch.from_numpy(part), rows, alpha=-1)
    missing = np.isnan(values)
    if missing.any():
        x[torch.from_numpy(missing).flatten(1)] = 0.0
    return flat.view(batch, *values.shape[1:])


def _filled(model: VAE, shape: Tensor, missing: np.ndarray, rounds: int = 6) -> tuple[Tensor, np.ndarray]:
    """At most FILLED shapes (B, L, D) whose `missing` values are what the model expects, and how far their levels
    moved, (B, D).

    The level of what was measured is not the level of the window: without the low half of a cycle it is too high. So
    what is missing is filled, the level taken of the whole, and again.
    """
    x, gaps = np.zeros((FILLED, *shape.shape[1:]), np.float32), np.zeros((FILLED, *shape.shape[1:]), bool)
    x[: len(shape)], gaps[: len(shape)] = shape.numpy(), missing
    moved = np.zeros((FILLED, x.shape[2]))
    for _ in range(rounds):
        whole = fill_missing(model, torch.from_numpy(x), torch.from_numpy(gaps), rounds=1)
        x, change = split_level(whole.numpy())
        moved += change
    return torch.from_numpy(x[: len(shape)]), moved[: len(shape)]


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
