"""All sensors of a file over its whole span in one picture: what `init` understood, to be looked at."""

from __future__ import annotations

from datetime import timedelta

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from anomaly.series.plot import INK, SEEN, STYLE
from sensors_data.figure_files import figure_bytes
from sensors_data.series.values.units import unit_beside
from sensors_data.settings import Family

GAP = 10
"""Steps without a value over which no line is drawn."""
MOST_SENSORS, MOST_ASSETS, MOST_POINTS = 24, 4, 4000
_COLOURS = (SEEN, "#e0a030", "#5b8f1d", "#8f1d5b")


def overview_picture(values: pd.DataFrame, family: Family, name: str) -> bytes:
    """A PNG of the readings (time, asset, sensor, value) of a family, a row a sensor, a colour an asset."""
    there = set(values["sensor"].unique())
    sensors = [sensor for sensor in family.sensor_names if sensor in there][:MOST_SENSORS]
    assets = sorted(values["asset"].unique())[:MOST_ASSETS]
    drawn = dict(list(values[values["sensor"].isin(sensors)].groupby("sensor")))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11, 1.2 + 1.1 * max(1, len(sensors))), layout="constrained")
        axes = figure.subplots(max(1, len(sensors)), 1, sharex=True, squeeze=False)[:, 0]
        for axis, sensor in zip(axes, sensors, strict=False):
            _draw(axis, drawn[sensor], assets, family.step)
            unit = unit_beside(sensor, family.sensors[sensor].unit)
            axis.set_title(f"{sensor[:60]}{f' [{unit}]' if unit else ''}", loc="left", fontsize=9)
        shown = f"{len(sensors)} of {len(family.sensors)} sensors, {len(assets)} of {values['asset'].nunique()} assets"
        figure.suptitle(f"{name}: {shown}", x=0.01, ha="left", fontweight="bold", color=INK)
        locator = AutoDateLocator()  # type: ignore[no-untyped-call]
        axes[-1].xaxis.set_major_locator(locator)
        axes[-1].xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
        return figure_bytes(figure, dpi=100)


def _draw(axis: Axes, rows: pd.DataFrame, assets: list[str], step: timedelta) -> None:
    """One sensor's values of a few assets, thinned where there are too many to be seen; nothing is drawn over a gap."""
    for colour, asset in zip(_COLOURS, assets, strict=False):
        part = rows[rows["asset"] == asset].sort_values("time")
        many = max(1, len(part) // MOST_POINTS)
        part = part.iloc[::many]
        times, numbers = part["time"].dt.tz_localize(None).to_numpy(), part["value"].to_numpy(dtype=float)
        gaps = np.flatnonzero(np.diff(times) > GAP * many * np.timedelta64(step, "us")) + 1
        times, numbers = np.insert(times, gaps, times[gaps - 1]), np.insert(numbers, gaps, np.nan)
        style = (
            {"marker": ".", "linestyle": ""} if len(part) < 40 else {"linewidth": 0.7, "marker": ".", "markersize": 1}
        )
        axis.plot(times, numbers, color=colour, **style)
