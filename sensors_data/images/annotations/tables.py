"""Annotations in a list: a picture a row with its label, its part of a set, its mask, or runs of marked pixels."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from sensors_data.images.annotations.columns import LABELS, SWITCH, Columns, columns_of, plain_word
from sensors_data.images.annotations.list_rows import list_rows
from sensors_data.images.annotations.listed import Listed
from sensors_data.images.annotations.picture_names import PictureNames, words_of
from sensors_data.images.marks import DEFECT, NORMAL, UNKNOWN, Annotation
from sensors_data.images.paths.roles import SPLITS


def read_table(path: Path, names: PictureNames, is_good: Callable[[str], bool]) -> Listed:
    """What a list says of the pictures that it names; nothing where it names none.

    `is_good` tells whether a label means that nothing is wrong. Of several rows of a picture the first names the label,
    and the runs of all are marked.
    """
    columns = columns_of(list_rows(path), names, is_good)
    if columns is None:
        return Listed()
    keys = columns.cells(columns.name)
    parts = words_of(path.stem) & {*SPLITS.values()}
    part = parts.pop() if len(parts) == 1 and columns.runs is None else ""
    splits = {key: SPLITS[word.lower()] for key, word in _of(columns, columns.split, keys).items()}
    masks = _of(columns, columns.mask, keys)
    annotations = _annotations(columns, keys, is_good)
    if not (annotations or splits or masks or part or columns.runs is not None):
        return Listed(problem=_problem(columns))
    if not annotations and not splits and columns.split is None and columns.runs is None:
        splits = dict.fromkeys(keys, part)
    goods = any(annotation.label == NORMAL or is_good(annotation.label) for annotation in annotations.values())
    return Listed(annotations, splits, masks, part, goods and columns.runs is None)


def _of(columns: Columns, column: int | None, keys: list[str]) -> dict[str, str]:
    """The cells of a column by picture, blank ones left out."""
    if column is None:
        return {}
    cells = columns.cells(column)
    return {key: cell for key, cell in zip(keys, cells, strict=True) if cell}


def _annotations(columns: Columns, keys: list[str], is_good: Callable[[str], bool]) -> dict[str, Annotation]:
    """The label and the runs of every picture."""
    runs = columns.runs
    if runs is None and columns.label is None and not columns.classes and columns.mask is None:
        return {}
    marked = [_runs(text) for text in columns.cells(runs)] if runs is not None else [()] * len(keys)
    annotations: dict[str, Annotation] = {}
    for key, word, pixels in zip(keys, _labels(columns, is_good), marked, strict=True):
        if runs is not None and not pixels:
            continue  # a row without runs marks nothing
        before = annotations.get(key)
        annotations[key] = Annotation(before.label if before else word, (), (before.runs if before else ()) + pixels)
    return annotations


def _labels(columns: Columns, is_good: Callable[[str], bool]) -> list[str]:
    """A label a row: of its words, of yes and no, of the class that is 1, or of whether it has runs or a mask."""
    if columns.classes:
        return [_class(row, columns, is_good) for row in columns.rows]
    if columns.label is not None:
        return _words(columns, columns.label, is_good)
    if columns.runs is not None:
        return [DEFECT] * len(columns.rows)
    return [DEFECT if cell else NORMAL for cell in columns.cells(columns.mask or 0)]


def _class(row: list[str], columns: Columns, is_good: Callable[[str], bool]) -> str:
    """The first class of a row that is 1 and no good one; unknown where none is 1 and one would mean good."""
    titles = [columns.header[place] for place in columns.classes if SWITCH.get(row[place].lower(), False)]
    if titles:
        return next((title for title in titles if not is_good(title)), titles[0])
    return UNKNOWN if any(is_good(columns.header[place]) for place in columns.classes) else NORMAL


def _words(columns: Columns, column: int, is_good: Callable[[str], bool]) -> list[str]:
    """The labels of a column: its words, 1 and 0 as a defect and good, numbers of classes by name.

    A blank cell beside others that mean good says nothing.
    """
    cells = columns.cells(column)
    values = {cell for cell in cells if cell}
    if columns.runs is None and {value.lower() for value in values} <= SWITCH.keys():
        means_good = any(is_good(word) for word in _title_words(columns.header[column]))
        return [_switched(cell, means_good) for cell in cells]
    blank = UNKNOWN if any(map(is_good, values)) else ""
    return [f"class-{cell}" if cell.isdigit() else cell or blank for cell in cells]


def _switched(cell: str, means_good: bool) -> str:
    """What yes or no says, where yes means a good part or a defect."""
    if not cell:
        return UNKNOWN
    return NORMAL if SWITCH[cell.lower()] == means_good else DEFECT


def _title_words(title: str) -> list[str]:
    """The words of a column's name, as is_good and isGood have them, and all of them together."""
    return [plain_word(title), *re.findall(r"[A-Z]?[a-z]+|[A-Z]+", title)] if title else []


def _runs(text: str) -> tuple[int, ...]:
    numbers = text.split()
    whole = len(numbers) % 2 == 0 and all(number.isdecimal() and len(number) < 16 for number in numbers)
    return tuple(int(number) for number in numbers) if whole else ()


def _problem(columns: Columns) -> str:
    """Why a list that names pictures says nothing of them."""
    titles = [title for place, title in enumerate(columns.header) if place != columns.name and title]
    held = f"none of its columns ({', '.join(titles[:8])}) says" if titles else "no column of it says"
    return (
        f"a list that names {len(set(columns.cells(columns.name))):,} pictures, and {held} which are good: "
        f"call a column '{LABELS[0]}' and write good or the defect's name in it"
    )
