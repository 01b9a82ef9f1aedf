"""Routes that feed the pages' pictures: the swim lane, how much was measured, a machine's course."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from service.api.bodies import JSON, json_bytes
from service.api.tables import FamilyQuery, FromQuery, ToQuery
from service.views.course import course_of
from service.views.events import events_of
from service.views.lane import MOST_NIGHTS, NIGHTS, lane_of, measured_of
from service.views.state import Service
from service.views.usual import usual_of

AssetName = Annotated[str, Query(min_length=1, max_length=128, description="The machine.", examples=["pump-3"])]
NightsQuery = Annotated[int, Query(ge=1, le=MOST_NIGHTS, description="so many nights where no first is given")]
StartQuery = Annotated[AwareDatetime, Query(alias="from", description="With a zone, like 2026-11-21T06:00Z.")]
EndQuery = Annotated[AwareDatetime, Query(alias="to", description="With a zone; not part of the range.")]


def chart_routes(service: Service) -> APIRouter:
    """The routes under /v1 that the pages draw from."""
    routes = APIRouter(prefix="/v1", tags=["charts"])

    @routes.get("/lane", summary="Machines and cameras by nights: what was found, what people said, planned work")
    def lane(first: FromQuery = None, last: ToQuery = None, nights: NightsQuery = NIGHTS) -> Response:
        return Response(json_bytes(vars(lane_of(service, first, last, nights))), media_type=JSON)

    @routes.get("/lane/measured", summary="How many per cent of a night's values were measured, by machine")
    def measured(family: FamilyQuery, first: FromQuery = None, last: ToQuery = None) -> Response:
        service.settings.family(family)
        nights = lane_of(service, first, last).nights
        return Response(json_bytes(measured_of(service, family, nights)), media_type=JSON)

    @routes.get("/course", summary="What a machine read, what was expected, its score; thinned to about 2,000 points")
    def course(family: FamilyQuery, asset: AssetName, start: StartQuery, end: EndQuery) -> Response:
        service.settings.family(family)
        return Response(json_bytes(course_of(service, family, asset, _utc(start), _utc(end))), media_type=JSON)

    @routes.get("/usual", summary="What a machine usually reads at that time of day, by the weeks before; no verdict")
    async def usual(family: FamilyQuery, asset: AssetName, start: StartQuery, end: EndQuery) -> Response:
        service.settings.family(family)
        curves = await service.heavy(lambda: usual_of(service, family, asset, _utc(start), _utc(end)))
        return Response(json_bytes(curves), media_type=JSON)

    @routes.get("/events", summary="What happened to a machine: anomalies, planned work, verdicts, changes of model")
    def events(family: FamilyQuery, asset: AssetName, start: StartQuery, end: EndQuery) -> Response:
        service.settings.family(family)
        return Response(json_bytes(events_of(service, family, asset, _utc(start), _utc(end))), media_type=JSON)

    return routes


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
