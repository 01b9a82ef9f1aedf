"""When a family has to be trained again before its time: its young detector reports the same thing every night."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from anomaly.series.files import read_card
from anomaly.series.routines import DAY_S
from anomaly.series.training.routine_search import WIDTHS_S
from sensors_data.model_files import ModelFile
from sensors_data.settings import Family
from sensors_data.store import Store

NIGHTS = 3
"""Nights in a row that report an anomaly at one time of the day."""
YOUNG_DAYS = 14
"""Days of a training span from which on a detector is not trained early: a routine is learned in its turn."""


def alarms_every_night(store: Store, spec: Family, family: str, day: date, newest: ModelFile) -> bool:
    """Whether the NIGHTS before `day`, all of them after the `newest` training, reported an asset at one time of day,
    and the training learned from fewer than YOUNG_DAYS.
    """
    nights = [day - timedelta(days=back) for back in range(NIGHTS, 0, -1)]
    if spec.training.first_after >= YOUNG_DAYS or nights[0] <= newest.through:
        return False
    card = read_card(store, newest)
    if (card.trained_through - card.trained_from).days + 1 >= YOUNG_DAYS:
        return False
    each = [store.read_days("anomalies", [night], family=family) for night in nights]
    return any(_recurs(each, asset) for asset in each[0]["asset"].unique())


def _recurs(nights: list[pd.DataFrame], asset: str) -> bool:
    """Whether every night has an anomaly of an asset that begins at about the time of one of the first night."""
    starts = [
        night.loc[(night["asset"] == asset) & ~night["suppressed"].astype(bool), "start"].to_numpy("datetime64[s]")
        for night in nights
    ]
    seconds = [moments.astype(np.int64) % DAY_S for moments in starts]
    return any(all(_near(night, first) for night in seconds) for first in seconds[0])


def _near(seconds: np.ndarray, first: np.integer) -> bool:
    """Whether one of the times of day (N,) is near the time `first`."""
    apart = np.abs(seconds - first)
    return bool((np.minimum(apart, DAY_S - apart) <= WIDTHS_S[DAY_S]).any())
