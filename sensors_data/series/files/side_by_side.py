"""Tables with the same sensors of several machines side by side, below names or labels of these, as a row a machine."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sensors_data.series.files.cell_kinds import kind_of
from sensors_data.series.files.csv_text import cells_of, csv_of
from sensors_data.series.values.units import is_unit

_LABELLED = re.compile(r"\s*([^{}]*?)\s*\{([^{}]*)\}\s*")
_LABEL = re.compile(r"\s*([\w.\-/]+)\s*[:=]\s*\"?([^\",]*)\"?\s*")
_SUMS = frozenset((
    "mean", "avg", "average", "min", "max", "minimum", "maximum", "std", "stddev", "count", "sum", "median", "first",
    "last", "value", "quality", "status", "unit", "flag", "wert", "qualität", "mittel", "mittelwert",
))  # fmt: skip
"""Names below which no machine stands, but a quantity with its kinds of sum or its quality."""
_QUANTITIES = re.compile(
    r"temp|press|flow|power|volt|current|energy|speed|level|humid|vibr|torque|freq|druck|durchfluss|leistung|strom|spannung"
    r"|feucht|drehzahl|füllstand|consum|débit|caudal|presi",
    re.IGNORECASE,
)
_TIMES = re.compile(r"(?:date|time|timestamp|datum|zeit|uhrzeit|fecha|hora|heure|ts|datetime)\b.*", re.IGNORECASE)
_LOOK = 8
"""Lines among which the header is looked for."""


@dataclass(frozen=True)
class Beside:
    """Where machines stand side by side: the header's lines, the columns that all share, and each other's machine and
    sensor."""

    first: int
    below: int
    mark: str
    shared: dict[int, str]
    labels: tuple[str, ...]
    cells: dict[int, tuple[tuple[str, ...], str]]


def side_by_side(data: bytes) -> Beside | None:
    """Where a text's machines stand side by side; None where they do not."""
    lines = data[:60_000].decode("utf-8-sig", "replace").splitlines()[: _LOOK + 4]
    for mark in (",", ";", "\t"):
        rows = [cells_of(line, mark) for line in lines]
        for number, row in enumerate(rows[:-1]):
            if len(row) > 2 and (beside := _labelled(rows, number, mark)):
                return beside
            for below in range(number + 1, min(number + 5, len(rows))) if len(row) > 4 else ():
                if len(rows[below]) == len(row) and (beside := _grouped(rows, number, below, mark)):
                    return beside
    return None


def machines_down(data: bytes, beside: Beside) -> bytes:
    """The table with a row a machine: what all have, the labels of the machine, and its sensors; time after time."""
    lines = data.decode("utf-8-sig", "replace").splitlines()
    sensors = list(dict.fromkeys(sensor for _, sensor in beside.cells.values()))
    machines = list(dict.fromkeys(labels for labels, _ in beside.cells.values()))
    place = {pair: column for column, pair in beside.cells.items()}
    shared_names = [name or "time" for name in beside.shared.values()]
    rows = [[*shared_names, *beside.labels, *sensors]]
    for line in lines[beside.below :]:
        row = cells_of(line, beside.mark)
        if not any(row):
            continue
        width = max(place.values()) + 1
        row += [""] * (width - len(row))
        shared = [row[column] for column in beside.shared]
        units = not any(kind_of(cell) in ("n", "t") for cell in row)
        for machine in machines[: 1 if units else None]:
            cells = [row[place[machine, sensor]] if (machine, sensor) in place else "" for sensor in sensors]
            if any(cells):
                rows.append([*shared, *([""] * len(machine) if units else machine), *cells])
    return csv_of(rows, beside.mark)


def _labelled(rows: list[list[str]], number: int, mark: str) -> Beside | None:
    """Columns called like `temp{host:a}`: those of one time, of several machines by their labels."""
    matches = {place: match for place, cell in enumerate(rows[number]) if (match := _LABELLED.fullmatch(cell))}
    shared = {place: cell for place, cell in enumerate(rows[number]) if place not in matches and cell}
    if len(matches) < 2 or not shared or len(shared) > 2 or len(matches) + len(shared) < len(rows[number]):
        return None
    labels = {place: dict(_LABEL.findall(match[2])) for place, match in matches.items()}
    keys = [key for key in next(iter(labels.values())) if all(key in marks for marks in labels.values())]
    differ = tuple(key for key in keys if len({marks[key] for marks in labels.values()}) > 1)
    if not differ:
        return None
    names = {place: re.sub(r"^(?:avg|min|max|sum):", "", match[1]) or "value" for place, match in matches.items()}
    cells = {place: (tuple(labels[place][key] for key in differ), names[place]) for place in matches}
    return Beside(number, number + 1, mark, shared, differ, cells) if len(set(cells.values())) == len(cells) else None


def _grouped(rows: list[list[str]], number: int, below: int, mark: str) -> Beside | None:
    """A line of machines above a line of the same sensors for each of them."""
    groups, names = rows[number], rows[below]
    if len(names) < 5 or len(groups) > len(names) or any(kind_of(cell) == "t" for cell in (*groups, *names)):
        return None
    groups = groups + [""] * (len(names) - len(groups))
    timed = {n for row in rows[below + 1 :] for n, cell in enumerate(row) if kind_of(cell) == "t"}
    shared, filled, current = {}, {}, ""
    for place, (group, name) in enumerate(zip(groups, names, strict=True)):
        if not current and (not group or place in timed or _TIMES.fullmatch(group) or group == name):
            shared[place] = name or group
            continue
        current = group or current
        filled[place] = current
    sensors = {group: [names[place] for place in filled if filled[place] == group] for group in filled.values()}
    alike = {tuple(sorted(of_group)) for of_group in sensors.values()}
    if len(sensors) < 2 or len(alike) > 1 or not shared:
        return None
    if not timed & shared.keys() and not any(map(_TIMES.fullmatch, shared.values())):
        return None
    of_each = next(iter(sensors.values()))
    if len(of_each) < 2 or len(set(of_each)) < len(of_each) or not all(of_each):
        return None
    if all(name.casefold() in _SUMS for name in of_each) or any(map(_TIMES.fullmatch, of_each)):
        return None
    if (
        any(kind_of(name) == "n" for name in of_each)
        or all(is_unit(name) for name in of_each)
        or not all(re.search(r"[^\W\d_]", group) for group in sensors)
    ):
        return None
    swapped = all(map(_QUANTITIES.search, sensors)) and not any(map(_QUANTITIES.search, of_each))
    cells: dict[int, tuple[tuple[str, ...], str]] = {}
    for place, group in filled.items():
        cells[place] = ((names[place],), group) if swapped else ((group,), names[place])
    return Beside(number, below + 1, mark, shared, ("machine",), cells)
