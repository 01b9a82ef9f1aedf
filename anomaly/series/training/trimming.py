"""Faults that nobody marked in a training span: values that the bulk of their sensor does not explain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from anomaly.series.lstm_vae.period import period_length
from anomaly.series.profile import Profile, without_rhythm
from anomaly.series.span import Span
from anomaly.series.training.cleaning import LEAST_SCALE, MOST_HIDDEN, hidden_in
from anomaly.series.training.outliers import outlying
from anomaly.series.training.robust_windows import expected_rows
from sensors_data.series.grids.grid import SHORT_GAP

LENGTHS = (64, 150)
"""Windows have at least and at most so many rows."""
AROUND = 9
"""Rows whose median says what a value's neighbours read."""
TURNS = 3
"""How often values are judged by windows that learned without those called outlying before, at most."""
MOST_ASIDE = 0.2
"""Where whole rows of long faults would be more than this share, only their values are hidden."""


def trimmed(spans: dict[str, Span], profile: Profile | None) -> dict[str, Span]:
    """The spans without what their bulk calls outlying.

    A short disturbance is hidden and a line drawn over it; the rows of a longer one are abnormal. A sensor of which
    more than a tenth would be hidden changed its ways and is left as it is.
    """
    plain = without_rhythm(spans, profile)
    result: dict[str, Span] = {}
    for asset, span in spans.items():
        odd = _odd_values(plain[asset])
        result[asset] = _set_aside(hidden_in(span, odd), odd) if odd.any() else span
    return result


def _set_aside(span: Span, odd: np.ndarray) -> Span:
    """A span whose rows in which `odd` values (T, D) lie close for long are abnormal."""
    width = 2 * SHORT_GAP + 1
    close = np.stack([np.convolve(column, np.ones(width), "same") > SHORT_GAP for column in odd.T], axis=1)
    rows = close.any(axis=1)
    return replace(span, abnormal=span.abnormal | rows) if rows.mean() <= MOST_ASIDE else span


def _odd_values(span: Span) -> np.ndarray:
    """Which values of a span without its rhythm are outlying, (T, D)."""
    values = np.where(span.usable(), span.grid.values, np.nan).astype(np.float64)
    periods = [period_length(np.nan_to_num(column)) for column in span.grid.values.T]
    length = int(np.clip(np.median(periods), *LENGTHS))
    odd = np.stack([_odd_column(column, length) for column in values.T], axis=1)
    return np.asarray(odd & (odd.mean(axis=0) <= MOST_HIDDEN))


def _odd_column(values: np.ndarray, length: int) -> np.ndarray:
    """Which values (T,), NaN where none is normal, are outlying.

    First those far from the sensor's usual level or from their neighbours; then, in turns, those far from what windows
    expect that learned without them.
    """
    known = np.isfinite(values)
    ready = _in_spreads(values) if known.sum() >= 4 * length else None
    if ready is None:
        return np.zeros(len(values), dtype=bool)
    odd = _far(ready)
    for _ in range(TURNS):
        if odd.mean() > MOST_HIDDEN:
            break
        before, believed = odd, known & ~odd
        odd = outlying(ready - expected_rows(np.nan_to_num(ready), believed, length), LEAST_SCALE)
        if (odd == before).all():
            break
    return np.asarray(odd)


def far_values(span: Span) -> np.ndarray:
    """Which normal values of a span are outlying by their sensor's usual level or by their neighbours, (T, D)."""
    values = np.where(span.usable(), span.grid.values, np.nan).astype(np.float64)
    each = [_in_spreads(column) if np.isfinite(column).any() else None for column in values.T]
    none = np.zeros(len(values), dtype=bool)
    return np.stack([none if ready is None else _far(ready) for ready in each], axis=1)


def _in_spreads(values: np.ndarray) -> np.ndarray | None:
    """Values (T,), some of them numbers, from their median in units of their spread; None where they have none."""
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, (0.1, 0.9))
    return (values - np.median(known)) / ((high - low) / 2.56) if high > low else None


def _far(ready: np.ndarray) -> np.ndarray:
    """Which values (T,), in spreads, are far from the usual level or from their neighbours."""
    beside = pd.Series(ready).rolling(AROUND, center=True, min_periods=1).median().to_numpy()
    return np.asarray(outlying(ready, LEAST_SCALE) | outlying(ready - beside, LEAST_SCALE))
