"""A sensor that stands still: how long it has read one and the same value, and for how long it may.

A stuck value within its usual range fits many windows well. Whether a sensor ever rests so long says it better.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sensors_data.series.grids.grid import SHORT_GAP


@dataclass(frozen=True)
class FlatLimits:
    """For how many measured rows each modelled sensor may read the same value; D sensors."""

    rows: np.ndarray  # (D,)
    nats: np.ndarray  # (D,) by which each row of a longer run speaks for a fault
    reach: int
    """Rows before a row that are looked at."""

    def too_long(self, run: np.ndarray) -> np.ndarray:
        """Which rows, by their `run` (..., T, D), belong to a run over its limit; from its first row on."""
        return _rows_of(run, run > self.rows)

    def evidence(self, run: np.ndarray) -> np.ndarray:
        """Nats (..., T, D) of rows that are `too_long`; 0 elsewhere.

        Those of a run over SHORT_GAP rows that the last row is of have them too: it may go on the next day.
        """
        going = np.zeros(run.shape, dtype=bool)
        going[..., -1:, :] = run[..., -1:, :] > SHORT_GAP
        return np.where(self.too_long(run) | _rows_of(run, going), self.nats, 0.0)


def or_flat(pattern: np.ndarray, nats: np.ndarray) -> np.ndarray:
    """Evidence of the pattern (..., T, D) or of standing still, whichever says more."""
    return np.where(nats > 0, np.fmax(pattern, nats), pattern)


def flat_runs(values: np.ndarray, observed: np.ndarray, reach: int) -> np.ndarray:
    """For how many measured rows a sensor has read its value until each row, within `reach` rows: (..., T, D).

    0 where nothing was measured. Up to SHORT_GAP rows without a measured value do not end a run.
    """
    rows = np.arange(values.shape[-2])[:, None]
    newest = np.maximum.accumulate(np.where(observed, rows, -1), axis=-2)
    before = np.concatenate([np.full_like(newest[..., :1, :], -1), newest[..., :-1, :]], axis=-2)
    last = np.take_along_axis(values, np.maximum(before, 0), axis=-2)
    same = observed & (before >= 0) & (rows - before <= SHORT_GAP + 1) & (values == last)
    again = np.cumsum(same, axis=-2)
    begun = np.maximum.accumulate(np.where(observed & ~same, again, 0), axis=-2)
    measured = np.cumsum(observed, axis=-2)
    gone = np.zeros_like(measured)  # measured rows that lie further back
    gone[..., reach + 1 :, :] = measured[..., : -reach - 1, :]
    return np.where(observed, np.minimum(again - begun + 1, measured - gone), 0)


def _rows_of(run: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Which rows (..., T, D) belong to a run of which a row is `chosen`."""
    rows = np.zeros(run.shape, dtype=bool)
    for place in zip(*np.nonzero(chosen.any(axis=-2)), strict=True):
        column = (*place[:-1], slice(None), place[-1])
        begins = np.flatnonzero((run[column] == 1) | (np.arange(run.shape[-2]) == 0))
        of_run = np.logical_or.reduceat(chosen[column], begins)
        rows[column] = np.repeat(of_run, np.diff(begins, append=run.shape[-2])) & (run[column] > 0)
    return rows
