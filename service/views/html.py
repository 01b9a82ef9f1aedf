"""Whole pages and their parts from the templates beside: readable on a phone and on paper, nothing from outside."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sensors_data.seal import BLANK
from service.views.palette import ROOT

_TEMPLATES = Environment(loader=PackageLoader("service.views"), autoescape=True, undefined=StrictUndefined)
_PARTS: Any = _TEMPLATES.get_template("parts.html").module


def page(title: str, over: str, body: str, foot: str) -> str:
    """A whole HTML document; `over` stands above its title, `body` and `foot` are HTML; it has room for its hash."""
    names = {"title": title, "over": over, "body": Markup(body), "foot": Markup(foot), "colours": Markup(ROOT)}  # noqa: S704
    return _TEMPLATES.get_template("page.html").render({**names, "seal": BLANK}) + "\n"


def form_page(title: str, label: str, why: str) -> str:
    """A whole page with one secret field and a button; `why` says what was wrong before."""
    return _TEMPLATES.get_template("form.html").render(title=title, label=label, why=why, colours=Markup(ROOT))  # noqa: S704


def section(title: str, *parts: str) -> str:
    """A titled part of the page; its parts are HTML."""
    return str(_PARTS.section(title, _all_html(parts)))


def finding(severity: str, title: str, *parts: str) -> str:
    """One finding, its severity as a coloured tag; its parts are HTML."""
    return str(_PARTS.finding(severity, title, _all_html(parts)))


def paragraph(text: str, soft: bool = False) -> str:
    """Words in a paragraph."""
    return str(_PARTS.paragraph(text, soft))


def bullets(lines: Iterable[str]) -> str:
    """Words as a list."""
    return str(_PARTS.bullets(list(lines)))


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], numbers: tuple[int, ...] = ()) -> str:
    """Cells of text under a head; the columns in `numbers` stand to the right."""
    return str(_PARTS.table(head, list(rows), numbers))


def picture(data: bytes, kind: str, alt: str, caption: str = "") -> str:
    """A picture inside the page; `kind` is svg+xml or png, `alt` says what it shows."""
    return str(_PARTS.picture(kind, base64.b64encode(data).decode(), alt, caption))


def row_of(pictures: Iterable[str]) -> str:
    """Small pictures side by side, as many as there is room for; each is HTML."""
    return str(_PARTS.row_of(_all_html(pictures)))


def link(path: str) -> str:
    """A link from the report to a file of the store, named by its path."""
    return str(_PARTS.link(path))


def pages_of(pages: str, family: str, asset: str, anomaly_id: str, day: date) -> str:
    """Links to an anomaly's verdict and its machine's night in the service at `pages`; nothing where that is empty."""
    if not pages:
        return ""
    review = f"{pages}/pages/review?{urlencode({'family': family, 'id': anomaly_id})}"
    machine = f"{pages}/pages/asset?{urlencode({'family': family, 'asset': asset, 'day': str(day)})}"
    return str(_PARTS.pages_of(review, machine))


def links(text: str, paths: Iterable[str]) -> str:
    """Files of the store, named and linked."""
    return str(_PARTS.links(text, list(paths)))


def address(
    method: str, path: str, summary: str, parameters: list[tuple[str, ...]], bodies: list[tuple[str, str]]
) -> str:
    """An address of the REST interface: its parameters as a table, its kinds of body each with an example."""
    return str(_PARTS.address(method, path, summary, parameters, bodies))


def _all_html(parts: Iterable[str]) -> list[Markup]:
    return [Markup(part) for part in parts]  # noqa: S704
