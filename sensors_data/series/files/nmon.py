"""What `nmon -f` writes: lines that begin with their section's name, and lines `ZZZZ` with the times."""

from __future__ import annotations

import re

from sensors_data.series.files.csv_text import csv_of

_SNAPSHOT = re.compile(r"(?m)^ZZZZ,(T\d+),(\d\d:\d\d:\d\d),(\d\d-\w{3}-\d{4})")
_NUMBER = re.compile(r"-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")


def is_nmon(data: bytes) -> bool:
    """Whether a text begins as that of nmon does."""
    return data.lstrip(b"\xef\xbb\xbf").startswith(b"AAA,") and b"\nAAA," in data[:4096]


def nmon_csv(data: bytes) -> bytes:
    """A row a value: time, host, sensor, value. A sensor is a section's name and that of its column."""
    text = data.decode("utf-8", "replace")
    times = {match[1]: f"{match[3]} {match[2]}" for match in _SNAPSHOT.finditer(text)}
    host = re.search(r"(?m)^AAA,host,([^,\r\n]+)", text)
    names: dict[str, list[str]] = {}
    rows: list[list[str]] = []
    for line in text.splitlines():
        section, *cells = line.split(",")
        if section in ("AAA", "BBBP", "ZZZZ") or len(cells) < 2:
            continue
        if cells[0] not in times:
            names.setdefault(section, cells[1:])
            continue
        values = zip(names.get(section, ()), cells[1:], strict=False)
        rows += [
            [times[cells[0]], host[1] if host else "", f"{section} {name}", value]
            for name, value in values
            if name and _NUMBER.fullmatch(value)
        ]
    return csv_of([["time", "host", "sensor", "value"], *rows])
