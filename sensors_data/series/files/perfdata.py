"""Performance data of monitoring plugins (`load1=0.41;5;10;0;`), in lines of Nagios or PNP4Nagios, as CSV."""

from __future__ import annotations

import re

from sensors_data.series.files.csv_text import csv_of

_DATUM = re.compile(
    r"(?:'([^']+)'|([^\s=';|:,]+))=(-?\d+(?:[.,]\d+)?)([a-zA-Zµ%/]{0,6})((?:;[-\d.:@~]*){1,4})(?=[\s'\"|,]|$)"
)
_UNIX = re.compile(r"\[?(1\d{9})\]?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")


def has_perfdata(data: bytes) -> bool:
    """Whether most of the first lines hold such data behind a time."""
    lines = [line for line in data[:12_000].decode("utf-8", "replace").splitlines()[:-1] if line.strip()][1:40]
    held = [line for line in lines if _DATUM.search(line) and (_UNIX.search(line) or _DATE.search(line))]
    return len(held) > 2 and len(held) >= 0.8 * len(lines)


def perfdata_csv(data: bytes) -> bytes:
    """A row a datum: time, host, service, sensor, value, unit."""
    rows = [row for line in data.decode("utf-8", "replace").splitlines() for row in _rows(line)]
    named = ["time", "host", "service", "sensor", "value", "unit"]
    keep = [place for place in range(len(named)) if any(row[place] for row in rows)]
    return csv_of([row[place] for place in keep] for row in (named, *rows))


def _rows(line: str) -> list[list[str]]:
    """The data of a line, each with its time, host and service."""
    data = list(_DATUM.finditer(line))
    time = _UNIX.search(line) or _DATE.search(line)
    if not data or not time:
        return []
    keyed = dict(re.findall(r"(\w+)::([^\t]*)", line))
    before = line[: data[0].start()]
    plain = [cell.strip(' "') for cell in re.split(r"[\t;,|]", before.replace(time[0], "")) if cell.strip(' "')]
    plain = [cell for cell in plain if not re.search(r"PERFDATA|=|\s", cell)]
    host = keyed.get("HOSTNAME", plain[0] if plain else "")
    service = keyed.get("SERVICEDESC", plain[1] if len(plain) > 1 else "")
    when = keyed.get("TIMET") or (time[1] if time.re is _UNIX else time[0])
    return [[when, host, service, datum[1] or datum[2], datum[3], datum[4]] for datum in data]
