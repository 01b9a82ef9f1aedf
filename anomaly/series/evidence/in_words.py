"""An anomaly in one sentence for a pager: what is odd, since when, for how long, how sure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any


def in_short(anomaly: Mapping[Any, Any], threshold: float) -> str:
    """`pressure lower than expected from 2026-03-23 13:55 UTC for 9 h 45 min, 8.5 times its threshold`.

    `anomaly` is a row of the table `anomalies`; `threshold`, in nats, is its night's.
    """
    start, end = anomaly["start"], anomaly["end"]
    sure = f", {anomaly['peak_score'] / threshold:.1f} times its threshold" if threshold > 0 else ""
    return f"{what_is_odd(anomaly)} from {start:%Y-%m-%d %H:%M} UTC for {duration(end - start)}{sure}"


def what_is_odd(anomaly: Mapping[Any, Any]) -> str:
    """What is odd about an anomaly's first sensor; the sensors alone where an older night did not say."""
    oddity = anomaly.get("oddity")
    if isinstance(oddity, str) and oddity:
        return oddity
    names = [one["sensor"] for one in anomaly["sensors"]]
    return f"{' and '.join(names[:2])} odd" if names else "no single sensor odd"


def duration(span: timedelta) -> str:
    """A span as people say it: `2 d 3 h`, `2 h 15 min`, `40 s`."""
    seconds = round(span.total_seconds())
    parts = [(seconds // 86_400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    words = [f"{value} {unit}" for value, unit in parts if value]
    return " ".join(words[:2]) or "0 s"
