"""Counters as what they grow by in a step: resets cost one value, a slip that comes back at once costs none."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd


def grown(readings: pd.DataFrame, before: pd.DataFrame, counters: tuple[str, ...], step: timedelta) -> pd.DataFrame:
    """Readings (time, asset, sensor, value) in which a counter's value is its growth in a step since the one before.

    `before` are the readings of the day before. Where a counter falls it was reset: that value is left out. A value
    between two that go on rising, and which does not lie between them, is a slip: it is left out and bridged.
    """
    counting = readings["sensor"].isin(counters)
    if not counting.any():
        return readings
    earlier = before[before["sensor"].isin(counters)]
    rows = pd.concat([earlier, readings[counting]]).assign(
        today=np.arange(len(earlier) + counting.sum()) >= len(earlier)
    )
    rows = rows.sort_values(["asset", "sensor", "time"], kind="stable").reset_index(drop=True)
    rows = rows[~_slips(rows)]
    groups = rows.groupby(["asset", "sensor"], sort=False, observed=True)
    steps = groups["time"].diff().dt.total_seconds() / step.total_seconds()
    growth = groups["value"].diff() / steps
    rates = rows.assign(value=growth)[rows["today"] & (growth >= 0) & np.isfinite(growth)].drop(columns="today")
    whole: pd.DataFrame = pd.concat([readings[~counting], rates], ignore_index=True)
    return whole


def _slips(rows: pd.DataFrame) -> pd.Series:
    """Which values leave a rise that goes on without them."""
    values = rows.groupby(["asset", "sensor"], sort=False, observed=True)["value"]
    last, following = values.shift(1), values.shift(-1)
    slips: pd.Series = (following >= last) & ((rows["value"] < last) | (rows["value"] > following))
    return slips
