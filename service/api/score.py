"""Routes that score what is sent, and write nothing: readings, images."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from anomaly.images.detector import ImageDetector
from anomaly.images.heat_maps import heat_map_png
from anomaly.images.image_scores import score_images
from sensors_data.camera import Camera
from sensors_data.settings import Settings
from sensors_data.tables import TABLES
from service.api.bodies import CSV, FORMATS, JSON, PARQUET, json_bytes, readings_of, records, stream
from service.api.problems import refused
from service.api.tables import CameraQuery, FamilyQuery, Format
from service.api.worker import LIGHT, Worker
from service.views.images import decoded
from service.views.night import worst_first
from service.views.scoring import score_readings
from service.views.state import Service, new_service
from service.views.words import counted_findings

MOST_IMAGES = 256
EXAMPLE = "time,asset,speed,flow,pressure\n2026-11-21T00:00Z,pump-1,1480,52.1,4.02\n"
ROWS = [{"time": "2026-11-21T00:00Z", "asset": "pump-1", "speed": 1480, "flow": 52.1, "pressure": 4.02}]
READINGS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "Readings in the family's own layout, of one day or a few.",
        "content": {
            CSV: {"schema": {"type": "string"}, "example": EXAMPLE},
            JSON: {"schema": {"type": "array", "items": {"type": "object"}}, "example": ROWS},
            PARQUET: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
IMAGES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": f"One PNG or JPEG, or a form of up to {MOST_IMAGES} of them.",
        "content": {
            "image/png": {"schema": {"type": "string", "format": "binary"}},
            "image/jpeg": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"images": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                }
            },
        },
    }
}


def score_routes(service: Service) -> APIRouter:
    """The routes under /v1 that score what is sent."""
    routes, worker = APIRouter(prefix="/v1", tags=["score"]), Worker()

    @routes.post("/score", summary="Scores of readings now, to the last bit those of the night", openapi_extra=READINGS)
    async def score(
        request: Request,
        family: FamilyQuery,
        asset: Annotated[str | None, Query(max_length=128, description="Where files are named after machines.")] = None,
        detail: Annotated[Literal["rows", "sensors"], Query(description="`sensors` adds what each one did.")] = "rows",
        form: Annotated[Format, Query(alias="format", description="CSV and Parquet hold the scores alone.")] = "json",
    ) -> Response:
        service.settings.family(family)
        body, kind = await request.body(), request.headers.get("content-type", "")

        sent = Sent(family, body, kind, asset, detail, form)
        if len(body) <= LIGHT and body[:4] != b"PAR1":
            scored = await service.heavy(lambda: scores_answer(service, sent))
        else:
            scored = await service.heavy(lambda: worker.run(scored_apart, service.settings, sent))
        return Response(scored, media_type=FORMATS[form])

    @routes.post("/score-images", summary="Scores of images now, with a heat map each on demand", openapi_extra=IMAGES)
    async def score_pictures(
        request: Request,
        camera: CameraQuery,
        day: Annotated[date | None, Query(description="Scored as on this UTC day; today if not given.")] = None,
        form: Annotated[Literal["json", "png"], Query(alias="format", description="png: the first one's heat map.")] = (
            "json"
        ),
    ) -> Response:
        spec = service.settings.camera(camera)
        files = await _files_of(request)

        def work() -> Response:
            detector = service.image_detector(camera, day or datetime.now(UTC).date())
            return _images_answer(detector, spec, files, form)

        return await service.heavy(work)

    return routes


@dataclass(frozen=True)
class Sent:
    """What one request asks to have scored, and how it wants the answer."""

    family: str
    body: bytes
    kind: str
    asset: str | None
    detail: str
    form: Format


@lru_cache(maxsize=1)
def _service_of(settings: str) -> Service:
    """The worker's own service over a store, kept for its next request."""
    return new_service(Settings.model_validate_json(settings))


def scored_apart(settings: Settings, sent: Sent) -> bytes:
    """The answer to a request, made in a process without a service."""
    return scores_answer(_service_of(settings.model_dump_json()), sent)


def scores_answer(service: Service, sent: Sent) -> bytes:
    """A request's scores in the form that it wants. RefusedError, UnusableError as reading and scoring raise them."""
    known = readings_of(sent.body, sent.kind, service.settings.family(sent.family), sent.asset)
    scored = score_readings(service, sent.family, known.readings)
    table = "sensor_scores" if sent.detail == "sensors" else "scores"
    if sent.form != "json":
        rows = scored.sensor_scores if sent.detail == "sensors" else scored.scores
        return b"".join(stream(TABLES[table], [rows], sent.form))
    answer: dict[str, object] = {
        "message": counted_findings(worst_first(scored.anomalies[~scored.anomalies["suppressed"]])),
        "models": sorted(scored.scores["model"].unique()),
        "rejects": len(known.rejects),
        "anomalies": records(scored.anomalies),
        "scores": records(scored.scores),
    }
    if sent.detail == "sensors":
        answer["sensor_scores"] = records(scored.sensor_scores)
    return json_bytes(answer)


async def _files_of(request: Request) -> list[tuple[str, bytes]]:
    """The images of a body, each with its name. RefusedError when there are none, or too many."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        body = await request.body()
        if not body:
            raise refused(422, "the body is empty", remedy="send a PNG or JPEG, or a form of them")
        return [("body", body)]
    try:
        async with request.form(max_files=MOST_IMAGES, max_fields=8) as form:
            files = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
            images = [(str(part.filename or "image")[:128], await part.read()) for part in files]
    except (MultiPartException, HTTPException) as error:
        reason = str(getattr(error, "message", "") or getattr(error, "detail", ""))
        raise refused(400, f"the form cannot be read: {reason}", remedy=f"at most {MOST_IMAGES} files") from error
    if not images:
        raise refused(422, "the form holds no file", "images", None, "send PNG or JPEG files in it")
    return images


def _images_answer(
    detector: ImageDetector, spec: Camera, files: list[tuple[str, bytes]], form: Literal["json", "png"]
) -> Response:
    images = np.stack([decoded(name, data, spec) for name, data in files])
    scores = score_images(detector, images)
    if form == "png":
        return Response(heat_map_png(detector, images[0], scores.maps[0]), media_type="image/png")
    threshold = detector.card.threshold
    rows = [
        {"image": name, "score": value, "p_value": p, "is_anomaly": bool(value > threshold.value)}
        for (name, _), value, p in zip(files, scores.score.tolist(), threshold.p_value(scores.score), strict=True)
    ]
    return Response(json_bytes({"model": detector.name, "threshold": threshold.value, "images": rows}), media_type=JSON)
