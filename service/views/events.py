"""What happened to a machine in a range of time: anomalies, what people know, changes of the model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from anomaly.series import files as detector_files
from sensors_data.series.incidents import read_incidents
from service.views.course import check_range
from service.views.lane import anomalies_of
from service.views.state import Service

SEVERITIES = ("critical", "warning", "info", "planned")
"""What an anomaly is shown as, the worst first; in planned work nobody is alarmed."""


def events_of(service: Service, family: str, asset: str, start: datetime, end: datetime) -> dict[str, Any]:
    """The events of a machine that touch [start, end), times in seconds since 1970.

    UnusableError for a range of too many days.
    """
    check_range(start, end)
    anomalies = anomalies_touching(service, family, asset, start, end)
    incidents = read_incidents(service.store, family)
    of_machine = incidents["asset"].isna() | (incidents["asset"] == asset)
    of_machine &= (incidents["start"] < end) & (incidents["end"] > start)
    return {
        "anomalies": [{**_times(row), "id": row["anomaly_id"], "kind": row["kind"]} for row in anomalies],
        "incidents": [
            {**_times(row), "word": row["kind"], "note": row["note"], "author": row["author"]}
            for row in incidents[of_machine].to_dict("records")
        ],
        "models": _models(service, family, start, end),
    }


def anomalies_touching(
    service: Service, family: str, asset: str, start: datetime, end: datetime
) -> list[dict[str, Any]]:
    """A machine's anomalies that touch [start, end), worst first, each with its `kind`."""
    days = [start.date() + timedelta(days=n) for n in range((end.date() - start.date()).days + 2)]
    rows = [row for row in anomalies_of(service, family, days) if row["asset"] == asset]
    rows = [row for row in rows if row["start"] < end and row["end"] > start]
    kinds = [{**row, "kind": "planned" if row["suppressed"] else row["severity"]} for row in rows]
    return sorted(kinds, key=lambda row: (SEVERITIES.index(row["kind"]), -row["peak_score"]))


def _times(row: dict[Any, Any]) -> dict[str, float]:
    return {"start": row["start"].timestamp(), "end": row["end"].timestamp()}


def _models(service: Service, family: str, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """The moments from which another model serves."""
    changes, before = [], None
    for n in range((end.date() - start.date()).days + 1):
        day = start.date() + timedelta(days=n)
        model = detector_files.serving(service.store, family, day)
        name = None if model is None else f"{family}@{model.through}"
        if n and name is not None and name != before:
            changes.append({"at": datetime.combine(day, datetime.min.time(), UTC).timestamp(), "model": name})
        before = name
    return changes
