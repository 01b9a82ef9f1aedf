"""What normal rows say of a detector: its threshold, its band, and what is typical of each sensor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anomaly.series.detector import Detector
from anomaly.series.evidence.windows import fit_evidence
from anomaly.series.scores import Scores
from anomaly.series.span import WEEK_S, Span, first_held_out
from anomaly.thresholds import pot_threshold

LEAST_NATS = 0.1
"""No limit lies lower: this far windows of nothing but noise stray from each other."""
TAIL = 0.95
"""The quantile at which scores of rows that were learned from and of others are compared."""


def calibrate(detector: Detector, spans: dict[str, Span]) -> tuple[Detector, dict[str, np.ndarray]]:
    """The detector with coverage factor, band and typical sensor scores from the held-out normal rows, and a threshold;
    and the coverage-adjusted scores that the threshold is of.

    A span with nothing held out is scored whole. ValueError when no row has a score.
    """
    detector = replace(detector, coverage_factor=detector.coverage_factors(spans))
    residual, lost = [], []
    for asset, span in spans.items():
        held_out, scores = score_held_out(detector, span, asset)
        columns = [held_out.grid.sensors.index(name) for name in detector.card.modelled]
        apart = (held_out.grid.values[:, columns] - scores.expected) / detector.scale_of(asset).spread[columns]
        usable = held_out.usable()[:, columns]
        residual.append(np.where(usable, apart, np.nan))
        lost.append(np.where(usable, scores.sensor_score, np.nan))
    band = _quantile([np.abs(rows) for rows in residual], 0.9)
    evidence = fit_evidence(*_standardised_rows(detector, spans), np.concatenate(residual))
    detector = replace(detector, band=band, typical=_quantile(lost, 0.5), evidence=evidence)
    adjusted = coverage_adjusted_scores(detector, spans)
    return with_threshold(detector, spans, adjusted, in_sample_optimism(spans, adjusted)), adjusted


def _standardised_rows(detector: Detector, spans: dict[str, Span]) -> tuple[np.ndarray, np.ndarray]:
    """Times (T,) and standardised normal values (T, D), NaN elsewhere, of all spans together."""
    grids = [detector.standardised(span.grid, asset, span.usable()) for asset, span in spans.items()]
    values = [np.where(grid.observed, grid.values, np.nan) for grid in grids]
    return np.concatenate([grid.times for grid in grids]), np.concatenate(values)


def with_threshold(
    detector: Detector, spans: dict[str, Span], adjusted: dict[str, np.ndarray], optimism: float
) -> Detector:
    """The detector with a threshold from all normal rows, the scores of those it learned from raised by `optimism`.

    The held-out part alone is often a window or two long, which says how much higher scores lie on new rows but
    nothing of their tail; the tail is that of every row. ValueError when no row has a score.
    """
    learned = {asset: np.arange(len(span)) < span.split for asset, span in spans.items()}
    rows = [np.where(learned[asset], optimism * score, score) for asset, score in adjusted.items()]
    budget = detector.card.config.alarms_per_asset_week * detector.card.step_s / WEEK_S
    fitted = pot_threshold(np.concatenate(rows), budget, gap=detector.context_rows)
    raised = {name: max(getattr(fitted, name), LEAST_NATS) for name in ("value", "low", "high")}
    card = detector.card.model_copy(update={"threshold": fitted.model_copy(update=raised)})
    return replace(detector, card=card)


def in_sample_optimism(spans: dict[str, Span], adjusted: dict[str, np.ndarray]) -> float:
    """How many times higher normal scores are on rows that the detector did not learn from; at least 1."""
    learned = [score[: spans[asset].split] for asset, score in adjusted.items()]
    held_out = [score[spans[asset].split :] for asset, score in adjusted.items()]
    before, after = (part[np.isfinite(part)] for part in map(np.concatenate, (learned, held_out)))
    if not len(before) or not len(after) or not np.quantile(before, TAIL) > 0:
        return 1.0
    return max(1.0, float(np.quantile(after, TAIL) / np.quantile(before, TAIL)))


def coverage_adjusted_scores(detector: Detector, spans: dict[str, Span]) -> dict[str, np.ndarray]:
    """The scores of all spans' normal rows in units that one threshold fits, (T,) each; NaN elsewhere."""
    return detector.adjusted_scores({asset: span.normal_grid() for asset, span in spans.items()})


def score_held_out(detector: Detector, span: Span, asset: str) -> tuple[Span, Scores]:
    """A span's held-out rows (all, where none are held out) and the scores of the normal ones among them."""
    first = first_held_out(span)
    seen = span.rows(max(0, first - detector.context_rows), len(span))
    return span.rows(first, len(span)), detector.score(seen.normal_grid(), asset).last(len(span) - first)


def _quantile(parts: list[np.ndarray], share: float) -> np.ndarray:
    """A quantile of each column over the rows of all parts, 0 where a column has no value: (D,)."""
    rows = np.concatenate(parts)
    quantiles: np.ndarray = np.nanquantile(np.where(np.isnan(rows).all(axis=0), 0.0, rows), share, axis=0)
    return quantiles
