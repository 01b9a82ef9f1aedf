"""What `sar` prints: a host and a date on the first line, then tables of clocks, a header each, as CSV."""

from __future__ import annotations

import re

from sensors_data.series.files.csv_text import csv_of

_FIRST = re.compile(rb"\A\s*(?:Linux|AIX|SunOS|HP-UX|Darwin) \S+ \(?(\S+?)\)?[ \t]+(\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4})\b")
_CLOCK = re.compile(r"(\d{2}:\d{2}:\d{2}(?: [AP]M)?)\s+(.+)")


def is_sar(data: bytes) -> bool:
    """Whether a text begins as that of sar does."""
    return _FIRST.match(data[:400]) is not None


def sar_csv(data: bytes) -> bytes:
    """A row a value: time, host, sensor, value. A sensor of a processor or device has its name in front."""
    text = data.decode("utf-8", "replace")
    names: list[str] = []
    rows: list[list[str]] = []
    host = day = ""
    for line in text.splitlines():
        if first := _FIRST.match(line.encode()):
            host, day, names = first[1].decode(), first[2].decode(), []
        elif (match := _CLOCK.fullmatch(line.strip())) and "RESTART" not in line:
            cells = match[2].split()
            if not all(re.fullmatch(r"-?[\d.,]+", cell) for cell in cells[1:]) or len(cells) != len(names or cells):
                names = cells
                continue
            thing = "" if re.fullmatch(r"-?\d+[.,]\d+", cells[0]) or not _is_key(names[0]) else cells[0]
            values = zip(names, cells, strict=True) if not thing else zip(names[1:], cells[1:], strict=True)
            front = f"{thing} " if thing and thing != "all" else ""
            rows += [[f"{day} {match[1]}", host, f"{front}{name}", value] for name, value in values]
    return csv_of([["time", "host", "sensor", "value"], *rows], ";")


def _is_key(name: str) -> bool:
    """Whether a column names a processor, device or interface."""
    return name in ("CPU", "DEV", "IFACE", "INTR", "TTY", "BUS", "FAN", "TEMP", "FILESYSTEM", "MOUNTPOINT", "DEVICE")
