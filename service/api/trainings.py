"""Routes to start, watch and stop a training. Starting and stopping require an admin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import Field

from anomaly.series.evidence.in_words import duration
from sensors_data.audit import record
from sensors_data.leases import Lease, leases, stop
from sensors_data.section import Section
from sensors_data.settings import Name
from service.api.access import Access
from service.api.feedback import must_write
from service.schedule.train_now import Kind, TrainingRequest, Trainings, day_of_training
from service.views.state import Service

KindPath = Annotated[Kind, Path(description="series of a family, images of a camera")]
NamePath = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", description="Family or camera.")]


class TrainNow(Section):
    """Whose model is to be trained."""

    kind: Kind
    name: Name = Field(examples=["pump"], description="a family, or a camera")


def training_routes(service: Service, access: Access) -> APIRouter:
    """The routes under /v1 to trainings that are under way."""
    routes, trainings = APIRouter(prefix="/v1/trainings", tags=["admin"]), Trainings()

    @routes.get("", summary="Trainings under way, whoever began them, and how far each is")
    def under_way() -> list[dict[str, Any]]:
        now = datetime.now(UTC)
        known = {(lease.kind, lease.name): _shown(lease, now) for lease in leases(service.store)}
        for (kind, name), day in trainings.starting().items():
            shown = {"kind": kind, "name": name, "day": str(day), "state": "starts", "done": 0, "planned": 0}
            known.setdefault((kind, name), {**shown, "message": "its process starts"})
        return list(known.values())

    @routes.post("", summary="Train a family's or camera's model now, from all days until the newest", status_code=202)
    async def begin(wanted: TrainNow, request: Request) -> dict[str, str]:
        identity, settings = must_write(access, request, "admin"), service.settings

        def work() -> dict[str, str]:
            day = day_of_training(settings, wanted.kind, wanted.name)
            trainings.start(TrainingRequest(settings=settings, kind=wanted.kind, name=wanted.name, day=day))
            record(service.store, "began a training", f"{wanted.kind} of {wanted.name} for {day}", identity.name)
            return {"message": f"the training of {wanted.name} for {day} begins", "day": str(day)}

        return await service.heavy(work)

    @routes.delete("/{kind}/{name}", summary="Stop a training; it ends with its epoch and leaves nothing")
    def end(kind: KindPath, name: NamePath, request: Request) -> dict[str, str]:
        identity = must_write(access, request, "admin")
        lease = stop(service.store, kind, name, identity.name)
        record(service.store, "stopped a training", f"{kind} of {name} for {lease.day}", identity.name)
        return {"message": f"the training of {name} stops at the end of its epoch"}

    return routes


def _shown(lease: Lease, now: datetime) -> dict[str, Any]:
    """The progress of a training, for programs and in words."""
    state = "under way" if lease.lives(now) else "cut off"
    shown = lease.model_dump(mode="json", include={"kind", "name", "day", "began", "stage", "done", "planned"})
    return {**shown, "state": state, "left_s": lease.left_s(now), "message": _message(lease, state, now)}


def _message(lease: Lease, state: str, now: datetime) -> str:
    if state == "cut off":
        return f"its process ended without a word, last heard of at {lease.renewed:%Y-%m-%d %H:%M} UTC"
    if not lease.stage:
        return f"reads the days before {lease.day}"
    stage, _, rows = lease.stage.partition("-")
    network = f"{stage} network, windows of {rows} rows" if rows else "network"
    if not lease.planned:
        return f"{network}: first epoch"
    if (left := lease.left_s(now)) is None:
        return f"{network}: trained, now it is measured"
    rest = duration(timedelta(seconds=round(left)))
    return f"{network}: epoch {lease.done} of at most {lease.planned}, about {rest} more"
