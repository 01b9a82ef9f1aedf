"""A day of each asset in one row, so that a month of a large fleet is read from one small file a day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from sensors_data.tables import TABLES


def asset_days_of(day: date, scores: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table `asset_days`, one an asset, from its rows of `scores`, sorted by asset and time.

    The worst row is the first of those with the highest score outside planned work; an asset without one has none.
    """
    if scores.empty:
        return TABLES["asset_days"].frame()
    asset, names = pd.factorize(scores["asset"])
    begins = np.flatnonzero(np.diff(asset, prepend=-1))
    known = scores["score"].notna().to_numpy()
    usable = known & ~scores["suppressed"].to_numpy(dtype=bool)
    score = np.where(usable, scores["score"].to_numpy(dtype=np.float64), -np.inf)
    worst = np.maximum.reduceat(score, begins)
    first = np.flatnonzero(score == worst[asset])
    row = first[np.unique(asset[first], return_index=True)[1]]  # (A,)
    none = np.isneginf(worst)
    at_worst = scores.iloc[row].reset_index(drop=True)
    over = usable & scores["is_anomaly"].to_numpy(dtype=bool)
    return pd.DataFrame(
        {
            "time": pd.Timestamp(day, tz="UTC"),
            "asset": names,
            "rows": np.bincount(asset),
            "scored": np.bincount(asset[known], minlength=len(names)),
            "rows_over": np.bincount(asset[over], minlength=len(names)),
            "worst": at_worst["score"].mask(none),
            "worst_time": at_worst["time"].mask(none),
            "worst_p_value": at_worst["p_value"].mask(none),
            "top_sensor": at_worst["top_sensor"].mask(none, ""),
            "model": at_worst["model"],
        }
    )
