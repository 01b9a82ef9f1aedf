"""Known intervals: faults, planned work, what people said of a found anomaly. One small file each, so nobody waits."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Literal

import numpy as np
import pandas as pd

from sensors_data.audit import record
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.gathered import all_incidents
from sensors_data.provenance import Provenance
from sensors_data.series.grids.grid import Grid, as_us
from sensors_data.settings import Label, Name, Section
from sensors_data.store import Store

Kind = Literal["fault", "planned", "dismissed", "confirmed", "assigned", "snoozed"]
LABELS = ("confirmed", "dismissed", "planned")
"""What a person can say of a found anomaly: a real one, a false alarm, work that was planned."""
ASSIGNED = "assigned"
"""That somebody looks at a found anomaly, whom the note names; it changes neither alarms nor trainings."""
SNOOZED = "snoozed"
"""That a found anomaly is out of the queue until a moment; it changes neither alarms nor trainings."""
NO_VERDICTS = (ASSIGNED, SNOOZED)
_LATER = ("until", "severity", "calendar")
"""What incidents of earlier versions had not; their ids are made without it."""


class Incident(Section):
    """An interval [start, end) of a family, of one asset or all, on one sensor or all."""

    family: Name
    start: datetime
    end: datetime
    kind: Kind
    asset: Label | None = None
    sensor: Label | None = None
    note: str = ""
    author: str = ""
    told: datetime | None = None
    """When it was said; no part of what makes it the same incident."""
    until: datetime | None = None
    """When a snooze ends."""
    severity: Label | None = None
    """How severe the anomaly was when it was snoozed."""
    calendar: Label | None = None
    """Name of the calendar file that it was imported from."""


def add_incident(store: Store, incident: Incident) -> str:
    """Keep an incident; its id, made of its content, so that saying it twice keeps it once.

    UnusableError when it has no length, its times have no zone, or it is a snooze without an end.
    """
    if incident.kind == SNOOZED and incident.until is None:
        raise UnusableError("a snooze has a day on which it ends", "snooze anomalies in Review or by POST /v1/snoozes")
    incident = _in_utc(incident)
    unset = {name for name in _LATER if getattr(incident, name) is None}  # ids of before they were
    key = hashlib.sha256(incident.model_dump_json(exclude={"told", *unset}).encode()).hexdigest()[:16]
    keep_as(store, incident, key)
    about = f"{incident.family} {incident.asset or 'all assets'} {incident.start} to {incident.end}, incident {key}"
    about += f", until {incident.until:%Y-%m-%d}" if incident.until else ""
    record(store, incident.kind, about, incident.author)
    return key


def _in_utc(incident: Incident) -> Incident:
    """The incident with its times in UTC. UnusableError when it has no length, or they have no zone."""
    if incident.start.tzinfo is None or incident.end.tzinfo is None:
        raise UnusableError("an incident's times need a zone, like 2026-11-21T08:00Z")
    if incident.end <= incident.start:
        raise UnusableError(f"an incident ends after it starts, found {incident.start} to {incident.end}")
    try:
        utc = {"start": incident.start.astimezone(UTC), "end": incident.end.astimezone(UTC)}
    except OverflowError as error:
        raise UnusableError("an incident's times lie outside the years 1 to 9999 in UTC") from error
    return incident.model_copy(update=utc)


def keep_as(store: Store, incident: Incident, key: str) -> None:
    """Keep an incident, whose times are in UTC, under an id; the audit log is the caller's."""
    row = pd.DataFrame([{**incident.model_dump(), "incident": key}])
    times = ["start", "end", "told", "until"]
    row[times] = row[times].apply(pd.to_datetime, utc=True)
    store.write("incidents", row, Provenance(job="incidents"), incident=key)


def label(store: Store, incident: Incident) -> str:
    """Keep what a person says of an interval; what was said of the very same one before gives way. Its id.

    ValueError when it is no label, or as `add_incident` raises it.
    """
    if incident.kind not in LABELS:
        raise UnusableError(f"an anomaly is {', '.join(LABELS)}", f"found '{incident.kind}'")
    return _keep_instead(store, incident, LABELS)


def assign(store: Store, incident: Incident) -> str:
    """Keep who looks at an interval, in place of who did before. Its id."""
    return _keep_instead(store, incident.model_copy(update={"kind": ASSIGNED}), (ASSIGNED,))


def snooze(store: Store, incident: Incident) -> str:
    """Keep until when an asset's interval is out of the queue, in place of every snooze that it overlaps. Its id."""
    key = add_incident(store, incident)
    known = read_incidents(store, incident.family)
    same = (known["start"] < incident.end) & (known["end"] > incident.start) & (known["kind"] == SNOOZED)
    for other in known.loc[same & (known["asset"] == incident.asset) & (known["incident"] != key), "incident"]:
        withdraw(store, str(other), incident.author)
    return key


def _keep_instead(store: Store, incident: Incident, kinds: tuple[str, ...]) -> str:
    """Keep an incident; those of these kinds about the very same interval give way. Its id."""
    key = add_incident(store, incident)
    known = read_incidents(store, incident.family)
    same = (known["start"] == incident.start) & (known["end"] == incident.end) & known["kind"].isin(kinds)
    same &= known["asset"].eq(incident.asset) if incident.asset else known["asset"].isna()
    for other in known.loc[same & (known["incident"] != key), "incident"]:
        withdraw(store, str(other), incident.author)
    return key


def withdraw(store: Store, incident: str, who: str = "") -> None:
    """Take an incident back; it is kept among the past ones. `who` does so, the account that runs this if not given.

    NotThereError when there is none of this id.
    """
    take_back(store, incident)
    record(store, "withdrew", f"incident {incident}", who)


def take_back(store: Store, incident: str) -> None:
    """Move an incident to the past ones; the audit log is the caller's. NotThereError when there is none of this id."""
    path = store.path("incidents", incident=incident)
    if not store.exists(path):
        raise NotThereError(f"there is no incident '{incident}'", "list them with: nightscore incidents list")
    withdrawn = datetime.now(UTC)
    row = store.read_files("incidents", [path]).assign(withdrawn=pd.Timestamp(withdrawn))
    key = hashlib.sha256(f"{incident} {withdrawn.isoformat()}".encode()).hexdigest()[:16]
    store.write("past_incidents", row, Provenance(job="incidents"), incident=key)
    store.remove(path)


def incident_that_begins(store: Store, text: str) -> str:
    """The id of the one incident whose id begins with `text`.

    NotThereError where there is none, UnusableError where there are several.
    """
    ids = [part["incident"] for part in store.partitions("incidents") if text and part["incident"].startswith(text)]
    if not ids:
        raise NotThereError(f"there is no incident '{text[:80]}'", "list them with: nightscore incidents list")
    if len(ids) > 1:
        some = ", ".join(ids[:3]) + (", ..." if len(ids) > 3 else "")
        raise UnusableError(f"{len(ids)} incidents begin with '{text}' ({some})", "give more characters of the id")
    return ids[0]


def read_incidents(store: Store, family: str | None = None) -> pd.DataFrame:
    """All incidents, or one family's, sorted by start."""
    rows = all_incidents(store)
    if family is not None:
        rows = rows[rows["family"] == family]
    return rows.sort_values(["start", "end", "incident"], ignore_index=True)


def past_incidents(store: Store, family: str) -> pd.DataFrame:
    """What was said of a family and taken back, with `withdrawn`, sorted by that."""
    past = store.read_files("past_incidents", store.written("past_incidents"))
    return past[past["family"] == family].sort_values("withdrawn", ignore_index=True)


def incident_rows(grid: Grid, incidents: pd.DataFrame, asset: str, kinds: tuple[str, ...]) -> np.ndarray:
    """Which rows of an asset's grid lie in an incident of these kinds, (T,) bool."""
    inside = np.zeros(len(grid), dtype=bool)
    if incidents.empty or not len(grid):
        return inside
    wanted = incidents["kind"].isin(kinds) & (incidents["asset"].isna() | (incidents["asset"] == asset))
    first, last = (pd.Timestamp(grid.times[row], tz="UTC") for row in (0, -1))
    of_asset = incidents[wanted & (incidents["end"] > first) & (incidents["start"] <= last)]
    for start, end in zip(of_asset["start"], of_asset["end"], strict=True):
        inside |= (grid.times >= as_us(start)) & (grid.times < as_us(end))
    return inside
