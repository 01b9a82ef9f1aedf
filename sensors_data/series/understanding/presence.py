"""When sensors and assets are present in the span of some files, and which times come from a wrong clock."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

EDGE = 0.05
"""Share of the whole span by which something must end early, or begin late, to be reported."""
FAR = 3
"""Times are far from the others when the gap before them is so many times as long as all the others last."""


def likely_times(time: pd.Series) -> np.ndarray:
    """Which times lie where most do, (N,) bool; the others are fewer than one in five and years away from them."""
    known = np.sort(time.dropna().unique())
    likely = np.ones(len(time), dtype=bool)
    if len(known) < 3:
        return likely
    gaps = np.diff(known)
    widest = int(gaps.argmax())
    early, late = known[widest] - known[0], known[-1] - known[widest + 1]
    after = widest + 1 >= len(known) / 2  # the far ones come after most
    if gaps[widest] <= FAR * max(early if after else late, np.timedelta64(30, "D")):
        return likely
    moments = time.to_numpy(dtype=known.dtype) if time.dt.tz is None else time.array
    likely = np.asarray(moments <= known[widest] if after else moments >= known[widest + 1])
    return likely if likely.mean() > 0.8 else np.ones(len(time), dtype=bool)


def comings_and_goings(values: pd.DataFrame) -> list[str]:
    """Sentences on sensors and assets that end early or begin late, of rows (time, asset, sensor, value)."""
    if values.empty:
        return []
    likely = likely_times(values["time"])
    odd = []
    if not likely.all():
        far = values["time"][~likely]
        when = f"{_day(far.min())} to {_day(far.max())}"
        odd.append(f"{len(far):,} values lie far from the others in time, {when}: a clock that was wrong?")
    values = values[likely]
    first, last = values["time"].min(), values["time"].max()
    edge = EDGE * (last - first)
    for kind, most in (("sensor", 6), ("asset", 4)):
        spans = values.groupby(kind, sort=False, observed=True)["time"].agg(["min", "max"])
        ends, begins = spans[spans["max"] < last - edge], spans[spans["min"] > first + edge]
        odd += _renamed(ends, begins, edge) if kind == "sensor" else []
        in_words = _day if last - first > pd.Timedelta("3D") else _minute
        odd += [f"{kind} {name} has no value after {in_words(row['max'])}" for name, row in ends.head(most).iterrows()]
        odd += [
            f"{kind} {name} has no value before {in_words(row['min'])}" for name, row in begins.head(most).iterrows()
        ]
        more = max(0, len(ends) - most) + max(0, len(begins) - most)
        odd += [f"{more:,} more of kind {kind} end early or begin late"] if more else []
    return odd


def times_that_go_back(raw: pd.DataFrame, time: pd.Series, step: timedelta) -> list[str]:
    """A sentence on times of rows (line, asset, sensor) that jump back a few times, by more than a step; else none.

    Rows of one asset and sensor are compared with the one before them in the same file. A lone row is no jump.
    """
    which = pd.factorize(raw["asset"].astype(str) + "\x1f" + raw["sensor"].astype(str))[0]
    order = np.argsort(which, kind="stable")
    order = order[time.notna().to_numpy()[order]]
    group, line = which[order], raw["line"].to_numpy()[order]
    moment = time.to_numpy("datetime64[us]")[order]
    apart = np.diff(moment)
    beside = (np.diff(group) == 0) & (np.diff(line) > 0)
    back = beside & (apart < -np.timedelta64(step))
    back[-1:] = False
    back[:-1] &= beside[1:] & (moment[2:] <= moment[:-2])
    often = int(back.sum())
    if not often or often > max(3 * len(np.unique(group)), 0.005 * beside.sum()):
        return []
    first = int(back.argmax())
    by = timedelta(microseconds=int(-apart[first].astype(np.int64)))
    lines = len(np.unique(line[1:][back]))
    times = "goes back once" if lines == 1 else f"goes back {lines:,} times"
    return [
        f"the time {times}, first in line {line[first + 1]}, by {by}: a clock that was set, or summer time (--zone)?"
    ]


def _renamed(ends: pd.DataFrame, begins: pd.DataFrame, edge: pd.Timedelta) -> list[str]:
    """Sensors of which one begins about where another ends."""
    return [
        f"sensor {new} begins where {old} ends: renamed? give both one name in the export, or take the old one out"
        for old, row in ends.iterrows()
        for new, start in begins["min"].items()
        if abs(start - row["max"]) < 0.2 * edge
    ][:4]


def _day(moment: pd.Timestamp) -> str:
    return f"{moment:%Y-%m-%d}"


def _minute(moment: pd.Timestamp) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
