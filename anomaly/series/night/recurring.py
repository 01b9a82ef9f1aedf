"""A change that shows by day and not by night is one change: it goes on under the id of its first day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from anomaly.series.evidence.localise import AROUND
from anomaly.series.evidence.steady import LASTING

LONG = LASTING / 4
"""An anomaly of so long may be a part of a change that lasts."""


def is_long(duration: timedelta, step: timedelta) -> bool:
    """Whether an anomaly is no short fault that whole windows smear."""
    return duration >= max(LONG, AROUND * step)


def assets_long_over(scores: pd.DataFrame, step: timedelta) -> list[str]:
    """The assets that are over the threshold in rows of LONG together."""
    rows = scores.loc[scores["is_anomaly"].astype(bool), "asset"].value_counts()
    return [str(asset) for asset, count in rows.items() if is_long(count * step, step)]


def joined_over_lulls(anomalies: list[dict[str, Any]], values: pd.DataFrame, step: timedelta) -> list[dict[str, Any]]:
    """The anomalies of an asset, the earliest first, where later parts of a change that lasts go on with its first.

    Both are long, lie less than LASTING apart, and the sensor that leads is off to the same side. The first one's
    interval stays: the change was told. `values` are the asset's rows of `sensor_scores`.
    """
    result: list[dict[str, Any]] = []
    last_side: tuple[str, float] | None = None
    for anomaly in anomalies:
        side = _side(anomaly, values) if is_long(anomaly["end"] - anomaly["start"], step) else None
        again = side is not None and side == last_side and anomaly["detected"] - result[-1]["cleared"] < LASTING
        if again:
            result[-1] = _gone_on(result[-1], anomaly)
        else:
            result.append(anomaly)
            last_side = side
    return result


def _gone_on(first: dict[str, Any], later: dict[str, Any]) -> dict[str, Any]:
    """The first anomaly with what the later one says of its rows and its height."""
    worse = later["peak_score"] > first["peak_score"]
    peak = {name: later[name] for name in ("peak_time", "peak_score", "severity", "model")} if worse else {}
    suppressed = first["suppressed"] and later["suppressed"]
    state = "continuing" if first["state"] != "new" and later["state"] == "new" else first["state"]
    return (
        first
        | peak
        | {
            "rows": first["rows"] + later["rows"],
            "cleared": later["cleared"],
            "suppressed": suppressed,
            "state": state,
        }
    )


def _side(anomaly: dict[str, Any], values: pd.DataFrame) -> tuple[str, float] | None:
    """The sensor that leads and the side of what was expected that it is on; None where nothing is known of it."""
    if not anomaly["sensors"]:
        return None
    sensor = str(anomaly["sensors"][0]["sensor"])
    inside = (values["time"] >= anomaly["start"]) & (values["time"] < anomaly["end"]) & (values["sensor"] == sensor)
    apart = float((values.loc[inside, "value"] - values.loc[inside, "expected"]).median())
    return (sensor, float(np.sign(apart))) if np.isfinite(apart) and apart else None
