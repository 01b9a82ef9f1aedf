"""What is odd about an anomaly, in words: its leading sensor is too high, flat, noisy, silent, or leaves another."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly.series.evidence.steady import LASTING

FEWEST = 4
"""Rows without which nothing is said of how a sensor varied."""
SILENT = 0.5
"""A sensor of which less than this share of the rows was measured fell silent."""
FLAT, NOISY = 0.1, 2.5
"""Times the usual step from row to row: a sensor that moves less is flat, one that moves more is noisy."""
ONE_SIDED = 0.8
"""Share of the rows on one side of what was expected from which a sensor is called higher or lower."""
RELATED = 0.5
"""Correlation in the rows around from which two sensors are said to follow each other."""


def oddity(values: pd.DataFrame, sensor: str, start: pd.Timestamp, end: pd.Timestamp, lasting: bool = False) -> str:
    """What is odd about `sensor` in [start, end), from rows of `sensor_scores` of one asset in and around it.

    Such as `pressure higher than expected`; empty where nothing is known of the sensor there. `lasting` says that the
    state after it stays changed.
    """
    rows = values[values["sensor"] == sensor].sort_values("time")
    inside = ((rows["time"] >= start) & (rows["time"] < end)).to_numpy()
    within, around = rows[inside], rows[~inside & rows["observed"].to_numpy(dtype=bool)]
    if within.empty:
        return ""
    seen = within[within["observed"].astype(bool)]
    if len(seen) < SILENT * len(within):
        return f"{sensor} silent"
    if moved := _movement(seen["value"].to_numpy(), around["value"].to_numpy()):
        return f"{sensor} {moved}"
    side = _sides(seen, around["value"].to_numpy())
    one_sided = max((side > 0).mean(), (side < 0).mean()) >= ONE_SIDED
    if seen["cross"].sum() > max(seen["pattern"].sum(), 0.0) and (other := _followed(values, sensor, start, end)):
        return f"{sensor} no longer follows {other}"
    if not one_sided:
        return f"{sensor} off its usual pattern"
    word = "higher" if (side > 0).mean() >= ONE_SIDED else "lower"
    return f"{sensor} at a new, {word} level" if lasting or end - start >= LASTING else f"{sensor} {word} than expected"


def _sides(seen: pd.DataFrame, around: np.ndarray) -> np.ndarray:
    """1 where a row is too high, -1 where too low: by the values around where it leaves their range, else by the band.

    When all sensors leave their ranges at once, as a machine that stops, what is expected of each is a guess.
    """
    value = seen["value"].to_numpy()
    if len(around) > FEWEST:
        beyond = (value > around.max()).astype(int) - (value < around.min())
        if abs(beyond.mean()) >= ONE_SIDED:
            return np.asarray(beyond)
    return np.asarray(np.sign(value - seen["expected"].to_numpy()))


def all_left(values: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> bool:
    """Whether every one of an asset's sensors left its range of the rows around at once in [start, end), as at a stop.

    What is expected of a sensor follows from the others, so then it is a guess. `values` are rows of `sensor_scores`.
    """
    seen = values[values["observed"].astype(bool)]
    inside = (seen["time"] >= start) & (seen["time"] < end)
    around = seen[~inside].groupby("sensor", observed=True)["value"].agg(["min", "max", "size"])
    within = seen[inside]
    if len(around) < 2 or (around["size"] <= FEWEST).any() or set(within["sensor"]) != set(around.index):
        return False
    low, high = (within["sensor"].map(around[edge]).astype(float) for edge in ("min", "max"))
    beyond = (within["value"] > high) | (within["value"] < low)
    return bool((beyond.groupby(within["sensor"], observed=True).mean() >= ONE_SIDED).all())


def _movement(inside: np.ndarray, around: np.ndarray) -> str:
    """Whether a sensor moves from row to row unlike in the rows around: flat, noisier, or nothing to say."""
    if min(len(inside), len(around)) <= FEWEST:
        return ""
    usual, moved = (float(np.median(np.abs(np.diff(part)))) for part in (around, inside))
    if usual > 0 and moved <= FLAT * usual:
        return "flat"
    steps = np.abs(np.diff(inside, 2))
    return "noisier" if usual > 0 and moved >= NOISY * usual and np.median(steps) >= moved else ""


def _followed(values: pd.DataFrame, sensor: str, start: pd.Timestamp, end: pd.Timestamp) -> str:
    """The sensor that `sensor` follows most closely in the rows around [start, end); empty where it follows none."""
    around = values[(values["time"] < start) | (values["time"] >= end)]
    wide = around.pivot(index="time", columns="sensor", values="value")
    if len(wide) <= FEWEST or sensor not in wide or wide.shape[1] < 2:
        return ""
    related = wide.corr()[sensor].drop(sensor).abs().fillna(0.0)
    return str(related.idxmax()) if related.max() >= RELATED else ""
