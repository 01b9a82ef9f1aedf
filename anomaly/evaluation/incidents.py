"""Scored rows and found anomalies against a table of known incidents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from anomaly.evaluation.affiliation import affiliation
from anomaly.evaluation.scores import Agreement, Areas, Flags, agreement, events, vus
from sensors_data.errors import UnusableError

WEEK_S = 7 * 86_400


@dataclass(frozen=True)
class Evaluation:
    """How well scores and anomalies agree with incidents: two views without a threshold, two of what was found."""

    areas: Areas
    """Volume under the range-aware surface of the scores, mean over the assets with an incident."""
    rows: Agreement
    """Affiliation of the rows over the threshold, mean over the same assets."""
    anomalies: Agreement
    """Precision: share of the anomalies that touch an incident; recall: share of the incidents that one touches."""
    false_alarms_per_asset_week: float
    incidents: pd.DataFrame
    """asset, start, end, found (whether an anomaly touches it), delay (from its start to the first row over the
    threshold in it, NaT without one), peak_score (the highest in it)."""


def evaluate(scores: pd.DataFrame, anomalies: pd.DataFrame, incidents: pd.DataFrame) -> Evaluation:
    """How well rows of table `scores` and of table `anomalies` agree with incidents (start, end and perhaps asset).

    An incident without an asset is one of every asset. Suppressed rows and rows without a score are left out.
    UnusableError when no scored row lies in an incident, or all do.
    """
    known = _known(incidents, scores)
    usable = scores[scores["score"].notna() & ~scores["suppressed"].astype(bool)].sort_values(["asset", "time"])
    labels = row_labels(usable, known)
    if not labels.any() or labels.all():
        reason = f"{int(labels.sum()):,} of {len(labels):,} scored rows lie in an incident"
        raise UnusableError(reason, "give incidents of the scored assets and days, and normal days beside them")
    by_asset = [
        (labels[rows], usable["score"].to_numpy()[rows], usable["is_anomaly"].to_numpy(dtype=bool)[rows])
        for rows in usable.groupby("asset").indices.values()
        if labels[rows].any() and not labels[rows].all()
    ]
    areas = [vus(flags, score, _window(flags)) for flags, score, _ in by_asset]
    nearness = [affiliation(flags, over) for flags, _, over in by_asset]
    active = anomalies[~anomalies["suppressed"].astype(bool)]
    true = np.array([_touching(known, row) for row in active.to_dict("records")], dtype=bool)
    outcomes = _found(known, usable, active)
    return Evaluation(
        areas=Areas(*(float(np.mean([getattr(a, part) for a in areas])) for part in ("roc", "pr"))),
        rows=agreement(*(float(np.mean([getattr(a, part) for a in nearness])) for part in ("precision", "recall"))),
        anomalies=agreement(float(true.mean()) if len(true) else 0.0, float(outcomes["found"].mean())),
        false_alarms_per_asset_week=float((~true).sum()) / _asset_weeks(usable[~labels], scores),
        incidents=outcomes,
    )


def row_labels(rows: pd.DataFrame, incidents: pd.DataFrame) -> Flags:
    """Which rows (time, asset) lie in an incident (start, end, asset), (N,)."""
    inside = np.zeros(len(rows), dtype=bool)
    for start, end, asset in zip(incidents["start"], incidents["end"], incidents["asset"], strict=True):
        inside |= ((rows["time"] >= start) & (rows["time"] < end) & (rows["asset"] == asset)).to_numpy()
    return inside


def _known(incidents: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """The incidents that touch scored rows, one row an asset: asset, start, end in UTC."""
    if missing := [name for name in ("start", "end") if name not in incidents]:
        remedy = "give columns start, end and, where it is one machine's, asset"
        raise UnusableError(f"the incidents have no column '{missing[0]}' but {list(incidents)}", remedy)
    rows = incidents.reindex(columns=["asset", "start", "end"])
    rows = rows.assign(**{name: pd.to_datetime(rows[name], utc=True) for name in ("start", "end")})
    named, every = rows[rows["asset"].notna()], rows[rows["asset"].isna()].drop(columns="asset")
    spread = every.merge(pd.DataFrame({"asset": scores["asset"].unique()}), how="cross")
    known = pd.concat([named, spread[["asset", "start", "end"]]], ignore_index=True)
    times = scores.groupby("asset")["time"]
    first, last = known["asset"].map(times.min()), known["asset"].map(times.max())
    return known[(known["end"] > first) & (known["start"] <= last)].sort_values(["start", "asset"], ignore_index=True)


def _touching(intervals: pd.DataFrame, row: dict[object, object]) -> bool:
    """Whether one of the intervals of the row's asset overlaps it."""
    same = intervals["asset"] == row["asset"]
    return bool((same & (intervals["start"] < row["end"]) & (intervals["end"] > row["start"])).any())


def _found(known: pd.DataFrame, usable: pd.DataFrame, active: pd.DataFrame) -> pd.DataFrame:
    """What became of each incident."""
    rows = []
    for incident in known.to_dict("records"):
        inside = usable[row_labels(usable, pd.DataFrame([incident]))]
        over = inside["time"][inside["is_anomaly"].astype(bool)]
        delay = over.min() - incident["start"] if len(over) else pd.NaT
        touching = _touching(active, incident)
        rows.append({**incident, "found": touching, "delay": delay, "peak_score": inside["score"].max()})
    return pd.DataFrame(rows, columns=["asset", "start", "end", "found", "delay", "peak_score"])


def _window(flags: Flags) -> int:
    """The buffer of the surface in rows: the median length of an event."""
    starts, ends = events(flags)
    return max(1, int(np.median(ends - starts)))


def _asset_weeks(normal: pd.DataFrame, scores: pd.DataFrame) -> float:
    """Weeks of normal rows, summed over the assets; the usual distance of two rows is the length of one."""
    apart = scores.sort_values("time").groupby("asset")["time"].diff().dt.total_seconds()
    return len(normal) * float(apart.median()) / WEEK_S
