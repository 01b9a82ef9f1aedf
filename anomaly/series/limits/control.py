"""The false-alarm budget over time: limits rise after nights with too many alarms, and fall after nights with too few.

Adaptive conformal inference (Gibbs and Candes 2021, arXiv:2106.00170; Angelopoulos, Candes and Tibshirani 2023,
arXiv:2307.16895) with feedback that arrives at the next training: until then nights may be scored in any order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from anomaly.series.detector import Detector
from anomaly.series.files import card_by_name
from anomaly.series.limits.flat_limit import LEAST_ROWS
from anomaly.series.limits.row_limit import LEAST_LIMIT
from sensors_data.errors import NotThereError
from sensors_data.store import Store

GAIN = 0.1
"""What one alarm too many moves the logarithm of the limits by."""
CLEAR = 4.0
"""An alarm so many times over the limit is a fault and none of the tail of normal scores: it does not count."""
NIGHT = (-1.0, 3.0)
"""A night counts as so many alarms too few or too many at most, in units of what the budget allows or of one."""
TRAINING = (-0.25, 0.5)
"""A training moves the logarithm of the limits by so much at most."""
FARTHEST = math.log(4.0)
"""Nor do they ever lie further from what the model's own normal scores say."""


@dataclass(frozen=True)
class NightAlarms:
    """A family's night: the alarms that may be false, and how many the budget allows."""

    found: int
    stated: float


def nights_since(store: Store, family: str, incumbent: Detector, day: date) -> list[NightAlarms]:
    """The nights before `day` that the incumbent has scored, the oldest first.

    New anomalies count that are not in planned work and not CLEAR, once a run: not those of a run that had begun
    before the night. What people said of them does not matter.
    """
    first = incumbent.card.trained_through + timedelta(days=1)
    days = [first + timedelta(days=n) for n in range((day - first).days)]
    nights, budget = [], incumbent.card.config.alarms_per_asset_week / 7
    for night in days:
        if not store.written("anomalies", [night], family=family):
            continue
        assets = store.assets_in(store.written("scores", [night], family=family))
        anomalies = store.read("anomalies", family=family, day=night)
        begun = anomalies["run_start"].fillna(anomalies["detected"]) >= pd.Timestamp(night, tz="UTC")
        new = anomalies[(anomalies["state"] == "new") & begun & ~anomalies["suppressed"].astype(bool)]
        limits = {name: _limit(store, str(name)) for name in new["model"].unique()}
        near = new["peak_score"] <= CLEAR * new["model"].map(limits).astype(float)
        nights.append(NightAlarms(int(near.sum()), budget * len(assets)))
    return nights


def step_of(nights: list[NightAlarms]) -> float:
    """What these nights move the logarithm of the limits by."""
    errors = [np.clip((night.found - night.stated) / max(1.0, night.stated), *NIGHT) for night in nights]
    return float(np.clip(GAIN * sum(errors), *TRAINING))


def controlled(detector: Detector, incumbent: Detector | None, nights: list[NightAlarms], least: float) -> Detector:
    """The detector with its limits moved by the incumbent's control and by the `nights` since.

    Not where the budget or the sensors are other ones: control begins anew. No threshold falls under `least` nats.
    """
    if incumbent is None or incumbent.card.sensors != detector.card.sensors:
        return detector
    estimate, before = detector.threshold, incumbent.threshold
    if not np.isclose(before.budget, estimate.budget):
        return detector
    control = float(np.clip(incumbent.card.control + step_of(nights), -FARTHEST, FARTHEST))
    if not control:
        return detector
    factor = math.exp(control)
    moved = {name: max(float(getattr(estimate, name)) * factor, least) for name in ("value", "low", "high")}
    row_limit = detector.card.row_limit and max(LEAST_LIMIT, detector.card.row_limit * factor)
    alarms = sum(night.found for night in nights)
    stated = sum(night.stated for night in nights)
    text = f"{detector.card.threshold_from}; times {factor:.2f} by control"
    if nights:
        text = f"{text}: {alarms} alarms in {len(nights)} nights, {stated:.1f} stated"
    update = {
        "threshold": estimate.model_copy(update=moved),
        "row_limit": row_limit,
        "flat_limits": tuple(max(LEAST_ROWS, limit * factor) for limit in detector.card.flat_limits),
        "control": control,
        "threshold_from": text,
    }
    return replace(detector, card=detector.card.model_copy(update=update))


def _limit(store: Store, model: str) -> float:
    """The threshold of a past model; NaN where it is gone, so that its alarms do not count."""
    try:
        threshold = card_by_name(store, model).threshold
    except NotThereError:
        return float("nan")
    return threshold.value if threshold else float("nan")
