"""Prometheus' and OpenMetrics' text with times (`temp{instance="a"} 47.9 1709251200`) as CSV."""

from __future__ import annotations

import re

from sensors_data.series.files.csv_text import csv_of_records

_LINE = re.compile(r"([A-Za-z_:][\w:]*)(?:\{(.*)\})? +(\S+) +(-?\d{9,13}(?:\.\d+)?)(?: *#.*)?")
_LABEL = re.compile(r'([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"')
_LOOK = 30
"""Lines by which the form is told."""


def is_exposition(start: bytes) -> bool:
    """Whether the first lines that are no comments are samples with a time."""
    lines = [line for line in start.decode("utf-8", "replace").splitlines()[:-1] if line and not line.startswith("#")]
    return len(lines) > 2 and all(_LINE.fullmatch(line.strip()) for line in lines[:_LOOK])


def exposition_csv(data: bytes) -> bytes:
    """A row a sample: time, metric, its labels, value; what is no number stays blank."""
    rows: list[dict[str, str]] = []
    for line in data.decode("utf-8", "replace").splitlines():
        if line.startswith("#") or not (match := _LINE.fullmatch(line.strip())):
            continue
        value = "" if match[3].lower() == "nan" else match[3]
        rows.append({"time": match[4], "metric": match[1], "value": value, **dict(_LABEL.findall(match[2] or ""))})
    return csv_of_records(rows)
