"""The frame of a text file, found by what its lines hold: separator, lines before the header, header, comments."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from sensors_data.errors import UnreadableError
from sensors_data.series.cells import header_in_lines, lacks_a_name
from sensors_data.series.packing import as_utf8, encoding_of
from sensors_data.series.units import is_unit

HEAD = 600
"""Lines that are looked at."""

_NUMBER = re.compile(
    r"[+\-\u2212]?[\d.,' \u00a0\u202f]*\d[.,]?(?:[eE][+-]?\d+)?(?:[ \u00a0]?[^\s\d.,;:+\-/]{1,8}(?: [A-Za-z]{1,3})?)?"
)
_DATE = re.compile(
    r"(?:[^\W\d_]{2,10}\.?,? )?"
    r"(?:\d{1,4}[-/._ ]\d{1,2}[-/._ ]\d{1,4}"
    r"|\d{1,4}(?:st|nd|rd|th|er)?[-/. ]*(?:de )?[^\W\d_]{3,14}\.?,?[-/. ]*(?:de )?\d{2,4}"
    r"|[^\W\d_]{3,10}\.? ?\d{1,2}(?:st|nd|rd|th)?,? \d{4}|[^\W\d_]{3} [^\W\d_]{3} [ \d]\d \d\d:\d\d:\d\d \d{4}|\d{8})"
    r"(?:[T _:,-]*\d{1,2}[:.hH]?\d{2}[:.,\d]*[ \u00a0]?[A-Za-z.+\-:/_\d ]{0,24})?"
    r"|\d{4}[年년] ?\d\d?[月월] ?\d\d?[日일].{0,20}|\d{4}[-/.]\d\d?[-/.]\d\d? [上下午前後오전후]{2} ?\d\d?:\d\d.*"
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:[.,:]\d+)?)?(?:\s?[AaPp]\.?\s?[Mm]\.?)?|\d{1,2}:\d{2}.*\d{4}")
_COMMENTS = ("#", "//", "%", "!")
_KINDS_OF_SUM = {"avg", "smp", "min", "max", "std", "tot", "med", "wvc", "tmx", "tmn", "mean", "sum", "inst", "last"}
_TYPES = {
    "float",
    "real",
    "double",
    "int",
    "integer",
    "string",
    "bool",
    "boolean",
    "text",
    "number",
    "long",
    "datetime",
    *("yr", "mo", "dy", "hr", "mn", "date", "f4", "f8", "i4", "i8"),
}
_WIDTHS = re.compile(r"\d+[dns]|[-=+:]{2,}")
"""A column's width as USGS writes it below the names, or the line that a database draws there."""


@dataclass(frozen=True)
class Frame:
    """How a text is framed, as keys of the layout, and the units that stand in its header by column number."""

    encoding: str
    separator: str
    skip_lines: int
    header_rows: int
    name_rows: tuple[int, ...]
    comment: str
    units: dict[int, str]
    preamble: tuple[str, ...]

    def keys(self) -> dict[str, object]:
        """The keys of a layout."""
        names = ("encoding", "separator", "skip_lines", "header_rows", "name_rows", "comment")
        return {name: getattr(self, name) for name in names}


def frame_of(data: bytes, name: str, encoding: str | None = None, separator: str | None = None) -> Frame:
    """The frame of a file's bytes. UnreadableError when its lines hold no table."""
    encoding = encoding or encoding_of(data)
    text = header_in_lines(as_utf8(data, name, encoding)).decode("utf-8", "replace")
    lines = re.split(r"\r\n|\n|\r", text[:2_000_000], maxsplit=HEAD)[:HEAD]
    lines = ["" if "\x00" in line else line for line in lines]
    if not any(line.strip() for line in lines):
        raise UnreadableError(f"{name} is empty")
    comment = _comment(lines)
    mark = separator or _separator(lines, comment)
    rows = [[] if _is_comment(line, comment) else split(line, mark) for line in lines]
    width = _usual_width(rows)
    kinds = _kinds([row for row in rows if len(row) == width], width)
    first = _first_row(rows, kinds, width)
    if first is None:
        raise UnreadableError(
            f"{name} has no rows of times and numbers in its first {len(lines):,} lines; line 1: '{lines[0][:60]}'",
            "name the separator with --separator, or clean the file",
        )
    if first and _is_torn(rows, first, width):
        raise UnreadableError(
            f"{name}, line {first + 1} has {width} cells, its header {len(rows[first - 1])}: '{mark}' within a cell?",
            "export it with another separator, or with quotes around the cells",
        )
    if first and width >= 5 and width % 2 and len(rows[first - 1]) == (width + 1) // 2 and mark == ",":
        raise UnreadableError(
            f"{name}, line {first + 1} has {width} cells, its header {(width + 1) // 2}: decimal commas, no quotes",
            "export it with semicolons between the columns",
        )
    top, names, units = _header(lines, rows, first, width, comment, mark)
    return Frame(
        encoding=encoding,
        separator=mark,
        skip_lines=top,
        header_rows=first - top,
        name_rows=tuple(row - top + 1 for row in names) or (1,),
        comment=comment if comment and any(_is_comment(line, comment) for line in lines[top:]) else "",
        units=units,
        preamble=tuple(line.strip() for line in lines[:top] if line.strip())[:20],
    )


def split(line: str, separator: str) -> list[str]:
    """A line's cells without the blanks around them."""
    if separator == " " and '"' in line:
        return [cell.strip('"') for cell in re.findall(r'"[^"]*"|[^ \t"]+', line)]
    if separator in (" ", "  "):
        return re.split(r"[ \t]+" if separator == " " else r"(?: {2,}|\t)[ \t]*", line.strip()) if line.strip() else []
    return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]


def kind_of(cell: str) -> str:
    """What a cell looks like: `t` a date or a time, `n` a number, empty for a blank, `w` a word, `x` a mixture."""
    if not cell or cell == "-":
        return ""
    if (_DATE.fullmatch(cell) and not re.fullmatch(r"\d{8}", cell)) or _CLOCK.fullmatch(cell):
        return "t"
    if _NUMBER.fullmatch(cell):
        return "n"
    return "x" if re.search(r"[;,|\t]", cell) or (re.match(r"\d", cell) and " " in cell) else "w"


def _comment(lines: list[str]) -> str:
    """The mark that begins comments, empty where there are none."""
    first = next(line for line in lines if line.strip()).lstrip().lstrip('"')
    return next((mark for mark in _COMMENTS if first.startswith(mark)), "")


def _is_comment(line: str, comment: str) -> bool:
    return bool(comment) and line.lstrip(' \t"').startswith(comment)


def _separator(lines: list[str], comment: str) -> str:
    """What parts a line into the most cells that are clean times, numbers or words, in the most lines alike."""
    body = [line for line in lines if line.strip() and not _is_comment(line, comment)]
    body = body[len(body) // 3 :][:150] or body
    stated = re.match(r"\s*\"?sep=(.)", lines[0])
    if stated:
        return stated[1]
    scores = {mark: _score(body, mark) for mark in (",", ";", "\t", "|")}
    best = max(scores, key=lambda mark: scores[mark])
    if scores[best] > 1.5:
        return best
    blanks = {mark: _score(body, mark) for mark in ("  ", " ")}
    return max(blanks, key=lambda mark: blanks[mark]) if max(blanks.values()) > max(1.5, scores[best]) else best


def _score(lines: list[str], mark: str) -> float:
    """Clean cells a line, by the share of lines that have the usual number of cells."""
    rows = [split(line, mark) for line in lines]
    width = _usual_width(rows)
    if width < 2:
        return 0.0
    usual = [row for row in rows if len(row) == width]
    clean = sum(
        1.0 if kind in ("t", "n") else 0.5 if kind == "w" else 0.0 for row in usual for kind in map(kind_of, row)
    )
    mixed = sum(kind_of(cell) == "x" for row in usual for cell in row)
    return (clean - 2 * mixed) / len(usual) * (len(usual) / len(rows)) ** 2


def _usual_width(rows: list[list[str]]) -> int:
    """The number of cells that most rows have."""
    counts = Counter(len(row) for row in rows if len(row) > 1)
    return counts.most_common(1)[0][0] if counts else 1


def _kinds(rows: list[list[str]], width: int) -> list[str]:
    """What most filled cells of each column are, by its later rows."""
    rows = rows[len(rows) // 3 :]
    counts = [Counter(filter(None, map(kind_of, (row[place] for row in rows)))) for place in range(width)]
    return [max(count, key=lambda kind: (count[kind], kind in "tn")) if count else "" for count in counts]


def _first_row(rows: list[list[str]], kinds: list[str], width: int) -> int | None:
    """The first line that is a row of the table: its cells are of the kinds that its columns have."""
    timed = [place for place, kind in enumerate(kinds) if kind == "t"]
    numbers = [place for place, kind in enumerate(kinds) if kind == "n"]
    if not timed and not numbers:
        return None
    for number, row in enumerate(rows):
        if len(row) > width or len(row) < 2:
            continue
        found = {place: kind_of(row[place]) if place < len(row) else "" for place in (*timed, *numbers)}
        if timed and found[timed[0]] == "t":
            return number
        if timed and found[timed[0]]:
            continue
        if _is_counted(row):
            continue
        filled = [place for place in found if found[place]]
        alike = sum(found[place] == kinds[place] for place in filled)
        if filled and alike > 0.5 * len(filled) and (not timed or any(found[place] == "t" for place in timed)):
            return number
    return None


def _is_counted(row: list[str]) -> bool:
    """Whether a line holds words and a run of numbers that go up by one: names of columns, not values."""
    numbers = [int(cell) for cell in row if re.fullmatch(r"\d{1,3}", cell)]
    words = sum(kind_of(cell) == "w" for cell in row)
    return words > 0 and len(numbers) >= 12 and all(b - a == 1 for a, b in pairwise(numbers))


def _header(
    lines: list[str], rows: list[list[str]], first: int, width: int, comment: str, mark: str
) -> tuple[int, list[int], dict[int, str]]:
    """The header's first line, the lines that name the columns, and the units by column number."""
    if comment and first and not any(rows[place] for place in range(first)):
        return _header_in_comments(lines, first, width, comment, mark)
    block: list[int] = []
    for place in range(first - 1, max(first - 8, -1), -1):
        filled = [cell for cell in rows[place] if cell]
        if _is_comment(lines[place], comment) or re.fullmatch(r"[-+=|\s]*[-=][-+=|\s]*", lines[place]):
            continue
        if not filled:
            if (block or lines[place].strip()) and len(rows[place]) != width:
                break
            continue
        fits = len(rows[place]) == width or (width - len(rows[place]) <= max(1, width // 4) and len(rows[place]) > 1)
        if not fits or (len(filled) < min(2, width) and not _is_aside(rows[place])):
            break
        block.append(place)
    if not block:
        return first, [], {}
    name = next((place for place in block if not _is_aside(rows[place])), block[-1])
    units = _units([rows[place] for place in block if place > name])
    names = [name]
    above = name - 1
    if _is_doubtful(rows[name]) and above in block and len({c for c in rows[above] if c}) > 1:
        names = [above, name]
    return names[0], names, units


def _header_in_comments(
    lines: list[str], first: int, width: int, comment: str, mark: str
) -> tuple[int, list[int], dict[int, str]]:
    """The header where all lines before the rows are comments: the last of them that has as many cells as the rows."""
    asides = []
    for place in range(first - 1, max(first - 4, -1), -1):
        named = split(re.sub(rf'^\s*"?{re.escape(comment)}\s?', "", lines[place]), mark)
        if len(named) not in (width, width - 1) or len(named) < 2:
            continue
        if not _is_aside(named):
            return place, [place], _units(asides)
        asides.append(named)
    return first, [], {}


def _is_torn(rows: list[list[str]], first: int, width: int) -> bool:
    """Whether the rows have a cell more than their header, and it is not the header that leaves out a row's number."""
    if len(rows[first - 1]) != width - 1 or _is_aside(rows[first - 1]):
        return False
    body = [row for row in rows[first:] if len(row) == width][:50]
    return bool(body) and all(row[-1] for row in body) and not lacks_a_name(rows[first - 1], body)


def _is_aside(row: list[str]) -> bool:
    """Whether a header's line holds units, kinds of sum or types, and names no columns."""
    filled = [cell for cell in row if cell]
    lower = [cell.lower() for cell in filled]
    known = sum(
        is_unit(cell) or word in _KINDS_OF_SUM or word in _TYPES or bool(_WIDTHS.fullmatch(cell))
        for cell, word in zip(filled, lower, strict=True)
    )
    return known > 0.5 * len(filled)


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
