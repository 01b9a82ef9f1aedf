"""What people say of anomalies: kept as incidents, and set beside the anomalies that it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from sensors_data.errors import NotThereError
from sensors_data.series.incidents import LABELS, Incident, label, read_incidents
from sensors_data.settings import Name, Section
from sensors_data.store import Store


class Opinion(Section):
    """What a person says of a found anomaly."""

    family: Name = Field(examples=["pump"])
    anomaly_id: str = Field(pattern=r"^[0-9a-f]{16}$")
    kind: Literal["confirmed", "dismissed", "planned"]
    note: str = Field("", max_length=2000)
    author: str = Field(min_length=1, max_length=128, examples=["night shift"])


def find_anomaly(store: Store, family: str, anomaly_id: str) -> dict[str, Any]:
    """An anomaly as its newest day has it. NotThereError when no day does."""
    for day in reversed(store.days("anomalies", family=family)):
        rows = store.read("anomalies", family=family, day=day)
        mine = rows[rows["anomaly_id"] == anomaly_id]
        if len(mine):
            return {str(name): value for name, value in mine.iloc[0].items()}
    raise NotThereError(f"{family} has no anomaly {anomaly_id}", "list them: GET /v1/anomalies")


def keep_opinion(store: Store, opinion: Opinion) -> str:
    """Keep what a person says of an anomaly, over its whole interval; the incident's id."""
    found = find_anomaly(store, opinion.family, opinion.anomaly_id)
    told = {"kind": opinion.kind, "note": opinion.note, "author": opinion.author, "told": datetime.now(UTC)}
    where = {"family": opinion.family, "asset": found["asset"], "start": found["start"], "end": found["end"]}
    return label(store, Incident.model_validate({**where, **told}))


def verdicts_on(rows: list[dict[str, Any]], incidents: pd.DataFrame) -> list[dict[str, Any]]:
    """What was said last of each anomaly: `said`, `author`, `note`, `incident`, null where nobody spoke.

    A verdict is about every anomaly of its asset that it overlaps: an anomaly may grow after somebody spoke.
    """
    by_asset: dict[Any, list[dict[Any, Any]]] = {}
    spoken = incidents[incidents["kind"].isin(LABELS)].sort_values("told", na_position="first", kind="stable")
    for incident in spoken.to_dict("records"):
        by_asset.setdefault(incident["asset"], []).append(incident)
    verdicts = []
    for row in rows:
        about = by_asset.get(row["asset"], [])
        touching = [i for i in about if i["start"] < row["end"] and i["end"] > row["start"]]
        last = touching[-1] if touching else dict.fromkeys(("kind", "author", "note", "incident"))
        verdicts.append({"said": last["kind"], **{name: last[name] for name in ("author", "note", "incident")}})
    return verdicts


def labels_of(store: Store, family: str, days: list[date]) -> pd.DataFrame:
    """The anomalies of some days, each once, with `said`, `author`, `note` and `incident`; null where nobody spoke."""
    rows = store.read_days("anomalies", days, family=family).drop_duplicates("anomaly_id", keep="last")
    verdicts = verdicts_on(rows.to_dict("records"), read_incidents(store, family))  # type: ignore[arg-type]
    columns = pd.DataFrame(verdicts, columns=["said", "author", "note", "incident"], index=rows.index, dtype=object)
    return pd.concat([rows, columns], axis=1).reset_index(drop=True)
