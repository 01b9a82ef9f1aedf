"""Past rows under other limits of single sensors: which rows these would have raised over the threshold."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly.series.detector import Detector
from anomaly.series.evidence.flat import flat_runs

ALIKE = 1e-6
"""A score so near to the row's own, in relative terms, is the row's and not that of its windows."""


def with_row_limits(
    scores: pd.DataFrame, sensors: pd.DataFrame, before: dict[str, Detector], after: dict[str, Detector]
) -> pd.DataFrame:
    """Rows of `scores` with the score that each model's limits `after` would have given them; `before` gave theirs.

    `sensors` are the rows of `sensor_scores`. A row that only a sensor's deviation or standing still had lifted scores
    as far over its limit as it then is; one that neither had told may be lifted. What windows say stays. Thresholds are
    not changed.
    """
    parts = [scores.iloc[:0]]
    for name, rows in scores.groupby("model"):
        old, new = before[str(name)], after[str(name)]
        values = _values(old, rows, sensors)
        times_over, times_over_now = (_times_over(detector, rows, *values) for detector in (old, new))
        limit = rows["threshold"].to_numpy()
        moved = limit / old.threshold.value * new.threshold.value
        score = rows["score"].to_numpy(dtype=np.float64)
        by_row = (times_over > 1) & (score > limit) & (score <= limit * times_over * (1 + ALIKE))
        result = np.where(by_row, moved * times_over_now, score)
        lifted = (score <= limit) & (times_over_now > 1)
        parts.append(rows.assign(score=np.where(lifted, np.fmax(result, moved * times_over_now), result)))
    return pd.concat(parts)


def _values(detector: Detector, rows: pd.DataFrame, sensors: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """What each modelled sensor of the `rows` (T,) measured, NaN elsewhere, and how far from expected, (T, D) each."""
    seen = sensors[sensors["time"].isin(rows["time"]) & sensors["observed"].astype(bool)]
    seen = seen.assign(missed=seen["value"] - seen["expected"])
    wide = seen.pivot_table(index=["asset", "time"], columns="sensor", values=["value", "missed"], observed=True)
    keys = pd.MultiIndex.from_frame(rows[["asset", "time"]].astype({"asset": object}))
    value, missed = (
        wide.reindex(index=keys, columns=pd.MultiIndex.from_product([[part], detector.card.modelled]))
        for part in ("value", "missed")
    )
    return value.to_numpy(dtype=np.float64), missed.to_numpy(dtype=np.float64)


def _times_over(detector: Detector, rows: pd.DataFrame, value: np.ndarray, missed: np.ndarray) -> np.ndarray:
    """How many times its limit the worst sensor of each of the `rows` was off, or stood still, (T,); 0 without one."""
    over = np.zeros(value.shape)
    if detector.evidence is not None and detector.card.row_limit is not None:
        times = rows["time"].dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
        columns = detector.card.modelled_columns
        spread = np.stack([detector.scale_of(str(asset)).spread[columns] for asset in rows["asset"]])
        apart = np.abs(missed / spread / detector.evidence.scatter(times))
        over = np.nan_to_num(apart / detector.card.row_limit)
    if detector.flat_limits is not None:
        for places in rows.groupby("asset", observed=True).indices.values():
            order = places[np.argsort(rows["time"].to_numpy()[places], kind="stable")]
            runs = flat_runs(value[order], ~np.isnan(value[order]), detector.flat_limits.reach)
            over[order] = np.maximum(over[order], runs / detector.flat_limits.rows)
    return np.asarray(over.max(axis=1, initial=0.0))
