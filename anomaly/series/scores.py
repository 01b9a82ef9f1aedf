"""A detector's results for rows: scores, expected values, and each sensor's share."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np


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


def by_asset(assets: tuple[str, ...], times: np.ndarray, **parts: np.ndarray) -> dict[str, Scores]:
    """The scores of each asset at `times` (T,), from arrays (A, T) and (A, T, D) named as the fields of `Scores`."""
    of_assets = zip(*parts.values(), strict=True)
    return {
        asset: Scores(times, **dict(zip(parts, columns, strict=True)))
        for asset, columns in zip(assets, of_assets, strict=True)
    }


@dataclass(frozen=True)
class RowScores:
    """Results for a standardised grid: T rows, D modelled sensors; for a block, with its A assets as the first axis."""

    score: np.ndarray  # (T,) nats, higher is worse
    coverage: np.ndarray  # (T,) how many windows judge a row; 1 where the kind knows no windows
    sensor_score: np.ndarray  # (T, D) nats
    expected: np.ndarray  # (T, D) standardised


def shares_of(sensor_score: np.ndarray, typical: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Each sensor's share of a row's surprise, (..., D): its distance from the typical, all shares summing to 1."""
    apart = np.nan_to_num(np.abs(sensor_score - typical))
    total = apart.sum(axis=-1, keepdims=True)
    return np.where(seen[..., None] & (total > 0), apart / np.where(total > 0, total, 1.0), np.nan)
