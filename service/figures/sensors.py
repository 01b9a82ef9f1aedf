"""A machine's scored rows to zoom into: each sensor over what was expected, who carries the score, and the score."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from anomaly.series.plot import ALARM, BAND, FILLED, INK, SEEN
from sensors_data.settings import Family
from service.figures.interactive import SEVERITIES, SHARES, calm, with_gaps


def sensors_figure(scores: pd.DataFrame, sensors: pd.DataFrame, anomalies: pd.DataFrame, spec: Family) -> go.Figure:
    """An asset's scored rows: each sensor over its expected band, who carries the score, score and threshold."""
    names = list(dict.fromkeys(sensors["sensor"]))
    rows = len(names) + 2
    titles = [_title(name, spec) for name in names] + ["share of the score, by sensor", "score and threshold, nats"]
    figure = make_subplots(rows, 1, shared_xaxes=True, vertical_spacing=0.045 * 5 / rows, subplot_titles=titles)
    for row, name in enumerate(names, start=1):
        _add_sensor(figure, row, with_gaps(sensors[sensors["sensor"] == name], spec.step), row == 1)
    _add_shares(figure, rows - 1, sensors, names)
    _add_score(figure, rows, with_gaps(scores, spec.step))
    for anomaly in anomalies.to_dict("records"):
        colour = "#888888" if anomaly["suppressed"] else SEVERITIES[str(anomaly["severity"])]
        figure.add_vrect(anomaly["start"], anomaly["end"], fillcolor=colour, opacity=0.12, line_width=0)
    figure.update_yaxes(type="log", dtick=1, row=rows, col=1)
    return calm(figure, 130 * rows + 90)


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
        rows = sensors[sensors["sensor"] == name]
        look = {"mode": "lines", "stackgroup": "share", "line": {"width": 0.4, "color": SHARES[place % len(SHARES)]}}
        hover = "%{y:.0%}"
        figure.add_scatter(
            x=rows["time"], y=rows["share"], **look, name=name, hovertemplate=hover, showlegend=False, row=row, col=1
        )
    figure.update_yaxes(tickformat=".0%", range=[0, 1], row=row, col=1)


def _add_score(figure: go.Figure, row: int, rows: pd.DataFrame) -> None:
    times, dash = rows["time"], {"color": ALARM, "width": 1.2, "dash": "dash"}
    line = {"color": INK, "width": 1.4}
    figure.add_scatter(x=times, y=rows["score"], mode="lines", line=line, name="score", row=row, col=1)
    figure.add_scatter(x=times, y=rows["threshold"], mode="lines", line=dash, name="threshold", row=row, col=1)
