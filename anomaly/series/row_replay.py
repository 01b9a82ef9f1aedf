"""Past rows under another limit of single rows: what it would have lifted over the threshold, and what it would not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly.series.detector import Detector

ALIKE = 1e-6
"""A score so near to the row's own, in relative terms, is the row's and not that of its windows."""


def with_row_limits(
    scores: pd.DataFrame, sensors: pd.DataFrame, before: dict[str, Detector], after: dict[str, Detector]
) -> pd.DataFrame:
    """Rows of `scores` with the score that each model's limits `after` would have given them; `before` gave theirs.

    `sensors` are the rows of `sensor_scores`. A row that only its own deviation had lifted scores as far over its limit
    as it then is; one that neither had told may be lifted. What windows say stays. Thresholds are not changed.
    """
    parts = [scores.iloc[:0]]
    for name, rows in scores.groupby("model"):
        old, new = before[str(name)], after[str(name)]
        apart = _deviations(old, rows, sensors[sensors["time"].isin(rows["time"])])
        limit = rows["threshold"].to_numpy()
        moved = limit / old.threshold.value * new.threshold.value
        times_over = apart / (old.card.row_limit or np.inf)
        score = rows["score"].to_numpy(dtype=np.float64)
        by_row = (times_over > 1) & (score > limit) & (score <= limit * times_over * (1 + ALIKE))
        ratio = (old.card.row_limit or np.inf) / (new.card.row_limit or np.inf)
        result = np.where(by_row, score / limit * (ratio if np.isfinite(ratio) else 0.0) * moved, score)
        lifted = np.where((score <= limit) & (apart > (new.card.row_limit or np.inf)), apart, 0.0)
        result = np.where(lifted > 0, np.fmax(result, moved * lifted / (new.card.row_limit or np.inf)), result)
        parts.append(rows.assign(score=result))
    return pd.concat(parts)


def _deviations(detector: Detector, rows: pd.DataFrame, sensors: pd.DataFrame) -> np.ndarray:
    """How far the worst sensor of each of the `rows` (T,) was from expected, in standard deviations at that hour."""
    if detector.evidence is None or sensors.empty:
        return np.zeros(len(rows))
    names = list(detector.card.modelled)
    missed = sensors.assign(missed=(sensors["value"] - sensors["expected"]).where(sensors["observed"].astype(bool)))
    wide = missed.pivot_table(index=["asset", "time"], columns="sensor", values="missed", observed=True)
    keys = pd.MultiIndex.from_frame(rows[["asset", "time"]].astype({"asset": object}))
    values = wide.reindex(index=keys, columns=names).to_numpy(dtype=np.float64)
    times = rows["time"].dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    columns = detector.card.modelled_columns
    spread = np.stack([detector.scale_of(str(asset)).spread[columns] for asset in rows["asset"]])
    size = np.nan_to_num(np.abs(values / spread / detector.evidence.scatter(times)))
    return np.asarray(size.max(axis=1, initial=0.0))
