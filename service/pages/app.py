"""What people look at: pages on the same app, each opened by its own address; nothing is asked of another host.

Synthesis and Try it are made by Gradio, all others here from templates.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported

import gradio as gr
from gradio import processing_utils
from gradio.components import Navbar

from service.pages.look import CSS, bar, theme
from service.pages.routes import STATIC, page_routes
from service.pages.synthesis import synthesis_page
from service.pages.try_it import try_page
from service.views.state import Service

UPLOAD = "32mb"
HOUR = 3600


def mount_pages(app: FastAPI) -> FastAPI:
    """The app with its pages under /pages."""
    service, access = app.state.service, app.state.access
    _fetch_nothing()
    app.include_router(page_routes(service, access))  # before Gradio, which would answer every address under /pages
    app.mount("/static", STATIC)
    blocks = build(service)
    with warnings.catch_warnings():  # it warns that several pages have no server-side rendering, asked for or not
        warnings.filterwarnings("ignore", message="SSR mode is not supported", category=UserWarning)
        return _mounted(app, blocks)


def _mounted(app: FastAPI, blocks: gr.Blocks) -> FastAPI:
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        path="/pages",
        footer_links=[],
        run_history=False,
        show_error=True,
        max_file_size=UPLOAD,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme(),
        css=CSS,
    )
    return mounted


def build(service: Service) -> gr.Blocks:
    """The pages that Gradio makes."""
    with gr.Blocks(title="nightscore", analytics_enabled=False, delete_cache=(HOUR, HOUR), fill_width=True) as root:
        Navbar(visible=False)
    pages: list[tuple[str, str, Callable[[], None]]] = [
        ("Synthesis", "synthesis", lambda: synthesis_page(service, root)),
        ("Try it", "try", lambda: try_page(service, root)),
    ]
    for name, path, page in pages:
        with root.route(name, path):
            Navbar(visible=False)
            gr.HTML(bar(f"/pages/{path}"))
            page()
    made: gr.Blocks = root
    return made


def _fetch_nothing() -> None:
    """A page's input that names an address on the net is refused: this server asks nothing of other hosts."""

    async def refuse(url: str, *rest: Any, **more: Any) -> str:
        raise gr.Error(f"files are uploaded, not fetched; found the address {url[:80]}")

    processing_utils.async_ssrf_protected_download = refuse
