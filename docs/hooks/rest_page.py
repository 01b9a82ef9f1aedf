"""The reference of the REST interface, made from the OpenAPI description that the service gives."""

from __future__ import annotations

import json
from typing import Any

from sensors_data.settings import Settings
from service.api.access import Access
from service.api.app import create_app

INTRODUCTION = """# REST

`nightscore serve` answers under these addresses; `/openapi.json` describes them for machines. This page is made from
that description each time the site is built. [The service](../service.md) says who may do what, and shows examples.
"""


def rest_page() -> str:
    """The page as Markdown. LookupError names an address without a summary."""
    openapi = create_app(Settings(), Access("a token that nobody needs", ("127.0.0.1",), True)).openapi()
    by_tag: dict[str, list[str]] = {}
    for path, methods in openapi["paths"].items():
        for method, about in methods.items():
            by_tag.setdefault(about.get("tags", ["other"])[0], []).append(_address(openapi, method, path, about))
    return "\n".join([INTRODUCTION, *(f"## {tag}\n\n" + "\n".join(parts) for tag, parts in by_tag.items())])


def _address(openapi: dict[str, Any], method: str, path: str, about: dict[str, Any]) -> str:
    if not about.get("summary"):
        raise LookupError(f"{method.upper()} {path} has no summary; write it in its route")
    lines = [f"### `{method.upper()} {path}`", "", about["summary"], ""]
    if parameters := about.get("parameters", []):
        lines += ["| parameter | kind | meaning |", "|---|---|---|"]
        for one in parameters:
            if not one.get("description"):
                raise LookupError(f"{method.upper()} {path}: {one['name']} has no meaning; write its description")
            needed = "**needed**, " if one.get("required") else ""
            lines.append(f"| `{one['name']}` | {needed}{_kind(one.get('schema', {}))} | {one['description']} |")
    for kind, body in about.get("requestBody", {}).get("content", {}).items():
        lines += ["", f"Body: `{kind}`", *_example(openapi, body)]
    return "\n".join(lines) + "\n"


def _example(openapi: dict[str, Any], body: dict[str, Any]) -> list[str]:
    example = body.get("example")
    if "$ref" in body.get("schema", {}):
        fields = openapi["components"]["schemas"][body["schema"]["$ref"].rsplit("/", 1)[-1]]
        example = {n: f.get("examples", [f.get("default")])[0] for n, f in fields["properties"].items()}
    if not example:
        return []
    shown = example if isinstance(example, str) else json.dumps(example, indent=1)
    return ["", "```", *shown.splitlines(), "```"]


def _kind(schema: dict[str, Any]) -> str:
    """A parameter's type in a word or two."""
    if "anyOf" in schema:
        return _kind(next((part for part in schema["anyOf"] if part.get("type") != "null"), {}))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    return str(schema.get("format") or schema.get("type", ""))
