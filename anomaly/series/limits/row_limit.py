"""How far single rows may stray from what their windows expect: the limit by which short faults are found.

The mean surprise of whole windows hides a spike of a few rows of a minute. A row's deviation does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from anomaly.series.detector import Detector
from anomaly.series.evidence.noise_by_hour import fit_by_hour
from anomaly.series.span import Span
from anomaly.thresholds import return_level
from sensors_data.series.grids.grid import Grid

SHARE = 0.5
"""Of the false-alarm budget, what single rows may use beside the windows' scores, which have all of it."""
BLOCK_S, BLOCK_ROWS = 3600.0, 6
"""Rows are taken together by the hour, at least six: the largest deviation of a block is one alarm at most."""
FEWEST_BLOCKS = 40
"""Blocks without which single rows have no limit."""
LEAST_LIMIT = 4.0
"""Smallest limit of a single row, standard deviations."""
MOST_ASSETS, MOST_ROWS = 20, 40_000
"""Assets that are looked at, evenly spaced over the family's, and rows of each, the newest."""
PIECE = 8_192
"""Rows whose expectation is held in memory at once."""
QUANTILE = 0.9
"""The quantile of residuals that the band of held-out rows is of."""


def with_row_limit(detector: Detector, spans: dict[str, Span]) -> Detector:
    """The detector with the scatter of residuals by hour of the day, and the limit of a single row's deviation.

    Both are of the rows of `spans` that it learned from; where residuals of held-out rows were larger, the limit is as
    much higher. No limit where too few blocks of rows are known.
    """
    if detector.evidence is None:
        return detector
    parts = [(times, residual) for times, residual in _residuals(detector, spans) if len(times)]
    times, residual = (np.concatenate(part) for part in zip(*parts, strict=True))
    evidence = replace(detector.evidence, by_hour=fit_by_hour(times, residual))
    size = [np.abs(rows / evidence.scatter(at)) * _optimism(detector.band, residual) for at, rows in parts]
    block = max(BLOCK_ROWS, round(BLOCK_S / detector.card.step_s))
    peaks = np.concatenate([_block_peaks(rows, block) for rows in size])
    limit = None
    if len(peaks) >= FEWEST_BLOCKS:
        week = 7 * 86_400 / detector.card.step_s / block
        exceeded = SHARE * detector.card.config.alarms_per_asset_week / week
        limit = max(LEAST_LIMIT, return_level(peaks, exceeded))
    card = detector.card.model_copy(update={"row_limit": limit})
    return replace(detector, evidence=evidence, card=card)


def _residuals(detector: Detector, spans: dict[str, Span]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Times and standardised residuals (rows, D) of each asset's normal rows, NaN where nothing is known."""
    for asset, span in newest_rows(spans):
        ready = detector.standardised(span.normal_grid(), asset, span.usable())
        yield ready.times, np.where(ready.observed, ready.values - expected_in(detector, ready), np.nan)


def newest_rows(spans: dict[str, Span]) -> Iterator[tuple[str, Span]]:
    """MOST_ASSETS of the assets at most, with the newest MOST_ROWS rows of each."""
    assets = list(spans)
    for asset in assets[:: max(1, -(-len(assets) // MOST_ASSETS))]:
        yield asset, spans[asset].rows(max(0, len(spans[asset]) - MOST_ROWS), len(spans[asset]))


def expected_in(detector: Detector, grid: Grid) -> np.ndarray:
    """What is expected of a standardised grid's rows, (T, D); taken some rows at a time."""
    pieces = []
    for first in range(0, len(grid), PIECE):
        start, last = max(0, first - detector.context_rows), min(first + PIECE, len(grid))
        pieces.append(detector.row_scores(grid.rows(start, last)).expected[first - start :])
    return np.concatenate(pieces)


def _optimism(band: np.ndarray, residual: np.ndarray) -> np.ndarray:
    """How many times larger the residuals of held-out rows were, (D,); at least 1."""
    known = ~np.isnan(residual).all(axis=0)
    learned = np.nanquantile(np.where(known, np.abs(residual), 0.0), QUANTILE, axis=0)
    return np.maximum(1.0, np.where(learned > 0, band / np.where(learned > 0, learned, 1.0), 1.0))


def _block_peaks(size: np.ndarray, block: int) -> np.ndarray:
    """The largest deviation of each whole block of rows in which one is known."""
    largest = np.where(np.isnan(size), -1.0, size).max(axis=1)
    count = len(largest) // block
    peaks = largest[len(largest) - count * block :].reshape(count, block).max(axis=1)
    return np.asarray(peaks[peaks >= 0])
