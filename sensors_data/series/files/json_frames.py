"""Data frames as Grafana's API answers: fields beside lists of their values, with labels, as rows."""

from __future__ import annotations

import json
from typing import Any

Row = dict[str, str]


def frame_rows(value: Any) -> list[Row]:
    """The rows of all frames within a value: one a time and field, with its labels; none without frames."""
    return [row for frame in _frames(value) for row in _rows(frame)]


def _frames(value: Any) -> list[dict[str, Any]]:
    """The frames within a value, in their order."""
    if isinstance(value, list):
        return [frame for part in value for frame in _frames(part)]
    if not isinstance(value, dict):
        return []
    schema, data = value.get("schema"), value.get("data")
    if (
        isinstance(schema, dict)
        and isinstance(schema.get("fields"), list)
        and isinstance(data, dict)
        and "values" in data
    ):
        return [value]
    return [frame for part in value.values() for frame in _frames(part)]


def _rows(frame: dict[str, Any]) -> list[Row]:
    """The rows of one frame."""
    schema, columns = frame["schema"], frame["data"]["values"]
    fields = list(zip(schema["fields"], columns, strict=False))
    times = next((column for field, column in fields if field.get("type") == "time"), None)
    if times is None:
        return []
    texts = {field["name"]: column for field, column in fields if field.get("type") == "string"}
    rows = []
    for field, column in fields:
        if field.get("type") in ("time", "string"):
            continue
        labels = {str(key): str(label) for key, label in (field.get("labels") or {}).items()}
        name = _name(field, schema)
        for place, (time, cell) in enumerate(zip(times, column, strict=False)):
            words = {key: str(cells[place]) for key, cells in texts.items()}
            rows.append({"time": str(time), **words, **labels, "sensor": name, "value": _cell(cell)})
    return rows


def _name(field: dict[str, Any], schema: dict[str, Any]) -> str:
    """What a field's values are called: the name that is shown, its own, or that of its frame where it says nothing."""
    config = field.get("config") or {}
    shown = config.get("displayNameFromDS") or config.get("displayName")
    own = str(field.get("name", "value"))
    if own.casefold() not in ("value", "values", ""):
        return own
    labels = field.get("labels") or {}
    plain = labels.get("__name__") or labels.get("_field")
    return str(plain or (shown if shown and not labels else None) or schema.get("name") or schema.get("refId") or own)


def _cell(cell: Any) -> str:
    return "" if cell is None else cell if isinstance(cell, str) else json.dumps(cell)
