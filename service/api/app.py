"""The service as one app: REST under /v1, /metrics, /health, and what people look at under /pages."""

from __future__ import annotations

import logging
import secrets
from importlib.metadata import version
from pathlib import Path

import torch
from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse

from sensors_data.errors import NightscoreError, UnusableError
from sensors_data.places import report_path
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.api.access import LOOPBACK, Access, Proxy
from service.api.admin import admin_routes
from service.api.charts import chart_routes
from service.api.docs import described
from service.api.feedback import feedback_routes
from service.api.guard import Guard, Limits
from service.api.login import login_routes
from service.api.models import model_routes
from service.api.problems import Problem, handle_problems, refused
from service.api.replays import replay_routes
from service.api.score import score_routes
from service.api.tables import DayQuery, table_routes
from service.api.telemetry import Telemetry
from service.api.trainings import training_routes
from service.api.users import Users
from service.views.settings_file import SettingsFile
from service.views.state import Service, new_service

log = logging.getLogger("nightscore")
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#1d5b8f"/>'
    '<path d="M2 10h3l2-6 2 8 2-4h3" fill="none" stroke="#fff" stroke-width="1.5"/></svg>'
)
EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"
ABOUT = """Scores, anomalies and models of a nightscore store. Times are UTC; a score is in nats, higher is worse.
Errors are answered as problem+json with the field, its value and the remedy."""


def create_app(
    settings: Settings, access: Access, limits: Limits | None = None, file: SettingsFile | None = None
) -> FastAPI:
    """The app over a store, not yet with its pages. Torch is kept on one thread: the figures are those of the night."""
    torch.set_num_threads(1)
    app = FastAPI(
        title="nightscore",
        version=version("nightscore"),
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        responses={"4XX": {"model": Problem, "description": "What was wrong, where, and what to do."}},
    )
    service = new_service(settings, file)
    app.state.service, app.state.access = service, access
    handle_problems(app, settings.store)
    app.include_router(_state_routes(service))

    @app.get("/favicon.ico", include_in_schema=False)
    def icon() -> Response:
        return Response(ICON, media_type="image/svg+xml")

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(described(app.openapi()))

    for routes in (table_routes(service), chart_routes(service), score_routes(service), model_routes(service)):
        app.include_router(routes)
    app.include_router(feedback_routes(service, access))
    app.include_router(replay_routes(service, access))
    app.include_router(admin_routes(service, access))
    app.include_router(training_routes(service, access))
    app.include_router(login_routes(access))
    telemetry = Telemetry()

    @app.get("/metrics/service", summary="How the service itself is, for Prometheus", tags=["state"])
    def own_metrics() -> Response:
        return Response(telemetry.text(), media_type=EXPOSITION)

    app.add_middleware(Guard, access=access, limits=limits or Limits(), telemetry=telemetry)
    return app


def _state_routes(service: Service) -> APIRouter:
    """Where the service says how it is."""
    routes = APIRouter(tags=["state"])
    store = service.store

    @routes.get("/", include_in_schema=False)
    def home() -> RedirectResponse:
        return RedirectResponse("/pages/")

    @routes.get("/health", summary="Whether the process answers")
    async def health() -> dict[str, str]:
        return {"state": "alive"}

    @routes.get("/ready", summary="Whether there is something to show, or what to do next")
    def ready() -> dict[str, str]:
        if not service.settings.families and not service.settings.cameras:
            raise refused(503, "the settings have no family", remedy="run: nightscore init --from FILE")
        scored = any(store.days("scores", family=name) for name in service.settings.families)
        if not scored and not any(store.days("image_scores", camera=name) for name in service.settings.cameras):
            raise refused(
                503, "nothing was scored yet", remedy="run: nightscore backfill; nightscore doctor says what is missing"
            )
        return {"state": "ready"}

    @routes.get("/metrics", summary="The last night's outcome for Prometheus", response_class=PlainTextResponse)
    def metrics() -> Response:
        text = merged([text for path in store.files("metrics", suffix=".prom") if (text := whole_text(store, path))])
        return Response(text, media_type=EXPOSITION)

    @routes.get("/v1/report", summary="A night's report as HTML", response_class=HTMLResponse)
    def report(day: DayQuery) -> HTMLResponse:
        path = report_path(day)
        if not store.exists(path):
            raise refused(404, f"no report of {day} was written", "day", day, f"run: nightscore report --day {day}")
        return HTMLResponse(store.read_bytes(path))

    return routes


def whole_text(store: Store, path: str) -> str:
    """A text file of the store; empty where it is gone by now or damaged, which the log says."""
    try:
        return store.read_bytes(path).decode()
    except (NightscoreError, UnicodeDecodeError) as error:
        log.error("left out of /metrics: %s", error)
        return ""


def merged(texts: list[str]) -> str:
    """Several text files of metrics as one: each metric's samples together under one HELP and TYPE."""
    heads: dict[str, list[str]] = {}
    samples: dict[str, list[str]] = {}
    for text in texts:
        name = ""
        for line in text.splitlines():
            if line.startswith(("# HELP ", "# TYPE ")):
                name = line.split(" ", 3)[2]
                head = heads.setdefault(name, [])
                if line not in head and len(head) < 2:
                    head.append(line)
            elif line and not line.startswith("#"):
                samples.setdefault(name, []).append(line)
    lines = [line for name in heads for line in (*heads[name], *samples.get(name, []))]
    return "".join(f"{line}\n" for line in lines)


def access_for(
    host: str,
    token_file: Path,
    names: tuple[str, ...] = (),
    users_file: Path | None = None,
    proxy: Proxy | None = None,
) -> Access:
    """Who may do what on an address: the service's token from its file, made where there is none; the users; the hosts
    that are served; the proxy that signs people in.
    """
    if not token_file.exists():
        token_file.parent.mkdir(parents=True, exist_ok=True)
        token_file.touch(mode=0o600)
        token_file.write_text(f"{secrets.token_urlsafe(24)}\n", encoding="utf-8")
    token = token_file.read_text(encoding="utf-8").strip()
    if len(token) < 16:
        raise UnusableError(
            f"the token in {token_file} has {len(token)} characters", "16 are needed: delete it to get one"
        )
    hosts = (*LOOPBACK, host.lower(), *(name.lower() for name in names))
    return Access(token, hosts, host in LOOPBACK, Users(users_file), proxy)
