"""A week's new anomalies night by night, as bars."""

from __future__ import annotations

from datetime import timedelta

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from anomaly.series.plot import INK, STYLE
from sensors_data.figure_files import figure_bytes
from service.figures.findings import Drawing
from service.views.palette import COLOURS
from service.views.week import NIGHTS, Week


def week_picture(week: Week, drawing: Drawing) -> bytes:
    """An SVG or PNG of how many anomalies began each night, by severity, over all families."""
    names = [f"{week.first + timedelta(days=n):%a %d}" for n in range(NIGHTS)]
    with mpl.rc_context({**STYLE, "svg.hashsalt": str(week.last), "svg.fonttype": "none"}):
        figure = Figure(figsize=(6, 1.8), layout="constrained")
        axis = figure.subplots()
        below = np.zeros(len(names))
        for severity in ("critical", "warning", "info"):
            many = sum((one.nights[severity].to_numpy(dtype=float) for one in week.families), np.zeros(len(names)))
            axis.bar(names, many, 0.7, bottom=below, color=COLOURS[severity], label=severity)
            below = below + many
        axis.set_ylim(0, max(1.0, below.max(initial=0) * 1.4))
        axis.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axis.set_title("new anomalies a night", loc="left", fontsize=9, color=INK)
        axis.legend(loc="upper right", ncols=3, fontsize=7, frameon=False)
        return figure_bytes(figure, drawing, 130)
