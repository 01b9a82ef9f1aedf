"""Routes that change what the nights do: the settings file, and back to an earlier model. They take an admin."""

from __future__ import annotations

from datetime import date
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import Field

from anomaly.rollback import newest_scored, rollback_images, rollback_series
from sensors_data.audit import record
from sensors_data.section import Section
from sensors_data.settings import Name
from service.api.access import Access, Identity
from service.api.feedback import must_write
from service.api.problems import refused
from service.views.settings_file import SettingsFile, version_of
from service.views.state import Service

MOST = 1_000_000
"""Characters of a settings file, at most."""


class Proposed(Section):
    """A text for settings.toml."""

    text: str = Field(max_length=MOST)


class Changed(Proposed):
    """A text that is to stand in settings.toml."""

    version: str = Field(pattern=r"^[0-9a-f]{16}$", description="`version` of the text that was changed")


class Back(Section):
    """The model that is to serve again."""

    kind: Literal["series", "images"]
    name: Name = Field(examples=["pump"], description="a family, or a camera")
    to: date = Field(description="the last day that it learned from")


def admin_routes(service: Service, access: Access) -> APIRouter:
    """The routes under /v1 for admins."""
    routes = APIRouter(prefix="/v1", tags=["admin"])
    _settings_routes(routes, service, access)

    @routes.post("/rollbacks", summary="Let an earlier model serve again", status_code=201)
    async def roll_back(wanted: Back, request: Request) -> dict[str, str]:
        identity = must_write(access, request, "admin")
        return {"message": await service.heavy(lambda: _rolled_back(service, wanted, identity))}

    return routes


def _rolled_back(service: Service, wanted: Back, identity: Identity) -> str:
    settings = service.settings
    if wanted.kind == "series":
        day = newest_scored(settings, wanted.name, None)
        line = rollback_series(settings, day, wanted.name, wanted.to)
    else:
        day = newest_scored(settings, None, wanted.name)
        line = rollback_images(settings, day, wanted.name, wanted.to)
    record(service.store, "asked for a rollback", f"{wanted.name} after {day} to {wanted.to}", identity.name)
    return line


def _settings_routes(routes: APIRouter, service: Service, access: Access) -> None:
    def file_for(request: Request) -> tuple[SettingsFile, Identity]:
        identity = must_write(access, request, "admin")
        if service.file is None:
            raise refused(404, "this service was not started from a settings file", remedy="start: nightscore serve")
        return service.file, identity

    @routes.get("/settings", summary="settings.toml as it stands")
    def settings(request: Request) -> dict[str, str]:
        text = file_for(request)[0].text()
        return {"text": text, "version": version_of(text)}

    @routes.post("/settings/check", summary="Whether a text could be the settings, and which lines would change")
    def check(proposed: Proposed, request: Request) -> dict[str, object]:
        file, _ = file_for(request)
        file.checked(proposed.text)
        return {"changed": file.difference(proposed.text)}

    @routes.put("/settings", summary="Replace settings.toml; the next night reads it")
    def replace(changed: Changed, request: Request) -> dict[str, object]:
        file, identity = file_for(request)
        lines = file.difference(changed.text)
        file.replace(changed.text, changed.version)
        record(
            service.store, "changed the settings", "; ".join(line for line in lines if _is_change(line)), identity.name
        )
        return {"changed": lines, "version": version_of(changed.text)}


def _is_change(line: str) -> bool:
    return line[:1] in ("+", "-") and line[:3] not in ("+++", "---")
