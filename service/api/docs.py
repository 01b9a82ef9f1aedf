"""The description of the REST interface as a page that needs nothing from outside; a machine reads /openapi.json."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from service.views import html


def described(openapi: dict[str, Any]) -> str:
    """An HTML page of every address: what it does, what it takes, an example of its body."""
    by_tag: dict[str, list[str]] = {}
    for path, methods in openapi["paths"].items():
        for method, about in methods.items():
            by_tag.setdefault(about.get("tags", ["other"])[0], []).append(_address(openapi, method, path, about))
    parts = [html.section(tag, *told) for tag, told in by_tag.items()]
    foot = 'For machines: <a href="/openapi.json">openapi.json</a>'
    return html.page("What the service answers", "nightscore REST", "\n".join(parts), foot)


def _address(openapi: dict[str, Any], method: str, path: str, about: dict[str, Any]) -> str:
    told = [f"<h3><code>{method.upper()} {escape(path)}</code></h3>", html.paragraph(about.get("summary", ""))]
    rows = [
        (p["name"], "needed" if p.get("required") else "", _kind(p.get("schema", {})), p.get("description", ""))
        for p in about.get("parameters", [])
    ]
    if rows:
        told.append(html.table(("parameter", "", "kind", "meaning"), rows))
    for kind, body in about.get("requestBody", {}).get("content", {}).items():
        example = body.get("example")
        if "$ref" in body.get("schema", {}):
            fields = openapi["components"]["schemas"][body["schema"]["$ref"].rsplit("/", 1)[-1]]
            example = {n: f.get("examples", [f.get("default")])[0] for n, f in fields["properties"].items()}
        shown = example if isinstance(example, str) else json.dumps(example, indent=1) if example else ""
        told.append(html.paragraph(f"body: {kind}", soft=True))
        told += [f"<pre><code>{escape(shown)}</code></pre>"] if shown else []
    return "\n".join(told)


def _kind(schema: dict[str, Any]) -> str:
    """A parameter's type in a word or two."""
    if "anyOf" in schema:
        return _kind(next((part for part in schema["anyOf"] if part.get("type") != "null"), {}))
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    return str(schema.get("format") or schema.get("type", ""))
