"""The dialect of a text file, found from its lines: encoding, separator, lines before the header, header, comments."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from math import inf

from sensors_data.encodings import as_utf8, encoding_of
from sensors_data.errors import UnreadableError
from sensors_data.series.files.cell_kinds import kind_of
from sensors_data.series.files.clean_lines import plain_lines
from sensors_data.series.understanding.header import header_of, is_comment, is_counted, is_timely, is_torn, split
from sensors_data.series.understanding.listed_names import keyed_names, listed_names

HEAD, _LOOK = 600, 500_000
"""Number of lines, and of characters, that are inspected."""

_COMMENTS = ("#", "//", "%", "!")
_AFTER_A_NAME = ('"', ",", ";", "\t", "|")
"""What stands right behind a mark that is the whole name of a column: `#;Time;Value`."""
_SENTENCE = re.compile(r"\D[^;,|\t]*(?:[;,] +[^\s;,|][^;,|\t]*)+")
"""A text with a blank behind each of its commas, as `Hall 2, Line 3`."""
_WORTH = {"t": 1.0, "n": 1.0, "w": 0.5, "x": -2.0, "": 0.0}
"""What a cell of each kind says for the mark that parts it from its neighbours."""


@dataclass(frozen=True)
class Dialect:
    """The format of a text, as keys of the layout, and the units in its header by column number."""

    encoding: str
    separator: str
    skip_lines: int
    header_rows: int
    name_rows: tuple[int, ...]
    comment: str
    units: dict[int, str]
    preamble: tuple[str, ...]
    beside: tuple[str, ...] = ()
    """The header's lines that name no columns."""
    names: tuple[str, ...] = ()
    fill_down: tuple[str, ...] = ()
    sheet: str = ""
    stacked: bool = False
    other_encoding: str = ""
    date_in_name: str = ""
    decimal_by_file: bool = False

    def keys(self) -> dict[str, object]:
        """The keys of a layout."""
        names = ("encoding", "separator", "skip_lines", "header_rows", "name_rows", "comment", "sheet", "stacked")
        of_folder = {
            name: getattr(self, name)
            for name in ("other_encoding", "date_in_name", "decimal_by_file")
            if getattr(self, name)
        }
        keys = {name: getattr(self, name) for name in (*names, "names", "fill_down")}
        return {**keys, **of_folder}


def dialect_of(data: bytes, name: str, encoding: str | None = None, separator: str | None = None) -> Dialect:
    """The dialect of a file's bytes. UnreadableError when its lines hold no table."""
    encoding = encoding or encoding_of(data)
    lines = ["" if "\x00" in line else line for line in _first_lines(data, name, encoding)]
    if not any(line.strip() for line in lines):
        raise UnreadableError(f"{name} is empty")
    comment = _comment(lines)
    mark = separator or _separator(lines, comment)
    rows = [[] if is_comment(line, comment) else split(line, mark) for line in lines]
    width = _usual_width(rows)
    kinds = _kinds([row for row in rows if len(row) == width], width)
    first = _first_row(rows, kinds, width)
    if first is None:
        raise UnreadableError(
            f"{name} has no rows of times and numbers in its first {len(lines):,} lines; line 1: '{lines[0][:60]}'",
            "name the separator with --separator, or clean the file",
        )
    if first:
        _check_separator(rows, first, width, mark, name)
    top, names, units = header_of(lines, rows, first, width, comment, mark)
    return Dialect(
        encoding=encoding,
        separator=mark,
        skip_lines=top,
        header_rows=first - top,
        name_rows=tuple(row - top + 1 for row in names) or (1,),
        comment=comment if comment and any(is_comment(line, comment) for line in lines[top:]) else "",
        units=units,
        preamble=tuple(line.strip() for line in lines[:top] if line.strip())[:20],
        beside=tuple(lines[row].strip() for row in range(top, first) if row not in names and lines[row].strip()),
        names=keyed_names(rows[:top], rows[names[-1]]) if names else listed_names(lines[:first], kinds),
    )


def _check_separator(rows: list[list[str]], first: int, width: int, mark: str, name: str) -> None:
    """UnreadableError when the rows from `first` on have more cells than their header, as with separators in cells."""
    header = len(rows[first - 1])
    if is_torn(rows, first, width):
        raise UnreadableError(
            f"{name}, line {first + 1} has {width} cells, its header {header}: '{mark}' within a cell?",
            "export it with another separator, or with quotes around the cells",
        )
    if width >= 5 and width % 2 and header == (width + 1) // 2 and mark == ",":
        raise UnreadableError(
            f"{name}, line {first + 1} has {width} cells, its header {header}: decimal commas, no quotes",
            "export it with semicolons between the columns",
        )


def separator_of(data: bytes, name: str) -> str:
    """The mark between the cells of a file's lines."""
    lines = _first_lines(data, name, encoding_of(data))
    return _separator(lines, _comment(lines)) if any(line.strip() for line in lines) else ""


def _first_lines(data: bytes, name: str, encoding: str) -> list[str]:
    """The first lines of a text, HEAD at most."""
    text = plain_lines(as_utf8(data, name, encoding)).decode("utf-8", "replace")
    return re.split(r"\r\n|\n|\r", text[:_LOOK], maxsplit=HEAD)[:HEAD]


def _comment(lines: list[str]) -> str:
    """The mark at the start of comments; empty if there are none."""
    first = next(line for line in lines if line.strip()).lstrip().lstrip('"')
    mark = next((mark for mark in _COMMENTS if first.startswith(mark)), "")
    return "" if mark and first[len(mark) : len(mark) + 1] in _AFTER_A_NAME else mark


def _separator(lines: list[str], comment: str) -> str:
    """The mark that splits the most lines into the same number of cells that are clean times, numbers or words."""
    body = [line for line in lines if line.strip() and not is_comment(line, comment)]
    body = body[len(body) // 3 :][: max(20, min(150, 60_000 // (1 + len(body[-1]))))] or body
    stated = re.match(r"\s*\"?sep=(.)", lines[0])
    if stated:
        return stated[1]
    scores = {mark: _score(body, mark) for mark in (",", ";", "\t", "|")}
    best = max(scores, key=lambda mark: scores[mark])
    wide = _score(body, "  ") if best == "," and "," in body[0] else 0.0  # decimal commas in columns of one width
    if scores[best] > 1.5 and wide <= scores[best]:
        return best
    blanks = {mark: _score(body, mark) for mark in ("  ", " ")}
    return max(blanks, key=lambda mark: blanks[mark]) if max(blanks.values()) > max(1.5, scores[best]) else best


def _score(lines: list[str], mark: str) -> float:
    """Clean cells a line, by the share of lines that have the usual number of cells; -inf for one cell a line."""
    rows = [split(line, mark) for line in lines]
    width = _usual_width(rows)
    if width < 2:
        return -inf
    usual = [row for row in rows if len(row) == width]
    worth = sum(_WORTH["w" if _is_sentence(cell, mark) else kind_of(cell)] for row in usual for cell in row)
    return worth / len(usual) * (len(usual) / len(rows)) ** 2


def _is_sentence(cell: str, mark: str) -> bool:
    """Whether a cell is a text whose marks part no cells: it can only have been quoted, or a blank follows each."""
    return kind_of(cell) == "x" and (mark in cell or bool(_SENTENCE.fullmatch(cell)))


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
    below = 0
    for number, row in enumerate(rows):
        if number < below or len(row) < max(2, 0.5 * width) or (len(row) > width and not _leads(rows, number)):
            continue
        kinds_there = {place: kind_of(row[place]) if place < len(row) else "" for place in (*timed, *numbers)}
        if timed and kinds_there[timed[0]] == "t":
            if len(row) < width and numbers and not any(kinds_there[place] == "n" for place in numbers):
                continue  # `Started:` and a time, above the table
            below = _names_below(rows, number, width)
            if not below:
                return number
            continue
        if timed and kinds_there[timed[0]]:
            continue
        if is_counted(row) or any(kinds_there[place] == "w" and is_timely(row[place]) for place in kinds_there):
            continue  # a word for times among numbers is a name
        filled = [place for place in kinds_there if kinds_there[place]]
        alike = sum(kinds_there[place] == kinds[place] for place in filled)
        if filled and alike > 0.5 * len(filled) and (not timed or any(kinds_there[place] == "t" for place in timed)):
            below = _names_below(rows, number, width)
            if not below:
                return number
    return None


def _names_below(rows: list[list[str]], number: int, width: int) -> int:
    """The line below a header that stands some lines below a row, which so is about the table; 0 where none does."""
    for place in range(number + 1, min(number + 20, len(rows) - 3)):
        filled = [cell for cell in rows[place] if cell]
        worded = width <= len(rows[place]) <= width + 2 and len(filled) >= max(2, 0.5 * width)
        names = worded and all(kind_of(cell) == "w" for cell in filled) and len(set(filled)) == len(filled)
        apart = any(len(row) < 2 for row in rows[number + 1 : place])
        if names and apart and is_timely(filled[0]) and rows[place] not in rows[:number]:
            return place + 1
    return 0


def _leads(rows: list[list[str]], number: int) -> bool:
    """Whether a row with more cells than most is the first of them: as long as its header, and no header follows."""
    after = rows[number + 1] if number + 1 < len(rows) else []
    named = [cell for cell in after if cell]
    return len(rows[number]) == len(rows[number - 1]) and sum(kind_of(cell) == "w" for cell in named) < 0.9 * len(named)
