"""Tables whose times run across, a column each, turned so that they run down, a row a value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain

from sensors_data.series.dates.shapes import shape_of
from sensors_data.series.files.cell_kinds import kind_of
from sensors_data.series.files.csv_text import cells_of, csv_of

_LINES = 12
"""Lines among which the header with the times is looked for."""
_LEAST = 5
"""Fewer times across are no header of times."""
_DATE = re.compile(rb"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")


@dataclass(frozen=True)
class Across:
    """Where the times stand: the header's line, from 0, what parts its cells, and the numbers of the columns."""

    line: int
    separator: str
    times: tuple[int, ...]


def across(data: bytes) -> Across | None:
    """Where a text's times run across, None where they do not: most cells of its header are times, below are values."""
    lines = data[:1_000_000].splitlines()[: _LINES + 1]
    for number, line in enumerate(lines[:-1]):
        if len(_DATE.findall(line)) < _LEAST:
            continue
        for separator in (";", "\t", ",", "|"):
            names = _cells(line, separator)
            times = tuple(place for place, name in enumerate(names) if _DATE.search(name.encode()) and shape_of(name))
            if len(times) < max(_LEAST, 0.7 * len(names)) or len({names[place] for place in times}) < len(times):
                continue
            values = _cells(lines[number + 1], separator)
            kinds = [kind_of(values[place]) for place in times if place < len(values)]
            if sum(kind in ("n", "") for kind in kinds) > 0.8 * len(times) and "n" in kinds:
                return Across(number, separator, times)
    return None


def times_down(data: bytes, place: Across) -> bytes:
    """The table with a row a value: the cells that are no values, the time, the value; time after time."""
    lines = [_cells(line, place.separator) for line in data.splitlines()[place.line :] if line.strip()]
    names, rows = lines[0], lines[1:]
    keys = [number for number in range(len(names)) if number not in set(place.times)]
    header = [names[key] or f"column_{key + 1}" for key in keys]
    time = "date" if any(name.casefold() in ("time", "hour", "uhrzeit") for name in header) else "time"
    padded = [row + [""] * (len(names) - len(row)) for row in rows]
    down = ([*(cells[key] for key in keys), names[at], cells[at]] for at in place.times for cells in padded)
    return csv_of(chain([[*header, time, "value"]], down), place.separator)


def _cells(line: bytes, separator: str) -> list[str]:
    return cells_of(line.decode("utf-8", "replace").removeprefix("\ufeff"), separator)
