"""What a detector keeps of the days it learned from, so that later days can be held against them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anomaly.detector import Detector, modelled_columns
from anomaly.drift import SCORE, Spread, spread_of
from anomaly.learning import Span

MOST_VALUES = 20_000
"""Values of a day that are looked at, evenly spaced over its assets and rows."""


def with_reference(detector: Detector, spans: dict[str, Span], steady: dict[str, np.ndarray]) -> Detector:
    """The detector whose card knows how its modelled sensors and its score were distributed, day by day.

    `steady` are the scores of the spans' rows as the threshold was drawn from them, (T,) each.
    """
    names = (*(name for name in detector.card.modelled if name != SCORE), SCORE)
    columns = modelled_columns(detector.card)[[name != SCORE for name in detector.card.modelled]]
    days: dict[str, dict[np.datetime64, list[np.ndarray]]] = {name: {} for name in names}
    for asset, span in spans.items():
        values = np.where(span.usable(), detector.scale_of(asset).apply(span.grid.values), np.nan)[:, columns]
        values = np.concatenate([values, steady[asset][:, None]], axis=1)
        dates, starts = np.unique(span.grid.times.astype("datetime64[D]"), return_index=True)
        for day, part in zip(dates, np.split(values, starts[1:]), strict=True):
            for name, column in zip(names, part.T, strict=True):
                days[name].setdefault(day, []).append(column)
    found = {name: spread_of([pooled(parts) for _, parts in sorted(own.items())]) for name, own in days.items()}
    known: dict[str, Spread] = {name: spread for name, spread in found.items() if spread is not None}
    return replace(detector, card=detector.card.model_copy(update={"reference": known}))


def pooled(parts: list[np.ndarray]) -> np.ndarray:
    """The numbers of all assets' values of a day, at most MOST_VALUES of them."""
    values = np.concatenate(parts)
    values = values[np.isfinite(values)]
    return np.asarray(values[:: max(1, -(-len(values) // MOST_VALUES))])
