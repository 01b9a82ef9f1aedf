"""Telegrams of Dutch and Belgian meters (DSMR, P1) as CSV, and their times wherever they stand."""

from __future__ import annotations

import re

from sensors_data.series.files.csv_text import csv_of_records

_TELEGRAM = re.compile(rb"(?m)^/\w{3}\w?.*\r?\n")
_TIME = rb"(\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])([01]\d|2[0-3])([0-5]\d)([0-5]\d)([SW])"
_CELL = re.compile(rb'(?<![^;,\t|"\n])' + _TIME + rb'(?![^;,\t|"\r\n])')
_OFFSETS = {b"S": b"+02:00", b"W": b"+01:00"}
"""Summer and winter in the Netherlands and Belgium."""


def has_telegrams(data: bytes) -> bool:
    """Whether a text holds telegrams of such meters."""
    return (
        len(_TELEGRAM.findall(data[:20_000])) > 0
        and re.search(rb"\d+-\d+:1\.0\.0\(" + _TIME, data[:20_000]) is not None
    )


def has_meter_times(data: bytes) -> bool:
    """Whether cells of a text are the times of such meters, like 260202000000W."""
    return len(_CELL.findall(data[:20_000])) > 2


def with_meter_times(data: bytes) -> bytes:
    """The text with those times as ISO 8601 with their offset."""
    return _CELL.sub(lambda match: _iso(match.groups()), data)


def telegrams_csv(data: bytes) -> bytes:
    """A row a telegram: its time, and each number by its OBIS code and unit; a meter on the bus by its channel."""
    rows: list[dict[str, str]] = []
    row: dict[str, str] = {}
    for line in data.decode("latin-1").splitlines():
        if line.startswith("/"):
            row = {}
        if match := re.match(r"\d+-(\d+):(\d+\.\d+\.\d+)((?:\([^)]*\))+)", line):
            channel, code, cells = match[1], match[2], re.findall(r"\(([^)]*)\)", match[3])
            last = re.fullmatch(r"(-?\d+(?:\.\d+)?)(?:\*(\w+))?", cells[-1])
            if code == "1.0.0" and (time := re.fullmatch(_TIME.decode(), cells[0])):
                row["time"] = _iso(tuple(part.encode() for part in time.groups())).decode()
            elif last and last[2]:
                front = f"{channel}:" if len(cells) > 1 else ""
                row[f"{front}{code} ({last[2]})"] = last[1]
        if line.startswith("!") and "time" in row:
            rows.append(row)
            row = {}
    return csv_of_records(rows)


def _iso(parts: tuple[bytes, ...]) -> bytes:
    year, month, day, hour, minute, second, season = parts
    return b"20%s-%s-%sT%s:%s:%s%s" % (year, month, day, hour, minute, second, _OFFSETS[season])
