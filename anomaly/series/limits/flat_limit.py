"""For how long each sensor may stand still: longer than it ever does on normal days, at the budget's rate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anomaly.series.detector import Detector
from anomaly.series.evidence.flat import flat_runs
from anomaly.series.limits.row_limit import newest_rows
from anomaly.series.span import Span
from anomaly.thresholds import EXPECTED_ALARMS, MARGIN, return_level
from sensors_data.series.grids.grid import SHORT_GAP

SHARE = 0.1
"""Of the false-alarm budget, what all sensors of an asset together may use by standing still."""
FEWEST_DAYS = 7
"""Normal days without which nobody knows how long a sensor rests."""
LEAST_ROWS = float(SHORT_GAP)
"""Rows that a value may always stand still: so long, what is filled in is as good as measured."""


def with_flat_limits(detector: Detector, spans: dict[str, Span]) -> Detector:
    """The detector with its limits of standing still from the normal rows of `spans`; none where few days are known.

    Each is what the longest run of a day exceeds at the budget's rate, and longer than any run by the margin of short
    spans. A sensor that rests for as long as the detector looks back has none: its limit is never reached.
    """
    runs = [_longest_of_days(detector, span) for _, span in newest_rows(spans)]
    longest = np.concatenate(runs) if runs else np.empty((0, len(detector.card.modelled)))
    limits = []
    if len(longest) >= FEWEST_DAYS:
        exceeded = SHARE * detector.card.config.alarms_per_asset_week / 7 / longest.shape[1]
        margin = MARGIN * max(0.0, 1 - exceeded * len(longest) / EXPECTED_ALARMS)
        limits = [max(LEAST_ROWS, return_level(days, exceeded), days.max() * (1 + margin)) for days in longest.T]
    card = detector.card.model_copy(update={"flat_limits": tuple(float(limit) for limit in limits)})
    return replace(detector, card=card)


def _longest_of_days(detector: Detector, span: Span) -> np.ndarray:
    """The longest run of each modelled sensor on each day with a normal row, (days, D)."""
    columns = detector.card.modelled_columns
    usable = span.usable()[:, columns]
    runs = flat_runs(span.grid.values[:, columns], usable, len(span))[usable.any(axis=1)]
    days = span.grid.times[usable.any(axis=1)].astype("datetime64[D]")
    begins = np.flatnonzero(np.concatenate([[True], days[1:] != days[:-1]])) if len(days) else np.empty(0, np.intp)
    return np.maximum.reduceat(runs, begins, axis=0) if len(days) else runs
