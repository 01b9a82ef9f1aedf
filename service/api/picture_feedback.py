"""Routes by which people say what a camera's picture shows, and see what that would have changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request

from anomaly.images.replay import replay_images
from sensors_data.errors import DamagedError, NotThereError, UnusableError
from sensors_data.verdicts import PictureVerdict, keep_picture_verdict, picture_verdicts
from service.api.access import Identity
from service.api.bodies import records
from service.api.problems import refused
from service.views.state import Service

CameraName = Annotated[str, Query(description="The camera's name.")]


def picture_routes(routes: APIRouter, service: Service, writer: Callable[[Request], Identity]) -> None:
    """Verdicts on pictures."""

    @routes.get("/picture-replay", summary="What a limit fitted again would have made of a camera's newest nights")
    async def judged(
        camera: CameraName,
        nights: Annotated[int, Query(ge=1, le=92, description="the newest scored night and those before it")] = 7,
        rate: Annotated[
            float | None, Query(gt=0, lt=0.5, description="false alarms among good parts; as set if not given")
        ] = None,
    ) -> dict[str, object]:
        service.settings.camera(camera)
        days = service.store.days("image_scores", camera=camera)
        if not days:
            raise NotThereError(f"nothing of {camera} was scored yet", "run: nightscore score-images")
        first = days[-1] - timedelta(days=nights - 1)
        outcome = await service.heavy(lambda: replay_images(service.settings, camera, first, days[-1], rate))
        return {"message": str(outcome), "pictures": records(outcome.pictures)}

    @routes.get("/picture-verdicts", summary="What people said of a camera's pictures and places in them")
    def verdicts(camera: CameraName) -> list[dict[str, object]]:
        service.settings.camera(camera)
        return records(picture_verdicts(service.store, camera))

    @routes.post(
        "/picture-verdicts",
        summary="Confirm or dismiss a picture, or a place in it; the next training uses it",
        status_code=201,
    )
    def speak(verdict: PictureVerdict, request: Request) -> dict[str, str]:
        signed = verdict.model_copy(update={"author": writer(request).speaks_as(verdict.author)})
        service.settings.camera(verdict.camera)
        try:
            return {"incident": keep_picture_verdict(service.store, signed)}
        except NotThereError as error:
            raise refused(404, error.reason, "image", verdict.image, error.remedy) from error
        except DamagedError:
            raise
        except UnusableError as error:
            raise refused(422, error.reason, "place", verdict.place, error.remedy) from error
