"""What is decided by: a row's score by its windows, raised where the row alone is further off than rows may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Judged:
    """The score of rows (..., T) in nats and each sensor's share of it (..., T, D)."""

    score: np.ndarray
    share: np.ndarray

    def lifted(self, over_limit: np.ndarray, threshold: np.ndarray) -> Judged:
        """The same, where a sensor is `over_limit` (..., T, D) times its limit, 1 and more, as far over `threshold`.

        A row twice over its limit scores at least twice the threshold, and the sensors share by their squares. Rows
        under their limit, and rows without a score, stay as they are.
        """
        size = np.nan_to_num(over_limit)
        times_over = size.max(axis=-1, initial=0.0)
        over = (times_over > 1) & np.isfinite(self.score)
        score = np.where(over, np.fmax(self.score, threshold * times_over), self.score)
        square = np.square(size)
        total = np.where(over, square.sum(axis=-1), 1.0)[..., None]
        return Judged(score, np.where(over[..., None], square / total, self.share))
