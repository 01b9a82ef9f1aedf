"""Counters as their increase per step: a reset costs one value, a single wrong reading costs none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from sensors_data.wide_rows import WideRows, joined


def grown(readings: WideRows, before: WideRows, counters: tuple[str, ...], step: timedelta) -> WideRows:
    """Readings in which a counter's value is its increase per step since its last reading.

    `before` are the readings of the day before, of the same assets and sensors. Where a counter falls it was reset:
    that value is left out. A value that does not lie between its two neighbours, while these go on rising, is a single
    wrong reading: it is left out, and the increase is taken over the gap.
    """
    rows = joined([before, readings])
    order = np.lexsort((rows.time, rows.asset))
    values = readings.values.T.copy()
    for number, sensor in enumerate(readings.sensors):
        if sensor in counters:
            rates = np.full(len(rows), np.nan)
            measured = order[~np.isnan(rows.values[order, number])]
            indices, rate = _rates(rows.asset[measured], rows.time[measured], rows.values[measured, number], step)
            rates[measured[indices]] = rate
            values[number] = rates[len(before) :]
    return replace(readings, values=values.T)


def _rates(asset: np.ndarray, time: np.ndarray, value: np.ndarray, step: timedelta) -> tuple[np.ndarray, np.ndarray]:
    """The increase per step since the last reading of the same counter, (N,), and the indices of the readings, (N,)."""
    usual = np.flatnonzero(~_single_wrong(asset, value))
    asset, time, value = asset[usual], time[usual], value[usual]
    steps = np.diff(time).astype(np.int64) / 1e6 / step.total_seconds()
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.diff(value) / steps
    usable = (asset[1:] == asset[:-1]) & (rate >= 0) & np.isfinite(rate)
    return usual[1:][usable], rate[usable]


def _single_wrong(asset: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Which values, sorted by asset and time, are out of line with two neighbours that go on rising."""
    wrong = np.zeros(len(value), dtype=bool)
    if len(value) > 2:
        last, middle, following = value[:-2], value[1:-1], value[2:]
        wrong[1:-1] = (following >= last) & ((middle < last) | (middle > following)) & (asset[2:] == asset[:-2])
    return wrong
