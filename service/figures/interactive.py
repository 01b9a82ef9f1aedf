"""What Gradio's pages draw with plotly: scores under a moved threshold."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import plotly.graph_objects as go

from anomaly.series.plot import ALARM, INK

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
