"""Tables that stand one below the other in a text, each below a title or a header of its own, made one table."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

from sensors_data.encodings import as_utf8, encoding_of
from sensors_data.series.files.cell_kinds import kind_of
from sensors_data.series.files.csv_text import cells_of, csv_of

_LEAST = 5
"""Fewer rows that follow one another are no table."""
_MOST = 200
"""More tables than this are no stack, but a log with other lines in it."""
_PEEK = 2000
"""Lines that show how the rows' times are written."""
_LOOK = 16 * 2**20
"""Bytes of a text among which a second table must begin."""
PART = "part"
"""The column that tells the tables apart where their titles do not say of what they are."""


@dataclass(frozen=True)
class _Part:
    """A table of a stack: the lines above it that name no columns, its columns, its rows, and the lines below."""

    title: list[str]
    names: list[str]
    rows: list[str]
    below: tuple[str, ...] = ()


def one_table(data: bytes, name: str, separator: str) -> bytes | None:
    """The tables of a text as one, in UTF-8; None where it holds a single table.

    Tables of the same columns get a column more, with what tells their titles apart. Those of other columns are joined
    by the columns that all of them have.
    """
    if not separator or (separator.isspace() and separator != "\t"):
        return None
    data = as_utf8(data, name, encoding_of(data))
    if len(data) > _LOOK and len(_parts(_lines(data[:_LOOK]), separator)) < 2:
        return None
    lines = _lines(data)
    parts = _parts(lines, separator)
    if not 2 <= len(parts) <= _MOST:
        return None
    place = _usual_time(lines, separator)[0]
    names = [part.names for part in parts]
    if all(columns == names[0] for columns in names[1:]):
        rows = _labelled(parts, separator) if _lap_over(parts, place, separator) else None
    elif all(len(columns) > place and columns[place] == names[0][place] for columns in names if names[0]):
        rows = _joined(parts, separator)
    else:
        rows = None
    if rows is None:
        return None
    return csv_of(rows, separator)


def _lines(data: bytes) -> list[str]:
    return re.split(r"\r\n|\n|\r", data.decode("utf-8", "replace").removeprefix("\ufeff"))


def _parts(lines: list[str], separator: str) -> list[_Part]:
    """The runs of rows of a text, each with what stands above it."""
    place, form = _usual_time(lines, separator)
    parts: list[_Part] = []
    above: list[str] = []
    rows: list[str] = []
    for line in [*lines, ""]:
        if form and _form(line, separator, place) == form:
            rows.append(line)
            continue
        if len(rows) >= _LEAST:
            parts.append(_part(above, rows, place, separator))
            above = []
        else:
            above += rows
        rows = []
        if line.strip(f" {separator}"):
            above.append(line)
    return _with_lines_below(parts, above, separator)


def _with_lines_below(parts: list[_Part], last: list[str], separator: str) -> list[_Part]:
    """The tables with the lines below each, such as sums, as those that begin alike below the `last` table.

    The other lines are titles of the next table; those that begin as a line above the first table does are, too.
    """
    above = {line.split(separator)[0] for line in parts[0].title} if parts else set()
    last = [line for line in last if line.split(separator)[0] not in above]
    begun = {line.split(separator)[0] for line in last} - {""}
    titles = [part.title for part in parts[1:]]
    below = [[line for line in title if line.split(separator)[0] in begun] for title in titles]
    return [
        replace(part, below=tuple(lines), title=[line for line in part.title if not number or line not in before])
        for number, (part, lines, before) in enumerate(zip(parts, [*below, last], [[], *below], strict=False))
    ]


def _part(above: list[str], rows: list[str], place: int, separator: str) -> _Part:
    """A table of some rows and the lines above them."""
    width = len(cells_of(rows[0], separator))
    for number in range(len(above) - 1, -1, -1):
        cells = cells_of(above[number], separator)
        named = [cell for cell in cells if cell]
        words = sum(kind_of(cell) == "w" for cell in named)
        if (
            width - 1 <= len(cells) <= width
            and len(named) > max(1, place)
            and cells[place]
            and words > 0.5 * len(named)
        ):
            return _Part(above[:number] + above[number + 1 :], [*cells, ""][:width], rows)
    return _Part(above, [], rows)


def _usual_time(lines: list[str], separator: str) -> tuple[int, str]:
    """The number of the cell that is a time in most lines, and how it is written; no form where none is.

    Where no cell is a written time, one that counts since 1970.
    """
    for is_time in (_is_written, _is_counted):
        seen = Counter(
            (place, _form(line, separator, place))
            for line in lines[:_PEEK]
            for place, cell in enumerate(line.split(separator)[:12])
            if is_time(cell.strip(' "'))
        )
        ((place, form), count) = seen.most_common(1)[0] if seen else ((0, ""), 0)
        if count >= 2 * _LEAST:
            return place, form
    return 0, ""


def _is_written(cell: str) -> bool:
    """Whether a cell is a written time."""
    return bool(re.search(r"\d\D+\d", cell)) and kind_of(cell) == "t"


def _is_counted(cell: str) -> bool:
    """Whether a cell may count seconds, or thousandths and less of them, since 1970."""
    return bool(re.fullmatch(r"1[0-9]{9}(?:\d{3}|\d{6}|\d{9})?", cell))


def _form(line: str, separator: str, place: int) -> str:
    """How a cell of a line is written: runs of digits and of letters, and what stands between."""
    cells = line.split(separator, place + 1)
    if len(cells) < place + 2:
        return ""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", cells[place].strip(' "')))


def _lap_over(parts: list[_Part], place: int, separator: str) -> bool:
    """Whether each table, below a title of its own, begins at a time that the table before it has."""
    cells = [cell.strip(' "') for cell in parts[0].rows[0].split(separator)]
    places = [place, *(number for number, cell in enumerate(cells) if number != place and _is_written(cell))]
    times = [[_times(line, places, separator) for line in part.rows] for part in parts]
    starts = [rows[0] for rows in times]
    again = [start in before for before, start in zip(map(set, times), starts[1:], strict=False)]
    apart = (part.title or before.below for before, part in pairwise(parts))
    return all(again) and all(apart)


def _times(line: str, places: list[int], separator: str) -> tuple[str, ...]:
    """A row's date and its clock, where that stands in a column of its own."""
    cells = line.split(separator)
    return tuple(cells[place] for place in places if place < len(cells))


def _labelled(parts: list[_Part], separator: str) -> list[list[str]]:
    """Tables of the same columns below one another, with a column that tells them apart."""
    key, labels = _labels([part.title for part in parts])
    width = len(cells_of(parts[0].rows[0], separator))
    names = parts[0].names or [f"column_{number}" for number in range(1, width + 1)]
    rows = [[*names, PART if key in names else key]]
    for part, label in zip(parts, labels, strict=True):
        rows += [[*cells_of(line, separator), label] for line in part.rows]
        rows += [[line] for line in part.below]
    return rows


def _labels(titles: list[list[str]]) -> tuple[str, list[str]]:
    """What the tables' titles call the thing that differs, and what it is in each; their numbers where none does."""
    tokens = [[_tokens(line) for line in title] for title in titles]
    for line in tokens[1]:
        for place in range(len(line)):
            values = [_value_like(title, line, place) for title in tokens]
            if all(values) and len(set(values)) == len(values):
                return line[place - 1] if place else PART, values
    return PART, [f"{number}" for number in range(1, len(titles) + 1)]


def _tokens(line: str) -> list[str]:
    """The words and values of a title: `Station: Pump A` or `<SENSOR>1</SENSOR>`."""
    return [token.strip(' "') for token in re.split(r"</?|[;,\t:=>]", line) if token.strip(' "')]


def _value_like(title: list[list[str]], line: list[str], place: int) -> str:
    """What stands in a title where another has one of the tokens of its `line`, the others being the same."""
    for tokens in title:
        if len(tokens) == len(line) and tokens[:place] == line[:place] and tokens[place + 1 :] == line[place + 1 :]:
            return tokens[place]
    return ""


def _joined(parts: list[_Part], separator: str) -> list[list[str]] | None:
    """Tables of other columns beside one another, by the columns that all have; None where those tell no rows apart.

    A column of numbers that changes is measured in each of them, unless rows are told apart by it.
    """
    names = [part.names for part in parts]
    if any(a == b for number, a in enumerate(names) for b in names[:number]):
        return None
    tables = [[dict(zip(p.names, cells_of(line, separator), strict=False)) for line in p.rows] for p in parts]
    every = [name for name in names[0] if name and all(name in columns for columns in names)]
    rest = [name for name in every if not _changes(name, tables)]
    titles = {name for name in every if all(_is_title({row.get(name, "") for row in rows}) for rows in tables)}
    groups = [[name for name in keys if name not in left] for keys in (rest, every) for left in (titles, ())]
    shared = next((keys for keys in groups if keys and all(_tell_apart(keys, rows) for rows in tables)), None)
    if shared is None:
        return None
    counts = Counter(name for columns in names for name in columns)
    columns: dict[str, None] = dict.fromkeys(shared)
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for number, (part, table) in enumerate(zip(parts, tables, strict=True), start=1):
        words = (_tokens(part.title[-1]) if part.title else []) or [f"{number}"]
        kept = [name for name in part.names if name in shared or name not in titles]
        renamed = {n: n if counts[n] == 1 or n in shared else f"{words[-1]} {n}" for n in kept}
        columns |= dict.fromkeys(renamed.values())
        for row in table:
            cells = {renamed[name]: cell for name, cell in row.items() if name in renamed}
            rows.setdefault(_key(row, shared), {}).update(cells)
    below = [[line] for part in parts for line in part.below]
    return [list(columns), *([row.get(name, "") for name in columns] for row in rows.values()), *below]


def _changes(name: str, tables: list[list[dict[str, str]]]) -> bool:
    """Whether a column holds numbers that are not all one."""
    cells = {row.get(name, "") for table in tables for row in table}
    return len(cells) > 1 and all(kind_of(cell) in ("n", "") for cell in cells)


def _is_title(cells: set[str]) -> bool:
    """Whether a column's different cells are one word, which says what a table is of."""
    return len(cells) == 1 and kind_of(next(iter(cells))) == "w"


def _tell_apart(keys: list[str], rows: list[dict[str, str]]) -> bool:
    return len({_key(row, keys) for row in rows}) == len(rows)


def _key(row: dict[str, str], keys: list[str]) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in keys)
