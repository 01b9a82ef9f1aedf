"""The pages that are made here, and what they are made with: styles, scripts, colours."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

from sensors_data.series.revised import days_being_revised, in_words
from service.api.access import Access
from service.pages.machine_view import MachineView, WrongAddressError, nights_in, view_of
from service.pages.machine_words import words_of
from service.pages.model_compare import compared
from service.pages.model_rows import groups_of, model_groups
from service.pages.night_cards import newest_night, night_cards
from service.pages.render import page, part
from service.schedule.train_now import Kind
from service.views.lane import machines_of
from service.views.palette import ROOT_OF_PAGES
from service.views.state import Service
from service.views.usual import day_ahead


class Statics(StaticFiles):
    """Files that a browser asks for again, and gets again only where they changed."""

    def file_response(self, *args: Any, **named: Any) -> Response:
        """A file, or 304."""
        response = super().file_response(*args, **named)
        response.headers["Cache-Control"] = "no-cache"
        return response


STATIC = Statics(directory=Path(__file__).parent / "static")
LEGEND = (
    ("", "nothing found"),
    ("info", "info"),
    ("warning", "warning, odd images"),
    ("critical", "critical"),
    ("planned", "found in planned work"),
    ("work", "planned work, known fault"),
    ("thin", "under 80 % measured"),
    ("none", "not scored"),
    ("critical said", "somebody spoke"),
)
"""What a cell of the lane looks like, and what that means."""
VERDICTS = (
    ("confirmed", "Confirm: a real fault", "c"),
    ("dismissed", "Dismiss: a false alarm", "d"),
    ("planned", "Planned work", "p"),
)
"""What can be said of an anomaly, on which button, by which key."""
PICTURE_VERDICTS = (("confirmed", "A real defect", "c"), ("dismissed", "A false alarm", "d"))
ModelName = Annotated[str, Query(max_length=64)]
SPANS = ((1, "1 day"), (3, "3 days"), (7, "7 days"), (28, "28 days"))
WORDS = 12
"""Largest number of anomalies described above the curves."""


def page_routes(service: Service, access: Access) -> APIRouter:
    """The addresses of the pages."""
    routes = APIRouter(include_in_schema=False)
    _add_look(routes)
    _add_plant(routes, service, access)
    _add_models(routes, service, access)
    _add_reference(routes, access)
    return routes


def _add_look(routes: APIRouter) -> None:
    """The colours, and the address without its slash."""

    @routes.get("/static/palette.css")
    def palette() -> Response:
        return Response(ROOT_OF_PAGES, media_type="text/css", headers={"Cache-Control": "no-cache"})

    @routes.get("/pages")
    def bare() -> RedirectResponse:
        return RedirectResponse("/pages/")


def _add_plant(routes: APIRouter, service: Service, access: Access) -> None:
    """The plant: all machines, one machine, anomalies to review, images, and the night's part of the overview."""

    @routes.get("/pages/")
    def overview(request: Request) -> HTMLResponse:
        cards = [] if newest_night(service) else night_cards(service)
        return page(request, access, "overview.html", title="Overview", legend=LEGEND, cards=cards)

    @routes.get("/pages/parts/night")
    def night() -> HTMLResponse:
        return part("night.html", cards=night_cards(service))

    @routes.get("/pages/asset")
    def machine(request: Request) -> Response:
        query = dict(request.query_params)
        try:
            view = view_of(service, query)
        except WrongAddressError as error:
            title = "There is no such page" if newest_night(service) else "There is nothing to see yet"
            return _wrong(request, access, error, title)
        if not {"family", "asset"} <= set(query) or not {"from", "to", "day"} & set(query):
            return RedirectResponse(view.address, 307)
        return _machine(request, service, access, view, query.get("compare", ""))

    @routes.get("/pages/review")
    def review(request: Request) -> HTMLResponse:
        families, scored = sorted(service.settings.families), newest_night(service) is not None
        shown = {"families": families, "scored": scored, "verdicts": VERDICTS}
        return page(request, access, "review.html", 200, title="Review", **shown)

    @routes.get("/pages/images")
    def images(request: Request) -> HTMLResponse:
        cameras = sorted(service.settings.cameras)
        return page(request, access, "images.html", title="Images", cameras=cameras, verdicts=PICTURE_VERDICTS)


def _add_models(routes: APIRouter, service: Service, access: Access) -> None:
    """All models, one group of them, and two of them compared."""

    @routes.get("/pages/models")
    def models(request: Request) -> HTMLResponse:
        return page(request, access, "models.html", title="Models", groups=model_groups(service))

    @routes.get("/pages/parts/models")
    def model_group(request: Request, kind: Kind, name: ModelName) -> HTMLResponse:
        [group] = groups_of(service, [(kind, name)])
        return part("model_group.html", group=group, is_admin=access.may(request.headers, "admin"))

    @routes.get("/pages/models/compare")
    def compare(request: Request) -> HTMLResponse:
        try:
            shown = compared(service, dict(request.query_params))
        except WrongAddressError as error:
            return _wrong(request, access, error, "There is no such comparison")
        return page(request, access, "compare.html", title=f"Two models of {shown['name']}", **shown)


def _add_reference(routes: APIRouter, access: Access) -> None:
    """The settings and the runbook."""

    @routes.get("/pages/settings")
    def settings(request: Request) -> HTMLResponse:
        return page(request, access, "settings.html", title="Settings")

    @routes.get("/pages/runbook")
    def runbook(request: Request) -> HTMLResponse:
        return page(request, access, "runbook.html", title="Runbook")


def _wrong(request: Request, access: Access, error: WrongAddressError, title: str) -> HTMLResponse:
    shown = {"reason": error.reason, "remedy": error.remedy, "offers": error.offers}
    return page(request, access, "wrong.html", 404, title=title, **shown)


def _machine(request: Request, service: Service, access: Access, view: MachineView, compare: str) -> HTMLResponse:
    rows = words_of(service, view)
    nights = nights_in(view.start, view.end)
    span = view.end - view.start
    more = max(0, len(rows) - WORDS)
    download = {"family": view.family, "asset": view.asset, "from": str(nights[0]), "to": str(nights[-1])}
    revised = in_words(days_being_revised(service.store, view.family, nights), view.family)
    return page(
        request,
        access,
        "machine.html",
        revised=revised,
        title=f"{view.asset} of {view.family}",
        view=view,
        start=f"{view.start:%Y-%m-%dT%H:%M:%SZ}",
        end=f"{view.end:%Y-%m-%dT%H:%M:%SZ}",
        compare=compare,
        ahead=day_ahead(service, view.family),
        families=sorted(service.settings.families),
        machines=machines_of(service, view.family, service.store.days("scores", family=view.family)[-1:]),
        before=view.moved(-span).address,
        after=view.moved(span).address,
        spans=[(name, view.lasting(timedelta(days=days)).address) for days, name in SPANS],
        wider=view.lasting(2 * span).address,
        rows=rows[:WORDS],
        more=more,
        all=urlencode({"q": view.asset, "from": str(nights[0]), "to": str(nights[-1])}),
        download=urlencode(download),
    )
