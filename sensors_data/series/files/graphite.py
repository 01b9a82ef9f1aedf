"""What Graphite answers as `raw`: a line a target, with its first time, its last, its step, and the values."""

from __future__ import annotations

import re

from sensors_data.series.files.csv_text import csv_of

_LINE = re.compile(rb"(?m)^(\S+?),(1\d{9}),(1\d{9}),(\d{1,6})\|((?:None|-?[\d.eE+-]+)(?:,(?:None|-?[\d.eE+-]+))*)\s*$")


def is_graphite(data: bytes) -> bool:
    """Whether a text is Graphite's raw form, by its first line."""
    return _LINE.match(data.split(b"\n", 1)[0]) is not None


def graphite_csv(data: bytes) -> bytes:
    """The table with a row a value: the epoch, the target, the value; a value of None is blank."""
    rows = [["timestamp", "target", "value"]]
    for match in _LINE.finditer(data):
        first, step = int(match[2]), int(match[4])
        values = match[5].decode().replace("None", "").split(",")
        rows += [[f"{first + place * step}", match[1].decode(), value] for place, value in enumerate(values)]
    return csv_of(rows)
