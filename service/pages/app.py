"""What people look at: pages on the same app, each opened by its own address; nothing is asked of another host."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from service.pages.routes import STATIC, page_routes
from service.pages.synthesis import synthesis_routes
from service.pages.try_it import try_routes


def mount_pages(app: FastAPI, uploads: Path) -> FastAPI:
    """The app with its pages under /pages; what visitors upload is kept below the folder `uploads` for an hour."""
    service, access = app.state.service, app.state.access
    app.include_router(page_routes(service, access))
    app.include_router(synthesis_routes(service, access))
    app.include_router(try_routes(service, access, uploads))
    app.mount("/static", STATIC)
    return app
