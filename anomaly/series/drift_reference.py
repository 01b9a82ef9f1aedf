"""What a detector keeps of the days it learned from, so that later days can be held against them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anomaly.series.detector import Detector
from anomaly.series.drift import SCORE, reference_of, with_offset
from anomaly.series.span import Span

MOST_VALUES = 20_000
"""Values of a day that are looked at, evenly spaced over its assets and rows."""


def with_reference(
    detector: Detector,
    spans: dict[str, Span],
    adjusted: dict[str, np.ndarray],
    draft: dict[str, np.ndarray],
    optimism: float,
) -> Detector:
    """The detector whose card knows how its modelled sensors and its score were distributed, day by day.

    `adjusted` are its coverage-adjusted scores of the spans' rows, (T,) each; `draft` those of the draft, which learned
    only from the rows before each span's split; `optimism` is the factor by which scores are higher on unseen rows.
    """
    names = [name for name in detector.card.modelled if name != SCORE]
    columns = [detector.card.sensors.index(name) for name in names]
    values = {}
    for asset, span in spans.items():
        scaled = np.where(span.usable(), detector.scale_of(asset).apply(span.grid.values), np.nan)
        learned = np.arange(len(span)) < span.split
        scores = [optimism * adjusted[asset], np.where(learned, optimism * draft[asset], np.nan)]
        values[asset] = np.column_stack([scaled[:, columns], *scores, np.where(learned, np.nan, draft[asset])])
    days = by_day(spans, values)
    references = {name: reference_of([day[number] for day in days]) for number, name in enumerate([*names, SCORE])}
    known = {name: reference for name, reference in references.items() if reference is not None}
    if SCORE in known:
        known[SCORE] = with_offset(known[SCORE], [day[-2] for day in days], [day[-1] for day in days])
    return replace(detector, card=detector.card.model_copy(update={"reference": known}))


def by_day(spans: dict[str, Span], values: dict[str, np.ndarray]) -> list[list[np.ndarray]]:
    """The numbers of each column of `values`, (T, K) an asset, all assets together: for each day K arrays."""
    parts: dict[np.datetime64, list[np.ndarray]] = {}
    for asset, span in spans.items():
        dates, starts = np.unique(span.grid.times.astype("datetime64[D]"), return_index=True)
        for day, part in zip(dates, np.split(values[asset], starts[1:]), strict=True):
            parts.setdefault(day, []).append(part)
    return [
        [pooled(list(column)) for column in zip(*(p.T for p in of_day), strict=True)]
        for _, of_day in sorted(parts.items())
    ]


def pooled(parts: list[np.ndarray]) -> np.ndarray:
    """The numbers of all assets' values of a day, at most MOST_VALUES of them."""
    values = np.concatenate(parts)
    values = values[np.isfinite(values)]
    return np.asarray(values[:: stride_of(len(values))])


def stride_of(many: int) -> int:
    """Of how many values in a row one is taken, so that at most MOST_VALUES of `many` are."""
    return max(1, -(-many // MOST_VALUES))
