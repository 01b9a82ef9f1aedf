"""Hours of weather stations as NOAA's integrated surface data: numbers and their grades in one cell, parted here."""

from __future__ import annotations

import csv
import io
import re

_HEAD = re.compile(rb'(?:\xef\xbb\xbf)?"?STATION"?,"?DATE"?,[^\n]*"?(?:TMP|SLP)"?[,\r\n]')
_GRADED = re.compile(rb'"[+-]?\d{4,5},\w"')
_PARTS = {
    "WND": (("WND direction", 0, 1, 1), ("WND speed", 3, 4, 10)),
    "CIG": (("CIG", 0, 1, 1),),
    "VIS": (("VIS", 0, 1, 1),),
    "TMP": (("TMP", 0, 1, 10),),
    "DEW": (("DEW", 0, 1, 10),),
    "SLP": (("SLP", 0, 1, 10),),
}
"""The values within a cell: their name, the place of the number and of its grade, and what it is divided by."""
_KEYS = ("STATION", "DATE", "REPORT_TYPE")
_GOOD = frozenset("014569ACIMPRU")
"""The grades of what passed the checks or was not checked."""


def is_isd(data: bytes) -> bool:
    """Whether a text is a table of integrated surface data."""
    return bool(_HEAD.match(data[:2000]) and _GRADED.search(data[:4000]))


def isd_csv(text: str) -> bytes:
    """The table with a column a value in its unit (m, m/s, degrees, °C, hPa) and one for its grade."""
    rows = csv.reader(io.StringIO(text))
    names = next(rows)
    keys = [names.index(name) for name in _KEYS if name in names]
    parts = [(names.index(cell), *part) for cell, its in _PARTS.items() if cell in names for part in its]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([names[key] for key in keys] + [n for _, name, *_ in parts for n in (name, f"{name} quality")])
    for row in rows:
        cells = [row[key] if key < len(row) else "" for key in keys]
        for place, _, number, grade, size in parts:
            cells += _value((row[place] if place < len(row) else "").split(","), number, grade, size)
        writer.writerow(cells)
    return out.getvalue().encode()


def _value(cell: list[str], number: int, grade: int, size: int) -> list[str]:
    """A cell's value and whether it is good; nothing where all its digits are 9."""
    if len(cell) <= max(number, grade) or not re.fullmatch(r"[+-]?\d+", cell[number]) or not cell[number].strip("+9"):
        return ["", ""]
    return [f"{int(cell[number]) / size:g}", "good" if cell[grade] in _GOOD else "bad"]
