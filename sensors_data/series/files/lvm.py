"""Measurement files of LabVIEW (.lvm) as CSV: each segment has a header of its own, its rows count from its start."""

from __future__ import annotations

import re
from itertools import takewhile

import pandas as pd

from sensors_data.errors import NightscoreError, UnreadableError
from sensors_data.series.files.csv_text import csv_of

_END = "***End_of_Header***"


def is_lvm(start: bytes) -> bool:
    """Whether a file begins as LabVIEW's measurement files do."""
    return start.startswith(b"LabVIEW Measurement")


def lvm_csv(text: str, name: str) -> bytes:
    """Times and channels of every segment, a row each. UnreadableError for another layout, or a damaged one."""
    try:
        return _csv_of(text, name)
    except NightscoreError:
        raise
    except (IndexError, ValueError, OverflowError) as error:  # a header that stops short, a count or time that is none
        reason = f"{name} is a measurement file of LabVIEW that is damaged: {error}"
        raise UnreadableError(reason, "write it again") from error


def _csv_of(text: str, name: str) -> bytes:
    lines = text.splitlines()
    mark = "," if any(re.match(r"Separator,", line) for line in lines[:20]) else "\t"
    rows = [[cell.strip() for cell in line.split(mark)] for line in lines]
    ends = [number for number, row in enumerate(rows) if row[0] == _END]
    about = {row[0]: row[1] for row in rows[: ends[0] if ends else 0] if len(row) > 1}
    if about.get("X_Columns", "One") == "Multi":
        raise UnreadableError(f"{name} has a column of times for each channel", "write it with one column X_Value")
    point = about.get("Decimal_Separator", ".")
    names: list[str] = []
    table: list[list[str]] = []
    for end in ends[1:]:
        start = next((n for n in range(end - 1, -1, -1) if rows[n][0] in ("Channels", _END)), 0)
        header = {row[0]: row for row in rows[start:end] if row[0]}
        moment = _moment(header, about, name)
        step = _number(header.get("Delta_X", ["", "0"])[1], point)
        count = int(header["Channels"][1]) if "Channels" in header else len(rows[end + 1]) - 2
        names = names or rows[end + 1][1 : count + 1]
        for place, row in enumerate(takewhile(_is_row, rows[end + 2 :])):
            seconds = _number(row[0], point) if row[0] else place * step
            values = [cell.replace(point, ".") for cell in row[1 : count + 1]]
            table.append([str(moment + pd.Timedelta(seconds=seconds)), *values])
    if not table:
        raise UnreadableError(f"{name} is a measurement file of LabVIEW without rows", "write it again with its values")
    return csv_of([["time", *names], *table])


def _is_row(row: list[str]) -> bool:
    """Whether a line goes on with a segment's rows."""
    return len(row) > 1 and row[0] not in ("Channels", _END)


def _moment(header: dict[str, list[str]], about: dict[str, str], name: str) -> pd.Timestamp:
    """When a segment's rows begin to count."""
    day = header["Date"][1] if "Date" in header else about.get("Date", "")
    clock = header["Time"][1] if "Time" in header else about.get("Time", "")
    clock = re.sub(r"(\.\d{9})\d+", r"\1", clock.replace(",", "."))
    if not day:  # pandas would take today's
        raise UnreadableError(f"{name} has no date", "write it again with its header")
    try:
        return pd.Timestamp(f"{day.replace('/', '-')} {clock}")
    except ValueError as error:
        raise UnreadableError(f"{name} has no readable date: Date '{day}', Time '{clock}'") from error


def _number(text: str, point: str) -> float:
    try:
        return float(text.replace(point, "."))
    except ValueError:
        return 0.0
