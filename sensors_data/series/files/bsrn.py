"""Station-to-archive files of the Baseline Surface Radiation Network as CSV: the minutes of logical record 0100.

Source: Koenig-Langlo et al., Update of the technical plan for BSRN data management, WCRP Report 24/2013.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sensors_data.errors import UnreadableError
from sensors_data.series.files.csv_text import csv_of

_BEGIN = re.compile(rb"\*[CU]0001\r?\n")
_SUMS = ("", " sd", " min", " max")
_NAMES = [f"{name}{of}" for name in ("GHI", "DNI", "DHI", "LWD") for of in _SUMS] + ["T", "RH", "p"]
"""Global, direct, diffuse and long-wave irradiance in W/m2, air temperature (degC), humidity (%), pressure (hPa)."""
_FIRST, _SECOND = 10, 11
"""Cells of a minute's two lines; the first has day and minute in front."""


def is_bsrn(start: bytes) -> bool:
    """Whether bytes begin as a station-to-archive file."""
    return bool(_BEGIN.match(start))


def bsrn_csv(text: str, name: str) -> bytes:
    """The minutes as CSV, in UTC; -999 and its like stand as they are. UnreadableError where the file has none."""
    lines = text.splitlines()
    try:
        _, month, year, *_ = map(int, lines[1].split())
        first = datetime(year, month, 1)
    except (ValueError, IndexError) as error:
        raise UnreadableError(f"{name}, line 2 does not give month and year of a BSRN station") from error
    minutes = _record(lines, "0100")
    if len(minutes) % 2:
        raise UnreadableError(f"{name} ends within a minute of record 0100", "copy it again")
    rows = []
    for head, tail in zip(minutes[::2], minutes[1::2], strict=True):
        cells, more = head.split(), tail.split()
        if len(cells) != _FIRST or len(more) != _SECOND:
            raise UnreadableError(f"{name}: a minute of record 0100 has other cells than 10 and 11: '{head.strip()}'")
        time = first + timedelta(days=int(cells[0]) - 1, minutes=int(cells[1]))
        rows.append([f"{time.isoformat()}Z", *cells[2:], *more])
    if not rows:
        raise UnreadableError(f"{name} is a BSRN file without the minutes of record 0100")
    return csv_of([["time", *_NAMES], *rows])


def _record(lines: list[str], code: str) -> list[str]:
    """The lines of a logical record, without those that are empty."""
    start = next((n for n, line in enumerate(lines) if re.fullmatch(rf"\*[CU]{code}\s*", line)), len(lines))
    end = next((n for n in range(start + 1, len(lines)) if lines[n].startswith("*")), len(lines))
    return [line for line in lines[start + 1 : end] if line.strip()]
