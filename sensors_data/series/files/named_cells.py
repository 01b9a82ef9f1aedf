"""Logs whose lines name each of their values, `2026-02-02 00:00:00 temp=21.4 flow=5.1`, as CSV."""

from __future__ import annotations

import re

from sensors_data.series.files.csv_text import csv_of_records

_PAIR = r"\w[\w./-]*=(?:\"[^\"]*\"|[^\s,;=\"]*)"
_NAMED = re.compile(rf"(?:(?P<time>[^=\n]*?\d[^=\n]*?)[\s,;]+)?(?P<pairs>{_PAIR}(?:[\s,;]+{_PAIR})+)\s*")


def has_named_cells(data: bytes) -> bool:
    """Whether the first lines of a text name their values, each after a time or with one among them."""
    lines = [line for line in data[:8000].decode("utf-8", "replace").splitlines()[:-1] if line.strip()][:40]
    matches = [match for line in lines if "=" in line and (match := _NAMED.fullmatch(line.strip()))]
    if len(matches) < 3 or len(matches) < 0.9 * len(lines):
        return False
    return all(match["time"] for match in matches) or all(re.search(r"\b\w*time\w*=|\bts=", m[0]) for m in matches)


def named_cells_csv(text: str) -> bytes:
    """A row a line, a column a name; a line that names nothing is left out."""
    rows = []
    for line in text.splitlines():
        if match := _NAMED.fullmatch(line.strip()):
            pairs = re.findall(r"([\w./-]+)=(\"[^\"]*\"|[^\s,;]*)", match["pairs"])
            cells = {"time": match["time"]} if match["time"] else {}
            rows.append(cells | {name: value.strip('"') for name, value in pairs})
    return csv_of_records(rows)
