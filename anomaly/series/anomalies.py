"""From scored rows to anomalies: intervals that a person can act on."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from sensors_data.settings import Duration, Label, Section
from sensors_data.tables import TABLES

SEVERITIES = ("info", "warning", "critical")


class Rules(Section):
    """When rows over the threshold become an anomaly."""

    k: int = Field(2, ge=1, le=1000)
    """Rows over the threshold that an anomaly needs within n steps of the clock."""
    n: int = Field(3, ge=1, le=1000)
    """An anomaly needs k rows over the threshold within n steps of the clock."""
    merge_gap: Duration = timedelta(hours=1)
    """Runs nearer to each other than this are one anomaly."""
    quiet_period: Duration | None = None
    """After an anomaly's end, this long, what follows belongs to it."""
    min_deviation: dict[Label, float] = {}
    """Per sensor, in its own unit: a row led by this sensor counts only if it is this far from expected."""
    direction: dict[Label, Literal["above", "below"]] = {}
    """Per sensor: a row led by it counts only on this side of expected."""
    warning: float = Field(0.1, gt=0, le=1)
    """Severity `warning`: the peak's tail probability is under this fraction of a row's just at the threshold."""
    critical: float = Field(0.001, gt=0, le=1)
    """Severity: the peak's tail probability is under this fraction of a row's just at the threshold."""

    @model_validator(mode="after")
    def _possible(self) -> Rules:
        if self.k > self.n:
            raise ValueError(f"{self.k} rows can never lie within {self.n} steps; k must be at most n")
        return self

    def gap(self, step: timedelta) -> timedelta:
        """Rows over the threshold no further apart than this are one anomaly."""
        return max(self.merge_gap, self.quiet_period or timedelta(0), step)


def find_anomalies(
    scores: pd.DataFrame, sensor_scores: pd.DataFrame, rules: Rules, step: timedelta, family: str, limit: float
) -> pd.DataFrame:
    """The anomalies in a family's scored rows, any number of days: one row each, the table's columns, sorted.

    An anomaly is [start, end) from its first to past its last row over the threshold; its id is made of family,
    asset and start. `limit` is the tail probability of a row just at the threshold. An anomaly is suppressed when
    every row of it that is over the threshold is (planned work).
    """
    found = []
    assets = assets_over(scores)
    scores = scores[scores["asset"].isin(assets)].sort_values("time")
    sensor_scores = sensor_scores[sensor_scores["asset"].isin(assets)]
    sensors = dict(list(sensor_scores.groupby("asset", sort=False)))
    for asset, rows in scores.groupby("asset", sort=True):
        shares = sensors.get(asset, sensor_scores.iloc[:0])
        over = rows["is_anomaly"].to_numpy() & _deviates(rows, shares, rules)
        for first, last in _intervals(rows["time"], over, rules, step):
            found.append(_describe(rows.iloc[first:last], over[first:last], shares, rules, step, family, limit))
    return TABLES["anomalies"].frame(found)


def assets_over(scores: pd.DataFrame) -> list[str]:
    """The assets that have a row over the threshold; no other one can have an anomaly."""
    return list(scores.loc[scores["is_anomaly"].astype(bool), "asset"].unique())


def _deviates(rows: pd.DataFrame, sensor_scores: pd.DataFrame, rules: Rules) -> np.ndarray:
    """Which rows are far enough from expected, on a side that matters, at the sensor that leads them; (T,)."""
    if not rules.min_deviation and not rules.direction:
        return np.ones(len(rows), dtype=bool)
    lead = rows[["time", "top_sensor"]].merge(
        sensor_scores[["time", "sensor", "value", "expected"]],
        left_on=["time", "top_sensor"],
        right_on=["time", "sensor"],
        how="left",
    )
    deviation = (lead["value"] - lead["expected"]).to_numpy()
    needed = lead["top_sensor"].map(rules.min_deviation).fillna(0.0).to_numpy(dtype=float)
    side = lead["top_sensor"].map(rules.direction).to_numpy()
    wrong_side = ((side == "above") & (deviation < 0)) | ((side == "below") & (deviation > 0))
    return np.asarray((np.nan_to_num(np.abs(deviation)) >= needed) & ~wrong_side)


def _intervals(times: pd.Series, over: np.ndarray, rules: Rules, step: timedelta) -> list[tuple[int, int]]:
    """Half-open row intervals that meet k of n, near ones merged."""
    if len(over) < 1:
        return []
    moments = times.to_numpy(dtype="datetime64[us]")
    first = np.searchsorted(moments, moments - (rules.n - 1) * np.timedelta64(step, "us"))  # a missing row counts too
    before = np.concatenate([[0], np.cumsum(over)])
    member = np.zeros(len(over), dtype=bool)
    for row in np.flatnonzero(before[1:] - before[first] >= rules.k):
        member[first[row] : row + 1] |= over[first[row] : row + 1]
    hits = np.flatnonzero(member)
    if not len(hits):
        return []
    breaks = np.flatnonzero(np.diff(moments[hits]) > np.timedelta64(rules.gap(step), "us")) + 1
    return [(int(part[0]), int(part[-1]) + 1) for part in np.split(hits, breaks)]


def _describe(
    rows: pd.DataFrame,
    over: np.ndarray,
    sensor_scores: pd.DataFrame,
    rules: Rules,
    step: timedelta,
    family: str,
    limit: float,
) -> dict[str, object]:
    """One anomaly as a row of its table."""
    hits = rows[over]
    peak = hits.iloc[int(hits["score"].to_numpy().argmax())]
    start = rows["time"].iloc[0]
    asset = str(peak["asset"])
    key = f"{family}\n{asset}\n{start.isoformat()}"
    return {
        "anomaly_id": hashlib.sha256(key.encode()).hexdigest()[:16],
        "asset": asset,
        "start": start,
        "end": rows["time"].iloc[-1] + step,
        "peak_time": peak["time"],
        "peak_score": peak["score"],
        "severity": severity(float(peak["p_value"]), limit, rules),
        "sensors": _leading(hits, sensor_scores),
        "rows": len(hits),
        "suppressed": bool(hits["suppressed"].all()),
        "model": peak["model"],
    }


def severity(p_value: float, limit: float, rules: Rules) -> str:
    """How bad, from the peak's tail probability against one just at the threshold: info, warning or critical."""
    if p_value < limit * rules.critical:
        return "critical"
    return "warning" if p_value < limit * rules.warning else "info"


def _leading(hits: pd.DataFrame, sensor_scores: pd.DataFrame, most: int = 3) -> list[dict[str, object]]:
    """The sensors that contribute most to the anomaly, each with its mean share of the score."""
    inside = sensor_scores[sensor_scores["time"].isin(hits["time"])]
    shares = inside.groupby("sensor")["share"].mean().sort_values(ascending=False, kind="stable")
    shares = shares[shares >= 0.1].head(most)
    return [{"sensor": str(sensor), "share": float(share)} for sensor, share in shares.items()]
