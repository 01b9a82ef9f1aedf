"""Exchange files of hydrology (ZRXP): series below one another, each below lines of keywords, as CSV."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sensors_data.errors import UnreadableError
from sensors_data.series.dates.formats import zone_minutes
from sensors_data.series.files.csv_text import cells_of, csv_of

_KEYWORDS = re.compile(
    r"(?P<key>SANR|SNAME|SWATER|STYPE|CNR|CNAME|CTYPE|CUNIT|CMW|CCLASS|RINVAL|RTIMELVL|RTYPE|RORPR|REXCHANGE|RSTATE"
    r"|RNR|RID|TZ|TSPATH|TSNAME|TSTYPE|LAYOUT|ZRXPVERSION|ZRXPMODE|ZRXPCREATOR|ZDATE|SOURCESYSTEM|SOURCEID)(?P<text>.*)"
)
_MARK = re.compile(r"\|\*\||;\*;")
_HEAD = re.compile(rb"(?m)^#[^\n]*(?:SANR|SNAME|CNAME|CNR|REXCHANGE|RINVAL|TSPATH|ZRXP)[^\n]*(?:\|\*\||;\*;)")
_ROW = re.compile(rb"(?m)^\d{8}(?:\d{4}(?:\d\d)?)?[ \t]")
_LAYOUT = ("timestamp", "value")
"""The cells of a row where a series states no others."""
_MISSING = "255"
"""The status of a missing value."""
_TIMES = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?")


@dataclass
class _Series:
    """One series: its keywords, and its rows as cells."""

    keys: dict[str, str] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)


def is_zrxp(data: bytes) -> bool:
    """Whether a text begins with keywords of ZRXP, above rows that begin with the digits of a time."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n")
    return head.startswith(b"#") and bool(_HEAD.search(head) and _ROW.search(head))


def zrxp_csv(text: str, name: str) -> bytes:
    """A row a value with its station, its parameter and their unit; a column of the parameter where there is but one.

    What a series states for no value is left out, and what has the status of a missing one.
    """
    series = [part for part in _series(text) if part.rows]
    if not series:
        raise UnreadableError(f"{name} is a ZRXP file without rows", "export it again with its values")
    kinds = {_parameter(part.keys) for part in series}
    rows = []
    for part in series:
        layout, (parameter, unit) = _layout(part), _parameter(part.keys)
        station = part.keys.get("SNAME") or part.keys.get("SANR", "")
        about = [station] if len(kinds) == 1 else [station, parameter, unit]
        for row in part.rows:
            cells = dict(zip(layout, row, strict=False))
            if not _is_missing(cells, part.keys.get("RINVAL")):
                rows.append([_in_zone(cells["timestamp"], part.keys.get("TZ", "")), *about, cells["value"]])
    if len(kinds) > 1:
        return csv_of([["timestamp", "station", "parameter", "unit", "value"], *rows])
    parameter, unit = next(iter(kinds))
    return csv_of([["timestamp", "station", f"{parameter} ({unit})" if unit else parameter], *rows])


def _parameter(keys: dict[str, str]) -> tuple[str, str]:
    """What a series measures, and its unit."""
    return keys.get("CNAME") or keys.get("CNR", "") or "value", keys.get("CUNIT", "")


def _series(text: str) -> list[_Series]:
    """The series of a text: each begins with the keywords below another's rows."""
    series = [_Series()]
    for line in text.splitlines():
        if line.startswith("#"):
            if series[-1].rows:
                series.append(_Series())
            tokens = [token.strip() for token in _MARK.split(line.lstrip("#"))]
            matches = [match for token in tokens if (match := _KEYWORDS.fullmatch(token))]
            series[-1].keys |= {match["key"]: match["text"].strip() for match in matches}
        elif line.strip():
            series[-1].rows.append(cells_of(re.sub(r"[ \t]+", " ", line.strip()), " "))
    return series


def _layout(series: _Series) -> tuple[str, ...]:
    """What the cells of a series' rows are."""
    stated = re.fullmatch(r"\((.*)\)", series.keys.get("LAYOUT", ""))
    return tuple(cell.strip().casefold() for cell in stated[1].split(",")) if stated else _LAYOUT


def _is_missing(cells: dict[str, str], none: str | None) -> bool:
    """Whether a row has no value: none at all, the number that stands for none, or the status of a missing one."""
    value = cells.get("value", "")
    if not value or "timestamp" not in cells or cells.get("status") == _MISSING:
        return True
    try:
        return none is not None and float(value) == float(none)
    except ValueError:
        return value == none


def _in_zone(digits: str, zone: str) -> str:
    """A time of digits in ISO 8601, with its zone behind it."""
    match = _TIMES.fullmatch(digits)
    if match is None:
        return digits
    year, month, day, hour, minute, second = match.groups("00")
    minutes = zone_minutes(zone) if zone else None
    behind = f" {zone}" if zone and minutes is None else ""
    if minutes is not None:
        behind = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    return f"{year}-{month}-{day} {hour}:{minute}:{second}{behind}"
