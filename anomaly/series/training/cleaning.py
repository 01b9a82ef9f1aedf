"""What of a training span cannot be normal operation: wild values, and values that no other sensor bears out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from anomaly.series.evidence.cross import fit_cross
from anomaly.series.span import Span
from sensors_data.series.grids.grid import Grid

FENCE = 3.0
"""Values further from the 1 % and 99 % quantiles than this many times the distance between them are wild."""
RESTING = 1000.0
"""Of a sensor that hardly ever moves, values so many times its size away are wild."""
CONTRADICTED = 8.0
"""Residuals over this many robust standard deviations are not borne out by the other sensors."""
HEAVY_TAIL, HEAVY_CONTRADICTED = 2.15, 30.0
"""Where 97.5 % of the residuals reach this many times as far as three quarters of them, their noise has heavy tails
(normal 1.95, Student's t of three degrees of freedom 2.9), and values so many standard deviations out are normal."""
LEAST_SCALE = 0.02
MOST_HIDDEN = 0.1
"""A sensor of which a larger share would be hidden changed its ways and is left as it is."""
FAR = 40.0
"""Scores further over the median than this many times the distance to the upper quartile are no normal rows'."""
MOST_ASIDE = 0.1
"""Share of the rows that may be set aside by their score."""


@dataclass(frozen=True)
class SetAside:
    """What of a training span was not learned, by the reason."""

    wild_values: int
    """Hidden as wild or contradicted by the other sensors."""
    outlying_values: int
    """Hidden since the bulk of their sensor does not explain them."""
    outlying_rows: int
    """In long stretches of such values."""
    surprising_rows: int = 0
    """Whose score by the draft no normal row has."""
    recurring_values: int = 0
    """Hidden as short events that recur at one time of the hour, day or week."""

    def on_card(self, rows: int) -> dict[str, int | str]:
        """The card's fields, where `rows` normal rows were learned."""
        surprising, outlying = (n / max(rows, 1) for n in (self.surprising_rows, self.outlying_rows))
        reasons = [
            (self.wild_values, "value", "wild or contradicted by other sensors"),
            (self.outlying_values, "value", "far beyond what the bulk predicts"),
            (self.recurring_values, "value", "of events that recur at one time of the hour, day or week"),
            (self.outlying_rows, "row", f"of long stretches of them ({outlying:.1%})"),
            (self.surprising_rows, "row", f"that surprised the draft too much ({surprising:.1%})"),
        ]
        return {
            "hidden": self.wild_values + self.outlying_values + self.recurring_values,
            "set_aside": self.outlying_rows + self.surprising_rows,
            "cleaning": "; ".join(f"{n:,} {what}{'s' * (n > 1)} {why}" for n, what, why in reasons if n),
        }


def cleaned(spans: dict[str, Span]) -> tuple[dict[str, Span], int]:
    """The spans with wild and contradicted values hidden, a line drawn over each; and how many values were."""
    fenced = {asset: hidden_in(span, wild_values(span)) for asset, span in spans.items()}
    clean = {asset: hidden_in(span, _contradicted(span)) for asset, span in fenced.items()}
    return clean, values_hidden(spans, clean)


def values_hidden(before: dict[str, Span], after: dict[str, Span]) -> int:
    """How many measured values of the spans `before` are not measured in those `after`."""
    return sum(int((before[asset].grid.observed & ~span.grid.observed).sum()) for asset, span in after.items())


def rows_set_aside(before: dict[str, Span], after: dict[str, Span]) -> int:
    """How many rows of the spans `before` are abnormal in those `after` alone."""
    return sum(int((span.abnormal & ~before[asset].abnormal).sum()) for asset, span in after.items())


def without_faults(spans: dict[str, Span], scores: dict[str, np.ndarray]) -> tuple[dict[str, Span], int]:
    """The spans with rows whose score (T,) no normal row has marked abnormal, at most a tenth; and how many were.

    The scores are those of a draft that learned these rows too: what still surprises it that much was rare.
    """
    known = np.concatenate(list(scores.values()))
    known = known[np.isfinite(known)]
    middle, upper, most = np.quantile(known, (0.5, 0.75, 1 - MOST_ASIDE))
    limit = max(middle + FAR * (upper - middle), most)
    over = {asset: np.nan_to_num(score) > limit for asset, score in scores.items()}
    marked = {a: replace(s, abnormal=s.abnormal | over[a]) if over[a].any() else s for a, s in spans.items()}
    return marked, sum(int(rows.sum()) for rows in over.values())


def wild_values(span: Span) -> np.ndarray:
    """Which values lie outside their sensor's fence, (T, D)."""
    values = np.where(span.usable(), span.grid.values, np.nan).astype(np.float64)
    values[~np.isfinite(span.grid.values)] = np.nan
    known = np.isfinite(values).any(axis=0)
    low, middle, high = np.nanquantile(np.where(known, values, 0.0), (0.01, 0.5, 0.99), axis=0)
    width = np.where(high > low, FENCE * (high - low), RESTING * np.maximum(np.abs(middle), 1.0))
    outside = (span.grid.values < low - width) | (span.grid.values > high + width)
    return np.asarray(outside | np.isinf(span.grid.values))


def _contradicted(span: Span) -> np.ndarray:
    """Which values are the worst of their row and far from what the other sensors say, (T, D)."""
    if span.grid.values.shape[1] < 2:
        return np.zeros(span.grid.values.shape, dtype=bool)
    values = np.where(span.usable(), span.grid.values, np.nan).astype(np.float64)
    known = np.isfinite(values).any(axis=0)
    low, middle, high = np.nanquantile(np.where(known, values, 0.0), (0.05, 0.5, 0.95), axis=0)
    moves = high > low
    width = np.where(moves, (high - low) / 3.3, 1.0)
    normal, ready = ((part - middle) / width for part in (values, span.grid.values))
    residual = np.abs(fit_cross(span.grid.times, normal).residual(span.grid.times, ready))
    seen = span.usable() & moves & np.isfinite(residual)
    known = np.where(seen.any(axis=0), np.where(seen, residual, np.nan), 0.0)
    body, upper, far = np.nanquantile(known, (0.75, 0.95, 0.975), axis=0)
    scale, most = upper / 1.96, np.where(far > HEAVY_TAIL * body, HEAVY_CONTRADICTED, CONTRADICTED)
    z = np.where(seen, residual / np.maximum(scale, LEAST_SCALE), 0.0)
    worst = z >= z.max(axis=1, keepdims=True)
    hidden = worst & (z > most)
    return np.asarray(hidden & (hidden.mean(axis=0) <= MOST_HIDDEN))


def hidden_in(span: Span, hide: np.ndarray) -> Span:
    """A span in which the values to `hide` (T, D) are not measured, and read a line between their neighbours."""
    if not hide.any():
        return span
    values = span.grid.values.copy()
    rows = np.arange(len(values))
    for sensor in np.flatnonzero(hide.any(axis=0)):
        known = np.isfinite(values[:, sensor]) & ~hide[:, sensor]
        wrong = hide[:, sensor]
        values[wrong, sensor] = np.interp(rows[wrong], rows[known], values[known, sensor]) if known.any() else np.nan
    grid = Grid(span.grid.times, values, span.grid.observed & ~hide, span.grid.sensors)
    return replace(span, grid=grid)
