"""What the pages draw with plotly: an asset's days to zoom into, scores under a moved threshold, codes of images."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from anomaly.series.plot import ALARM, BAND, FILLED, INK, SEEN
from sensors_data.settings import Family

SHARES = ("#1d5b8f", "#e0a030", "#5a9e6f", "#9a6fb0", "#c1727d", "#6b7280", "#3aa6a6", "#b08d57")
SEVERITIES = {"critical": "#b3202a", "warning": "#a95c00", "info": "#3d6a8f"}


def asset_figure(scores: pd.DataFrame, sensors: pd.DataFrame, anomalies: pd.DataFrame, spec: Family) -> go.Figure:
    """An asset's scored rows: each sensor over its expected band, who carries the score, score and threshold."""
    names = list(dict.fromkeys(sensors["sensor"]))
    rows = len(names) + 2
    titles = [_title(name, spec) for name in names] + ["share of the score, by sensor", "score and threshold, nats"]
    figure = make_subplots(rows, 1, shared_xaxes=True, vertical_spacing=0.045 * 5 / rows, subplot_titles=titles)
    for row, name in enumerate(names, start=1):
        _add_sensor(figure, row, with_gaps(sensors[sensors["sensor"] == name], spec.step), row == 1)
    _add_shares(figure, rows - 1, sensors, names)
    _add_score(figure, rows, with_gaps(scores, spec.step))
    for found in anomalies.to_dict("records"):
        colour = "#888888" if found["suppressed"] else SEVERITIES[str(found["severity"])]
        figure.add_vrect(found["start"], found["end"], fillcolor=colour, opacity=0.12, line_width=0)
    figure.update_yaxes(type="log", dtick=1, row=rows, col=1)
    return calm(figure, 130 * rows + 90)


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


def _title(name: str, spec: Family) -> str:
    unit = spec.sensors[name].unit if name in spec.sensors else ""
    return f"{name}, {unit}" if unit else name


def _add_sensor(figure: go.Figure, row: int, rows: pd.DataFrame, legend: bool) -> None:
    """Measured values over the band; what was imputed as a hatched ribbon, for it is no measurement."""
    times = rows["time"]
    plain = {"mode": "lines", "showlegend": legend, "connectgaps": False}
    edge = {"width": 0, "color": BAND}
    band = {**plain, "hoverinfo": "skip", "line": edge}
    figure.add_scatter(x=times, y=rows["low"], **{**band, "showlegend": False}, row=row, col=1)
    filled = {"fill": "tonexty", "fillcolor": "rgba(168,200,228,0.6)", "name": "expected, 90 %"}
    figure.add_scatter(x=times, y=rows["high"], **band, **filled, legendgroup="band", row=row, col=1)
    measured = rows["observed"].fillna(False).astype(bool)
    line = {"color": SEEN, "width": 1.4}
    seen = rows["value"].where(measured)
    figure.add_scatter(x=times, y=seen, **plain, line=line, name="measured", legendgroup="m", row=row, col=1)
    imputed = rows["value"].where(~measured)
    if imputed.notna().any():
        dots = {"mode": "markers", "marker": {"color": FILLED, "size": 4, "symbol": "line-ne-open"}}
        figure.add_scatter(x=times, y=imputed, **dots, name="imputed", showlegend=legend, row=row, col=1)
        for first, last in _runs(~measured & rows["value"].notna()):
            x0, x1 = times.iloc[first], times.iloc[last]
            low, high = float(rows[["low", "value"]].min().min()), float(rows[["high", "value"]].max().max())
            hatch = {"fill": "toself", "fillpattern": {"shape": "/", "fgcolor": FILLED, "size": 7, "solidity": 0.2}}
            box = {"x": [x0, x0, x1, x1], "y": [low, high, high, low], "mode": "lines", "line": {"width": 0}}
            figure.add_scatter(**box, **hatch, hoverinfo="skip", showlegend=False, row=row, col=1)


def _runs(flags: pd.Series) -> list[tuple[int, int]]:
    """First and last row of every run of true flags."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags.to_numpy(dtype=bool), [False]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _add_shares(figure: go.Figure, row: int, sensors: pd.DataFrame, names: list[str]) -> None:
    for place, name in enumerate(names):
        mine = sensors[sensors["sensor"] == name]
        look = {"mode": "lines", "stackgroup": "share", "line": {"width": 0.4, "color": SHARES[place % len(SHARES)]}}
        told = "%{y:.0%}"
        figure.add_scatter(
            x=mine["time"], y=mine["share"], **look, name=name, hovertemplate=told, showlegend=False, row=row, col=1
        )
    figure.update_yaxes(tickformat=".0%", range=[0, 1], row=row, col=1)


def _add_score(figure: go.Figure, row: int, rows: pd.DataFrame) -> None:
    times, dash = rows["time"], {"color": ALARM, "width": 1.2, "dash": "dash"}
    line = {"color": INK, "width": 1.4}
    figure.add_scatter(x=times, y=rows["score"], mode="lines", line=line, name="score", row=row, col=1)
    figure.add_scatter(x=times, y=rows["threshold"], mode="lines", line=dash, name="threshold", row=row, col=1)


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
