"""Pages from the templates beside: what every page shares is put in here."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from anomaly.series.evidence.in_words import duration
from service.api.access import Access
from service.views.words import number

PAGES = (
    ("Overview", "/pages/"),
    ("Machine", "/pages/asset"),
    ("Review", "/pages/review"),
    ("Models", "/pages/models"),
    ("Images", "/pages/images"),
    ("Synthesis", "/pages/synthesis"),
    ("Try it", "/pages/try"),
    ("Settings", "/pages/settings"),
    ("REST", "/docs"),
)
"""The pages in the order of the bar on top."""


def interval_html(start: Any, end: Any) -> Markup:
    """An interval in UTC as an element that the reader's browser can show in local time."""
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    shown = f"{start:%Y-%m-%d %H:%M} to {last} UTC ({duration(end - start)})"
    return Markup('<time datetime="{}" data-end="{}">{}</time>').format(_iso(start), _iso(end), shown)


def moment_html(moment: Any) -> Markup:
    """A moment, likewise."""
    return Markup('<time datetime="{}">{}</time>').format(_iso(moment), f"{moment:%Y-%m-%d %H:%M} UTC")


def _iso(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


_TEMPLATES = Environment(loader=PackageLoader("service.pages"), autoescape=True, undefined=StrictUndefined)
_TEMPLATES.filters |= {"number": number, "escaped": escape}
_TEMPLATES.globals |= {"interval": interval_html, "moment": moment_html}


def page(request: Request, access: Access, template: str, status: int = 200, **shown: Any) -> HTMLResponse:
    """A whole page; `shown` is what its template names."""
    shared = {
        "pages": PAGES,
        "here": request.url.path,
        "may_write": access.known(request.headers),
        "is_admin": access.may(request.headers, "admin"),
    }
    return HTMLResponse(_TEMPLATES.get_template(template).render(**shared, **shown), status)


def part(template: str, **shown: Any) -> HTMLResponse:
    """A part of a page, to be put in by it."""
    return HTMLResponse(part_html(template, **shown))


def part_html(template: str, **shown: Any) -> str:
    """The same as text, to be sent with other things."""
    return _TEMPLATES.get_template(template).render(**shown)
