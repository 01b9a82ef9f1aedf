"""Routes by which people say what a camera's picture shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request

from sensors_data.errors import DamagedError, NotThereError, UnusableError
from sensors_data.verdicts import PictureVerdict, keep_picture_verdict, picture_verdicts
from service.api.access import Identity
from service.api.bodies import records
from service.api.problems import refused
from service.views.state import Service


def picture_routes(routes: APIRouter, service: Service, writer: Callable[[Request], Identity]) -> None:
    """Verdicts on pictures."""

    @routes.get("/picture-verdicts", summary="What people said of a camera's pictures and places in them")
    def verdicts(camera: Annotated[str, Query(description="The camera's name.")]) -> list[dict[str, object]]:
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
