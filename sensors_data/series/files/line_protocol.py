"""Lines as InfluxDB takes them (`pump,host=a temp=1.5,flow=2 1775433600000000000`) as CSV."""

from __future__ import annotations

import re

from sensors_data.errors import UnreadableError
from sensors_data.series.files.csv_text import csv_of

_NAME = r"(?:\\.|[^,= \\])+"
_VALUE = r'(?:"(?:\\.|[^"\\])*"|[^,\s"]+)'
_LINE = re.compile(
    rf"(?P<head>(?:\\.|[^, \\])+)(?P<tags>(?:,{_NAME}={_NAME})*) "
    rf"(?P<fields>{_NAME}={_VALUE}(?:,{_NAME}={_VALUE})*)(?: (?P<time>-?\d+))?"
)
_ASIDE = ("#", "CREATE DATABASE", "CREATE RETENTION")
"""How comments begin, and what makes a database before its points."""
_LOOK = 5
"""Number of lines by which the format is recognised."""


def is_line_protocol(start: bytes) -> bool:
    """Whether a file's first lines are all such lines; what is cut off at the end does not count."""
    lines = [line for line in start.decode("utf-8", "replace").splitlines()[:-1] if line.strip()]
    lines = [line for line in lines if not line.startswith(_ASIDE)][:_LOOK]
    return bool(lines) and all(_LINE.fullmatch(line.strip()) for line in lines)


def line_protocol_csv(data: bytes, name: str) -> bytes:
    """The points as CSV: measurement, tags, fields, the time as a number. UnreadableError for a line without a time."""
    rows: list[dict[str, str]] = []
    tagged: dict[str, list[dict[str, str]]] = {}
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
        if not line.strip() or line.startswith(_ASIDE):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None or match["time"] is None:
            why = "has no time" if match else "is none of InfluxDB's line protocol"
            raise UnreadableError(f"{name}, line {number} {why}: '{line[:60]}'", "export it again, with times")
        tags = {key: _plain(value) for key, value in re.findall(rf",({_NAME})=({_NAME})", match["tags"])}
        fields = {key: _number(value) for key, value in re.findall(rf"({_NAME})=({_VALUE})", match["fields"])}
        rows.append({"time": match["time"], "measurement": _plain(match["head"]), **tags, **fields})
        tagged.setdefault(_plain(match["head"]), []).append(tags)
    rows = _beside(rows, tagged) if len(tagged) > 1 else rows
    columns = list(dict.fromkeys(column for row in rows for column in row))
    named = [_plain(column) for column in columns]
    return csv_of([named, *([row.get(column, "") for column in columns] for row in rows)])


def _beside(rows: list[dict[str, str]], tagged: dict[str, list[dict[str, str]]]) -> list[dict[str, str]]:
    """The points of several measurements, those of one time and the same things in one row, fields by their full name.

    Tags that only one measurement has, and that tell none of its points apart, are left out. Where others do, the
    points stay as they are.
    """
    common = set.intersection(*(set(tags[0]) for tags in tagged.values()))
    own = {key for of in tagged.values() for tags in of for key in tags if key not in common}
    if any(len({tags.get(key) for tags in of}) > 1 for of in tagged.values() for key in own):
        return rows
    joined: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        keys = {"time": row["time"], **{key: row[key] for key in sorted(common) if key in row}}
        fields = {
            f"{row['measurement']} {name}": cell
            for name, cell in row.items()
            if name not in (*keys, *own, "measurement")
        }
        joined.setdefault(tuple(keys.values()), keys).update(fields)
    return list(joined.values())


def _plain(text: str) -> str:
    """A name without the marks before its blanks and commas."""
    return re.sub(r"\\([,= \\])", r"\1", text)


def _number(value: str) -> str:
    """A field as a cell: whole numbers without the letter behind them, texts without their quotes."""
    return value[1:-1] if value.startswith('"') else re.sub(r"^([+-]?\d+)[iu]$", r"\1", value)
