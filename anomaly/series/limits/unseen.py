"""What past models said of nights that they had not seen: the scores a threshold is best drawn from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from anomaly.series.detector import Detector
from anomaly.series.files import card_by_name
from anomaly.series.limits.carry import unit_of, with_note
from anomaly.series.span import WEEK_S
from anomaly.thresholds import Threshold, pot_threshold
from sensors_data.errors import NotThereError
from sensors_data.series.grids.grid_table import day_rows
from sensors_data.settings import Family
from sensors_data.store import Store

DAYS = 28
"""Nights whose scores are drawn on, the newest."""
ENOUGH_DAYS = 14
"""Days of normal rows without which a training span's own scores say more."""
MOST_ASSETS = 50
"""Assets that are read, evenly spaced over the family's."""


def unseen_scores(store: Store, spec: Family, family: str, day: date, abnormal: pd.DataFrame) -> np.ndarray:
    """Scores of the normal rows of the nights before `day`, each in units of its model's own normal scores (T,).

    Rows in planned work or in an `abnormal` interval are left out; so are those of models that are gone. Empty where
    there are too few.
    """
    days = [day - timedelta(days=back) for back in range(DAYS, 0, -1)]
    paths = store.written("scores", days, family=family)
    assets = sorted(store.assets_in(paths))
    chosen = assets[:: max(1, -(-len(assets) // MOST_ASSETS))]
    rows = store.read_files("scores", paths, chosen) if chosen else store.read_files("scores", [])
    named = {str(name): _threshold(store, str(name)) for name in rows["model"].unique()}
    known = {name: threshold for name, threshold in named.items() if threshold is not None}
    rows = rows[rows["model"].isin(list(known)) & ~rows["suppressed"].astype(bool)]
    rows = rows[rows["score"].notna()].sort_values(["asset", "time"], kind="stable")
    for start, end, asset in zip(abnormal["start"], abnormal["end"], abnormal["asset"], strict=True):
        inside = (rows["time"] >= start) & (rows["time"] < end)
        rows = rows[~(inside & (rows["asset"] == asset if isinstance(asset, str) else True))]
    if len(rows) < ENOUGH_DAYS * day_rows(spec):
        return np.empty(0)
    value = rows["model"].map({name: threshold.value for name, threshold in known.items()})
    unit = rows["model"].map({name: unit_of(threshold) for name, threshold in known.items()})
    coverage = rows["threshold"] / value
    return (rows["score"] / coverage / unit).to_numpy(dtype=np.float64)


def with_unseen(detector: Detector, scores: np.ndarray, least: float) -> Detector:
    """The detector with its limit at what `scores`, in units of normal ones, exceed at the budget's rate; T may be 0.

    The tail from which probabilities are computed stays that of its own span.
    """
    if not len(scores):
        return with_note(detector, "of the training span's own scores")
    estimate = detector.threshold
    budget = detector.card.config.alarms_per_asset_week * detector.card.step_s / WEEK_S
    drawn = pot_threshold(scores * unit_of(estimate), budget, gap=detector.context_rows)
    moved = {name: max(float(getattr(drawn, name)), least) for name in ("value", "low", "high")}
    card = detector.card.model_copy(update={"threshold": estimate.model_copy(update=moved)})
    text = f"of {len(scores):,} scores of nights that their models had not seen (own span: {estimate.value:.3f} nats)"
    return with_note(replace(detector, card=card), text)


def _threshold(store: Store, model: str) -> Threshold | None:
    """The threshold of a past model, None where it is gone."""
    try:
        return card_by_name(store, model).threshold
    except NotThereError:
        return None
