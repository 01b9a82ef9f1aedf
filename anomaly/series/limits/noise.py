"""Outliers of heavy-tailed noise are not learned; nights to come hold them, so the threshold is of rows with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anomaly.series.detector import Detector
from anomaly.series.limits.row_limit import expected_in
from anomaly.series.span import Span


def with_noise(detector: Detector, plain: dict[str, Span], spans: dict[str, Span]) -> dict[str, Span]:
    """The `spans`, in which outlying values were hidden, with those back that the limit of rows puts up with.

    They read as in the `plain` spans of the same rows. None comes back where single rows have no limit.
    """
    limit = detector.card.row_limit
    if limit is None:
        return spans
    return {asset: _with_noise(detector, limit, plain[asset], span, asset) for asset, span in spans.items()}


def _with_noise(detector: Detector, limit: float, plain: Span, span: Span, asset: str) -> Span:
    hidden = plain.usable() & ~span.grid.observed
    if not hidden.any() or detector.evidence is None:
        return span
    columns, grid = detector.card.modelled_columns, span.grid
    expected = expected_in(detector, detector.standardised(span.normal_grid(), asset, span.usable()))
    read = detector.standardised(plain.grid, asset, plain.usable()).values
    back = np.zeros_like(hidden)
    back[:, columns] = np.abs(read - expected) <= limit * detector.evidence.scatter(grid.times)
    back &= hidden
    values = np.where(back, plain.grid.values, grid.values)
    return replace(span, grid=replace(grid, values=values, observed=grid.observed | back))
