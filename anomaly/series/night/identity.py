"""One id for every row: what the night before reported keeps its id, and what goes on from it has that id too.

A night reads a run as a whole, and may part it otherwise than the night before did. Its rows before midnight are
reported already: they stay with the anomaly that had them. Where the run is parted decides about the night's own rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd

from anomaly.series.night.anomalies import Rules, height_of, id_of, rows_over
from sensors_data.tables import TABLES

Row = dict[Any, Any]


@dataclass(frozen=True)
class Tonight:
    """The rows of a family's night, and what makes an anomaly of them."""

    family: str
    midnight: pd.Timestamp
    """Its first moment."""
    scores: pd.DataFrame
    sensor_scores: pd.DataFrame
    rules: Rules
    step: timedelta

    def rows_until(self, asset: str, cleared: pd.Timestamp) -> pd.DataFrame:
        """The night's rows of `scores` of an asset that are over the threshold before a moment, in order of time."""
        rows = self.scores[(self.scores["asset"] == asset) & (self.scores["time"] < cleared)].sort_values("time")
        values = self.sensor_scores[self.sensor_scores["asset"] == asset]
        return rows[rows_over(rows, values, self.rules)]


def with_reported_ids(anomalies: pd.DataFrame, reported: pd.DataFrame, tonight: Tonight) -> pd.DataFrame:
    """A night's anomalies, those of its runs that ended before it included, under the ids of the night before.

    Both tables are such of `anomalies`. An anomaly with rows over the threshold that were `reported` goes on as the
    last one that had any. It is another one if its interval reaches into the night and does not touch that one's: then
    it begins with the night. Intervals do not reach back over what another id has.
    """
    known = reported.dropna(subset=["detected", "cleared"]).sort_values("detected")
    before = {asset: rows.to_dict("records") for asset, rows in known.groupby("asset")}
    rows = list[Row]()
    for asset, of_asset in anomalies.groupby("asset", sort=True):
        rows += _of_asset(of_asset.sort_values("detected").to_dict("records"), before.get(asset, []), tonight)
    return TABLES["anomalies"].frame(rows)


def _of_asset(anomalies: list[Row], reported: list[Row], tonight: Tonight) -> list[Row]:
    """An asset's anomalies of the night, in order of time; both lists are in that order."""
    rows, going_on = list[Row](), dict[str, list[Row]]()
    for anomaly in anomalies:
        owner = _owner(anomaly, reported)
        if owner is None:
            free = _latest_end([r for r in reported if r["start"] < anomaly["end"]])
            rows.append(anomaly | {"start": max(anomaly["start"], free), "state": "new"})
        elif _is_another(anomaly, owner, tonight):
            rows.append(_begun_tonight(anomaly, _latest_end(reported), tonight))
        else:
            going_on.setdefault(owner["anomaly_id"], []).append(anomaly)
    for owner in reported:
        if parts := going_on.get(owner["anomaly_id"]):
            earlier = [r for r in reported if r["detected"] < owner["detected"]]
            rows.append(_gone_on(owner, parts, _latest_end(earlier), tonight))
    return sorted(rows, key=lambda row: row["detected"])


def _owner(anomaly: Row, reported: list[Row]) -> Row | None:
    """The last reported anomaly that had rows of this one, or the end of its interval; None where none had."""
    rows = [r for r in reported if r["detected"] < anomaly["cleared"] and r["cleared"] > anomaly["detected"]]
    ends = [r for r in reported if r["start"] < anomaly["end"] <= r["end"]]
    return next(reversed(rows or ends), None)


def _latest_end(reported: list[Row]) -> pd.Timestamp:
    """The latest end of reported anomalies; long ago where there are none."""
    return max((r["end"] for r in reported), default=pd.Timestamp(0, tz="UTC"))


def _touch(anomaly: Row, owner: Row, tonight: Tonight) -> bool:
    """Whether the intervals lie no further apart than those of one anomaly."""
    gap = tonight.rules.gap(tonight.step)
    return bool(anomaly["start"] <= owner["end"] + gap and anomaly["end"] >= owner["start"] - gap)


def _is_another(anomaly: Row, owner: Row, tonight: Tonight) -> bool:
    """Whether an anomaly with rows that were reported is not the one that had them: it has its evidence tonight."""
    if anomaly["anomaly_id"] == owner["anomaly_id"] or _touch(anomaly, owner, tonight):
        return False
    return bool(anomaly["end"] > tonight.midnight and anomaly["cleared"] > tonight.midnight)


def _begun_tonight(anomaly: Row, free: pd.Timestamp, tonight: Tonight) -> Row:
    """An anomaly without its rows before midnight, which were reported; its interval begins at `free` or later."""
    rows = tonight.rows_until(anomaly["asset"], anomaly["cleared"])
    detected = rows["time"].iloc[0]
    about = height_of(rows, tonight.rules) | {"rows": len(rows), "suppressed": bool(rows["suppressed"].all())}
    name = id_of(tonight.family, anomaly["asset"], detected)
    start = max(anomaly["start"], free)
    return anomaly | about | {"anomaly_id": name, "detected": detected, "start": start, "state": "new"}


def _gone_on(owner: Row, parts: list[Row], free: pd.Timestamp, tonight: Tonight) -> Row:
    """A reported anomaly as the night's `parts` of it say; what others have ends at `free`."""
    interval = _interval(owner, parts, free, tonight)
    if len(parts) == 1 and parts[0]["anomaly_id"] == owner["anomaly_id"]:
        return parts[0] | interval
    last = parts[-1]
    state = "continuing" if last["state"] == "new" else last["state"]
    cleared = max(owner["cleared"], last["cleared"])
    row = owner | interval | {"cleared": cleared, "run_start": last["run_start"], "state": state}
    rows = tonight.rows_until(owner["asset"], row["cleared"])
    if rows.empty:
        return row
    suppressed = bool(owner["suppressed"] and rows["suppressed"].all())
    height = height_of(rows, tonight.rules)
    higher = height if height["peak_score"] > owner["peak_score"] else {}
    return row | higher | {"rows": owner["rows"] + len(rows), "suppressed": suppressed}


def _interval(owner: Row, parts: list[Row], free: pd.Timestamp, tonight: Tonight) -> Row:
    """The interval that the parts have together, and what is odd there; the reported one, if they were before it.

    Where the night reads them as beginning with other rows, those are another id's: the interval begins no earlier
    than was reported.
    """
    same = parts[0]["anomaly_id"] == owner["anomaly_id"]
    first = free if same else owner["start"]
    later = [part for part in parts if part["end"] > first]
    if not later:
        return {name: owner[name] for name in ("start", "end", "sensors", "oddity")}
    replaced = same or any(_touch(part, owner, tonight) for part in later)
    spans = later if replaced else [owner, *later]
    start, end = max(first, min(span["start"] for span in spans)), max(span["end"] for span in spans)
    return {"start": start, "end": end, "sensors": later[-1]["sensors"], "oddity": later[-1]["oddity"]}
