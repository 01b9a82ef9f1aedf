"""Try it: readings of one's own, understood, corrected, scored at once, and taken along as settings of a family."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathOf
from fastapi.responses import HTMLResponse
from pydantic import Field

from sensors_data.errors import UnusableError
from sensors_data.series.files.file_source import SUFFIXES
from sensors_data.settings import Section
from sensors_data.tables import TABLES
from service.api.access import Access
from service.api.bodies import JSON, PARQUET, json_bytes, stream
from service.api.charts import AssetName
from service.pages.render import page
from service.pages.tried import FIT, Tried, by_itself, examples, scored
from service.pages.tried_words import curves_around, outcome
from service.pages.tryouts import Tryout, Tryouts
from service.pages.understood_words import understood_html
from service.pages.upload import Corrections, look, settings_of, with_changes
from service.views.state import Service

KeyPath = Annotated[str, PathOf(max_length=64)]
NameQuery = Annotated[str, Query(min_length=1, max_length=255)]
AlarmsQuery = Annotated[float, Query(gt=0, le=1000)]
FromQuery = Annotated[float | None, Query(alias="from", ge=-1e11, le=1e11, description="seconds since 1970")]
ToQuery = Annotated[float | None, Query(alias="to", ge=-1e11, le=1e11, description="seconds since 1970")]


class Ask(Section):
    """What is to be scored: an upload, or an example of the store; by whom."""

    upload: str = Field("", max_length=64)
    example: str = Field("", max_length=200)
    scorer: str = Field(FIT, max_length=200)
    learn: float = Field(0.6, ge=0.1, le=0.95, description="the share of a file that a quick detector learns from")
    alarms: float = Field(0.25, gt=0, le=1000, description="false alarms a machine and week")


def try_routes(service: Service, access: Access, folder: Path) -> APIRouter:
    """The page and what its script asks for; uploads are kept below `folder`."""
    routes, tryouts = APIRouter(prefix="/pages/try", include_in_schema=False), Tryouts(folder)

    @routes.get("")
    def try_page(request: Request) -> HTMLResponse:
        return page(
            request,
            access,
            "try.html",
            title="Try it",
            examples=examples(service),
            scorers=[FIT, *(f"the detector of {name}" for name in sorted(service.settings.families))],
            suffixes=",".join((*SUFFIXES, ".gz")),
            now=Corrections(),
            columns=[],
            sheets=[],
        )

    _add_files(routes, service, tryouts)
    _add_scores(routes, service, tryouts)
    return routes


def _add_files(routes: APIRouter, service: Service, tryouts: Tryouts) -> None:
    """An upload, what is understood of it, and the settings that follow."""

    @routes.post("/files")
    async def upload(request: Request, name: NameQuery) -> dict[str, str]:
        key, _ = tryouts.begin(name, await request.body())
        return {"upload": key}

    @routes.post("/files/{key}/understood")
    async def understand(key: KeyPath, corrections: Corrections) -> dict[str, str]:
        tryout = tryouts.get(key)
        return await service.heavy(lambda: understood(tryout, corrections))

    @routes.get("/files/{key}/settings.toml")
    def settings(key: KeyPath, name: NameQuery) -> Response:
        tryout = tryouts.get(key)
        if tryout.discovery is None or tryout.path is None:
            raise UnusableError("the file was not understood", "correct it first")
        text = settings_of(tryout.discovery, name.strip(), tryout.path.name, tuple(service.settings.families))
        return Response(text, media_type="application/toml", headers=_as_file("settings.toml"))


def _add_scores(routes: APIRouter, service: Service, tryouts: Tryouts) -> None:
    """Scores, the outcome under another budget, curves, and the rows as a file."""

    @routes.post("/scores")
    async def score(ask: Ask) -> Response:
        def work() -> bytes:
            key, tryout = (ask.upload, tryouts.get(ask.upload)) if ask.upload else tryouts.begin()
            tryout.tried = tried_of(service, tryout, ask)
            return json_bytes({"tryout": key, **outcome(tryout.tried, ask.alarms)})

        return Response(await service.heavy(work), media_type=JSON)

    @routes.get("/scores/{key}")
    async def moved(key: KeyPath, alarms: AlarmsQuery) -> Response:
        tried = tryouts.get(key).scored
        return Response(await service.heavy(lambda: json_bytes(outcome(tried, alarms))), media_type=JSON)

    @routes.get("/scores/{key}/curves")
    async def curves(
        key: KeyPath,
        asset: AssetName,
        alarms: AlarmsQuery,
        first: FromQuery = None,
        last: ToQuery = None,
    ) -> Response:
        tried = tryouts.get(key).scored
        made = await service.heavy(lambda: json_bytes(curves_around(tried, asset, alarms, first, last)))
        return Response(made, media_type=JSON)

    @routes.get("/scores/{key}/scores.parquet")
    def download(key: KeyPath) -> Response:
        rows = tryouts.get(key).scored.scored.rows
        body = b"".join(stream(TABLES["scores"], [rows], "parquet"))
        return Response(body, media_type=PARQUET, headers=_as_file("scores.parquet"))


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def understood(tryout: Tryout, corrections: Corrections) -> dict[str, str]:
    """What is understood of an upload under corrections, which it keeps: a name for it, and words and form as HTML.

    UnreadableError and UnusableError leave the tryout as it was.
    """
    if tryout.path is None:
        raise UnusableError("there is no file to look at", "upload one")
    if tryout.discovery is not None:
        corrections = with_changes(tryout.corrections, tryout.discovery, corrections)
    discovery = look(tryout.path, corrections)
    tryout.discovery, tryout.corrections, tryout.tried = discovery, corrections, None
    return {"name": discovery.name, "html": understood_html(discovery)}


def tried_of(service: Service, tryout: Tryout, ask: Ask) -> Tried:
    """Scores of what is asked for, an upload as it was understood; `scored` and `by_itself` say what may be wrong."""
    if tryout.path is not None and tryout.discovery is not None and ask.scorer == FIT:
        return by_itself(tryout.discovery.family, tryout.path, ask.learn)
    return scored(service, str(tryout.path) if tryout.path else None, ask.example, ask.scorer, ask.learn)
