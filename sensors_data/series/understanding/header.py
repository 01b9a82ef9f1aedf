"""The header of a table: which lines before the rows name the columns, which hold units, and which are neither."""

from __future__ import annotations

import csv
import re
from itertools import pairwise

from sensors_data.series.files.cell_kinds import kind_of
from sensors_data.series.files.header_names import name_lacking
from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.values.units import is_unit

_TYPES = {
    "float", "real", "double", "int", "integer", "string", "bool", "boolean", "text", "number", "long", "datetime",
    "date", "f4", "f8", "i4", "i8", "yr", "mo", "dy", "hr", "mn",
}  # fmt: skip
_WIDTHS = re.compile(r"\d+[dns]|[-=+:]{2,}|(?:[YyMDd]{2,4}[-/. ]){2}[YyMDd]{2,4}(?:.[Hhms:.]+)?")
"""A column's width as USGS writes it below the names, the line that a database draws there, or a form of times."""


def split(line: str, separator: str) -> list[str]:
    """A line's cells without the blanks around them."""
    if separator == " " and '"' in line:
        return [cell.strip('"') for cell in re.findall(r'"[^"]*"|[^ \t"]+', line)]
    if separator in (" ", "  "):
        return re.split(r"[ \t]+" if separator == " " else r"(?: {2,}|\t)[ \t]*", line.strip()) if line.strip() else []
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:  # a cell of more than 131,072 characters, or a lone carriage return
        return [cell.strip() for cell in line.split(separator)]


def is_comment(line: str, comment: str) -> bool:
    """Whether a line begins with the mark of comments, if there is one."""
    return bool(comment) and line.lstrip(' \t"').startswith(comment)


def is_counted(row: list[str]) -> bool:
    """Whether a line holds words and a run of numbers that go up by one: names of columns, not values."""
    numbers = [int(cell) for cell in row if re.fullmatch(r"\d{1,3}", cell)]
    words = sum(kind_of(cell) == "w" for cell in row)
    return words > 0 and len(numbers) >= 12 and all(b - a == 1 for a, b in pairwise(numbers))


def header_of(
    lines: list[str], rows: list[list[str]], first: int, width: int, comment: str, mark: str
) -> tuple[int, list[int], dict[int, str]]:
    """The header's first line, the lines that name the columns, and the units by column number."""
    if comment and first and not any(rows[place] for place in range(first)):
        return _header_in_comments(lines, first, width, comment, mark)
    block: list[int] = []
    for place in range(first - 1, max(first - 8, -1), -1):
        filled = [cell for cell in rows[place] if cell]
        if is_comment(lines[place], comment) or re.fullmatch(r"[-+=|\s]*[-=][-+=|\s]*", lines[place]):
            continue
        if place == first - 1 and len(rows[place]) == width > 2 and _is_time_alone(rows[place]):
            continue
        if not filled:
            if (block or lines[place].strip()) and len(rows[place]) != width:
                break
            continue
        fits = len(rows[place]) == width or (width - len(rows[place]) <= max(1, width // 4) and len(rows[place]) > 1)
        if not fits or (len(filled) < min(2, width) and not _is_aside(rows[place])):
            break
        block.append(place)
    if (top := _names_far_above(rows, first, width)) is not None:
        return top, [top], {}
    if not block:
        return _header_apart(rows, first, width if mark != " " else 0)
    name = next((place for place in block if not _is_aside(rows[place]) and not _is_of_types(lines, place)), block[-1])
    if name > block[-1] and name - 1 in block and _is_below_names(rows[name], rows[name - 1], rows[first]):
        name -= 1
    units = _units([rows[place] for place in block if place > name])
    names = [name]
    above = name - 1
    if _is_doubtful(rows[name]) and above in block and len({c for c in rows[above] if c}) > 1:
        names = [above, name]
    elif _is_doubtful(rows[name]) and (below := _telling_apart(rows, name, block)):
        names = [name, below]
    elif above in block and (
        _names_more(rows[above], rows[name], rows[first]) or _name_together(rows[above], rows[name], rows[first])
    ):
        names = [above, name]
    return names[0], names, units


def _names_far_above(rows: list[list[str]], first: int, width: int) -> int | None:
    """The line of names above lines that lack what rows have, such as a time; None where the last line may be names."""
    last = [cell for cell in rows[first - 1] if cell] if first else []
    if first < 3 or len(rows[first - 1]) != width or (len(last) > 0.6 * width and all(kind_of(c) == "w" for c in last)):
        return None
    for place in range(max(0, first - 18), first - 1):
        filled = [cell for cell in rows[place] if cell]
        named = len(rows[place]) == width > 3 and len(filled) >= 0.8 * width and len(set(filled)) == len(filled)
        timely = any(re.search(r"time|date|zeit|datum|hora|fecha|heure", cell, re.IGNORECASE) for cell in filled)
        between = all(len(row) == width for row in rows[place + 1 : first])
        if named and timely and between and all(kind_of(cell) == "w" for cell in filled):
            return place
    return None


def _names_more(above: list[str], row: list[str], first: list[str]) -> bool:
    """Whether a line names columns of numbers that the line of names below it leaves without one."""
    numbers = [place for place, cell in enumerate(first) if kind_of(cell) == "n" and place < min(len(row), len(above))]
    bare = [place for place in numbers if not row[place]]
    return bool(bare) and all(above[place] for place in bare) and len({above[place] for place in bare}) == len(bare)


def _name_together(above: list[str], row: list[str], first: list[str]) -> bool:
    """Whether two lines name columns of numbers together: a word stands in both, for other columns, as in `Hi Temp`.

    The upper line has a word above each of these columns and none above the times.
    """
    if not len(above) == len(row) == len(first) or _is_aside(above):
        return False
    kinds = [kind_of(cell) for cell in first]
    numbers = [place for place, kind in enumerate(kinds) if kind == "n"]
    times = [place for place, kind in enumerate(kinds) if kind == "t"]
    pairs = [(above[place].casefold(), row[place].casefold()) for place in numbers]
    words = all(kind_of(cell) == "w" for pair in pairs for cell in pair)
    both = {upper for upper, _ in pairs} & {lower for _, lower in pairs}
    apart = len(set(pairs)) == len(pairs) and all(upper != lower for upper, lower in pairs)
    return bool(times) and words and bool(both) and apart and not any(above[place] for place in times)


def _telling_apart(rows: list[list[str]], name: int, block: list[int]) -> int:
    """The line below names that stand twice which tells their columns apart, as pandas writes `temp` above `mean`.

    0 where none does.
    """
    for below in sorted(place for place in block if place > name):
        pairs = [pair for pair in zip(rows[name], rows[below], strict=False) if all(pair)]
        if len(pairs) >= sum(map(bool, rows[name])) - 1 and len(set(pairs)) == len(pairs):
            return below
    return 0


def _header_in_comments(
    lines: list[str], first: int, width: int, comment: str, mark: str
) -> tuple[int, list[int], dict[int, str]]:
    """The header where all lines before the rows are comments: the last of them that has as many cells as the rows."""
    asides: list[list[str]] = []
    for place in range(first - 1, max(first - 4, -1), -1):
        named = split(re.sub(rf'^\s*"?{re.escape(comment)}\s?', "", lines[place]), mark)
        if len(named) not in (width, width - 1) or len(named) < 2:
            continue
        if not _is_aside(named):
            return place, [place], _units(asides)
        asides.append(named)
    return first, [], {}


def _header_apart(rows: list[list[str]], first: int, width: int) -> tuple[int, list[int], dict[int, str]]:
    """The header where lines of other kinds stand between it and the rows: it begins with a word for times."""
    for place in range(first - 1, max(first - 15, -1), -1):
        names = rows[place]
        if len(names) == width > 2 and all(kind_of(cell) == "w" for cell in names) and is_timely(names[0]):
            return place, [place], _units([row for row in rows[place + 1 : first] if len(row) == width])
    return first, [], {}


def is_torn(rows: list[list[str]], first: int, width: int) -> bool:
    """Whether the rows have a cell more than their header, and it is not the header that leaves out a row's number."""
    if not 1 < len(rows[first - 1]) == width - 1 or _is_aside(rows[first - 1]):
        return False
    body = [row for row in rows[first:] if len(row) == width][:50]
    return bool(body) and all(row[-1] for row in body) and name_lacking(rows[first - 1], body) is None


def _is_aside(row: list[str]) -> bool:
    """Whether a header's line holds units, kinds of sum, types or limits, and names no columns."""
    filled = [cell for cell in row if cell]
    if len(filled) > 1 and _word(row[0]) in WORDS["unit"] | WORDS["beside names"] and row[0] == filled[0]:
        return True
    if row[0] and not is_counted(row) and sum(kind_of(cell) == "n" for cell in filled[1:]) > 0.5 * len(filled[1:]):
        return True
    words = [re.sub(r"\[\d+\]$", "", cell.lower()) for cell in filled]
    known = sum(
        is_unit(cell) or word in WORDS["kinds of sum"] or word in _TYPES or bool(_WIDTHS.fullmatch(cell))
        for cell, word in zip(filled, words, strict=True)
    )
    return known > 0.5 * len(filled) or (known >= 3 and known >= 0.5 * len(filled))


def _is_of_types(lines: list[str], place: int) -> bool:
    """Whether a comment right above a line says that it holds the columns' types, as Ignition writes it."""
    return place > 0 and bool(re.fullmatch(r"\W*#\W*types\W*", lines[place - 1], re.IGNORECASE))


def _is_below_names(row: list[str], above: list[str], first: list[str]) -> bool:
    """Whether the line above a header's line names the columns: this one has their units, or describes their tags."""
    if len(row) != len(above) or len({cell for cell in above if cell}) < sum(map(bool, above)):
        return False
    numbers = [place for place, cell in enumerate(first) if place and kind_of(cell) == "n" and place < len(row)]
    units, none = (sum(is_unit(line[place]) for place in numbers) for line in (row, above))
    if len(numbers) > 1 and units > 0.5 * len(numbers) >= none and all(above[place] for place in numbers):
        return True
    tags = all(re.fullmatch(r"[^\s_.:/-]+[_.:/-]\S+", cell) for cell in above[1:] if cell)
    return tags and row[0] == above[0] and any(" " in cell for cell in row[1:]) and any(above[1:])


def _is_time_alone(row: list[str]) -> bool:
    """Whether a line names the time and nothing else, as where the names of the others stand above it."""
    return not any(row[1:]) and is_timely(row[0])


def is_timely(cell: str) -> bool:
    """Whether a name is one of times and nothing else."""
    words = re.findall(r"[a-z]+", re.sub(r"[\[(].*?[\])]", "", cell).lower())
    return bool(words) and all(word in WORDS["time"] for word in words)


def _word(cell: str) -> str:
    """A cell's letters, small."""
    return re.sub(r"[^a-zäöüéàáíóúß]", "", cell.lower())


def _is_doubtful(row: list[str]) -> bool:
    """Whether a line of names names a column twice."""
    filled = [cell for cell in row if cell]
    return len(set(filled)) < len(filled)


def _units(asides: list[list[str]]) -> dict[int, str]:
    """The unit of each column by its number, from the header's lines that hold units."""
    units: dict[int, str] = {}
    for row in asides:
        units |= {place: cell.strip("[]() ") for place, cell in enumerate(row) if cell and is_unit(cell)}
    return {place: unit for place, unit in units.items() if unit and unit != "-"}
