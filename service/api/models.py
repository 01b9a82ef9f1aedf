"""Routes to models and cameras: cards, images, heat maps, and images drawn on demand."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from sensors_data.errors import NotThereError
from sensors_data.model_files import ModelCatalogue
from sensors_data.settings import Section
from service.api.bodies import JSON, json_bytes, records
from service.api.problems import refused
from service.api.tables import CameraQuery, DayQuery, NewestQuery
from service.figures.images import sheet
from service.views.expected import expected_of
from service.views.images import codes_of_day, heat_map_of
from service.views.state import Service
from synthesis.sampling import Origin, class_names, draw, png_of

MOST_DRAWN = 256
PNG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": {}}, "description": "A PNG."}}
Trained = Literal["series", "images", "generators"]
Kind = Annotated[Trained, Path(description="What was trained.")]
ThroughPath = Annotated[date, Path(description="The last day it learned from.")]
NamePath = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", description="Family or camera.")]
ImageQuery = Annotated[str, Query(min_length=1, max_length=1024, description="The image's id.")]


class Draw(Section):
    """What images are to be drawn."""

    camera: str = Field(min_length=1, max_length=64, examples=["press"])
    count: int = Field(16, ge=1, le=MOST_DRAWN, description="images")
    seed: int = Field(0, ge=0, lt=2**31)
    label: str | None = Field(None, max_length=128, description="one class; all of them if not given")
    truncation: float = Field(1.0, gt=0, le=1, description="below 1: cleaner, less diverse")
    day: date | None = Field(None, description="by the generator that serves this UTC day; today if not given")
    format: Literal["png", "json"] = Field("png", description="a sheet of all as PNG, or each as PNG in JSON")


def today() -> date:
    """The UTC day that it is."""
    return datetime.now(UTC).date()


def model_routes(service: Service) -> APIRouter:
    """The routes under /v1 to models and cameras."""
    routes = APIRouter(prefix="/v1", tags=["models and images"])
    _model_routes(routes, service)
    _camera_routes(routes, service)
    _picture_routes(routes, service)
    return routes


def _model_routes(routes: APIRouter, service: Service) -> None:
    """Models, their cards, and what generators draw."""
    catalogue = ModelCatalogue(service.store)

    @routes.get("/models", summary="Every kept model, accepted or rejected")
    def models() -> list[dict[str, object]]:
        return [
            {"kind": m.kind, "name": m.name, "trained_through": str(m.through), "accepted": m.accepted}
            for m in catalogue.models()
            if m.kind in get_args(Trained)
        ]

    @routes.get("/models/{kind}/{name}/{through}", summary="A model's card: what it knows of itself")
    def card(kind: Kind, name: NamePath, through: ThroughPath) -> dict[str, object]:
        try:
            return catalogue.card(catalogue.trained_through(kind, name, through))
        except NotThereError as error:
            raise refused(404, error.reason, remedy="list them: GET /v1/models") from error

    @routes.post("/images", summary="Draw synthetic images, the same for the same seed", responses=PNG)
    async def images(wanted: Draw) -> Response:
        service.settings.camera(wanted.camera)
        return await service.heavy(lambda: drawn(service, wanted))


def _camera_routes(routes: APIRouter, service: Service) -> None:
    """Cameras, and the scores of their days."""
    store = service.store

    @routes.get("/cameras", summary="Every camera, its image size and its newest day")
    def cameras() -> list[dict[str, object]]:
        cameras: list[dict[str, object]] = []
        for name, spec in sorted(service.settings.cameras.items()):
            days = store.days("image_scores", camera=name)
            scored = {
                "days_scored": len(days),
                "newest_day": str(days[-1]) if days else None,
                "days": [str(d) for d in days],
            }
            cameras.append({"camera": name, "size": spec.size, "channels": spec.channels, **scored})
        return cameras

    @routes.get("/image-scores", summary="A camera's scored images of a day, worst first")
    def image_scores(camera: CameraQuery, day: NewestQuery = None) -> list[dict[str, object]]:
        service.settings.camera(camera)
        days = [day] if day else store.days("image_scores", camera=camera)[-1:]
        if not days:
            raise refused(404, f"no image of {camera} was scored yet", remedy="run: nightscore score-images")
        rows = store.read("image_scores", camera=camera, day=days[0])
        return records(rows.sort_values("score", ascending=False, kind="stable"))

    @routes.get("/image-codes", summary="Where a day's images lie among the normal ones, in the model's codes")
    async def codes(camera: CameraQuery, day: DayQuery) -> dict[str, object]:
        service.settings.camera(camera)
        return await service.heavy(lambda: codes_of_day(service, camera, day))


def _picture_routes(routes: APIRouter, service: Service) -> None:
    """Stored images, their heat maps, and what they should look like, as PNG."""
    store = service.store

    @routes.get("/image", summary="One stored image as PNG", responses=PNG, response_class=Response)
    def image(camera: CameraQuery, day: DayQuery, image: ImageQuery) -> Response:
        service.settings.camera(camera)
        rows = store.read("images", camera=camera, day=day)
        picture = rows[rows["image_id"] == image]
        if picture.empty:
            raise refused(404, f"{camera} has no such image on {day}", "image", image, "list: GET /v1/image-scores")
        return Response(bytes(picture["png"].iloc[0]), media_type="image/png")

    @routes.get("/heat-map", summary="Where an image is odd, as PNG", responses=PNG, response_class=Response)
    async def heat_map(camera: CameraQuery, day: DayQuery, image: ImageQuery) -> Response:
        service.settings.camera(camera)
        return Response(await service.heavy(lambda: heat_map_of(service, camera, day, image)), media_type="image/png")

    @routes.get("/expected-image", summary="An image without what is odd in it", responses=PNG, response_class=Response)
    async def expected(camera: CameraQuery, day: DayQuery, image: ImageQuery) -> Response:
        service.settings.camera(camera)
        made = await service.heavy(lambda: expected_of(service, camera, day, image))
        return Response(made, media_type="image/png")


def drawn(service: Service, wanted: Draw) -> Response:
    """Synthetic images as a sheet, or one by one as PNGs that say how to draw them again."""
    generator = service.generator(wanted.camera, wanted.day or today())
    images = draw(generator, wanted.count, wanted.seed, wanted.label, wanted.truncation)
    if wanted.format == "png":
        about = (
            f"{wanted.camera} · {generator.name} · seed {wanted.seed} · truncation {wanted.truncation:g} · synthetic"
        )
        return Response(sheet(images, min(8, len(images)), about), media_type="image/png")
    names = class_names(generator, wanted.count, wanted.label)
    common = {"generator": generator.name, "fingerprint": generator.fingerprint, "seed": wanted.seed}
    pngs = []
    for index, (x, name) in enumerate(zip(images, names, strict=True)):
        origin = Origin(**common, index=index, label=wanted.label or "", truncation=wanted.truncation)
        pngs.append({"label": name, "png": base64.b64encode(png_of(x, origin)).decode()})
    return Response(json_bytes({**common, "images": pngs}), media_type=JSON)
