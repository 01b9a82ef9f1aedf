"""What Gradio's pages draw with plotly: scores under a moved threshold, codes of images."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from anomaly.series.plot import ALARM, INK, SEEN

SHARES = ("#1d5b8f", "#e0a030", "#5a9e6f", "#9a6fb0", "#c1727d", "#6b7280", "#3aa6a6", "#b08d57")
SEVERITIES = {"critical": "#b3202a", "warning": "#a95c00", "info": "#3d6a8f"}


def calm(figure: go.Figure, height: int) -> go.Figure:
    """A figure in the pages' plain look, times in UTC."""
    figure.update_layout(
        height=height,
        margin={"l": 55, "r": 15, "t": 48, "b": 40},
        plot_bgcolor="white",
        paper_bgcolor="white",
        font={"family": "system-ui, sans-serif", "size": 12, "color": INK},
        legend={"orientation": "h", "y": 1.0, "yanchor": "top", "x": 1, "xanchor": "right", "yref": "container"},
        hovermode="x unified",
        hoverlabel={"font": {"size": 11}},
        barmode="stack",
        bargap=0,
    )
    figure.update_xaxes(gridcolor="#eef0f4", zeroline=False, showline=True, linecolor="#c9ced8")
    figure.update_yaxes(gridcolor="#eef0f4", zeroline=False, fixedrange=True)
    figure.update_annotations(font={"size": 12}, x=0, xanchor="left")
    return figure


def with_gaps(rows: pd.DataFrame, step: timedelta) -> pd.DataFrame:
    """The rows with an empty one wherever time was skipped, so that lines break there."""
    rows = rows.sort_values("time")
    skipped = rows["time"][rows["time"].diff() > 1.5 * step] - step
    return pd.concat([rows, pd.DataFrame({"time": skipped})]).sort_values("time", ignore_index=True)


def score_figure(scores: pd.DataFrame, limit: pd.Series, anomalies: pd.DataFrame, step: timedelta) -> go.Figure:
    """Scores of one asset or several under a moved threshold, with the anomalies that it gives."""
    figure = go.Figure()
    for place, (asset, rows) in enumerate(scores.groupby("asset")):
        drawn = with_gaps(rows, step)
        line = {"color": SHARES[place % len(SHARES)], "width": 1.4}
        figure.add_scatter(x=drawn["time"], y=drawn["score"], mode="lines", line=line, name=f"score of {asset}")
    first = scores[scores["asset"] == scores["asset"].iloc[0]]
    dash = {"color": ALARM, "width": 1.4, "dash": "dash"}
    figure.add_scatter(x=first["time"], y=limit[first.index], mode="lines", line=dash, name="threshold")
    for found in anomalies.to_dict("records"):
        colour = SEVERITIES[str(found["severity"])]
        figure.add_vrect(found["start"], found["end"], fillcolor=colour, opacity=0.15, line_width=0)
    figure.update_yaxes(type="log", dtick=1, title="score, nats")
    return calm(figure, 380)


def codes_figure(normal: np.ndarray, today: np.ndarray, odd: np.ndarray, names: list[str]) -> go.Figure:
    """Codes of normal images (M, Z) and of a day's (N, Z) on the two principal axes of the normal ones."""
    centre = normal.mean(axis=0)
    axes = np.linalg.svd(normal - centre, full_matrices=False)[2][:2].T
    known, seen = (normal - centre) @ axes, (today - centre) @ axes
    figure = go.Figure()
    grey = {"color": "#b9c2d0", "size": 5}
    figure.add_scatter(x=known[:, 0], y=known[:, 1], mode="markers", marker=grey, name="learned from", hoverinfo="skip")
    for wanted, colour, name in ((False, SEEN, "of this day"), (True, ALARM, "over the threshold")):
        mine = odd == wanted
        texts = [text for text, own in zip(names, mine, strict=True) if own]
        look = {"mode": "markers", "marker": {"color": colour, "size": 8}, "name": name}
        figure.add_scatter(x=seen[mine, 0], y=seen[mine, 1], **look, text=texts, hovertemplate="%{text}")
    figure.update_xaxes(title="first principal axis of the codes")
    figure.update_yaxes(title="second")
    return calm(figure, 420).update_layout(hovermode="closest")
