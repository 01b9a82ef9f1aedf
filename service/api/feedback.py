"""Routes by which people enter what they know: incidents, and verdicts on anomalies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import pandas as pd
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from sensors_data.errors import NotThereError
from sensors_data.series.incidents import LABELS, Incident, Kind, add_incident, label, read_incidents, withdraw
from sensors_data.settings import Label, Name, Section, parse
from service.api.access import Access, Identity
from service.api.bodies import JSON, json_bytes, records
from service.api.picture_feedback import picture_routes
from service.api.problems import refused
from service.api.tables import FamilyQuery
from service.api.users import Role
from service.views.feedback import Assignment, Opinion, keep_assignment, keep_opinion, labels_of
from service.views.snooze import Snooze, keep_snooze
from service.views.state import Service
from service.views.story import story_of

AnomalyQuery = Annotated[str, Query(pattern=r"^[0-9a-f]{16}$", description="The anomaly's id.")]
IncidentPath = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="The incident's id.")]
Note = TypeVar("Note", Opinion, Assignment, Snooze)


class NewIncident(Section):
    """A known interval [start, end) to keep; times need a zone."""

    family: Name = Field(examples=["pump"])
    start: datetime = Field(examples=["2026-11-21T06:00Z"])
    end: datetime = Field(examples=["2026-11-21T09:00Z"])
    kind: Kind = Field(examples=["planned"])
    asset: Label | None = Field(None, examples=["pump-1"], description="all machines if not given")
    sensor: Label | None = Field(None, description="all sensors if not given")
    note: str = Field("", max_length=2000)
    author: str = Field("", max_length=128, examples=["night shift"])


def feedback_routes(service: Service, access: Access) -> APIRouter:
    """The routes under /v1 for incidents and verdicts; those that write require the token."""

    def writer(request: Request) -> Identity:
        return must_write(access, request)

    routes = APIRouter(prefix="/v1", tags=["feedback"])
    _incident_routes(routes, service, writer)
    _label_routes(routes, service, writer)
    picture_routes(routes, service, writer)
    return routes


def must_write(access: Access, request: Request, role: Role = "reviewer") -> Identity:
    """The identity behind a request. RefusedError if it is unknown, or lacks the role."""
    identity = access.identity(request.headers)
    if identity is None:
        remedy = "send `Authorization: Bearer TOKEN`; the token is in the file that `nightscore serve` names"
        raise refused(401, "writing needs a token", remedy=remedy)
    if not identity.may(role):
        raise refused(403, f"{identity.name} is a {identity.role}", "role", identity.role, f"a user who is {role} may")
    return identity


def _incident_routes(routes: APIRouter, service: Service, writer: Callable[[Request], Identity]) -> None:
    """Known intervals."""
    store = service.store

    @routes.get("/incidents", summary="Known intervals: faults, planned work, what people said")
    def incidents(
        family: Annotated[str | None, Query(description="One family; all of them if not given.")] = None,
    ) -> list[dict[str, object]]:
        if family is not None:
            service.settings.family(family)
        return records(read_incidents(store, family))

    @routes.post("/incidents", summary="Keep a known interval", status_code=201)
    def add(new: NewIncident, request: Request) -> dict[str, str]:
        identity = writer(request)
        service.settings.family(new.family)
        fields = {name: value for name, value in new.model_dump().items() if value is not None}
        fields["author"] = identity.speaks_as(new.author)
        incident = parse(Incident, {**fields, "told": datetime.now(UTC)}, "the incident")
        return {"incident": label(store, incident) if new.kind in LABELS else add_incident(store, incident)}

    @routes.delete(
        "/incidents/{incident}",
        summary="Take back what was said",
    )
    def remove(incident: IncidentPath, request: Request) -> dict[str, str]:
        withdraw(store, incident, writer(request).name)
        return {"withdrawn": incident}


def _label_routes(routes: APIRouter, service: Service, writer: Callable[[Request], Identity]) -> None:
    """What people say of anomalies."""
    store = service.store

    @contextmanager
    def _signed(note: Note, request: Request) -> Iterator[Note]:
        """What somebody says of an anomaly, under the writer's name; an unknown anomaly is a problem of its field."""
        signed = note.model_copy(update={"author": writer(request).speaks_as(note.author)})
        service.settings.family(note.family)
        try:
            yield signed
        except NotThereError as error:
            raise refused(404, error.reason, "anomaly_id", note.anomaly_id, error.remedy) from error

    @routes.get("/labels", summary="Anomalies of the last days, and what people said of each")
    def labels(
        family: FamilyQuery,
        days: Annotated[int, Query(ge=1, le=366, description="the newest day that was scored and those before")] = 7,
    ) -> list[dict[str, object]]:
        service.settings.family(family)
        known = store.days("anomalies", family=family)
        wanted = [day for day in known if day > known[-1] - timedelta(days=days)]
        return records(labels_of(store, family, wanted))

    @routes.get("/anomaly", summary="One anomaly in words, and what people said of it from first to last")
    def anomaly(family: FamilyQuery, anomaly: AnomalyQuery) -> Response:
        story = story_of(service.settings, store, family, anomaly)
        rows, history = records(pd.DataFrame([story.anomaly])), records(pd.DataFrame(story.history))
        shown = {"lines": story.lines, "history": history, "anomaly": rows[0]}
        return Response(json_bytes(shown), media_type=JSON)

    @routes.post("/labels", summary="Confirm, dismiss or excuse an anomaly", status_code=201)
    def speak(opinion: Opinion, request: Request) -> dict[str, str]:
        with _signed(opinion, request) as signed:
            return {"incident": keep_opinion(store, signed)}

    @routes.post("/assignments", summary="Say who looks at an anomaly", status_code=201)
    def assign(assignment: Assignment, request: Request) -> dict[str, str]:
        with _signed(assignment, request) as signed:
            return {"incident": keep_assignment(store, signed)}

    @routes.post("/snoozes", summary="Put an anomaly out of the queue until a day", status_code=201)
    def snooze(wanted_snooze: Snooze, request: Request) -> dict[str, str]:
        with _signed(wanted_snooze, request) as signed:
            return {"incident": keep_snooze(store, signed, datetime.now(UTC))}
