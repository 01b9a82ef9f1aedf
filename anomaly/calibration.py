"""What held-out normal rows say of a detector: its threshold, its band, and what is typical of each sensor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anomaly.detector import Detector, Scores, row_scores, score_grid, score_network, standardised
from anomaly.learning import Span
from anomaly.thresholds import pot_threshold

WEEK_S = 7 * 86_400


def calibrate(detector: Detector, spans: dict[str, Span]) -> Detector:
    """The detector with band, typical sensor scores, threshold and unsteadiness from the held-out normal rows.

    A span with nothing held out is scored whole. ValueError when no row has a score.
    """
    config = detector.card.config
    detector = replace(detector, unsteady=_unsteady(detector, spans))
    residual, lost, rows = [], [], []
    for asset, span in spans.items():
        held_out, scores = score_held_out(detector, span, asset)
        columns = [held_out.grid.sensors.index(name) for name in detector.card.modelled]
        apart = np.abs(held_out.grid.values[:, columns] - scores.expected) / detector.scale_of(asset).spread[columns]
        usable = held_out.usable()[:, columns]
        residual.append(np.where(usable, apart, np.nan))
        lost.append(np.where(usable, scores.sensor_score, np.nan))
        rows.append(np.where(held_out.abnormal, np.nan, scores.score / scores.unsteady))
    normal = np.concatenate(rows)
    alarms_per_row = config.alarms_per_asset_week * detector.card.step_s / WEEK_S
    threshold = pot_threshold(normal, alarms_per_row, gap=detector.reach)
    card = detector.card.model_copy(update={"threshold": threshold})
    band, typical = _quantile(residual, 0.9), _quantile(lost, 0.5)
    return replace(detector, band=band, typical=typical, card=card)


def score_held_out(detector: Detector, span: Span, asset: str) -> tuple[Span, Scores]:
    """A span's held-out rows (all, where none are held out) and their scores, from them and the rows before them."""
    first = span.split if span.split < len(span) else 0
    seen = span.grid.rows(max(0, first - detector.reach), len(span))
    return span.rows(first, len(span)), score_grid(detector, seen, asset).last(len(span) - first)


def _unsteady(detector: Detector, spans: dict[str, Span], share: float = 0.98) -> np.ndarray:
    """How much higher the tail of normal scores lies where only 1, 2, ... windows cover a row, (tokens,), at least 1.

    So it is near the data's end, at its start and around gaps; the newest windows over any held-out row show it.
    """
    config = detector.card.config
    scored = []
    for asset, span in spans.items():
        first = span.split if span.split < len(span) else 0
        seen = span.rows(max(0, first - detector.reach), len(span))
        grid = standardised(detector, seen.grid, asset, seen.usable())
        scored.append(([score_network(n, grid, config)[0].nats for n in detector.networks], len(span) - first))

    def tail(windows: int) -> float:
        rows = np.concatenate([row_scores(detector, nats, count, windows)[0] for nats, count in scored])
        rows = rows[np.isfinite(rows)]
        return float(np.quantile(rows, share)) if len(rows) else 0.0

    tails = np.array([tail(windows) for windows in range(1, config.tokens + 1)])
    factors = np.maximum(1.0, tails / tails[-1]) if tails[-1] > 0 else np.ones(config.tokens)
    return np.ascontiguousarray(np.maximum.accumulate(factors[::-1])[::-1])


def _quantile(parts: list[np.ndarray], share: float) -> np.ndarray:
    """A quantile of each column over the rows of all parts, 0 where a column has no value: (D,)."""
    rows = np.concatenate(parts)
    found: np.ndarray = np.nanquantile(np.where(np.isnan(rows).all(axis=0), 0.0, rows), share, axis=0)
    return found
