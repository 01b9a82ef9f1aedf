"""What came of a tryout, as its page shows it: a sentence, the anomalies, the scores, one machine's curves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from sensors_data.errors import NotThereError
from service.pages.render import part_html
from service.pages.tried import Tried
from service.views.course import curves_of
from service.views.night import worst_first
from service.views.words import contributions, counted_findings

MOST_ROWS = 15
"""Anomalies that the table shows."""


def outcome(tried: Tried, alarms: float) -> dict[str, Any]:
    """A tryout under a budget of false alarms: a sentence, a table of anomalies as HTML, the machines, worst first."""
    moved = tried.scored.under(alarms)
    anomalies = moved.anomalies(tried.rules)
    anomalies = worst_first(anomalies) if len(anomalies) else anomalies
    rows = anomalies.head(MOST_ROWS).to_dict("records")
    shown = [{**row, "sensors": contributions(row["sensors"])} for row in rows]
    more = len(anomalies) - len(shown)
    scores = {str(asset): _score_of(rows, tried) for asset, rows in moved.rows.groupby("asset", observed=True)}
    worst = [str(name) for name in anomalies["asset"]] if len(anomalies) else []
    return {
        "message": tried.about,
        "html": part_html("tried.html", headline=counted_findings(anomalies), rows=shown, more=more),
        "machines": list(dict.fromkeys([*worst, *sorted(scores)])),
        "scores": scores,
        "anomalies": _spans(anomalies),
    }


def _score_of(rows: pd.DataFrame, tried: Tried) -> dict[str, Any]:
    curves = curves_of(rows, tried.scored.sensors.iloc[:0], tried.scored.spec)
    return {name: curves[name] for name in ("times", "score", "threshold")}


def curves_around(tried: Tried, asset: str, alarms: float, first: float | None, last: float | None) -> dict[str, Any]:
    """A machine's curves from `first` to `last` (seconds since 1970), or around its worst anomaly.

    NotThereError for a machine that was not scored, or a range in which it was not.
    """
    moved = tried.scored.under(alarms)
    anomalies = moved.anomalies(tried.rules)
    scores, sensors, anomalies = (rows[rows["asset"] == asset] for rows in (moved.rows, moved.sensors, anomalies))
    if scores.empty:
        known = ", ".join(sorted(map(str, moved.rows["asset"].unique()))[:12])
        raise NotThereError(f"no row of '{asset[:80]}' was scored", f"scored are {known}")
    if first is None or last is None:
        start, end = around_worst(scores, anomalies)
    else:
        start, end = (pd.Timestamp(at, unit="s", tz="UTC") for at in (first, last))
    scores, sensors = (rows[(rows["time"] >= start) & (rows["time"] <= end)] for rows in (scores, sensors))
    if scores.empty:
        raise NotThereError(f"no row of '{asset}' was scored there", "look at a wider range")
    span = {"from": scores["time"].min().timestamp(), "to": scores["time"].max().timestamp()}
    return {"asset": asset, **span, "anomalies": _spans(anomalies), **curves_of(scores, sensors, moved.spec)}


def _spans(anomalies: pd.DataFrame) -> list[dict[str, Any]]:
    """Anomalies as the curves shade them."""
    return [
        {"asset": str(row["asset"]), "start": row["start"].timestamp(), "end": row["end"].timestamp(), "kind": kind}
        for row in anomalies.to_dict("records")
        for kind in [row["severity"]]
    ]


def around_worst(scores: pd.DataFrame, anomalies: pd.DataFrame) -> tuple[datetime, datetime]:
    """The hours about a machine's worst anomaly, four days at most; its last two days where nothing was found."""
    last = scores["time"].max()
    if anomalies.empty:
        return last - timedelta(days=2), last
    worst = anomalies.sort_values("peak_score").iloc[-1]
    first = max(worst["start"] - timedelta(days=1), worst["peak_time"] - timedelta(days=2))
    return first, min(worst["end"] + timedelta(days=1), first + timedelta(days=4))
