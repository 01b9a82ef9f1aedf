"""The description of the REST interface as a page that needs nothing from outside; a machine reads /openapi.json."""

from __future__ import annotations

import json
from typing import Any

from service.views import html


def described(openapi: dict[str, Any]) -> str:
    """An HTML page of every address: what it does, what it takes, an example of its body."""
    by_tag: dict[str, list[str]] = {}
    for path, methods in openapi["paths"].items():
        for method, about in methods.items():
            by_tag.setdefault(about.get("tags", ["other"])[0], []).append(_address(openapi, method, path, about))
    parts = [html.section(tag, *addresses) for tag, addresses in by_tag.items()]
    foot = 'For machines: <a href="/openapi.json">openapi.json</a>'
    return html.page("What the service answers", "nightscore REST", "\n".join(parts), foot)


def _address(openapi: dict[str, Any], method: str, path: str, about: dict[str, Any]) -> str:
    parameters: list[tuple[str, ...]] = [
        (p["name"], "needed" if p.get("required") else "", _kind(p.get("schema", {})), p.get("description", ""))
        for p in about.get("parameters", [])
    ]
    bodies = [(kind, _example(openapi, body)) for kind, body in about.get("requestBody", {}).get("content", {}).items()]
    return html.address(method.upper(), path, about.get("summary", ""), parameters, bodies)


def _example(openapi: dict[str, Any], body: dict[str, Any]) -> str:
    """An example of a body, empty where there is none."""
    example = body.get("example")
    if "$ref" in body.get("schema", {}):
        fields = openapi["components"]["schemas"][body["schema"]["$ref"].rsplit("/", 1)[-1]]
        example = {n: f.get("examples", [f.get("default")])[0] for n, f in fields["properties"].items()}
    return example if isinstance(example, str) else json.dumps(example, indent=1) if example else ""


def _kind(schema: dict[str, Any]) -> str:
    """A parameter's type in a word or two."""
    if "anyOf" in schema:
        return _kind(next((part for part in schema["anyOf"] if part.get("type") != "null"), {}))
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    return str(schema.get("format") or schema.get("type", ""))
