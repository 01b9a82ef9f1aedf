"""Anomalies out of the queue until a day: kept as incidents; one that grows more severe is awake at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pandas as pd
from pydantic import Field

from anomaly.series.night.anomalies import SEVERITIES
from sensors_data.errors import UnusableError
from sensors_data.series.incidents import SNOOZED, snooze
from sensors_data.settings import Name, Section
from sensors_data.store import Store
from service.views.feedback import by_asset, find_anomaly, incident_about, last_on

LONGEST = 90
"""Days that a snooze may last."""


class Snooze(Section):
    """Until which day a found anomaly is out of the queue."""

    family: Name = Field(examples=["pump"])
    anomaly_id: str = Field(pattern=r"^[0-9a-f]{16}$")
    until: date = Field(description="the UTC day on which it is back", examples=["2026-11-24"])
    note: str = Field("", max_length=2000)
    author: str = Field(min_length=1, max_length=128, examples=["night shift"])


def keep_snooze(store: Store, wanted: Snooze, now: datetime) -> str:
    """Keep until when an anomaly is out of the queue; the incident's id.

    NotThereError when there is no such anomaly, UnusableError for a day that has begun or lies too far ahead.
    """
    today = now.astimezone(UTC).date()
    last = today + timedelta(days=LONGEST)
    remedy = f"name a day from {today + timedelta(days=1)} to {last}"
    if wanted.until <= today:
        raise UnusableError(f"a snooze ends on a day to come, found {wanted.until}, and today is {today} (UTC)", remedy)
    if wanted.until > last:
        raise UnusableError(f"a snooze lasts at most {LONGEST} days, found {wanted.until}", remedy)
    anomaly = find_anomaly(store, wanted.family, wanted.anomaly_id)
    fields = {"kind": SNOOZED, "note": wanted.note, "author": wanted.author, "severity": anomaly["severity"]}
    end = datetime.combine(wanted.until, time(), UTC)
    return snooze(store, incident_about(wanted.family, anomaly, {**fields, "until": end}))


def snoozes_on(rows: list[dict[str, Any]], incidents: pd.DataFrame, now: datetime) -> list[dict[str, Any] | None]:
    """The snooze of each anomaly: `until` (its day), `author`, `note`, `incident`; None for one that is awake."""
    snoozed = by_asset(incidents, (SNOOZED,))
    return [_asleep(last_on(snoozed, row), row, now) for row in rows]


def _asleep(snooze_row: dict[Any, Any] | None, row: dict[str, Any], now: datetime) -> dict[str, Any] | None:
    """A snooze as pages show it, None where there is none, it has ended or the anomaly has grown."""
    if snooze_row is None or snooze_row["until"] <= now:
        return None
    if SEVERITIES.index(row["severity"]) > SEVERITIES.index(snooze_row["severity"]):
        return None
    return {
        "until": f"{snooze_row['until']:%Y-%m-%d}",
        **{name: snooze_row[name] for name in ("author", "note", "incident")},
    }
