"""A threshold across trainings: each moves the last one a quarter of the way to the new estimate."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from anomaly.series.detector import Detector
from anomaly.thresholds import Threshold

UNIT = 75
"""Per cent: the quantile of its own normal scores that a model's scores are counted in, so that models compare.

No higher: a changed day or two in a training span of weeks are more than a twentieth of it, and less than a quarter."""
PACE = 0.25
"""Of the way from the last limit to the new estimate, on a logarithmic scale, what a training moves it by."""
MOST = 2.0
"""A training moves the limit, in units of normal scores, by this factor at most."""
MOST_OF_ROWS = 1.5
"""And the limit of single rows, in standard deviations, by this one."""


def unit_of(threshold: Threshold) -> float:
    """The unit in which scores of different models are compared: a high quantile of the model's normal scores, nats."""
    return max(threshold.quantiles[UNIT], 1e-9)


def carried(detector: Detector, incumbent: Detector | None, least: float) -> Detector:
    """The detector with a limit between the incumbent's and its own estimate, by PACE.

    Limits are compared in units of each model's own normal scores, after what control moved them by, and move by MOST
    times at most. Not where the budget is another one: then that is the reason of the move. No limit falls under
    `least` nats.
    """
    estimate = detector.threshold
    if incumbent is None or incumbent.card.sensors != detector.card.sensors:
        return detector
    before = incumbent.threshold
    if not np.isclose(before.budget, estimate.budget):
        return with_note(detector, f"{detector.card.threshold_from}; the budget is another one than before")
    detector = _row_limit_carried(detector, incumbent)
    last = before.value / unit_of(before) * unit_of(estimate)
    last_limit = last * math.exp(detector.card.control - incumbent.card.control)
    between = last_limit ** (1 - PACE) * estimate.value**PACE
    value = max(float(np.clip(between, last / MOST, last * MOST)), least)
    if np.isclose(value, estimate.value):
        return detector
    held = estimate.model_copy(
        update={"value": value, "low": min(value, estimate.low), "high": max(value, estimate.high)}
    )
    card = detector.card.model_copy(update={"threshold": held})
    text = (
        f"{card.threshold_from}; {estimate.value:.3f} held to {value:.3f} nats, as the last limit was {last_limit:.3f}"
    )
    return with_note(replace(detector, card=card), text)


def _row_limit_carried(detector: Detector, incumbent: Detector) -> Detector:
    """The detector with its limit of single rows within MOST_OF_ROWS times the incumbent's, where both have one."""
    estimate, last = detector.card.row_limit, incumbent.card.row_limit
    if estimate is None or last is None or last / MOST_OF_ROWS <= estimate <= last * MOST_OF_ROWS:
        return detector
    value = float(np.clip(estimate, last / MOST_OF_ROWS, last * MOST_OF_ROWS))
    card = detector.card.model_copy(update={"row_limit": value})
    text = f"{card.threshold_from}; rows {estimate:.1f} held to {value:.1f} standard deviations"
    return with_note(replace(detector, card=card), text)


def with_note(detector: Detector, text: str) -> Detector:
    """The detector whose card explains its threshold with this text."""
    return replace(detector, card=detector.card.model_copy(update={"threshold_from": text}))
