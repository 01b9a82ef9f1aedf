"""Counters as what they grow by in a step: resets cost one value, a slip that comes back at once costs none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from sensors_data.wide_rows import WideRows, joined


def grown(readings: WideRows, before: WideRows, counters: tuple[str, ...], step: timedelta) -> WideRows:
    """Readings in which a counter's value is its growth in a step since the one before.

    `before` are the readings of the day before, of the same assets and sensors. Where a counter falls it was reset:
    that value is left out. A value between two that go on rising, and which does not lie between them, is a slip: it is
    left out and bridged.
    """
    rows = joined([before, readings])
    order = np.lexsort((rows.time, rows.asset))
    values = readings.values.T.copy()
    for number, sensor in enumerate(readings.sensors):
        if sensor in counters:
            rates = np.full(len(rows), np.nan)
            known = order[~np.isnan(rows.values[order, number])]
            place, rate = _rates(rows.asset[known], rows.time[known], rows.values[known, number], step)
            rates[known[place]] = rate
            values[number] = rates[len(before) :]
    return replace(readings, values=values.T)


def _rates(asset: np.ndarray, time: np.ndarray, value: np.ndarray, step: timedelta) -> tuple[np.ndarray, np.ndarray]:
    """A counter's growth in a step since its last value, (N,), and of which readings it is."""
    rises = np.flatnonzero(~_slips(asset, value))
    asset, time, value = asset[rises], time[rises], value[rises]
    steps = np.diff(time).astype(np.int64) / 1e6 / step.total_seconds()
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.diff(value) / steps
    usable = (asset[1:] == asset[:-1]) & (rate >= 0) & np.isfinite(rate)
    return rises[1:][usable], rate[usable]


def _slips(asset: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Which values, sorted by asset and time, leave a rise that goes on without them."""
    slips = np.zeros(len(value), dtype=bool)
    if len(value) > 2:
        last, middle, following = value[:-2], value[1:-1], value[2:]
        slips[1:-1] = (following >= last) & ((middle < last) | (middle > following)) & (asset[2:] == asset[:-2])
    return slips
