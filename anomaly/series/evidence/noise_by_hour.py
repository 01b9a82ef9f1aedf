"""How much more normal residuals scatter at some hours of the day than at others."""

from __future__ import annotations

import numpy as np

HOURS = 24
BODY = 0.75
"""The quantile of absolute residuals that is compared: the body of their distribution, which few faults move."""
PRIOR_DAYS = 4.0
"""Days that the scatter of the whole day weighs against what was seen of an hour."""


def fit_by_hour(times: np.ndarray, residual: np.ndarray) -> np.ndarray:
    """The scatter of normal residuals (T, D) at `times` (T,) by hour of the day over that of all, (24, D); NaN is none.

    Hours are smoothed with their neighbours and shrunk towards 1 where few days were seen.
    """
    hours, size = _hours(times), np.abs(residual)
    every = _body(size)
    known = np.where(every > 0, every, 1.0)
    by_hour = np.stack([_body(size[hours == hour]) for hour in range(HOURS)]) / known
    by_hour = np.where(np.isnan(by_hour) | (every <= 0), 1.0, by_hour)
    smooth = (np.roll(by_hour, 1, axis=0) + 2 * by_hour + np.roll(by_hour, -1, axis=0)) / 4
    days = len(np.unique(times.astype("datetime64[D]")))
    return np.asarray(np.sqrt((np.square(smooth) * days + PRIOR_DAYS) / (days + PRIOR_DAYS)))


def at_hours(by_hour: np.ndarray, times: np.ndarray) -> np.ndarray:
    """The factors (T, D) of rows at `times` (T,)."""
    return np.asarray(by_hour[_hours(times)])


def _hours(times: np.ndarray) -> np.ndarray:
    return np.asarray(times.astype("datetime64[h]").astype(np.int64) % HOURS)


def _body(size: np.ndarray) -> np.ndarray:
    """The BODY quantile of each column, NaN where nothing is known, (D,)."""
    empty = np.isnan(size).all(axis=0) if len(size) else np.ones(size.shape[1], dtype=bool)
    filled = np.where(empty, 0.0, size) if len(size) else np.zeros((1, size.shape[1]))
    return np.where(empty, np.nan, np.nanquantile(filled, BODY, axis=0))
