"""From scored rows to anomalies: intervals that a person can act on."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from anomaly.series.evidence.core import core_of, with_core
from anomaly.series.evidence.localise import AROUND, Located, locate
from anomaly.series.evidence.oddity import oddity
from anomaly.series.evidence.parts import parts_of, without_aftermath
from anomaly.series.evidence.steady import steady_rows
from anomaly.series.limits.rarity import share_of_alarms
from anomaly.series.night.recurring import joined_over_lulls
from sensors_data.settings import Duration, Label, Section
from sensors_data.tables import TABLES

HOUR, FEWEST_STEPS = timedelta(hours=1), 6
"""Runs so near to each other are one anomaly unless the rules say otherwise, as the limit of rows counts them."""
SEVERITIES = ("info", "warning", "critical")


class Rules(Section):
    """When rows over the threshold become an anomaly."""

    k: int = Field(1, ge=1, le=1000)
    """Rows over the threshold that an anomaly needs within n steps of the clock."""
    n: int = Field(3, ge=1, le=1000)
    """An anomaly needs k rows over the threshold within n steps of the clock."""
    merge_gap: Duration | None = None
    """Runs nearer to each other than this are one anomaly; an hour, six steps at least, unless set."""
    quiet_period: Duration | None = None
    """After an anomaly's end, this long, what follows belongs to it."""
    min_deviation: dict[Label, float] = {}
    """Per sensor, in its own unit: a row led by this sensor counts only if it is this far from expected."""
    direction: dict[Label, Literal["above", "below"]] = {}
    """Per sensor: a row led by it counts only on this side of expected."""
    warning: float = Field(0.3, gt=0, le=1)
    """Severity `warning`: so small a share of the false alarms at most peaks as far over the threshold."""
    critical: float = Field(0.1, gt=0, le=1)
    """Severity `critical`: so small a share of the false alarms at most peaks as far over the threshold."""

    @model_validator(mode="after")
    def _possible(self) -> Rules:
        if self.k > self.n:
            raise ValueError(f"{self.k} rows can never lie within {self.n} steps; k must be at most n")
        return self

    def gap(self, step: timedelta) -> timedelta:
        """Rows over the threshold no further apart than this are one anomaly."""
        near = max(HOUR, FEWEST_STEPS * step) if self.merge_gap is None else self.merge_gap
        return max(near, self.quiet_period or timedelta(0), step)


def find_anomalies(
    scores: pd.DataFrame, sensor_scores: pd.DataFrame, rules: Rules, step: timedelta, family: str
) -> pd.DataFrame:
    """The anomalies in a family's scored rows, any number of days: one row each, the table's columns, sorted.

    Rows over the threshold that lie together are a run. It is parted between the places in and around it where the
    evidence of the rows is large; each is an anomaly [start, end), and its id is made of family, asset and its part's
    first row. The run itself is one, where the rows carry no evidence. An anomaly is suppressed when every row of its
    run that is over the threshold is (planned work).
    """
    anomalies, assets, newest = [], assets_over(scores), scores["time"].max()
    scores = scores[scores["asset"].isin(assets)].sort_values("time")
    sensor_scores = sensor_scores[sensor_scores["asset"].isin(assets)]
    sensors = dict(list(sensor_scores.groupby("asset", sort=False)))
    for asset, rows in scores.groupby("asset", sort=True):
        values = sensors.get(asset, sensor_scores.iloc[:0])
        of_asset = _of_asset(rows, values, rules, step, family)
        states = [state_of(one["detected"], one["cleared"] - step, newest, rules, step) for one in of_asset]
        of_asset = [one | {"state": state} for one, state in zip(of_asset, states, strict=True)]
        anomalies += joined_over_lulls(of_asset, values, step)
    return TABLES["anomalies"].frame(anomalies)


def _of_asset(
    rows: pd.DataFrame, values: pd.DataFrame, rules: Rules, step: timedelta, family: str
) -> list[dict[str, Any]]:
    """The anomalies in an asset's rows of `scores`, in order of time; `values` are its rows of `sensor_scores`."""
    anomalies, times = [], rows["time"]
    over = rows_over(rows, values, rules)
    over_limit = (rows["score"] / rows["threshold"]).to_numpy(dtype=np.float64)
    free = times.iloc[0] - AROUND * step  # where no earlier anomaly of the asset lies
    runs = _intervals(times, over, rules, step)
    for (first, last), later in zip(runs, [*runs, (len(rows), len(rows))][1:], strict=True):
        near = _around(values, times.iloc[first], times.iloc[last - 1], free, step)
        steady = np.zeros(len(rows), dtype=bool)
        steady[first:last] = steady_rows(over_limit[first:last], over[first:last], step)
        unchanged = times[steady]
        before_the_next = near[~near["time"].isin(times.iloc[later[0] :])]
        core = times.iloc[slice(*core_of(over_limit, first, last))]
        places = without_aftermath(locate(before_the_next, unchanged), times, over_limit)
        places = with_core(places, before_the_next, unchanged, core)
        for part in parts_of(times, over, steady, first, last, places, rules.gap(step)):
            inside = slice(part.first, part.last)
            anomaly = _describe(rows.iloc[inside], over[inside], near, part.place, unchanged, rules, step, family)
            free = max(free, anomaly["end"])
            anomalies.append(anomaly)
    return anomalies


def state_of(
    detected: pd.Timestamp, last_over: pd.Timestamp, newest: pd.Timestamp, rules: Rules, step: timedelta
) -> str:
    """What is to be said of an anomaly in the night of the `newest` row: new, continuing or ended."""
    if detected >= newest.floor("D"):
        return "new"
    return "continuing" if newest - last_over <= rules.gap(step) else "ended"


def assets_over(scores: pd.DataFrame) -> list[str]:
    """The assets that have a row over the threshold; no other one can have an anomaly."""
    return list(scores.loc[scores["is_anomaly"].astype(bool), "asset"].unique())


def rows_over(rows: pd.DataFrame, values: pd.DataFrame, rules: Rules) -> np.ndarray:
    """Which of an asset's rows of `scores` are over the threshold and count by the rules, (T,)."""
    return np.asarray(rows["is_anomaly"].to_numpy() & _deviates(rows, values, rules))


def id_of(family: str, asset: str, detected: pd.Timestamp) -> str:
    """The id of an anomaly: 16 digits, made of its first row over the threshold."""
    return hashlib.sha256(f"{family}\n{asset}\n{detected.isoformat()}".encode()).hexdigest()[:16]


def height_of(hits: pd.DataFrame, rules: Rules) -> dict[str, Any]:
    """The highest of some rows of `scores` over the threshold, and how severe it is; as columns of `anomalies`."""
    peak = hits.iloc[int(hits["score"].to_numpy().argmax())]
    height = {"peak_time": peak["time"], "peak_score": peak["score"], "model": peak["model"]}
    return height | {"severity": severity(float(peak["score"] / peak["threshold"]), rules)}


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


def _around(
    values: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp, free: pd.Timestamp, step: timedelta
) -> pd.DataFrame:
    """An asset's rows of `sensor_scores` in and around a run, none before `free`."""
    times = values["time"]
    return values[(times >= max(free, first - AROUND * step)) & (times <= last + AROUND * step)]


def _describe(
    run: pd.DataFrame,
    over: np.ndarray,
    near: pd.DataFrame,
    place: Located | None,
    unchanged: pd.Series,
    rules: Rules,
    step: timedelta,
    family: str,
) -> dict[str, Any]:
    """One anomaly as a row of its table; `near` are the asset's rows of `sensor_scores` in and around it.

    From the first of the times `unchanged` on the changed state is steady: then it ended.
    """
    hits = run[over]
    detected, last = run["time"].iloc[0], run["time"].iloc[-1]
    asset = str(run["asset"].iloc[0])
    lasting = unchanged[unchanged.between(detected, last)]
    start, end = (place.start, place.last + step) if place else (detected, min([*lasting[:1], last + step]))
    sensors = _named(place.shares) if place else _leading(hits, near)
    return {
        **height_of(hits, rules),
        "anomaly_id": id_of(family, asset, detected),
        "asset": asset,
        "start": start,
        "end": end,
        "sensors": sensors,
        "rows": len(hits),
        "suppressed": bool(hits["suppressed"].all()),
        "detected": detected,
        "cleared": last + step,
        "run_start": detected,
        "oddity": oddity(near, str(sensors[0]["sensor"]), start, end, bool(len(lasting))) if sensors else "",
    }


def severity(times_over: float, rules: Rules) -> str:
    """How bad: info, warning or critical, by how few of the false alarms peak so many times over the threshold."""
    share = share_of_alarms(times_over)
    if share <= rules.critical:
        return "critical"
    return "warning" if share <= rules.warning else "info"


def _leading(hits: pd.DataFrame, values: pd.DataFrame) -> list[dict[str, object]]:
    """The sensors with the largest mean share of the score of the rows over the threshold."""
    inside = values[values["time"].isin(hits["time"])]
    return _named(inside.groupby("sensor")["share"].mean())


def _named(shares: pd.Series, most: int = 3) -> list[dict[str, object]]:
    """The sensors with the largest shares, at most three, none under a tenth."""
    shares = shares.sort_values(ascending=False, kind="stable")
    shares = shares[shares >= 0.1].head(most)
    return [{"sensor": str(sensor), "share": float(share)} for sensor, share in shares.items()]
