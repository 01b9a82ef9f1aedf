"""Logs whose lines name each of their values, `2026-02-02 00:00:00 temp=21.4 flow=5.1`, as CSV."""

from __future__ import annotations

import json
import re

from sensors_data.series.files.csv_text import csv_of_records
from sensors_data.series.files.log_prefix import LogPrefix, log_prefix

_PAIR = r"\w[\w./-]*=(?:\"[^\"]*\"|[^\s,;=\"]*)"
_NAMED = re.compile(rf"(?:(?P<time>[^=\n]*?\d[^=\n]*?)[\s,;]+)?(?P<pairs>{_PAIR}(?:[\s,;]+{_PAIR})+)\s*")
_VALUE = r"(?:[+-]?\d[\d.,]*(?:[eE][+-]?\d+)?(?: ?[^\s\d,;|][^\s,;|]{0,11})?|[^\s\d,;|:][^,;|:]*)"
_STATED = rf"[^\W\d][\w./-]*: ?{_VALUE}"
_COLONS = re.compile(rf"(?P<time>[^\n]+?)[\s,;]+(?P<pairs>{_STATED}(?:(?:[,;]| \|) +{_STATED})+)\s*")
_OBJECT = re.compile(r"(?P<time>[^{\n]+)(?P<object>\{.*\})\s*")
_LONG = 2_000
"""A line of as many characters names no values before colons, and shows no prefix."""


def has_named_cells(data: bytes) -> bool:
    """Whether the first lines of a text name their values, each after a time or with one among them."""
    lines = _first_lines(data)
    matches = [match for line in lines if "=" in line and (match := _NAMED.fullmatch(line.strip()))]
    if len(matches) < 3 or len(matches) < 0.9 * len(lines):
        return _prefix(lines, _COLONS) is not None
    return all(match["time"] for match in matches) or all(re.search(r"\b\w*time\w*=|\bts=", m[0]) for m in matches)


def named_cells_csv(text: str) -> bytes:
    """A row a line, a column a name; a line that names nothing is left out."""
    lines = _first_lines(text[:8000].encode())
    if (prefix := _prefix(lines, _COLONS)) is not None:
        short = (line for line in text.splitlines() if len(line) < _LONG)
        return csv_of_records([_stated(match, prefix) for match in map(_COLONS.fullmatch, short) if match])
    prefix = _prefix(lines, _NAMED)
    rows = []
    for line in text.splitlines():
        if match := _NAMED.fullmatch(line.strip()):
            pairs = re.findall(r"([\w./-]+)=(\"[^\"]*\"|[^\s,;]*)", match["pairs"])
            before = match["time"] or ""
            cells = prefix.cells(before) if prefix and before else {"time": before} if before else {}
            rows.append(cells | {name: value.strip('"') for name, value in pairs})
    return csv_of_records(rows)


def has_objects(data: bytes) -> bool:
    """Whether the first lines of a text hold an object of JSON each, behind a time."""
    return _prefix(_first_lines(data), _OBJECT) is not None


def objects_alone(text: str) -> bytes:
    """The objects of a log's lines, a line each, with the time and the words that stood before them."""
    prefix = _prefix(_first_lines(text[:8000].encode()), _OBJECT)
    lines = []
    for match in map(_OBJECT.fullmatch, text.splitlines()):
        if match and prefix and (inside := match["object"][1:].strip()):
            before = json.dumps(prefix.cells(match["time"]))[:-1]
            lines.append(before + (f", {inside}" if inside != "}" else inside))
    return "\n".join(lines).encode()


def _first_lines(data: bytes) -> list[str]:
    whole = data[:8000].decode("utf-8-sig", "replace").splitlines()[:-1]
    return [line.strip() for line in whole if line.strip()][:40]


def _prefix(lines: list[str], form: re.Pattern[str]) -> LogPrefix | None:
    """Where the time stands in lines of a form; None where fewer than nine in ten have it."""
    matches = [match for line in lines if len(line) < _LONG and (match := form.fullmatch(line))]
    if len(matches) < 3 or len(matches) < 0.9 * len(lines):
        return None
    return log_prefix([match["time"] or "" for match in matches])


def _stated(match: re.Match[str], prefix: LogPrefix) -> dict[str, str]:
    """The cells of a line that names its values before colons."""
    pairs = re.findall(rf"([^\W\d][\w./-]*): ?({_VALUE})", match["pairs"])
    return prefix.cells(match["time"]) | {name: value.strip() for name, value in pairs}
