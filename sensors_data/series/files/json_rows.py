"""Rows of JSON, however deep they lie: lists of objects, columns beside lists of values, pairs of time and value."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from sensors_data.errors import UnreadableError
from sensors_data.series.files.json_counted import channel_rows, counted_rows, offset_rows, senml_rows
from sensors_data.series.files.json_frames import frame_rows
from sensors_data.series.files.json_labels import fields_named, labels_filled

Row = dict[str, str]
_TIME = r"\d{4}-\d\d-\d\d(?:[T ].*)?|1\d{9}(?:\d{3})?"
"""A key that is a time, where an object holds a row each."""


def json_rows(data: bytes, name: str) -> list[Row]:
    """The rows that a JSON text or JSON lines hold, cells as text. UnreadableError when there are none."""
    try:
        text = data.decode("utf-8-sig")
        values = _values(text)
    except RecursionError as error:
        raise UnreadableError(f"{name} is JSON in too many layers", "write a list of rows, or a row a line") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        where = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise UnreadableError(
            f"{name} looks like JSON and is none{where}", "write a list of rows, or a row a line"
        ) from error
    if framed := frame_rows(values):
        return framed
    rows = fields_named(_labels_parted(_usual_first([row for value in values for row in _rows(value, {})])))
    if not rows:
        raise UnreadableError(f"{name} is JSON, but no list of rows", 'write rows like {"time": "2026-02-02T00:00Z"}')
    return _without(_about(values[0]), rows) if len(values) == 1 and isinstance(values[0], dict) else rows


def _labels_parted(rows: list[Row]) -> list[Row]:
    """Rows whose label is a machine and a metric, `i-0a41 CPUUtilization`, with a cell for each; others as they are."""
    key = next((key for key in ("Label", "label") if rows and all(key in row for row in rows)), "")
    pairs = [re.fullmatch(r"(\S*\d\S*) ([^\W\d_]\w+)", row[key]) for row in rows] if key else []
    if not pairs or not all(pairs):
        return rows
    return [
        {name: cell for name, cell in row.items() if name not in (key, "Id")} | {"machine": pair[1], "metric": pair[2]}
        for row, pair in zip(rows, pairs, strict=True)
        if pair is not None
    ]


def _about(value: dict[str, Any]) -> set[str]:
    """The numbers, by their names, that a document states once for all of its rows: a place, a count, a setting."""
    deep = {key: part for key, part in value.items() if isinstance(part, dict) and _holds_rows(part)}
    once = {key: part for key, part in value.items() if key not in deep and not isinstance(part, list)}
    numbers = {key for key, cell in _flat(once).items() if re.fullmatch(r"-?\d+(?:\.\d+)?", cell)}
    return numbers.union(*map(_about, deep.values()))


def _without(names: set[str], rows: list[Row]) -> list[Row]:
    """Rows without the named cells that are the same in all of them; a lone row as it is."""
    same = {name for name in names if len({row.get(name) for row in rows}) == 1} if len(rows) > 1 else set()
    return [{key: cell for key, cell in row.items() if key not in same} for row in rows] if same else rows


def _usual_first(rows: list[Row]) -> list[Row]:
    """Rows without those in front that are about them, such as a request's settings, which come last."""
    shapes = Counter(tuple(row) for row in rows)
    usual, count = shapes.most_common(1)[0] if rows else ((), 0)
    rare_first = bool(rows) and shapes[tuple(rows[0])] < 0.1 * count
    first = next((place for place, row in enumerate(rows) if tuple(row) == usual), 0) if rare_first else 0
    return [*rows[first:], *rows[:first]]


def _values(text: str) -> list[Any]:
    """The one value of a JSON text, or those of its lines."""
    if text.lstrip().startswith("["):
        return [json.loads(text)]
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        return [json.loads(line) for line in lines]
    except json.JSONDecodeError:
        return [json.loads(text)]


def _split_rows(value: dict[str, Any]) -> list[Row]:
    """The rows of a table that pandas split into columns, index and data; none of another object."""
    names, index, data = (value.get(key) for key in ("columns", "index", "data"))
    if not (isinstance(names, list) and isinstance(index, list) and isinstance(data, list)):
        return []
    if not (_are(names, str) and _are(data, list)):
        return []
    pairs = zip(index, data, strict=False)
    return [_flat({"index": at} | dict(zip(names, cells, strict=False))) for at, cells in pairs]


def _rows(value: Any, outer: Row) -> list[Row]:
    """The rows within a value, each with the cells of the objects around it."""
    if isinstance(value, list):
        return _rows_of_list(value, outer)
    return _rows_of_object(value, outer) if isinstance(value, dict) else []


def _rows_of_list(values: list[Any], outer: Row) -> list[Row]:
    """The rows of a list: lists of cells below a list of names, objects, or lists that hold objects."""
    if _are(values, list) and len(values) > 1 and _are(values[0], str):
        return [outer | _flat(dict(zip(values[0], cells, strict=False))) for cells in values[1:]]
    nested = _are(values, list) and any(_are(part, dict) for part in values)
    if not nested and not _are(values, dict):
        return []
    senml = [] if nested else senml_rows(values)
    return senml or [row for part in (values if nested else labels_filled(values)) for row in _rows(part, outer)]


def _rows_of_object(value: dict[str, Any], outer: Row) -> list[Row]:
    """The rows of an object, by the first of the known forms that it has; one of no such form is a row itself."""
    if _is_timed(value):
        timed = [(key, part if isinstance(part, dict) else {"value": part}) for key, part in value.items()]
        return [outer | {"time": key} | _flat(part) for key, part in timed]
    meta = value.get("meta")
    counted = value | meta if isinstance(meta, dict) else value
    if rows := _split_rows(value) or counted_rows(counted) or offset_rows(value) or channel_rows(value):
        return [outer | row for row in rows]
    lists = {key: part for key, part in _lists(value).items() if part}
    cells = {key: part for key, part in value.items() if not isinstance(part, list) and not _is_timed(part)}
    around = outer | _flat(cells)
    if table := next((part for part in lists.values() if _are(part, list)), None):
        names = _names_of(table, value) or _pair(table)
        return [around | _flat(dict(zip(names, row, strict=False))) for row in table] if names else []
    if rows := _beside_times(lists, around):
        return rows
    if objects := {key: part for key, part in lists.items() if _are(part, dict)}:
        labels = {key: {"sensor": key} if len(objects) > 1 else {} for key in objects}
        return [row for key, part in objects.items() for row in _rows(part, around | labels[key])]
    return _side_by_side(lists, around) or _deeper_rows(value, outer, around)


def _side_by_side(lists: dict[str, list[Any]], around: Row) -> list[Row]:
    """The rows of several lists of values of the same length, the longest there are; none of a single list."""
    longest = max(map(len, lists.values()), default=0)
    side = {key: part for key, part in lists.items() if len(part) == longest}
    if len(side) < 2:
        return []
    shared = {key: cell for key, cell in around.items() if key not in side}
    return [shared | _flat(dict(zip(side, cells, strict=True))) for cells in zip(*side.values(), strict=True)]


def _deeper_rows(value: dict[str, Any], outer: Row, around: Row) -> list[Row]:
    """The rows of the objects within an object, named where several are alike; the object itself if none holds rows."""
    deep = {key: part for key, part in value.items() if isinstance(part, dict) and _holds_rows(part)}
    if not deep:
        return [around]
    if all(map(offset_rows, deep.values())):
        return [row for key, part in deep.items() for row in _rows(part, outer | {"device": key})]
    cells = {key: part for key, part in value.items() if key not in deep and not isinstance(part, list)}
    beside = outer | _flat(cells)
    same_lists = len({tuple(_lists(part)) for part in deep.values()}) == 1 and any(map(_lists, deep.values()))
    is_named = len(deep) > 1 and (same_lists or all(map(_is_timed, deep.values())))
    context = {key: beside | {"sensor": key} if is_named else beside for key in deep}
    return [row for key, part in deep.items() for row in _rows(part, context[key])]


def _beside_times(lists: dict[str, list[Any]], around: Row) -> list[Row]:
    """The rows of one list of times beside objects that each hold a list of as many values; none for other lists."""
    times = {key: part for key, part in lists.items() if not _are(part, dict) and not _are(part, list)}
    series = [part for key, parts in lists.items() if key not in times for part in parts if isinstance(part, dict)]
    held = [(part, _lists(part)) for part in series]
    if len(times) != 1 or not held or any(len(inner) != 1 for _, inner in held):
        return []
    ((key, moments),) = times.items()
    if any(len(next(iter(inner.values()))) != len(moments) for _, inner in held):
        return []
    return [
        around | {key: str(moment)} | _flat({k: v for k, v in part.items() if k not in inner}) | {"value": str(value)}
        for part, inner in held
        for moment, value in zip(moments, next(iter(inner.values())), strict=True)
        if value is not None
    ]


def _is_timed(value: Any) -> bool:
    """Whether the keys of an object are times."""
    return isinstance(value, dict) and len(value) > 2 and all(re.fullmatch(_TIME, key) for key in value)


def _names_of(table: list[list[Any]], value: dict[str, Any]) -> list[str]:
    """The names of a table's columns that stand beside it, in a list or in one text parted by commas; none for none."""
    width = len(table[0])
    texts = (part.split(",") for part in value.values() if isinstance(part, str))
    lists = [part for part in value.values() if isinstance(part, list) and part and _are(part, str)]
    lists += [
        [str(column["name"]) for column in part]
        for part in value.values()
        if isinstance(part, list) and _are(part, dict) and all("name" in column for column in part)
    ]
    return next((list(part) for part in (*lists, *texts) if len(part) == width > 1), [])


def _holds_rows(value: dict[str, Any]) -> bool:
    """Whether an object holds rows of its own: a list, or values by their times; else it is a part of its row."""
    parts = [value, *_every(value)]
    return any(
        isinstance(part, list) or _is_timed(part) or (isinstance(part, dict) and offset_rows(part)) for part in parts
    )


def _every(value: dict[str, Any]) -> list[Any]:
    """All values of an object and of the objects within it."""
    return [p for part in value.values() for p in ([part, *_every(part)] if isinstance(part, dict) else [part])]


def _lists(value: dict[str, Any]) -> dict[str, list[Any]]:
    return {key: part for key, part in value.items() if isinstance(part, list)}


def _are(values: list[Any], kind: type) -> bool:
    return bool(values) and all(isinstance(value, kind) for value in values)


def _pair(table: list[list[Any]]) -> list[str]:
    """The names of pairs of a time and a value, in the order in which they stand: the time is the large number."""
    if any(len(cells) != 2 for cells in table):
        return []
    first, second = table[0]
    later = isinstance(second, int | float) and not isinstance(second, bool) and abs(second) >= 1e9
    timed = isinstance(first, int | float) and abs(first) >= 1e9
    return ["value", "timestamp"] if later and not timed else ["timestamp", "value"]


def _are_labels(key: str, value: dict[str, Any]) -> bool:
    """Whether an object holds nothing but texts under a name for labels."""
    return key in ("metric", "labels", "tags", "dimensions", "dps_tags") and _are(list(value.values()), str)


def _flat(row: dict[str, Any], outer: str = "") -> Row:
    """An object as cells; what lies inside another object is called `outer.inner`."""
    cells: Row = {}
    for key, value in row.items():
        if isinstance(value, dict) and ("__name__" in value or _are_labels(key, value)):  # labels of Prometheus
            cells |= {"metric" if name == "__name__" else name: str(label) for name, label in value.items()}
        elif isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith("$"):  # MongoDB types a value
            cells |= _flat({key: next(iter(value.values()))}, outer)
        elif isinstance(value, dict):
            cells |= _flat(value, f"{outer}{key}.")
        else:
            text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
            counted = re.fullmatch(r"/Date\((\d+)(?:[+-]\d{4})?\)/", text)
            cells[f"{outer}{key}"] = counted[1] if counted else text
    return cells
