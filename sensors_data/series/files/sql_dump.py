"""Dumps of databases as CSV: the rows that INSERT or COPY put into the table with the most of them."""

from __future__ import annotations

import re

from sensors_data.series.files.csv_text import csv_of

_INSERT = re.compile(r"INSERT\s+(?:IGNORE\s+)?INTO\s+([^\s(]+)\s*(?:\(([^)]*)\))?\s*VALUES\s*", re.IGNORECASE)
_COPY = re.compile(r"COPY\s+([^\s(]+)\s*\(([^)]*)\)\s+FROM\s+stdin;\r?\n", re.IGNORECASE)
_TABLE = re.compile(r"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([^\s(]+)\s*\(", re.IGNORECASE)
_CELL = re.compile(r"\s*(?:N?'((?:[^'\\]|\\.|'')*)'|([^,()']+(?:\([^()]*\))?))\s*([,)])", re.DOTALL)
_NO_COLUMN = ("primary", "key", "unique", "constraint", "index", "foreign", "check", "fulltext")
_ESCAPES = {"\\t": "\t", "\\n": " ", "\\r": " "}


def is_sql_dump(start: bytes) -> bool:
    """Whether the beginning of a text fills tables of a database."""
    text = start.decode("utf-8", "replace")
    begins = re.match(r"\s*(?:--|/\*|SET |BEGIN|PRAGMA|CREATE |INSERT |COPY |DROP )", text, re.IGNORECASE)
    return bool(begins and (_INSERT.search(text) or _COPY.search(text) or _TABLE.search(text)))


def sql_dump_csv(text: str) -> bytes | None:
    """The rows of the fullest table with its columns' names; None where the text fills none."""
    tables: dict[str, list[list[str]]] = {}
    names: dict[str, list[str]] = {}
    for match in _TABLE.finditer(text):
        names.setdefault(_bare(match[1]), _declared(text[match.end() :]))
    for match in _INSERT.finditer(text):
        table = _bare(match[1])
        if match[2]:
            names[table] = [_bare(name) for name in match[2].split(",")]
        tables.setdefault(table, []).extend(_tuples(text, match.end()))
    for match in _COPY.finditer(text):
        table = _bare(match[1])
        names[table] = [_bare(name) for name in match[2].split(",")]
        end = text.find("\n\\.", match.end())
        body = text[match.end() : end if end >= 0 else len(text)]
        tables.setdefault(table, []).extend([_copied(cell) for cell in line.split("\t")] for line in body.splitlines())
    fullest = max(tables, key=lambda table: len(tables[table]), default="")
    if not tables.get(fullest):
        return None
    rows = tables[fullest]
    head = names.get(fullest) or [f"column_{number}" for number in range(1, len(rows[0]) + 1)]
    for table, others in tables.items():
        if table != fullest and others and len(names.get(table, ())) == len(others[0]):
            head, rows = _looked_up(head, rows, names[table], others)
    return csv_of([head, *rows])


def _looked_up(
    head: list[str], rows: list[list[str]], names: list[str], others: list[list[str]]
) -> tuple[list[str], list[list[str]]]:
    """Rows with what another table says of the thing that each names: by the first column of it, or its `id`.

    As they are where it names a thing twice, or not all.
    """
    keys = [(names[0], names[0])]
    keys += [(names[0], column) for column in head if names[0].lower() == "id" and column.lower().endswith("id")]
    for key, column in keys:
        about = {row[0]: row for row in others if len(row) == len(names)}
        if column not in head or column.lower() == "id" or len(about) < len(others):
            continue
        place = head.index(column)
        if not all(len(row) == len(head) and row[place] in about for row in rows):
            continue
        more = [number for number, name in enumerate(names) if name != key and name not in head]
        return [*head, *(names[n] for n in more)], [[*row, *(about[row[place]][n] for n in more)] for row in rows]
    return head, rows


def _bare(name: str) -> str:
    """A name without its schema and its quotes."""
    return name.strip().rpartition(".")[2].strip('`"[] \r\n')


def _declared(text: str) -> list[str]:
    """The columns that stand behind CREATE TABLE up to the bracket that closes it."""
    depth, parts, last = 1, [], 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if (letter == "," and depth == 1) or depth == 0:
            parts.append(text[last:place])
            last = place + 1
        if depth == 0:
            break
    words = [part.split() for part in parts]
    return [_bare(word[0]) for word in words if word and word[0].strip('`"').lower() not in _NO_COLUMN]


def _tuples(text: str, place: int) -> list[list[str]]:
    """The rows in brackets from a place on, up to what is none."""
    rows: list[list[str]] = []
    while match := re.compile(r"\s*,?\s*\(").match(text, place):
        place, row = match.end(), []
        while cell := _CELL.match(text, place):
            word = (cell[2] or "").strip()
            row.append(_plain(cell[1]) if cell[1] is not None else "" if word.upper() == "NULL" else word)
            place = cell.end()
            if cell[3] == ")":
                rows.append(row)
                break
        else:
            break
    return rows


def _plain(text: str) -> str:
    """A text within quotes as it is meant."""
    return re.sub(r"\\.", lambda m: _ESCAPES.get(m[0], m[0][1:]), text.replace("''", "'"))


def _copied(cell: str) -> str:
    return "" if cell == "\\N" else cell
