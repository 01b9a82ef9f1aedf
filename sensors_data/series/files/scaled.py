"""Tables whose header has a line of divisors or factors, as heat pumps log them, with the values that are meant."""

from __future__ import annotations

import re

from sensors_data.series.files.cell_kinds import kind_of
from sensors_data.series.files.csv_text import cells_of, csv_of

_DIVIDES = re.compile(r"divis(?:or|eur|ore)s?|teiler|divide[ds]? by", re.IGNORECASE)
_MULTIPLIES = re.compile(
    r"(?:scale|scaling)(?:[ _]?factors?)?|factors?|multipliers?|multiply(?: by)?|gain|faktor(?:en)?|skalierung|facteur",
    re.IGNORECASE,
)
_LOOK = 8
"""Lines among which the factors are looked for."""


def is_scaled(data: bytes) -> bool:
    """Whether a line of the header names a divisor or a factor for each of the columns."""
    return _place(data[:20_000].decode("utf-8", "replace").splitlines()) is not None


def scaled_csv(data: bytes) -> bytes:
    """The table with its factors applied, on the lines on which it stood; the line of factors is left empty."""
    text = data.decode("utf-8-sig", "replace")
    lines = text.splitlines()
    place = _place(lines)
    if place is None:
        return data
    number, mark, factors = place
    for at, line in enumerate(lines[number + 1 :], start=number + 1):
        cells = cells_of(line, mark)
        if any(kind_of(cell) in ("n", "t") for cell in cells):
            scaled = [_times(cell, factors.get(column, 1.0)) for column, cell in enumerate(cells)]
            lines[at] = csv_of([scaled], mark).decode().removesuffix("\n")
    lines[number] = ""
    return ("\n".join(lines) + "\n").encode()


def _place(lines: list[str]) -> tuple[int, str, dict[int, float]] | None:
    """The line of the factors, what parts its cells, and the factor of each column; None where there is none."""
    for number, line in enumerate(lines[:_LOOK]):
        for mark in ("\t", ";", ","):
            cells = cells_of(line, mark)
            first = next((cell for cell in cells if cell), "").strip(": ")
            divides, multiplies = _DIVIDES.fullmatch(first), _MULTIPLIES.fullmatch(first)
            numbers = {place: cell for place, cell in enumerate(cells) if re.fullmatch(r"-?\d+(?:[.,]\d+)?", cell)}
            if not (divides or multiplies) or not numbers or len(cells) < 3:
                continue
            near = [
                cells_of(other, mark)
                for other in (*lines[max(0, number - 3) : number], *lines[number + 1 : number + 3])
            ]
            if any(len(other) == len(cells) and all(_is_named(other[place]) for place in numbers) for other in near):
                sizes = {place: float(cell.replace(",", ".")) or 1.0 for place, cell in numbers.items()}
                return number, mark, {place: 1 / size if divides else size for place, size in sizes.items()}
    return None


def _is_named(cell: str) -> bool:
    return kind_of(cell) in ("w", "x") and bool(re.search(r"[^\W\d_]", cell))


def _times(cell: str, factor: float) -> str:
    """A cell's number times a factor, with its own decimal mark; other cells as they are."""
    if factor == 1.0 or not re.fullmatch(r"[-+]?\d+(?:[.,]\d+)?", cell):
        return cell
    value = f"{float(cell.replace(',', '.')) * factor:.12g}"
    return value.replace(".", ",") if "," in cell else value
