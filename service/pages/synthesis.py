"""Synthesis: images drawn while one watches, beside real ones, between two seeds, and what the gate measured."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any

import numpy as np
import pandas as pd
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from sensors_data.counting import count
from sensors_data.errors import NotThereError
from sensors_data.images.files import encode_png
from sensors_data.images.paths.roles import is_normal
from sensors_data.images.table import pixels_of
from service.api.access import Access
from service.api.tables import CameraQuery
from service.pages.render import page, part
from service.views.state import Service
from synthesis.generator_files import TrainedGenerator, serving
from synthesis.quality.gate import AT_MOST
from synthesis.sampling import class_names, draw, interpolate
from synthesis.sheets import contact_sheet
from synthesis.styles import mixed, style_layers, varied

COLUMNS = 8
STEPS = 12
"""Images between two seeds."""
STYLED, STYLE_STEPS = 5, 7
"""Images of each seed whose styles are mixed, or directions of style; images along each direction."""
WIDTH = 1000
"""Pixels of a sheet, about: each pixel of an image is as large as fits."""
CountQuery = Annotated[int, Query(ge=1, le=64)]
SeedQuery = Annotated[int, Query(ge=0, lt=2**31)]
LabelQuery = Annotated[str, Query(max_length=128)]
LayersQuery = Annotated[int, Query(ge=1, le=64)]
TruncationQuery = Annotated[float, Query(gt=0, le=1)]


def synthesis_routes(service: Service, access: Access) -> APIRouter:
    """The page, and the parts and pictures that its script puts in."""
    routes = APIRouter(prefix="/pages", include_in_schema=False)

    @routes.get("/synthesis")
    def synthesis(request: Request) -> HTMLResponse:
        names = sorted(
            service.settings.cameras, key=lambda name: (serving(service.store, name, _today()) is None, name)
        )
        return page(request, access, "synthesis.html", title="Synthesis", cameras=names, steps=STEPS)

    @routes.get("/parts/generator")
    def generator(camera: CameraQuery) -> dict[str, Any]:
        service.settings.camera(camera)
        drawer = generator_of(service, camera)
        return {
            "message": about_drawer(camera, drawer),
            "draws": drawer is not None,
            "classes": drawer.card.classes if drawer else [],
            "layers": style_layers(drawer) if drawer else 0,
        }

    @routes.get("/parts/quality")
    def quality(camera: CameraQuery) -> HTMLResponse:
        service.settings.camera(camera)
        days = service.store.days("quality", camera=camera)
        rows = service.store.read("quality", camera=camera, day=days[-1]) if days else pd.DataFrame()
        return part("quality.html", day=days[-1] if days else None, rows=rows.to_dict("records"), at_most=AT_MOST)

    _add_pictures(routes, service)
    return routes


def _add_pictures(routes: APIRouter, service: Service) -> None:
    """Sheets of images: drawn ones, ways between two seeds, and real ones."""

    @routes.get("/parts/drawn.png")
    async def drawn(
        camera: CameraQuery,
        many: CountQuery = 24,
        seed: SeedQuery = 0,
        label: LabelQuery = "",
        truncation: TruncationQuery = 1.0,
    ) -> Response:
        def images() -> np.ndarray:
            return drawn_images(_serving(service, camera), many, seed, label or None, truncation)

        return await _png(service, images, COLUMNS)

    @routes.get("/parts/way.png")
    async def way(camera: CameraQuery, first: SeedQuery = 0, last: SeedQuery = 1) -> Response:
        return await _png(service, lambda: interpolate(_serving(service, camera), first, last, STEPS), STEPS)

    @routes.get("/parts/mixed.png")
    async def mixture(
        camera: CameraQuery, first: SeedQuery = 0, last: SeedQuery = 1, layers: LayersQuery = 2
    ) -> Response:
        return await _png(service, lambda: mixed(_serving(service, camera), first, last, layers, STYLED), STYLED + 1)

    @routes.get("/parts/varied.png")
    async def variations(camera: CameraQuery, first: SeedQuery = 0) -> Response:
        return await _png(service, lambda: varied(_serving(service, camera), first, STYLED, STYLE_STEPS), STYLE_STEPS)

    @routes.get("/parts/real.png")
    async def real(camera: CameraQuery, many: CountQuery = 24, label: LabelQuery = "") -> Response:
        return await _png(service, lambda: real_images(service, camera, many, label or None), COLUMNS)


async def _png(service: Service, images: Callable[[], np.ndarray], columns: int) -> Response:
    """A sheet of images (..., C, H, W) as an answer, made when heavy work has its turn."""

    def drawn() -> bytes:
        made = images()
        return encode_png(enlarged(contact_sheet(made.reshape(-1, *made.shape[-3:]), columns)), {})

    png = await service.heavy(drawn)
    return Response(png, media_type="image/png", headers={"Cache-Control": "no-cache"})


def generator_of(service: Service, camera: str) -> TrainedGenerator | None:
    """The generator that serves today, or None."""
    try:
        return _serving(service, camera)
    except NotThereError:
        return None


def _serving(service: Service, camera: str) -> TrainedGenerator:
    service.settings.camera(camera)
    return service.generator(camera, _today())


def _today() -> date:
    return datetime.now(UTC).date()


def about_drawer(camera: str, generator: TrainedGenerator | None) -> str:
    """Who draws, in words, or what to do where nobody does."""
    if generator is None:
        return f"No generator of {camera} was trained yet. Next: nightscore train-dcgan --camera {camera}"
    card = generator.card
    classes = count(len(card.classes), "class") if card.classes else "no classes"
    learned = f"learned from {count(card.images, 'real image')}, {classes}"
    return f"{generator.name}, {card.preset}: {learned}; {card.state}, {card.verdict or 'accepted'}"


def drawn_images(generator: TrainedGenerator, many: int, seed: int, label: str | None, truncation: float) -> np.ndarray:
    """Drawn images (N, C, H, W) uint8, those of a class together."""
    images = draw(generator, many, seed, label, truncation)
    return images[np.argsort(class_names(generator, many, label), kind="stable")]


def real_images(service: Service, camera: str, many: int, label: str | None) -> np.ndarray:
    """The newest real images of what the generator draws, (N, C, H, W) uint8: as many of each class, or of one.

    NotThereError where the camera has none.
    """
    spec, days = service.settings.camera(camera), service.store.days("images", camera=camera)
    if not days:
        raise NotThereError(f"{camera} has no image yet", f"run: nightscore ingest-images --camera {camera}")
    rows = service.store.read("images", camera=camera, day=days[-1])
    drawer = generator_of(service, camera)
    classes = {label} if label else set(drawer.card.classes) if drawer else set()
    is_wanted = [(name or "normal") in classes if classes else is_normal(name, spec) for name in rows["label"]]
    rows = rows[np.array(is_wanted, dtype=bool)]
    if rows.empty:
        raise NotThereError(f"{camera} has no image of '{label or 'normal'}' on {days[-1]}", "choose another class")
    turns = rows.groupby("label").cumcount()
    return pixels_of(rows.iloc[np.argsort(turns, kind="stable")[:many]].sort_values("label", kind="stable"), spec)


def enlarged(sheet: np.ndarray) -> np.ndarray:
    """A sheet (C, H, W), each of its pixels large enough to see."""
    times = max(1, WIDTH // sheet.shape[2])
    return sheet.repeat(times, axis=1).repeat(times, axis=2)
