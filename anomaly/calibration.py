"""What held-out normal rows say of a detector: its threshold, its band, and what is typical of each sensor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anomaly.detector import Detector, Scores, score_grid
from anomaly.learning import Span
from anomaly.thresholds import pot_threshold

WEEK_S = 7 * 86_400


def calibrate(detector: Detector, spans: dict[str, Span], day_rows: int | None) -> Detector:
    """The detector with band, typical sensor scores and threshold from the spans' held-out normal rows.

    With `day_rows` they are scored day by day, as nights are, so that rows near a day's end, which fewer windows
    cover, count as they will. A span with nothing held out is scored whole. ValueError when no row has a score.
    """
    config = detector.card.config
    residual, lost, rows = [], [], []
    for asset, span in spans.items():
        held_out, scores = score_held_out(detector, span, asset, day_rows)
        columns = [held_out.grid.sensors.index(name) for name in detector.card.modelled]
        apart = np.abs(held_out.grid.values[:, columns] - scores.expected) / detector.scale_of(asset).spread[columns]
        usable = held_out.usable()[:, columns]
        residual.append(np.where(usable, apart, np.nan))
        lost.append(np.where(usable, scores.sensor_score, np.nan))
        rows.append(np.where(held_out.abnormal, np.nan, scores.score))
    normal = np.concatenate(rows)
    alarms_per_row = config.alarms_per_asset_week * detector.card.step_s / WEEK_S
    threshold = pot_threshold(normal, alarms_per_row, gap=detector.reach)
    card = detector.card.model_copy(update={"threshold": threshold})
    band, typical = _quantile(residual, 0.9), _quantile(lost, 0.5)
    return replace(detector, band=band, typical=typical, card=card)


def score_held_out(detector: Detector, span: Span, asset: str, day_rows: int | None) -> tuple[Span, Scores]:
    """A span's held-out rows (all, where none are held out) and their scores, each day from what came before it."""
    first = span.split if span.split < len(span) else 0
    block = day_rows or len(span)
    parts = []
    for start in range(first, len(span), block):
        end = min(start + block, len(span))
        seen = span.grid.rows(max(0, start - detector.reach), end)
        parts.append(score_grid(detector, seen, asset).last(end - start))
    return span.rows(first, len(span)), Scores.joined(parts)


def _quantile(parts: list[np.ndarray], share: float) -> np.ndarray:
    """A quantile of each column over the rows of all parts, 0 where a column has no value: (D,)."""
    rows = np.concatenate(parts)
    found: np.ndarray = np.nanquantile(np.where(np.isnan(rows).all(axis=0), 0.0, rows), share, axis=0)
    return found
