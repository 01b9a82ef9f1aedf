"""Routes to replay past nights under a threshold fitted to the verdicts, and to accept that threshold."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from anomaly.images.replay import replay_images
from anomaly.series.replay import accept_threshold, replay
from sensors_data.errors import NotThereError
from sensors_data.settings import Name, Section
from service.api.access import Access
from service.api.bodies import records
from service.api.feedback import must_write
from service.api.tables import CameraQuery, FamilyQuery
from service.views.state import Service
from service.views.words import replay_summary

Nights = Annotated[int, Query(ge=1, le=92, description="the newest scored night and those before it")]
Budget = Annotated[
    float | None, Query(gt=0, le=100, description="false alarms an asset-week; the settings' own if not given")
]
Rate = Annotated[float | None, Query(gt=0, lt=0.5, description="false alarms among good parts; as set if not given")]


class Agreed(Section):
    """A replay that somebody accepts."""

    family: Name = Field(examples=["pump"])
    nights: int = Field(7, ge=1, le=92)
    budget: float | None = Field(None, gt=0, le=100)


def replay_routes(service: Service, access: Access) -> APIRouter:
    """The routes under /v1 that judge nights again; the one that keeps the outcome takes the token."""
    routes = APIRouter(prefix="/v1", tags=["feedback"])

    def writer(request: Request) -> None:
        must_write(access, request, "admin")

    @routes.get("/replay", summary="What a threshold fitted again would have made of the newest nights")
    async def judged(family: FamilyQuery, nights: Nights = 7, budget: Budget = None) -> dict[str, object]:
        service.settings.family(family)
        first, last = newest_nights(service, "scores", nights, family=family)
        outcome = await service.heavy(lambda: replay(service.settings, family, first, last, budget))
        return {"message": replay_summary(outcome), "anomalies": records(outcome.anomalies)}

    @routes.get("/picture-replay", summary="What a limit fitted again would have made of a camera's newest nights")
    async def pictures_judged(camera: CameraQuery, nights: Nights = 7, rate: Rate = None) -> dict[str, object]:
        service.settings.camera(camera)
        first, last = newest_nights(service, "image_scores", nights, camera=camera)
        outcome = await service.heavy(lambda: replay_images(service.settings, camera, first, last, rate))
        return {"message": str(outcome), "pictures": records(outcome.pictures)}

    @routes.post("/thresholds", summary="Keep a replay: it serves the next night", dependencies=[Depends(writer)])
    async def keep(agreed: Agreed) -> dict[str, str]:
        service.settings.family(agreed.family)
        first, last = newest_nights(service, "scores", agreed.nights, family=agreed.family)
        line = await service.heavy(
            lambda: accept_threshold(service.settings, last, agreed.family, first, agreed.budget)
        )
        return {"message": line}

    return routes


def newest_nights(
    service: Service, table: Literal["scores", "image_scores"], many: int, **owner: str
) -> tuple[date, date]:
    """The first and last of the newest nights in which a family or camera was scored. NotThereError without one."""
    days = service.store.days(table, **owner)
    if not days:
        command = "nightscore backfill" if table == "scores" else "nightscore score-images"
        raise NotThereError(f"nothing of {', '.join(owner.values())} was scored yet", f"run: {command}")
    return max(days[0], days[-1] - timedelta(days=many - 1)), days[-1]
