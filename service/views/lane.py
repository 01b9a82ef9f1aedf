"""The plant as a swim lane: machines and cameras by nights, what was found in each, and what people said of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd

from anomaly.series.evidence.in_words import what_is_odd
from sensors_data.errors import NightscoreError, NotThereError, UnusableError
from sensors_data.series.incidents import read_incidents
from service.views.feedback import verdicts_on
from service.views.snooze import snoozes_on
from service.views.state import Service, stamp_of
from service.views.together import groups_of

NIGHTS, MOST_NIGHTS = 30, 400
"""Nights of a lane where none are asked for, and at most."""
AHEAD, FILES_AHEAD = 90, 2000
"""Nights that are read before anyone asks, and files of them at most, which are remembered."""


@dataclass(frozen=True)
class Lane:
    """Rows (a machine or a camera each) by nights; everything found stands once and names its row."""

    nights: list[date]
    newest: date
    rows: list[dict[str, Any]]
    anomalies: list[dict[str, Any]]
    images: list[dict[str, Any]]
    """A camera's nights: how many images, how many of them odd."""
    incidents: list[dict[str, Any]]
    """Planned work and known faults that touch the nights."""
    scored: dict[str, list[str]]
    """The nights that were scored, by family and camera."""


def lane_of(service: Service, first: date | None, last: date | None, many: int = NIGHTS) -> Lane:
    """The lane of the nights [first, last]; the `many` until the last, or the newest, where no first is asked for.

    NotThereError when nothing was scored yet, UnusableError for too many nights or a wrong order.
    """
    store = service.store
    families = {name: store.days("scores", family=name) for name in sorted(service.settings.families)}
    cameras = {name: store.days("image_scores", camera=name) for name in sorted(service.settings.cameras)}
    newest = max((days[-1] for days in (*families.values(), *cameras.values()) if days), default=None)
    if newest is None:
        raise NotThereError(
            "nothing was scored yet", "run: nightscore backfill; nightscore doctor says what is missing"
        )
    nights = _nights(newest, first, last, many)
    lane = Lane(nights, newest, [], [], [], [], {})
    for name, days in families.items():
        _add_family(service, lane, name, days)
    for name, days in cameras.items():
        _add_camera(service, lane, name, [day for day in days if nights[0] <= day <= nights[-1]])
    return lane


def read_ahead(service: Service) -> None:
    """Read in advance what the first lane after a start needs; errors are left for that lane to report."""
    owners = len(service.settings.families) + len(service.settings.cameras)
    with suppress(NightscoreError):
        lane_of(service, None, None, max(1, min(AHEAD, FILES_AHEAD // max(owners, 1))))


def _nights(newest: date, first: date | None, last: date | None, many: int) -> list[date]:
    """Every night of [first, last], scored or not: a night that is missing must be seen."""
    last = last or newest
    first = first or last - timedelta(days=many - 1)
    count = (last - first).days + 1
    if count < 1:
        raise UnusableError(f"the last night {last} lies before the first {first}", "exchange the two")
    if count > MOST_NIGHTS:
        raise UnusableError(f"{count:,} nights were asked for", f"ask for at most {MOST_NIGHTS}")
    return [first + timedelta(days=n) for n in range(count)]


def _add_family(service: Service, lane: Lane, family: str, scored: list[date]) -> None:
    known = [day for day in scored if lane.nights[0] <= day <= lane.nights[-1]]
    rows = anomalies_of(service, family, lane.nights)
    names = set(machines_of(service, family, [*known[:1], *known[-1:]])) | {str(row["asset"]) for row in rows}
    places = {name: len(lane.rows) + n for n, name in enumerate(sorted(names))}
    lane.rows.extend({"kind": "machine", "family": family, "name": name} for name in places)
    lane.scored[family] = [str(day) for day in known]
    last = str(scored[-1]) if scored else ""
    incidents = read_incidents(service.store, family)
    groups = {place: f"{family} {n}" for n, group in enumerate(groups_of(rows)) for place in group}
    spoken = zip(rows, verdicts_on(rows, incidents), snoozes_on(rows, incidents, datetime.now(UTC)), strict=True)
    for n, (row, verdict, snoozed) in enumerate(spoken):
        about = {"row": places[str(row["asset"])], "family": family, "group": groups.get(n, ""), "snoozed": snoozed}
        lane.anomalies.append({**_finding(row, last), **verdict, **about})
    start, end = (pd.Timestamp(day, tz="UTC") for day in (lane.nights[0], lane.nights[-1] + timedelta(days=1)))
    wanted = incidents["kind"].isin(("planned", "fault")) & (incidents["start"] < end) & (incidents["end"] > start)
    for incident in incidents[wanted].to_dict("records"):
        about = {name: incident[name] for name in ("family", "kind", "note", "author")}
        asset = incident["asset"] if isinstance(incident["asset"], str) else None
        times = {"start": incident["start"].timestamp(), "end": incident["end"].timestamp()}
        lane.incidents.append({**about, **times, "row": None if asset is None else places.get(asset, -1)})


def _finding(row: dict[str, Any], newest: str) -> dict[str, Any]:
    """An anomaly for the lane: new in the family's newest night, continuing into it, or ended before."""
    ended, fresh = row["last"] < newest, row["first"] == newest
    sensors = [{"sensor": one["sensor"], "share": float(one["share"])} for one in row["sensors"]]
    return {
        "id": row["anomaly_id"],
        "start": row["start"].timestamp(),
        "end": row["end"].timestamp(),
        "until": _until(row).timestamp(),
        "oddity": what_is_odd(row),
        "severity": row["severity"],
        "sensors": sensors,
        "planned": bool(row["suppressed"]),
        "peak": float(row["peak_score"]),
        "state": "ended" if ended else "new" if fresh else "continuing",
    }


def _until(row: dict[str, Any]) -> pd.Timestamp:
    """The end of an anomaly in the lane: its own, or that of the last night whose score was still over the limit."""
    night = pd.Timestamp(row["last"], tz="UTC")
    if night < row["end"]:
        return pd.Timestamp(row["end"])
    midnight, cleared = night + timedelta(days=1), row.get("cleared")
    return midnight if pd.isna(cleared) else min(pd.Timestamp(cleared), midnight)


def anomalies_of(service: Service, family: str, nights: list[date]) -> list[dict[str, Any]]:
    """A family's anomalies of some nights as the last of them has each, with `first` and `last`, its own nights."""
    newest: dict[str, dict[str, Any]] = {}
    for path in service.store.written("anomalies", nights, family=family):
        day = path.split("day=")[1][:10]
        for row in _rows_of(service, "anomalies", path):
            known = newest.get(row["anomaly_id"])
            newest[row["anomaly_id"]] = {**row, "first": known["first"] if known else day, "last": day}
    return sorted(newest.values(), key=lambda row: (row["asset"], row["start"]))


def _rows_of(service: Service, table: str, path: str) -> list[dict[str, Any]]:
    """A small file's rows, remembered until the file is replaced."""

    def read() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = service.store.read_files(table, [path]).to_dict("records")  # type: ignore[assignment]
        return rows

    return service.nights.get(path, stamp_of(service.store, path), read)


def machines_of(service: Service, family: str, days: list[date]) -> list[str]:
    """The machines that were scored on some days, sorted."""
    names: set[str] = set()
    for path in service.store.written("scores", days, family=family):
        stamp = stamp_of(service.store, path)
        names |= service.nights.get(f"{path}\nmachines", stamp, lambda path=path: service.store.assets_in([path]))  # type: ignore[misc]
    return sorted(names)


def _add_camera(service: Service, lane: Lane, camera: str, days: list[date]) -> None:
    place = len(lane.rows)
    lane.rows.append({"kind": "camera", "family": camera, "name": camera})
    lane.scored[camera] = [str(day) for day in days]
    for path in service.store.written("image_scores", days, camera=camera):
        rows = _rows_of(service, "image_scores", path)
        odd = sum(bool(row["is_anomaly"]) for row in rows)
        lane.images.append({"row": place, "night": path.split("day=")[1][:10], "odd": odd, "images": len(rows)})


def measured_of(service: Service, family: str, nights: list[date]) -> dict[str, dict[str, int]]:
    """By night and machine, how many per cent of the night's values were measured and scored; no entry: no row."""
    steps = timedelta(days=1) / service.settings.family(family).step
    shares: dict[str, dict[str, int]] = {}
    for path in service.store.written("scores", nights, family=family):
        stamp = stamp_of(service.store, path)

        def read(path: str = path) -> dict[str, int]:
            rows = service.store.columns("scores", path, ["asset", "observed_share"])
            sums = rows.group_by("asset").aggregate([("observed_share", "sum")])
            names, values = sums["asset"].to_pylist(), sums["observed_share_sum"].to_pylist()
            return {name: round(100 * (value or 0.0) / steps) for name, value in zip(names, values, strict=True)}

        day = path.split("day=")[1][:10]
        shares.setdefault(day, {}).update(service.nights.get(f"{path}\nmeasured", stamp, read))
    return shares
