"""A machine's anomalies of a range in words: what was read, what was expected, what people said."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sensors_data.series.incidents import read_incidents
from service.figures.asset import rows_of
from service.pages.machine_view import MachineView
from service.views.course import around
from service.views.events import anomalies_touching
from service.views.feedback import verdicts_on
from service.views.state import Service
from service.views.words import days_of, number, seen_and_expected


def words_of(service: Service, view: MachineView) -> list[dict[str, Any]]:
    """The anomalies that touch a range, worst first, ready to be shown."""
    rows = anomalies_touching(service, view.family, view.asset, view.start, view.end)
    verdicts = verdicts_on(rows, read_incidents(service.store, view.family))
    return [_shown(service, view, row, verdict) for row, verdict in zip(rows, verdicts, strict=True)]


def _shown(service: Service, view: MachineView, row: dict[str, Any], verdict: dict[str, Any]) -> dict[str, Any]:
    start, end = around(row["start"], row["end"])
    opinion = f"{verdict['said']} by {verdict['author'] or 'somebody'}" if verdict["said"] else ""
    note = f": {verdict['note']}" if verdict["note"] else ""
    return {
        "kind": row["kind"],
        "start": row["start"],
        "end": row["end"],
        "evidence": "; ".join([f"highest score {number(row['peak_score'])} nats", *_read(service, view.family, row)]),
        "said": opinion + note,
        "address": MachineView(view.family, view.asset, start, end).address,
        "review": f"/pages/review?{urlencode({'family': view.family, 'id': row['anomaly_id']})}",
    }


def _read(service: Service, family: str, row: dict[str, Any]) -> list[str]:
    """What the leading sensors read and what was expected."""
    rows = rows_of(service.store, "sensor_scores", family, days_of(row), str(row["asset"]))
    return seen_and_expected(service.settings.family(family), rows, row)
