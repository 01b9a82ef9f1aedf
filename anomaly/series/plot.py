"""An asset's scored days as a picture: values and their band, score and threshold, what was found."""

from __future__ import annotations

import math
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from sensors_data.figure_files import figure_bytes
from sensors_data.series.values.units import unit_beside
from sensors_data.settings import Family
from sensors_data.tables.shares import shares_in_words

INK = "#2b2d42"
SEEN = "#1d5b8f"
BAND = "#a8c8e4"
FILLED = "#e0a030"
ALARM = "#c1272d"
MOST_TICKS = 4
"""Of a score's axis, without zero."""
LOWEST_TICK = 5.01
"""The least of them is at most this many times under the threshold, so that there are always two."""


def asset_figure(
    scores: pd.DataFrame, sensors: pd.DataFrame, anomalies: pd.DataFrame, spec: Family, title: str
) -> Figure:
    """One asset's rows of `scores`, `sensor_scores` and `anomalies`, one above the other on one axis of time."""
    anomalies = anomalies.drop_duplicates("anomaly_id", keep="last")
    names = list(dict.fromkeys(sensors["sensor"]))
    with mpl.rc_context(STYLE):
        figure = Picture(figsize=(11, 1.7 + 1.25 * (len(names) + 1)), layout="constrained")
        axes = figure.subplots(len(names) + 1, 1, sharex=True, squeeze=False)[:, 0]
        for axis, name in zip(axes, names, strict=False):
            draw_sensor(axis, sensors[sensors["sensor"] == name], name, spec)
        draw_score(axes[-1], scores, spec)
        for axis in axes:
            draw_anomalies(axis, anomalies)
        figure.suptitle(f"{title} · {_found(anomalies)}", x=0.01, ha="left", fontweight="bold")
    return figure


class Picture(Figure):
    """A figure that a notebook shows without pyplot."""

    def _repr_png_(self) -> bytes:
        return png_of(self)


def png_of(figure: Figure) -> bytes:
    """The figure as a PNG, the same bytes each time."""
    with mpl.rc_context(STYLE):
        return figure_bytes(figure)


STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#9aa0ac",
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def draw_sensor(axis: Axes, rows: pd.DataFrame, name: str, spec: Family) -> None:
    """Measured values over the 90 % band of what was expected; imputed stretches in their own colour."""
    rows = _with_gaps(rows, spec)
    times = rows["time"].to_numpy()
    axis.fill_between(times, rows["low"], rows["high"], color=BAND, alpha=0.6, linewidth=0, label="expected, 90 %")
    measured = rows["observed"].fillna(False).astype(bool)
    axis.plot(times, rows["value"].where(measured), color=SEEN, linewidth=0.9, label="measured")
    if (filled := rows["value"].where(~measured)).notna().any():
        axis.plot(times, filled, color=FILLED, linewidth=0, marker=".", markersize=3, label="imputed")
    unit = unit_beside(name, spec.sensors[name].unit) if name in spec.sensors else ""
    axis.set_ylabel(f"{name}\n{unit}" if unit else name, rotation=0, ha="right", va="center")
    axis.margins(x=0.005)


def draw_score(axis: Axes, rows: pd.DataFrame, spec: Family) -> None:
    """Score and threshold of an asset's rows of `scores`, filled where the score is over it; the axis of time below."""
    rows = _with_gaps(rows, spec)
    times = rows["time"].to_numpy()
    axis.plot(times, rows["score"], color=INK, linewidth=0.9, label="score")
    axis.plot(times, rows["threshold"], color=ALARM, linewidth=0.9, linestyle="--", label="threshold")
    over = rows["score"].where(rows["is_anomaly"].fillna(False).astype(bool))
    axis.fill_between(times, rows["threshold"], over, color=ALARM, alpha=0.35, linewidth=0)
    threshold = max(float(np.nanmax(rows["threshold"])), 1e-6)
    axis.set_yscale("symlog", linthresh=threshold)
    axis.set_ylim(bottom=0)
    ticks = score_ticks(threshold, axis.get_ylim()[1])
    axis.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.set_ylabel("score\nnats", rotation=0, ha="right", va="center")
    legend_above(axis)
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axis.set_xlabel("UTC")


def score_ticks(threshold: float, top: float) -> list[float]:
    """Zero and at most four round numbers, linear under the threshold and logarithmic from there to the top."""
    powers = range(math.floor(math.log10(threshold / LOWEST_TICK)), math.floor(math.log10(top)) + 1)
    wanted = [[digit * 10.0**power for power in powers for digit in digits] for digits in ((1, 2, 5), (1,))]
    fine, coarse = ([tick for tick in ticks if threshold / LOWEST_TICK <= tick <= top] for ticks in wanted)
    ticks = coarse if len(fine) > MOST_TICKS and len(coarse) > 1 else fine
    return [0.0, *ticks[:: -(-len(ticks) // MOST_TICKS)]]


def legend_above(axis: Axes) -> None:
    """What the lines are, above the axis, where it covers none of them."""
    axis.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0, frameon=False, ncols=3, fontsize=8)


def _with_gaps(rows: pd.DataFrame, spec: Family) -> pd.DataFrame:
    """The rows with an empty one put in wherever time was skipped, so that lines break there."""
    rows = rows.sort_values("time")
    skipped = rows["time"][rows["time"].diff() > 1.5 * spec.step] - spec.step
    return pd.concat([rows, pd.DataFrame({"time": skipped})]).sort_values("time", ignore_index=True)


def draw_anomalies(axis: Axes, anomalies: pd.DataFrame) -> None:
    """The intervals of anomalies behind what an axis shows, grey where planned work suppressed them."""
    for start, end, suppressed in zip(anomalies["start"], anomalies["end"], anomalies["suppressed"], strict=True):
        color = "#888888" if suppressed else ALARM
        axis.axvspan(start, end, color=color, alpha=0.10, linewidth=0)


def _found(anomalies: pd.DataFrame) -> str:
    active = anomalies[~anomalies["suppressed"]]
    if active.empty:
        return "nothing found"
    worst = active.sort_values("peak_score").iloc[-1]
    count = f"{len(active)} anomalies" if len(active) > 1 else "1 anomaly"
    return f"{count}, worst {worst['severity']}: {shares_in_words(worst['sensors'])}"
