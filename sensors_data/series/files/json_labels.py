"""Labels that JSON states once: names of numbered fields, and what the first object of a list says of the others."""

from __future__ import annotations

import re
from typing import Any

from sensors_data.series.values.units import is_unit

Row = dict[str, str]
_NUMBERED = r"[A-Za-z_]+\d+"
_LABEL = re.compile(r"(?:.*_)?(?:id|ids|name|entity|device|sensor|metric|topic|tag|unit|measurement)|.*(?:Id|ID|Name)")


def fields_named(rows: list[Row]) -> list[Row]:
    """Rows whose fields, as `field1`, are called as an object around all of them says; others as they are."""
    if len(rows) < 2:
        return rows
    fields = [key for key in rows[0] if re.fullmatch(_NUMBERED, key)]
    stated = {field: [key for key in rows[0] if key.endswith(f".{field}")] for field in fields}
    names = {field: (keys[0], rows[0][keys[0]].strip()) for field, keys in stated.items() if len(keys) == 1}
    names = {field: pair for field, pair in names.items() if _is_name(pair[1], rows, pair[0])}
    new = [name for _, name in names.values()]
    if not names or len(set(new)) < len(new) or set(new) & set(rows[0]):
        return rows
    dropped, called = {key for key, _ in names.values()}, {field: name for field, (_, name) in names.items()}
    return [{called.get(key, key): cell for key, cell in row.items() if key not in dropped} for row in rows]


def _is_name(text: str, rows: list[Row], key: str) -> bool:
    """Whether a text that all rows have under a key may be the name of a column."""
    worded = bool(re.search(r"[^\W\d_]", text)) and not is_unit(text) and not re.match(r"\d{4}-\d\d", text)
    return worded and all(row.get(key, "").strip() == text for row in rows)


def labels_filled(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Objects of a list with the labels that the first one, and at most the last one, states for all of them."""
    if len(records) < 3:
        return records
    first, last, between = records[0], records[-1], records[1:-1]
    labels = {key: label for key, part in first.items() if (label := _label(key, part)) is not None}
    filled = {
        key: label
        for key, label in labels.items()
        if not any(key in record for record in between) and _label(key, last.get(key, first[key])) == label
    }
    return [*records[:1], *({**filled, **record} for record in records[1:])] if filled else records


def _label(key: str, part: Any) -> Any:
    """What a part of an object says that names it: a text under a name for labels, or such texts of an object."""
    if isinstance(part, str):
        return part if _LABEL.fullmatch(key) else None
    if isinstance(part, dict):
        return {name: text for name, text in part.items() if isinstance(text, str) and _LABEL.fullmatch(name)} or None
    return None
