"""What the columns of a list are, found by what they hold: names of pictures, labels, parts of a set, and masks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sensors_data.images.annotations.picture_names import PictureNames
from sensors_data.images.paths.label_words import VERDICTS, names_fault, says_good, words_of
from sensors_data.images.paths.roles import SPLITS

PICTURES = ("image", "imageid", "filename", "file", "path", "imagepath", "filepath", "picture", "imagename", "img")
LABELS = (
    "label",
    "class",
    "classid",
    "category",
    "defect",
    "defecttype",
    "kind",
    "type",
    "anomaly",
    "target",
    "result",
    "verdict",
    "decision",
    "judgement",
    "judgment",
    "inspection",
    "quality",
)
RUNS = ("encodedpixels", "rle")
JOINED = "imageidclassid"
"""A column of a picture's name and a class, as a.jpg_3."""
_CLEAR = ("defect", "defecttype", "anomaly", "label", "result", "verdict")
"""Titles of labels that count before any other column of words such as OK."""
SWITCH = dict.fromkeys(("0", "0.0", "false", "no"), False) | dict.fromkeys(("1", "1.0", "true", "yes"), True)
"""Words of a column that says yes or no."""
_MASK = re.compile(r"mask|truth|segment|^gt", re.IGNORECASE)
_MOST_LABELS = 50
_LOOKED_AT = 20_000
"""Rows, spread evenly, of which names of pictures are looked for, at most: most large tables are no lists."""


@dataclass(frozen=True)
class Columns:
    """The rows of a list of pictures, and which of their cells is what."""

    header: list[str]
    """Names of the columns; empty ones where the list has none."""
    rows: list[list[str]]
    name: int
    label: int | None = None
    classes: tuple[int, ...] = ()
    """Columns of 0 and 1, each called as a class."""
    runs: int | None = None
    split: int | None = None
    mask: int | None = None

    def cells(self, column: int) -> list[str]:
        """The cells of a column, a row each."""
        return [row[column] for row in self.rows]


def columns_of(rows: list[list[str]], names: PictureNames, is_good: Callable[[str], bool]) -> Columns | None:
    """The columns of a list; None where no column holds names of pictures.

    `is_good` tells whether a label means that nothing is wrong.
    """
    rows = _split(rows)
    headed = bool(rows) and not any(cell in names for cell in rows[0])
    header, body = (rows[0], rows[1:]) if headed else ([""] * len(rows[0]) if rows else [], rows)
    plain = [plain_word(title) for title in header]
    name = _name_column(plain, body, names)
    if name is None:
        return None
    body = [row for row in body if re.search(r"\w", row[name])]
    values = {place: {row[place] for row in body} - {""} for place in range(len(header)) if place != name}
    values = {place: cells for place, cells in values.items() if cells}
    runs = _first(plain, RUNS, list(values))
    split = next((p for p, cells in values.items() if {cell.lower() for cell in cells} <= SPLITS.keys()), None)
    mask = next((p for p in values if _MASK.search(header[p]) and any(cell in names for cell in values[p])), None)
    rest = {place: cells for place, cells in values.items() if place not in (runs, split, mask)}
    verdicts = _verdict_columns(plain, rest, len(body), is_good)
    if verdicts and plain[verdicts[0]] not in LABELS and (called := _first(plain, _CLEAR, list(rest))) is not None:
        verdicts = [called]
    classes = () if verdicts else _class_columns(plain, body, rest)
    label = verdicts[0] if verdicts else None if classes else _other_label(header, plain, rest)
    return Columns(header, body, name, label, classes, runs, split, mask)


def plain_word(title: str) -> str:
    """A column's name in small letters, without blanks and signs."""
    return "".join(sign for sign in title.lower() if sign.isalnum())


def _split(rows: list[list[str]]) -> list[list[str]]:
    """The rows with a joined column of pictures and classes as two."""
    joined = next((place for place, title in enumerate(rows[0] if rows else []) if plain_word(title) == JOINED), None)
    if joined is None:
        return rows
    parts = [("imageid", "", "classid"), *(row[joined].rpartition("_") for row in rows[1:])]
    return [[*row[:joined], part[0], part[2], *row[joined + 1 :]] for row, part in zip(rows, parts, strict=True)]


def _name_column(plain: list[str], body: list[list[str]], names: PictureNames) -> int | None:
    """The column that names most pictures; half of its cells do, or it is called as such columns are."""
    body = body[:: 1 + len(body) // _LOOKED_AT]
    best = None
    for place, title in enumerate(plain):
        cells = {row[place] for row in body} - {""}
        there = sum(cell in names for cell in cells)
        if there and (title in PICTURES or 2 * there >= len(cells)):
            best = max(best or (0, False, 0), (there, title in PICTURES, -place))
    return None if best is None else -best[2]


def _first(plain: list[str], words: tuple[str, ...], places: list[int]) -> int | None:
    """The column called by the first of some words."""
    return next((place for word in words for place in places if plain[place] == word), None)


def _verdict_columns(
    plain: list[str], values: dict[int, set[str]], count: int, is_good: Callable[[str], bool]
) -> list[int]:
    """The columns of few words of which one is a verdict; first those with a good part, then those called a label."""
    most = min(_MOST_LABELS, max(2, count // 2))
    few = {place: cells for place, cells in values.items() if len(cells) <= most}
    good = {place for place, cells in few.items() if any(map(is_good, cells))}
    bad = {place for place, cells in few.items() if any(plain_word(cell) in VERDICTS for cell in cells)}
    rank = {title: place for place, title in enumerate(LABELS)}
    return sorted(good | bad, key=lambda place: (place not in good, rank.get(plain[place], len(LABELS)), place))


def _class_columns(plain: list[str], body: list[list[str]], values: dict[int, set[str]]) -> tuple[int, ...]:
    """The columns of 0 and 1, a class each, of which most rows have one that is 1; none where they are no such."""
    columns = tuple(p for p, cells in values.items() if plain[p] and {cell.lower() for cell in cells} <= SWITCH.keys())
    single = sum(sum(SWITCH.get(row[place].lower(), False) for place in columns) == 1 for row in body)
    called = any(plain[place] in LABELS for place in columns)
    return columns if len(columns) > 1 and not called and 2 * single > len(body) else ()


def _tells_a_verdict(title: str) -> bool:
    """Whether a title asks for a verdict, as `is_defective` or `OK`."""
    return any(names_fault(word) or says_good(word) for word in words_of(title))


def _other_label(titles: list[str], plain: list[str], values: dict[int, set[str]]) -> int | None:
    """The column of labels by its name, or as the only one of yes and no, or as the only one beside the names."""
    if (called := _first(plain, LABELS, list(values))) is not None:
        return called
    switches = [
        place
        for place, cells in values.items()
        if {cell.lower() for cell in cells} <= SWITCH.keys() and (not plain[place] or _tells_a_verdict(titles[place]))
    ]
    if len(switches) == 1:
        return switches[0]
    alone = len(values) == 1 and not any(plain) and all(re.match(r"[^\W\d]", v) for v in next(iter(values.values())))
    return next(iter(values)) if alone else None
