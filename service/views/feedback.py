"""What people say of anomalies: kept as incidents, and set beside the anomalies that it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from sensors_data.errors import NotThereError
from sensors_data.series.incidents import ASSIGNED, LABELS, Incident, assign, label, read_incidents
from sensors_data.settings import Name, Section
from sensors_data.store import Store


class Opinion(Section):
    """What a person says of a found anomaly."""

    family: Name = Field(examples=["pump"])
    anomaly_id: str = Field(pattern=r"^[0-9a-f]{16}$")
    kind: Literal["confirmed", "dismissed", "planned"]
    note: str = Field("", max_length=2000)
    author: str = Field(min_length=1, max_length=128, examples=["night shift"])


class Assignment(Section):
    """Who is to look at a found anomaly."""

    family: Name = Field(examples=["pump"])
    anomaly_id: str = Field(pattern=r"^[0-9a-f]{16}$")
    to: str = Field(min_length=1, max_length=128, examples=["day shift"])
    author: str = Field(min_length=1, max_length=128, examples=["night shift"])


def find_anomaly(store: Store, family: str, anomaly_id: str) -> dict[str, Any]:
    """An anomaly as its newest day has it. NotThereError when no day does."""
    for day in reversed(store.days("anomalies", family=family)):
        rows = store.read("anomalies", family=family, day=day)
        same = rows[rows["anomaly_id"] == anomaly_id]
        if len(same):
            return {str(name): value for name, value in same.iloc[0].items()}
    raise NotThereError(f"{family} has no anomaly {anomaly_id}", "list them: GET /v1/anomalies")


def keep_opinion(store: Store, opinion: Opinion) -> str:
    """Keep what a person says of an anomaly, over its whole interval; the incident's id."""
    fields = {"kind": opinion.kind, "note": opinion.note, "author": opinion.author}
    anomaly = find_anomaly(store, opinion.family, opinion.anomaly_id)
    return label(store, incident_about(opinion.family, anomaly, fields))


def keep_assignment(store: Store, assignment: Assignment) -> str:
    """Keep who looks at an anomaly; the incident's id."""
    fields = {"kind": ASSIGNED, "note": assignment.to, "author": assignment.author}
    anomaly = find_anomaly(store, assignment.family, assignment.anomaly_id)
    return assign(store, incident_about(assignment.family, anomaly, fields))


def incident_about(family: str, anomaly: dict[str, Any], fields: dict[str, Any]) -> Incident:
    """An incident over an anomaly's whole interval, said now."""
    where = {"family": family, "asset": anomaly["asset"], "start": anomaly["start"], "end": anomaly["end"]}
    return Incident.model_validate({**where, **fields, "told": datetime.now(UTC)})


def verdicts_on(rows: list[dict[str, Any]], incidents: pd.DataFrame) -> list[dict[str, Any]]:
    """What was said last of each anomaly: `said`, `author`, `note`, `incident`; and `assigned`, who looks at it.

    All are null where nobody spoke. What is said is about every anomaly of its asset that it overlaps: an anomaly may
    grow after somebody spoke.
    """
    spoken, assigned = by_asset(incidents, LABELS), by_asset(incidents, (ASSIGNED,))
    verdicts = []
    for row in rows:
        last = last_on(spoken, row) or dict.fromkeys(("kind", "author", "note", "incident"))
        about = {name: last[name] for name in ("author", "note", "incident")}
        verdicts.append({"said": last["kind"], **about, "assigned": (last_on(assigned, row) or {}).get("note")})
    return verdicts


def by_asset(incidents: pd.DataFrame, kinds: tuple[str, ...]) -> dict[Any, list[dict[Any, Any]]]:
    """Incidents of these kinds, what was said last at the end."""
    of_asset: dict[Any, list[dict[Any, Any]]] = {}
    spoken = incidents[incidents["kind"].isin(kinds)].sort_values("told", na_position="first", kind="stable")
    for incident in spoken.to_dict("records"):
        of_asset.setdefault(incident["asset"], []).append(incident)
    return of_asset


def last_on(spoken: dict[Any, list[dict[Any, Any]]], row: dict[str, Any]) -> dict[Any, Any] | None:
    """What was said last of an anomaly, if anything was."""
    about = spoken.get(row["asset"], [])
    return next((i for i in reversed(about) if i["start"] < row["end"] and i["end"] > row["start"]), None)


def labels_of(store: Store, family: str, days: list[date]) -> pd.DataFrame:
    """The anomalies of some days, each once, beside what `verdicts_on` says of them."""
    rows = store.read_days("anomalies", days, family=family).drop_duplicates("anomaly_id", keep="last")
    verdicts = verdicts_on(rows.to_dict("records"), read_incidents(store, family))  # type: ignore[arg-type]
    columns = pd.DataFrame(
        verdicts, columns=["said", "author", "note", "incident", "assigned"], index=rows.index, dtype=object
    )
    return pd.concat([rows, columns], axis=1).reset_index(drop=True)
